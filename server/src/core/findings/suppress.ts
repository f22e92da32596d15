// `# nix-build-budget: ignore <rule>[, <rule>] -- reason` hides findings of its own line, or of the next line where it
// stands alone; `ignore-file` hides them in the whole file. An ignore that hides nothing is itself a finding.
import type { Configuration } from "../machine/configuration.js";
import type { Draft, Rule } from "../rules/rule.js";
import { repair } from "../syntax/repair.js";
import type { TextEdit } from "../text/edit.js";
import { LineIndex } from "../text/lineIndex.js";
import type { FilePath, TextRange } from "../text/range.js";
import type { Finding } from "./finding.js";
import { toFinding } from "./toFinding.js";

/** A text in which ignores may stand. For Nix the comments are given; in nix.conf text every `#` begins one. */
export interface IgnorableText {
  readonly path: FilePath;
  readonly text: string;
  readonly comments?: readonly TextRange[];
}

interface Ignore {
  readonly file: FilePath;
  readonly rules: readonly { readonly id: string; readonly range: TextRange }[];
  /** Lines from 0, both included. */
  readonly from: number;
  readonly to: number;
  readonly comment: TextRange;
}

const MARKER = /nix-build-budget:\s*(ignore-file|ignore)(?![\w-])[ \t]*([^\n]*)/;

export interface Suppressed {
  readonly kept: readonly Finding[];
  readonly unused: readonly Finding[];
}

/** Splits findings into those that are shown and the ignores that hid nothing. `unusedIgnore` is the rule that reports the latter. */
export function suppress(
  findings: readonly Finding[],
  texts: Iterable<IgnorableText>,
  configuration: Configuration,
  unusedIgnore: Rule,
): Suppressed {
  const kept = new Set(findings);
  const unused: Finding[] = [];
  for (const text of texts) {
    const ignores = ignoresOf(text);
    if (ignores.length === 0) continue;
    const lines = new LineIndex(text.text);
    const here = findings.filter((finding) => finding.file === text.path);
    for (const ignore of ignores) {
      for (const rule of ignore.rules) {
        const hidden = here.filter((finding) => {
          const line = lines.lineOf(finding.range.start);
          return (rule.id === finding.rule || rule.id === "all") && ignore.from <= line && line <= ignore.to;
        });
        for (const finding of hidden) kept.delete(finding);
        if (hidden.length > 0 || isOff(rule.id, configuration)) continue;
        const finding = toFinding(unusedIgnore, configuration, unusedDraft(text, ignore, rule), hostsIn(here));
        if (finding) unused.push(finding);
      }
    }
  }
  return { kept: findings.filter((finding) => kept.has(finding)), unused };
}

function isOff(rule: string, configuration: Configuration): boolean {
  return configuration.rules.get(rule) === "off";
}

function hostsIn(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.flatMap((finding) => finding.hosts))];
}

/** By the comments that they stand among, which outlive edits of other files. */
const IGNORES = new WeakMap<readonly TextRange[], readonly Ignore[]>();

function ignoresOf(text: IgnorableText): readonly Ignore[] {
  const { comments } = text;
  let ignores = comments && IGNORES.get(comments);
  if (ignores === undefined) {
    ignores = text.text.includes("nix-build-budget:") ? readIgnores(text) : [];
    if (comments !== undefined) IGNORES.set(comments, ignores);
  }
  return ignores;
}

function readIgnores({ path: file, text, comments }: IgnorableText): readonly Ignore[] {
  const lines = new LineIndex(text);
  const found: Ignore[] = [];
  for (const comment of comments ?? confComments(text)) {
    const match = MARKER.exec(text.slice(comment.start, comment.end));
    if (!match) continue;
    const listStart = comment.start + match.index + match[0].length - (match[2] ?? "").length;
    const rules = ruleNames(match[2] ?? "", listStart);
    const first = lines.lineOf(comment.start);
    const last = lines.lineOf(comment.end);
    const alone = text.slice(lines.lineStart(first), comment.start).trim() === "";
    const whole = match[1] === "ignore-file";
    found.push({
      file,
      rules,
      from: whole ? 0 : first,
      to: whole ? lines.lineCount : alone ? nextCodeLine(text, lines, last + 1, comments) : last,
      comment,
    });
  }
  return found;
}

/** The next line that is more than a comment, so that several ignores can stand above one line. */
function nextCodeLine(
  text: string,
  lines: LineIndex,
  from: number,
  comments: readonly TextRange[] | undefined,
): number {
  for (let line = from; line < lines.lineCount; line++) {
    const start = lines.lineStart(line);
    const content = text.slice(start, lines.lineStart(line + 1));
    const code = start + content.length - content.trimStart().length;
    const isComment = comments
      ? comments.some((c) => c.start <= code && code < c.end)
      : content.trimStart().startsWith("#");
    if (!isComment) return line;
  }
  return from;
}

/** `a, b -- reason`; nothing named means every rule. */
function ruleNames(list: string, start: number): { id: string; range: TextRange }[] {
  const names = list.split(/\s--(?:\s|$)|\*\//)[0] ?? "";
  const found = [...names.matchAll(/[\w-]+/g)].map((match) => ({
    id: match[0],
    range: { start: start + match.index, end: start + match.index + match[0].length },
  }));
  return found.length > 0 ? found : [{ id: "all", range: { start, end: start } }];
}

function confComments(text: string): readonly TextRange[] {
  return [...text.matchAll(/#[^\r\n]*/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function unusedDraft(text: IgnorableText, ignore: Ignore, rule: Ignore["rules"][number]): Draft {
  const name = rule.id === "all" ? "This ignore" : `The ignore of ${rule.id}`;
  const range = rule.range.end > rule.range.start && ignore.rules.length > 1 ? rule.range : ignore.comment;
  return {
    file: ignore.file,
    range,
    message: `${name} hides nothing: there is no such finding here. Remove it, so that it can't hide a later one.`,
    fixes: [
      {
        title: ignore.rules.length > 1 ? `Remove ${rule.id} from the ignore` : "Remove the ignore",
        applicability: "safe",
        preferred: true,
        edits: [ignore.rules.length > 1 ? withoutName(text, ignore, rule) : withoutComment(text, ignore.comment)],
      },
    ],
    unnecessary: true,
  };
}

function withoutName({ path: file, text }: IgnorableText, ignore: Ignore, rule: Ignore["rules"][number]): TextEdit {
  const i = ignore.rules.indexOf(rule);
  const next = ignore.rules[i + 1];
  const previous = ignore.rules[i - 1];
  if (next) return { file, range: { start: rule.range.start, end: next.range.start }, newText: "" };
  const start = previous?.range.end ?? rule.range.start;
  return { file, range: { start, end: rule.range.end }, newText: text.slice(start, start) };
}

function withoutComment({ path: file, text }: IgnorableText, comment: TextRange): TextEdit {
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  const newline = text.indexOf("\n", comment.end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  const alone = text.slice(lineStart, comment.start).trim() === "" && text.slice(comment.end, lineEnd).trim() === "";
  if (alone) return { file, range: { start: lineStart, end: lineEnd }, newText: "" };
  let { start } = comment;
  while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  return { file, range: { start, end: comment.end }, newText: "" };
}

/** Ignores stand in Nix and nix.conf, and an ignore that hides nothing goes away with it and not by another one. */
function canBeIgnored({ rule, file }: Finding): boolean {
  return rule !== "unused-ignore" && /\.(?:nix|conf)$/.test(file);
}

/** "Ignore here": a comment line above the finding. Undefined inside a string, where `#` begins no comment of Nix. */
export function ignoreOnLine(finding: Finding, text: string): readonly TextEdit[] | undefined {
  if (!canBeIgnored(finding)) return undefined;
  const lines = new LineIndex(text);
  const start = lines.lineStart(lines.lineOf(finding.range.start));
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
  const newText = `${indent}# nix-build-budget: ignore ${finding.rule}${text.includes("\r\n") ? "\r\n" : "\n"}`;
  const { comments } = repair(text.slice(0, start) + newText + text.slice(start));
  if (finding.file.endsWith(".nix") && !comments.some((comment) => comment.start === start + indent.length))
    return undefined;
  return [{ file: finding.file, range: { start, end: start }, newText }];
}

/** A comment at the head of the file; a byte order mark stays first. */
export function ignoreInFile(finding: Finding, text: string): readonly TextEdit[] | undefined {
  if (!canBeIgnored(finding)) return undefined;
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const newText = `# nix-build-budget: ignore-file ${finding.rule}${text.includes("\r\n") ? "\r\n" : "\n"}`;
  return [{ file: finding.file, range: { start, end: start }, newText }];
}
