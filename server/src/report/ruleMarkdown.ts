// Rule pages for docs/rules, the index and the README's table: all made of the rule objects.
import type { Source } from "../core/catalogue/source.js";
import type { Example, Rule, RuleClass } from "../core/rules/rule.js";

const PAGES = "https://github.com/nix-build-budget/nix-build-budget/blob/main/docs/rules";

/** Where a rule's page can be read; without an id, the list of rules. */
export function ruleUrl(id = "README"): string {
  return `${PAGES}/${id}.md`;
}

export function rulePage(rule: Rule): string {
  const { docs } = rule;
  const examples = rule.examples.map(examplePart);
  const opposes = (rule.opposes ?? []).map((id) => `[${id}](${id}.md)`).join(", ");
  return `${[
    `# ${rule.title}`,
    `\`${rule.id}\` · ${rule.class} · ${rule.severity} · ${confidence(rule)} · tier ${rule.tier}`,
    docs.what,
    `## Why\n\n${docs.why}`,
    `## When\n\n${docs.when}`,
    ...(opposes ? [`Pulls the opposite way: ${opposes}. The confidence profile decides which of them speaks.`] : []),
    `## Risk of the fix\n\n${docs.risk}`,
    `## Rollback\n\n${docs.rollback}`,
    `## Examples\n\n${examples.join("\n\n")}`,
    `## Evidence\n\n${docs.evidence.map(sourceLine).join("\n")}`,
    `## Silence it\n\nOne place: \`# nix-build-budget: ignore ${rule.id} -- reason\` on the line or the line above.\nThe whole project, in \`nix-build-budget.json\`: \`{ "rules": { "${rule.id}": "off" } }\`.`,
  ].join("\n\n")}\n`;
}

function confidence(rule: Rule): string {
  const claimed = rule.claimedConfidence;
  return `confidence ${rule.confidence.toFixed(2)}${claimed === undefined ? "" : ` (the founding document claims ${claimed.toFixed(2)})`}`;
}

function examplePart(example: Example): string {
  const silent = !example.before.includes("⟦");
  const setting = [
    ...(example.machine ? [`machine \`${example.machine}\``] : []),
    ...(example.configuration ? [`\`nix-build-budget.json\`: \`${JSON.stringify(example.configuration)}\``] : []),
  ];
  return [
    `### ${example.title}${silent ? " (no finding)" : ""}`,
    ...(setting.length > 0 ? [`With ${setting.join(" and ")}:`] : []),
    nixBlock(example.before),
    ...(silent ? [] : ["The text between `⟦` and `⟧` is underlined."]),
    ...(example.after === undefined ? [] : ["After the fix:", nixBlock(example.after)]),
  ].join("\n\n");
}

function nixBlock(text: string): string {
  return `\`\`\`nix\n${text.endsWith("\n") ? text : `${text}\n`}\`\`\``;
}

export function sourceLine(source: Source): string {
  return `- ${source.url ? `[${source.text}](${source.url})` : source.text} (${source.grade.replace("-", " ")})`;
}

/** Rules in the order of their class, then of their confidence. */
export function rulesIndex(rules: readonly Rule[]): string {
  return `# Rules\n\n${rulesTable(rules, "")}\n`;
}

const CLASSES: readonly RuleClass[] = ["exceeds-budget", "missed-optimization", "misconfiguration", "deprecated"];

/** `folder`: where the pages stand as seen from the page with the table, with a final slash. */
export function rulesTable(rules: readonly Rule[], folder: string): string {
  const rows = rules
    .toSorted((a, b) => CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class) || b.confidence - a.confidence)
    .map((rule) => {
      const claimed = rule.claimedConfidence === undefined ? "" : ` (${rule.claimedConfidence.toFixed(2)})`;
      return `| [${rule.id}](${folder}${rule.id}.md) | ${rule.title.replaceAll("|", "\\|")} | ${rule.class} | ${rule.severity} | ${rule.confidence.toFixed(2)}${claimed} | ${rule.tier} |`;
    });
  return ["| Rule | What | Class | Severity | Confidence | Tier |", "|---|---|---|---|--:|---|", ...rows].join("\n");
}
