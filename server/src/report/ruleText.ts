// `rules` and `explain` for people and programs.
import type { Rule } from "../core/rules/rule.js";
import { type JsonData, jsonText } from "./jsonText.js";
import type { Style } from "./terminal.js";

export function rulesJson(rules: readonly Rule[]): string {
  return jsonText({ version: 1, rules: rules.map(ruleData) });
}

/** All of a rule that is data: everything but its check functions. */
function ruleData(rule: Rule): JsonData {
  const { checkHost, checkPackage, checkFile, ...data } = rule;
  return data as unknown as JsonData;
}

export function rulesText(rules: readonly Rule[], style: Style): string {
  const width = Math.max(0, ...rules.map((rule) => rule.id.length));
  const lines = rules.map((rule) => {
    const claimed = rule.claimedConfidence === undefined ? "    " : rule.claimedConfidence.toFixed(2);
    const facts = `${rule.severity.padEnd(11)} ${rule.confidence.toFixed(2)} ${claimed} ${rule.tier.padEnd(12)}`;
    return `${style.bold(rule.id.padEnd(width))}  ${style.dim(facts)}  ${rule.title}`;
  });
  const head = `${"rule".padEnd(width)}  severity    conf claim tier         what it finds`;
  return `${[style.dim(head), ...lines].join("\n")}\n`;
}

/** Markdown as it reads well in a terminal: headings bold, links spelled out, fences gone. */
export function plainMarkdown(markdown: string, style: Style): string {
  let inCode = false;
  const lines = markdown.split("\n").flatMap((line) => {
    if (line.startsWith("```")) {
      inCode = !inCode;
      return [];
    }
    if (inCode) return [`    ${line}`];
    const heading = /^#+ (.*)$/.exec(line);
    if (heading) return [style.bold(heading[1] ?? "")];
    return [line.replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "$1 <$2>").replace(/\[([^\]]+)\]\([^)\s]+\)/g, "$1")];
  });
  return lines.join("\n");
}
