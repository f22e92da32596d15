// `check`: findings, in one of four formats; and their fixes, written or shown as a diff.
import type { Finding } from "../core/findings/finding.js";
import { fixAll } from "../core/findings/fixAll.js";
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
    { name: "fail-on", value: "SEVERITY", choices: SEVERITIES, help: "mildest severity that gives exit code 1 (warning)" },
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
    const least = numberValue(args, "min-confidence", 0, 1);
    const failOn = SEVERITIES.indexOf((args.values.get("fail-on") ?? "warning") as Severity);
    const mode = fixMode(args);
    const roots = (await analyzePaths(args, { minimumConfidence: least })).map((analyzed) => fixedRoot(analyzed, mode));
    const report = reportOf(roots, least);
    const unwritten = mode === "fix" ? writeFixes(roots) : 0;
    if (mode === "diff") print(unifiedDiff(roots.flatMap(({ changes }) => changes)));
    printReport(report, args.values.get("format") ?? "text", mode === "diff");
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
  readonly unsafe: boolean;
}

interface Change extends FileChange {
  readonly path: string;
  /** As they were read: without byte order mark. */
  readonly readText: string | undefined;
  readonly newText: string;
}

function fixMode({ switches }: Arguments): FixMode {
  if (switches.has("fix") && switches.has("diff")) throw new UsageError("--fix writes and --diff shows: give one of them");
  const mode = switches.has("fix") ? "fix" : switches.has("diff") ? "diff" : "none";
  if (mode === "none" && switches.has("unsafe-fixes")) throw new UsageError("--unsafe-fixes needs --fix or --diff");
  return mode;
}
