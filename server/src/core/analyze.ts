// The whole pipeline: texts in, model and findings out. Read this first.
import type { Finding } from "./findings/finding.js";
import { configurationFindings, machineFindings } from "./findings/notices.js";
import { type RuleFailure, runRules, sortFindings } from "./findings/run.js";
import { type IgnorableText, suppress } from "./findings/suppress.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "./machine/configuration.js";
import { layerConfiguration } from "./machine/layers.js";
import type { Machine } from "./machine/machine.js";
import type { MachineSpec } from "./machine/machineSpec.js";
import { CONFIGURATION_FILE } from "./machine/parseConfiguration.js";
import { RULES } from "./rules/index.js";
import type { Rule } from "./rules/rule.js";
import { unusedIgnore } from "./rules/unused-ignore.js";
import type { NixParser } from "./syntax/parser.js";
import type { FilePath } from "./text/range.js";
import { buildModel } from "./workspace/buildModel.js";
import type { Model } from "./workspace/model.js";
import type { Snapshot } from "./workspace/snapshot.js";

export interface AnalyzeOptions {
  readonly parser: NixParser;
  /** This computer. It stands for hosts of its name, and with `soleHostIsLocal` for the only host of a workspace. */
  readonly local?: { readonly hostName: string; readonly machine: Machine };
  readonly soleHostIsLocal?: boolean;
  /** `--machine`, or the editor's setting: for every host whose machine is not declared. */
  readonly machine?: MachineSpec;
  /** What holds where nix-build-budget.json is silent: the editor's settings. */
  readonly configuration?: Configuration;
  readonly rules?: readonly Rule[];
  /** A rule that threw, for the log. */
  readonly onRuleFailure?: (failure: RuleFailure) => void;
}

/** Stops an analysis that nobody waits for any more. */
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
}
export class Cancelled extends Error {}

export interface Analysis {
  readonly snapshot: Snapshot;
  readonly configuration: Configuration;
  readonly model: Model;
  readonly findings: readonly Finding[];
}

/**
 * Pure and synchronous. Paths that are missing stand in `model.needs`: load them and call again, with `previous` so that
 * only what hangs on them is done anew.
 * @throws Cancelled if the token asks for it.
 */
export function analyze(
  snapshot: Snapshot,
  options: AnalyzeOptions,
  previous?: Analysis,
  token?: CancellationToken,
): Analysis {
  const rules = options.rules ?? RULES;
  const configurationText = textOf(snapshot, CONFIGURATION_FILE);
  const below = options.configuration ?? DEFAULT_CONFIGURATION;
  const { configuration, problems } = layerConfiguration(
    configurationText,
    below,
    RULES.map((rule) => rule.id),
  );
  const machineFor = machineLookup(configuration, options);
  const model = buildModel({
    snapshot,
    parser: options.parser,
    configuration,
    machineFor,
    previous: previous?.model,
    token,
  });
  const checkpoint = (): void => {
    if (token?.isCancellationRequested) throw new Cancelled("analysis cancelled");
  };
  checkpoint();
  const found = runRules(model, configuration, rules, { onFailure: options.onRuleFailure, checkpoint });
  const notices = [
    ...configurationFindings(problems, configuration),
    ...machineFindings(model, configuration, { configurationText, local: options.local?.machine }),
  ];
  const { kept, unused } = suppress(
    [...found, ...notices],
    ignorableTexts(snapshot, model),
    configuration,
    unusedIgnore,
  );
  const findings = sortFindings([...kept, ...unused]).filter((finding) => isTarget(finding.file, snapshot));
  return { snapshot, configuration, model, findings };
}

/** The machine of a host: declared, else the one that the caller names, else this computer where it is the host. */
function machineLookup(configuration: Configuration, options: AnalyzeOptions) {
  const { local, machine: spec } = options;
  const named = spec?.kind === "name" ? configuration.machines.get(spec.name) : undefined;
  const given = spec?.kind === "machine" ? spec.machine : spec?.kind === "local" ? local?.machine : named;
  return (hostName: string, isSoleHost = false): Machine | undefined => {
    const declared = configuration.machines.get(hostName);
    if (declared ?? given) return declared ?? given;
    const isLocal = hostName === local?.hostName || (isSoleHost && options.soleHostIsLocal);
    return isLocal && spec?.kind !== "none" ? local?.machine : undefined;
  };
}

function textOf(snapshot: Snapshot, path: FilePath): string | undefined {
  const file = snapshot.files.get(path);
  return file && "text" in file ? file.text : undefined;
}

function* ignorableTexts(snapshot: Snapshot, model: Model): Generator<IgnorableText> {
  for (const source of model.sources.values())
    yield { file: source.path, text: source.text, comments: source.comments };
  for (const [file, content] of snapshot.files)
    if (!model.sources.has(file) && file.endsWith(".conf") && "text" in content) yield { file, text: content.text };
}

function isTarget(file: FilePath, { targets }: Snapshot): boolean {
  if (!targets) return true;
  return targets.some((target) => target === "" || file === target || file.startsWith(`${target}/`));
}
