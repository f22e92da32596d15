// `check` for people: each finding with the code it is about, related places and fixes; then a summary.
import type { Finding, Fix } from "../core/findings/finding.js";
import type { Severity } from "../core/machine/configuration.js";
import { formatBytes } from "../core/machine/size.js";
import { someOf } from "../core/rules/support/words.js";
import type { TextRange } from "../core/text/range.js";
import { type CheckReport, count, createLocate, type Locate, type ReportedHost } from "./report.js";
import { type Paint, printable, type Style } from "./terminal.js";

/** Columns. A longer line is cut around what is underlined. */
const FRAME_WIDTH = 160;
const SEVERITIES: readonly Severity[] = ["error", "warning", "information", "hint"];

export function checkText(report: CheckReport, style: Style): string {
  const locate = createLocate(report.textOf);
  const findings = report.findings.map((finding) => findingText(finding, report, locate, style));
  return [...findings, summary(report, style), ""].join("\n");
}

function severityPaint(severity: Severity, style: Style): Paint {
  return { error: style.red, warning: style.yellow, information: style.cyan, hint: style.dim }[severity];
}

function findingText(finding: Finding, report: CheckReport, locate: Locate, style: Style): string {
  const paint = severityPaint(finding.severity, style);
  const frames = [finding, ...finding.related].map(({ file, range }) => ({ file, range, at: locate(file, range) }));
  const gutter = " ".repeat(String(Math.max(...frames.map(({ at }) => at.start.line + 1))).length);
  const bar = style.blue("|");
  // Hosts with different machines have a line each.
  const message = finding.message.split("\n").map(printable).join("\n    ");
  const lines = [`${style.bold(paint(`${finding.severity}[${finding.rule}]`))}${style.bold(`: ${message}`)}`];
  for (const [i, { file, range, at }] of frames.entries()) {
    const place = `${printable(file)}:${at.start.line + 1}:${at.start.character + 1}`;
    const related = finding.related[i - 1];
    lines.push(`${gutter}${style.blue(related ? ":::" : "-->")} ${place}`);
    const frame = frameText(report.textOf(file) ?? "", range, at.end.line > at.start.line);
    if (!frame) continue;
    const number = String(at.start.line + 1).padStart(gutter.length);
    const mark = related ? style.blue("-".repeat(frame.width)) : paint("^".repeat(frame.width));
    const note = related ? ` ${style.blue(printable(related.message))}` : "";
    lines.push(`${gutter} ${bar}`, `${style.blue(number)} ${bar} ${frame.line}`);
    lines.push(`${gutter} ${bar} ${" ".repeat(frame.column)}${mark}${note}`);
  }
  lines.push(`${gutter} ${bar}`);
  const facts = [printable(someOf(finding.hosts)), `confidence ${finding.confidence.toFixed(2)}`, finding.tier];
  lines.push(`${gutter} ${style.blue("=")} ${style.dim(facts.filter((fact) => fact !== "").join(" · "))}`);
  for (const fix of finding.fixes) lines.push(`${gutter} ${style.blue("=")} ${style.green("fix")}: ${fixText(fix)}`);
  return `${lines.join("\n")}\n`;
}

function fixText(fix: Fix): string {
  const notes = [fix.applicability as string];
  if (fix.rebuilds) notes.push("rebuilds the package");
  if (!fix.preferred) notes.push("alternative");
  return `${printable(fix.title)} (${notes.join(", ")})`;
}

interface Frame {
  readonly line: string;
  /** Where the underline begins, and how long it is, in columns. */
  readonly column: number;
  readonly width: number;
}

/** The first line of a range. Undefined where there is nothing to show: an empty file, or one still to be made. */
function frameText(text: string, range: TextRange, severalLines: boolean): Frame | undefined {
  if (text === "") return undefined;
  const lineStart = Math.max(text.lastIndexOf("\n", range.start - 1), text.lastIndexOf("\r", range.start - 1)) + 1;
  const rest = /[\r\n]/.exec(text.slice(range.start, range.start + 10_000));
  const lineEnd = rest ? range.start + rest.index : Math.min(text.length, range.start + 10_000);
  const from = Math.max(lineStart, range.start - FRAME_WIDTH / 2);
  const to = Math.min(lineEnd, from + FRAME_WIDTH);
  const end = Math.min(severalLines ? lineEnd : range.end, to);
  const before = (from > lineStart ? "…" : "") + printable(text.slice(from, range.start));
  const marked = printable(text.slice(range.start, end));
  const after = printable(text.slice(end, to)) + (to < lineEnd ? "…" : "");
  return { line: before + marked + after, column: before.length, width: Math.max(1, marked.length) };
}

function summary(report: CheckReport, style: Style): string {
  const { findings } = report;
  const lines = hostLines(report.hosts.filter(({ machine, expectsMachine }) => machine || expectsMachine));
  if (findings.length === 0) return [...lines, `${style.green("No findings")} in ${filesRead(report)}.`].join("\n");
  const parts = SEVERITIES.map((severity) => ({
    severity,
    n: findings.filter((finding) => finding.severity === severity).length,
  }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) =>
      severityPaint(severity, style)(count(n, severity, severity === "information" ? severity : `${severity}s`)),
    );
  lines.push(`${style.bold(`${count(findings.length, "finding")}`)} (${parts.join(", ")}) in ${filesRead(report)}.`);
  const hint = fixHint(findings);
  return hint ? [...lines, hint].join("\n") : lines.join("\n");
}

function filesRead(report: CheckReport): string {
  return count(report.filesRead, "file");
}

/** What builds may use, once for all hosts on which it is the same. */
function hostLines(hosts: readonly ReportedHost[]): string[] {
  const names = new Map<string, string[]>();
  for (const host of hosts) names.set(budgetText(host), [...(names.get(budgetText(host)) ?? []), host.name]);
  return [...names].map(([text, alike]) => `${printable(someOf(alike))}: ${text}`);
}

function budgetText({ machine, budget }: ReportedHost): string {
  if (!machine || !budget) return "machine unknown; declare it in nix-build-budget.json or name one with --machine.";
  return `builds may use ${budget.threads} of ${count(machine.threads, "thread")} and ${formatBytes(budget.memoryBytes)} of memory (machine: ${printable(machine.provenance.text)}).`;
}

function fixHint(findings: readonly Finding[]): string | undefined {
  const preferred = findings.flatMap((finding) => finding.fixes.filter((fix) => fix.preferred));
  const safe = preferred.filter((fix) => fix.applicability === "safe").length;
  const unsafe = preferred.filter((fix) => fix.applicability === "unsafe").length;
  const parts: string[] = [];
  if (safe > 0) parts.push(`${safe} can be fixed with --fix`);
  if (unsafe > 0) parts.push(`${unsafe}${safe > 0 ? " more" : " can be fixed"} with --fix --unsafe-fixes`);
  return parts.length > 0 ? `${parts.join(", ")}; --diff shows the change. \`explain RULE\` says more.` : undefined;
}
