// The whole pipeline: texts in, model and findings out. Read this first.
import type { Finding } from "./findings/finding.js";
import { configurationFindings, machineFindings } from "./findings/notices.js";
import { type RuleFailure, runRules, sortFindings } from "./findings/run.js";
import { type IgnorableText, suppress } from "./findings/suppress.js";
import { budgetOf } from "./machine/budget.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "./machine/configuration.js";
import { layerConfiguration } from "./machine/layers.js";
import type { Machine } from "./machine/machine.js";
import type { MachineSpec } from "./machine/machineSpec.js";
import { CONFIGURATION_FILE, type ConfigurationProblem } from "./machine/parseConfiguration.js";
import { resolveMachine } from "./machine/resolve.js";
import { RULES } from "./rules/index.js";
import type { Rule } from "./rules/rule.js";
import { unusedIgnore } from "./rules/unused-ignore.js";
import type { NixParser } from "./syntax/parser.js";
import type { FilePath } from "./text/range.js";
import { buildModel, type MachineLookup } from "./workspace/buildModel.js";
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
  /** Beats that of the configuration. */
  readonly minimumConfidence?: number;
  readonly rules?: readonly Rule[];
  /** A rule that threw, for the log. */
  readonly onRuleFailure?: (failure: RuleFailure) => void;
}

/** Stops an analysis that nobody waits for any more. */
export interface CancellationToken {
  readonly cancelled: boolean;
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
  const { configuration, problems } = inForce(configurationText, options, previous?.configuration);
  const model = modelOf(snapshot, configuration, options, previous?.model, token);
  const checkpoint = (): void => {
    if (token?.cancelled) throw new Cancelled("analysis cancelled");
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

/** What a configuration was made of. */
interface Declared {
  readonly text: string | undefined;
  readonly below: Configuration;
  readonly minimumConfidence: number | undefined;
  readonly problems: readonly ConfigurationProblem[];
}
const DECLARED = new WeakMap<Configuration, Declared>();

/** The configuration in force: the same object as before where it is made of the same. */
function inForce(
  text: string | undefined,
  { configuration: below = DEFAULT_CONFIGURATION, minimumConfidence }: AnalyzeOptions,
  previous: Configuration | undefined,
): { readonly configuration: Configuration; readonly problems: readonly ConfigurationProblem[] } {
  const before = previous && DECLARED.get(previous);
  if (before && before.text === text && before.below === below && before.minimumConfidence === minimumConfidence)
    return { configuration: previous, problems: before.problems };
  const ids = RULES.map((rule) => rule.id);
  const { configuration: declared, problems } = layerConfiguration(text, below, ids);
  const configuration = { ...declared, minimumConfidence: minimumConfidence ?? declared.minimumConfidence };
  DECLARED.set(configuration, { text, below, minimumConfidence, problems });
  return { configuration, problems };
}

function modelOf(
  snapshot: Snapshot,
  configuration: Configuration,
  options: AnalyzeOptions,
  previous: Model | undefined,
  token: CancellationToken | undefined,
): Model {
  const build = (last: Model | undefined, localHost: string | undefined): Model => {
    const machineFor = machineLookup(configuration, options, localHost);
    return buildModel({ snapshot, parser: options.parser, configuration, machineFor, previous: last, token });
  };
  const expected = localHostOf(previous, options);
  const model = build(previous, expected);
  // Which host is the only one is known only now.
  const localHost = localHostOf(model, options);
  return localHost === expected ? model : build(model, localHost);
}

/** The host that this computer stands for: the only one of the model, else the one of its name. */
function localHostOf(model: Model | undefined, { local, soleHostIsLocal }: AnalyzeOptions): string | undefined {
  if (!model || !local || !soleHostIsLocal) return local?.hostName;
  const named = model.hosts.filter((host) => host.kind === "host");
  const all = new Set((named.length > 0 ? named : model.hosts).map((host) => host.name));
  // A user's home on a host (`me@host`) is on the same computer.
  const names = [...all].filter((name) => !name.includes("@") || !all.has(name.slice(name.indexOf("@") + 1)));
  const [sole, second] = names;
  return sole === undefined || second !== undefined ? local.hostName : sole;
}

/** A lookup with what it looks in. */
interface KnownLookup extends Pick<AnalyzeOptions, "local" | "machine"> {
  readonly localHost: string | undefined;
  readonly lookup: MachineLookup;
}
const LOOKUPS = new WeakMap<Configuration, KnownLookup>();

/** The same function, with the same answers, as long as it looks in the same: hosts then need not be made anew. */
function machineLookup(
  configuration: Configuration,
  options: AnalyzeOptions,
  localHost: string | undefined,
): MachineLookup {
  const { local, machine } = options;
  const known = LOOKUPS.get(configuration);
  if (known && known.local === local && known.machine === machine && known.localHost === localHost) return known.lookup;
  const find = machineFinder(configuration, options, localHost);
  const found = new Map<string, ReturnType<MachineLookup>>();
  const lookup: MachineLookup = (host) => {
    const key = `${host.name}\0${host.facterReport ?? ""}`;
    if (!found.has(key)) found.set(key, find(host));
    return found.get(key);
  };
  LOOKUPS.set(configuration, { local, machine, localHost, lookup });
  return lookup;
}

/** A host's machine: declared, reported by nixos-facter, named by the caller, or this computer where it is the host. */
function machineFinder(
  configuration: Configuration,
  options: AnalyzeOptions,
  localHost: string | undefined,
): MachineLookup {
  const { local, machine: spec } = options;
  const named = spec?.kind === "name" ? configuration.machines.get(spec.name) : undefined;
  const given = spec?.kind === "machine" ? spec.machine : spec?.kind === "local" ? local?.machine : named;
  const here =
    local && localHost !== undefined && spec?.kind !== "none" ? { ...local, hostName: localHost } : undefined;
  return (host) => {
    const machine = resolveMachine(host, { declared: configuration.machines, given, local: here });
    if (!machine) return undefined;
    const { policy, memoryAccounting: accounting, coldFraction } = configuration;
    return { machine, budget: budgetOf(machine, { policy, accounting, coldFraction }) };
  };
}

function textOf(snapshot: Snapshot, path: FilePath): string | undefined {
  const file = snapshot.files.get(path);
  return file && "text" in file ? file.text : undefined;
}

function ignorableTexts({ files }: Snapshot, { sources }: Model): readonly IgnorableText[] {
  const texts: IgnorableText[] = [...sources.values()];
  for (const [path, file] of files)
    if (path.endsWith(".conf") && !sources.has(path) && "text" in file) texts.push({ path, text: file.text });
  return texts;
}

/** Whether the caller wants to hear of this file. */
export function isTarget(file: FilePath, { targets }: Snapshot): boolean {
  if (!targets) return true;
  return targets.some((target) => target === "" || file === target || file.startsWith(`${target}/`));
}
