// The core's analysis with what this server knows besides texts: settings, parser, this computer.
import { type Analysis, type AnalyzeOptions, analyze } from "../core/analyze.js";
import { fixAll } from "../core/findings/fixAll.js";
import { preferredFix } from "../core/findings/run.js";
import { parseMachineSpec } from "../core/machine/machineSpec.js";
import type { NixParser } from "../core/syntax/parser.js";
import type { TextEdit } from "../core/text/edit.js";
import type { FilePath } from "../core/text/range.js";
import type { Snapshot } from "../core/workspace/snapshot.js";
import type { ServerHost } from "./serverHost.js";
import { configurationOf, type Settings } from "./settings.js";

export interface AnalyserOptions {
  readonly parser: NixParser;
  readonly host: Pick<ServerHost, "thisComputer">;
  readonly log: { warn(message: string): void; error(message: string): void };
}

export type Analyser = (settings: Settings, snapshot: Snapshot, previous: Analysis | undefined) => Analysis;

export function createAnalyser({ parser, host, log }: AnalyserOptions): Analyser {
  const known = new WeakMap<Settings, AnalyzeOptions>();

  /** The same object for the same settings, so that the core sees that nothing in them changed. */
  function optionsFor(settings: Settings): AnalyzeOptions {
    const options = known.get(settings) ?? makeOptions(settings);
    known.set(settings, options);
    return options;
  }

  function makeOptions(settings: Settings): AnalyzeOptions {
    const local = host.thisComputer();
    const spec = settings.machine.trim() === "" ? undefined : parseMachineSpec(settings.machine);
    if (spec?.kind === "error") log.warn(`nixBuildBudget.machine: ${spec.message}`);
    return {
      parser,
      configuration: configurationOf(settings),
      // Its name stands for a host only where the settings let it; as a proposal and by name (`local`) it serves always.
      local: local && { ...local, hostName: settings.useThisComputer ? local.hostName : "" },
      soleHostIsLocal: settings.useThisComputer,
      machine: spec?.kind === "error" ? undefined : spec,
      onRuleFailure: ({ rule, message }) => log.error(`Rule ${rule} failed: ${message}`),
    };
  }
  return (settings, snapshot, previous) => analyze(snapshot, optionsFor(settings), previous);
}

/** Edits of all safe fixes of one file, round by round as the terminal's `--fix` applies them. */
export function safeFixes(
  analysis: Analysis,
  file: FilePath,
  again: (snapshot: Snapshot, previous: Analysis) => Analysis,
): readonly TextEdit[] {
  let previous = analysis;
  const fixed = fixAll(
    analysis.snapshot,
    (snapshot) => {
      previous = again(snapshot, previous);
      return {
        findings: previous.findings,
        problems: (path) => previous.model.sources.get(path)?.problems.length ?? 0,
      };
    },
    { wanted: (finding) => preferredFix(finding, false)?.edits.every((edit) => edit.file === file) ?? false },
  );
  return fixed.edits.get(file) ?? [];
}
