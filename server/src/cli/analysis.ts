// From paths on the command line to analyses: one for each root, with what they need loaded on the way.
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { type Analysis, type AnalyzeOptions, analyze } from "../core/analyze.js";
import type { RuleFailure } from "../core/findings/run.js";
import { parseMachineSpec } from "../core/machine/machineSpec.js";
import { CONFIGURATION_FILE, parseConfiguration } from "../core/machine/parseConfiguration.js";
import type { FilePath } from "../core/text/range.js";
import type { Snapshot } from "../core/workspace/snapshot.js";
import {
  findRoot,
  isDeclaredRoot,
  loadPaths,
  loadWorkspace,
  pathInRoot,
  readTextFile,
  type Workspace,
} from "../host/disk.js";
import { detectMachine } from "../host/hardware.js";
import { loadParser } from "../host/parser.js";
import { type Arguments, UsageError } from "./commandLine.js";
import { createProgress, warn } from "./output.js";

/** Rounds of loading what an analysis asks for; each can bring files that name further ones. */
const MOST_ROUNDS = 20;

/** One root with its analysis. */
export interface Analyzed {
  readonly root: string;
  readonly workspace: Workspace;
  readonly analysis: Analysis;
  /** Analyses the same root with other texts. */
  readonly again: (snapshot: Snapshot) => Analysis;
}

/** @throws UsageError where a path does not exist or the machine can't be told. */
export async function analyzePaths(
  args: Arguments,
  own: Pick<AnalyzeOptions, "minimumConfidence"> = {},
): Promise<Analyzed[]> {
  const machine = machineOption(args);
  const groups = groupByRoot(args.operands.length > 0 ? args.operands : ["."]);
  const parser = await loadParser();
  const progress = createProgress();
  const results: Analyzed[] = [];
  for (const [i, { root, targets, shallow }] of groups.entries()) {
    const where = groups.length > 1 ? ` (${i + 1} of ${groups.length})` : "";
    progress.report(`Reading ${root}${where} …`);
    let workspace = loadWorkspace(root, { exclude: excludedBy(root), targets, shallow });
    const options: AnalyzeOptions = { parser, onRuleFailure, ...machine, ...own };
    progress.report(`Analysing ${workspace.snapshot.files.size} files of ${root}${where} …`);
    let analysis = analyze(workspace.snapshot, options);
    for (let round = 0; round < MOST_ROUNDS && analysis.model.needs.length > 0; round++) {
      const more = loadPaths(workspace, analysis.model.needs);
      if (more === workspace) break;
      workspace = more;
      progress.report(`Analysing ${workspace.snapshot.files.size} files of ${root}${where} …`);
      analysis = analyze(workspace.snapshot, options, analysis);
    }
    results.push({ root, workspace, analysis, again: (snapshot) => analyze(snapshot, options, analysis) });
  }
  progress.done();
  if (machine.machine?.kind === "name") checkMachineName(machine.machine.name, results);
  return results;
}

function onRuleFailure({ rule, message }: RuleFailure): void {
  warn(`the rule ${rule} failed and was left out: ${message}`);
}

/** A name that no root declares would be ignored in silence. */
function checkMachineName(name: string, results: readonly Analyzed[]): void {
  const declared = results.flatMap(({ analysis }) => [...analysis.configuration.machines.keys()]);
  if (declared.includes(name)) return;
  const known = declared.length > 0 ? `it declares ${declared.join(", ")}` : "none is declared";
  throw new UsageError(`--machine: ${CONFIGURATION_FILE} has no machine "${name}"; ${known}`);
}

interface Group {
  readonly root: string;
  /** Undefined: all of it. */
  readonly targets: FilePath[] | undefined;
  readonly shallow: boolean;
}

function groupByRoot(operands: readonly string[]): Group[] {
  const groups = new Map<string, FilePath[]>();
  for (const operand of operands) {
    const path = resolve(operand);
    if (!existsSync(path)) throw new UsageError(`no such file or folder: ${operand}`);
    const root = findRoot(path);
    const inside = pathInRoot(root, path);
    if (inside !== undefined) groups.set(root, [...(groups.get(root) ?? []), inside]);
  }
  return [...groups].map(([root, targets]) => {
    const whole = targets.includes("");
    return { root, targets: whole ? undefined : targets, shallow: !whole && !isDeclaredRoot(root) };
  });
}

function excludedBy(root: string): readonly string[] {
  const file = readTextFile(resolve(root, CONFIGURATION_FILE));
  return "text" in file ? parseConfiguration(file.text).configuration.exclude : [];
}

/** This computer stands for a host of its name, and with `--machine local` for all that are not declared. */
function machineOption(args: Arguments): Pick<AnalyzeOptions, "machine" | "local"> {
  const detected = detectMachine();
  const local = detected && { hostName: hostname().split(".")[0] ?? "", machine: detected };
  const text = args.values.get("machine");
  if (text === undefined) return { local };
  const machine = parseMachineSpec(text);
  if (machine.kind === "error") throw new UsageError(`--machine: ${machine.message}`);
  if (machine.kind === "local" && !local)
    throw new UsageError("--machine local: this computer's hardware can't be read");
  return { machine, local };
}
