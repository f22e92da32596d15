// `check`: findings, in one of four formats; and their fixes, written or shown as a diff.
import type { Finding } from "../core/findings/finding.js";
import type { Analysis } from "../core/analyze.js";
import { fixAll, type Outcome } from "../core/findings/fixAll.js";
import { SEVERITIES } from "../core/findings/level.js";
import type { Severity } from "../core/machine/configuration.js";
import { RULES } from "../core/rules/index.js";
import type { Snapshot } from "../core/workspace/snapshot.js";
import { rawText, withBomOf, writeText } from "../host/write.js";
import { checkJson } from "../report/checkJson.js";
import { checkText } from "../report/checkText.js";
import { githubText } from "../report/github.js";
import { type CheckReport, count, type ReportedHost } from "../report/report.js";
import { sarifText } from "../report/sarif.js";
import { type FileChange, unifiedDiff } from "../report/unifiedDiff.js";
import { type Analyzed, analyzePaths } from "./analysis.js";
import { type Arguments, type Command, numberValue, UsageError } from "./commandLine.js";
import { outputStyle, print, warn } from "./output.js";
import { createNames, createTextLookup, type Names, withPrintedNames } from "./paths.js";
import { programVersion } from "./version.js";

const FORMATS = ["text", "json", "sarif", "github"];

export const check: Command = {
  name: "check",
  summary: "finds build settings that do not fit the hardware, and missed optimizations",
  operands: { name: "PATH", least: 0, most: Number.POSITIVE_INFINITY },
  flags: [
    {
      name: "machine",
      value: "SPEC",
      help: "machine of every host without a declared one: a name of nix-build-budget.json, local, or threads=8,memory=16GiB,zram=12GiB",
    },
    { name: "format", value: "FORMAT", choices: FORMATS, help: "how to print" },
    { name: "min-confidence", value: "N", help: "leave out findings of which the confidence (0 to 1) is below N" },
    {
      name: "fail-on",
      value: "SEVERITY",
      choices: SEVERITIES,
      help: "mildest severity that gives exit code 1 (warning)",
    },
    { name: "fix", help: "apply the preferred fix of each finding where it is safe" },
    { name: "unsafe-fixes", help: "with --fix or --diff: those that are not safe, too" },
    { name: "diff", help: "print what --fix would change, for `git apply`; write nothing" },
  ],
  details: [
    "Without PATH the working folder is checked. The root of a PATH is its nearest ancestor with nix-build-budget.json,",
    "else with flake.nix, else PATH itself. Files that .gitignore or `exclude` name are left out.",
    "With --fix and --diff the exit code tells what remains after the fixes.",
  ],
  async run(args) {
    const mode = fixMode(args);
    const least = numberValue(args, "min-confidence", 0, 1);
    const failOn = SEVERITIES.indexOf((args.values.get("fail-on") ?? "warning") as Severity);
    const analyzed = await analyzePaths(args, { minimumConfidence: least });
    const roots = analyzed.map((root) => fixedRoot(root, args));
    const report = reportOf(roots, least);
    const unwritten = mode === "fix" ? writeFixes(roots) : 0;
    if (mode === "diff") {
      print(unifiedDiff(roots.flatMap(({ changes }) => changes)));
      process.stderr.write(checkText(report, outputStyle(process.stderr)));
    } else print(formatted(report, args.values.get("format") ?? "text"));
    if (unwritten > 0) return 2;
    return report.findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= failOn) ? 1 : 0;
  },
};

type FixMode = "none" | "fix" | "diff";

interface Root {
  readonly names: Names;
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly hosts: readonly ReportedHost[];
  readonly filesRead: number;
  readonly changes: readonly Change[];
  /** How many findings the changes settle. */
  readonly fixed: number;
}

interface Change extends FileChange {
  readonly path: string;
  /** As they were read: without byte order mark. */
  readonly readText: string | undefined;
  readonly newText: string;
}

function fixMode({ switches }: Arguments): FixMode {
  if (switches.has("fix") && switches.has("diff"))
    throw new UsageError("--fix writes and --diff shows: give one of them");
  const mode = switches.has("fix") ? "fix" : switches.has("diff") ? "diff" : "none";
  if (mode === "none" && switches.has("unsafe-fixes")) throw new UsageError("--unsafe-fixes needs --fix or --diff");
  return mode;
}

/** With the fixes that the mode asks for applied, in memory. */
function fixedRoot({ root, workspace, analysis, again }: Analyzed, args: Arguments): Root {
  const names = createNames(root);
  const isShown = (finding: Finding) => !workspace.isIgnored(finding.file);
  const base = {
    names,
    hosts: hostsOf(analysis),
    filesRead: analysis.model.filesRead,
  };
  if (fixMode(args) === "none")
    return {
      ...base,
      snapshot: workspace.snapshot,
      findings: analysis.findings.filter(isShown),
      changes: [],
      fixed: 0,
    };
  const fixed = fixAll(workspace.snapshot, (snapshot) => outcomeOf(again(snapshot)), {
    unsafe: args.switches.has("unsafe-fixes"),
    wanted: isShown,
  });
  const changes = [...fixed.texts].map(([file, newText]): Change => {
    const path = names.absolute(file);
    const original = workspace.snapshot.files.get(file);
    const raw = rawText(path);
    return {
      file: names.printed(file),
      path,
      before: raw,
      after: withBomOf(raw, newText),
      readText: original && "text" in original ? original.text : undefined,
      newText,
    };
  });
  return {
    ...base,
    snapshot: fixed.snapshot,
    findings: fixed.remaining.filter(isShown),
    changes,
    fixed: fixed.applied.length,
  };
}

/** Each host once; lone files share one name. */
function hostsOf({ model }: Analysis): ReportedHost[] {
  const byName = new Map<string, ReportedHost>();
  for (const { name, machine, budget, kind, platform } of model.hosts)
    if (!byName.has(name))
      byName.set(name, { name, machine, budget, expectsMachine: kind === "host" && platform !== "flake" });
  return [...byName.values()];
}

function outcomeOf({ findings, model }: Analysis): Outcome {
  return { findings, problems: (file) => model.sources.get(file)?.problems.length ?? 0 };
}

/** How many files could not be written; each is named on stderr. */
function writeFixes(roots: readonly Root[]): number {
  let failed = 0;
  for (const { path, file, readText, newText } of roots.flatMap(({ changes }) => changes)) {
    const problem = writeText(path, readText, newText);
    if (problem === undefined) continue;
    warn(`${file} was not written: ${problem}`);
    failed++;
  }
  const fixed = roots.reduce((sum, root) => sum + root.fixed, 0);
  const files = roots.reduce((sum, { changes }) => sum + changes.length, 0);
  if (failed === 0 && files > 0) warn(`fixed ${count(fixed, "finding")} in ${count(files, "file")}`);
  return failed;
}

function reportOf(roots: readonly Root[], least: number | undefined): CheckReport {
  return {
    hosts: roots.flatMap(({ hosts }) => hosts),
    findings: roots
      .flatMap(({ findings, names }) => findings.map((finding) => withPrintedNames(finding, names)))
      .filter(({ confidence }) => confidence >= (least ?? 0))
      .toSorted(
        (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.confidence - a.confidence,
      ),
    filesRead: roots.reduce((sum, { filesRead }) => sum + filesRead, 0),
    textOf: createTextLookup(roots),
  };
}

function formatted(report: CheckReport, format: string): string {
  switch (format) {
    case "json":
      return checkJson(report);
    case "sarif":
      return sarifText(report, RULES, programVersion());
    case "github":
      return githubText(report);
    default:
      return checkText(report, outputStyle());
  }
}
