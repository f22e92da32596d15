// max-jobs x cores as a host really gets them, the joint plan that its budget asks for, and the fixes that set both at once.
import { type JointPlan, jointPlan } from "../../builds/plan.js";
import { packagePeaks } from "../../builds/peaks.js";
import type { Plan } from "../../builds/solve.js";
import type { Split } from "../../builds/split.js";
import { setOptions, settingPath } from "../../edits/options.js";
import type { Budget } from "../../machine/machine.js";
import type { Definition, Host, OptionState } from "../../workspace/model.js";
import type { FixDraft, Related, RuleContext } from "../rule.js";

/** One of the two settings: how it is written, and the number that it comes to on this machine. */
export interface Count {
  readonly setting: "max-jobs" | "cores";
  /** `cores = 6`, `cores = 0 (all 8 threads)`, `cores, which is not set (all 8 threads)`. */
  readonly text: string;
  readonly value: number;
  /** Undefined where the default holds. */
  readonly definition: Definition | undefined;
}

export interface Parallelism {
  readonly jobs: Count;
  readonly cores: Count;
  /** Most build processes at once. */
  readonly product: number;
}

/** Undefined where one of the two is not known, or where Nix builds nothing here (`max-jobs = 0`). */
export function parallelismOf(host: Host, budget: Budget): Parallelism | undefined {
  const jobs = countOf(host, "max-jobs", budget);
  const cores = countOf(host, "cores", budget);
  if (!jobs || !cores || jobs.value === 0) return undefined;
  return { jobs, cores, product: jobs.value * cores.value };
}

/** What one of the two settings comes to; undefined where nobody can tell. */
export function countOf(host: Host, setting: Count["setting"], budget: Budget): Count | undefined {
  const state = host.setting(setting);
  const threads = budget.totalThreads;
  if (state.state === "unset") {
    const value = defaultOf(host, setting, threads);
    const meaning = value === threads && threads > 1 ? `all ${threads} threads` : `${value}`;
    return value === undefined
      ? undefined
      : { setting, text: `${setting} (not set: ${meaning})`, value, definition: undefined };
  }
  const number = numberOf(state);
  if (state.state !== "known" || number === undefined) return undefined;
  const definition = strongest(state.definitions);
  const all = number === "auto" || (setting === "cores" && number === 0);
  const text = `${setting} = ${number === "auto" ? '"auto"' : number}${all ? ` (all ${threads} threads)` : ""}`;
  return { setting, text, value: all ? threads : Number(number), definition };
}

/**
 * What holds where nothing is set: NixOS and nix-darwin `auto` x 0, plain Nix 1 x 0. A flake's nixConfig and home-manager
 * leave it to the system, which is not in sight; nor is that of a module of unknown kind.
 */
function defaultOf(host: Host, setting: Count["setting"], threads: number): number | undefined {
  if (host.platform === "nixos" || host.platform === "darwin") return threads;
  if (host.platform === "plain") return setting === "cores" ? threads : 1;
  return undefined;
}

function numberOf(state: OptionState): number | "auto" | undefined {
  if (state.state !== "known") return undefined;
  const { value } = state;
  if (value.kind === "string" && value.value === "auto") return "auto";
  // Text of nix.conf has no numbers; elsewhere a quoted one is `quoted-number`'s.
  if (value.kind === "string" && state.definitions.every((d) => d.inText))
    return /^\d{1,9}$/.test(value.value) ? Number(value.value) : undefined;
  return value.kind === "int" && value.value >= 0n && value.value < 2n ** 31n ? Number(value.value) : undefined;
}

export function strongest(definitions: readonly [Definition, ...Definition[]]): Definition {
  return definitions.reduce((best, each) => (each.priority < best.priority ? each : best));
}

/** The smallest budget among hosts that share these definitions: what is written there must fit all of them. */
export function sharedBudget(
  host: Host,
  definitions: readonly (Definition | undefined)[],
  { model }: RuleContext,
): { readonly budget: Budget; readonly others: readonly Host[] } | undefined {
  if (!host.budget) return undefined;
  const names = new Set(definitions.flatMap((definition) => definition?.hosts ?? []));
  const others = model.hosts.filter((other) => other !== host && other.name !== host.name && names.has(other.name));
  const budgets = [host.budget, ...others.flatMap((other) => (other.budget ? [other.budget] : []))];
  const smallest = budgets.reduce((a, b) => (b.threads < a.threads ? b : a));
  return { budget: { ...smallest, memoryBytes: Math.min(...budgets.map((b) => b.memoryBytes)) }, others };
}

/** The joint plan for what a host builds from source, within `budget`. */
export function planFor(host: Host, budget: Budget, { model, configuration }: RuleContext): JointPlan {
  const packages = model.packages.filter((pkg) => pkg.hosts.includes(host));
  return jointPlan({ budget, builds: packagePeaks(packages, configuration), targetRisk: configuration.targetRisk });
}

export function splitText({ jobs, cores }: Split): string {
  return `max-jobs = ${jobs}, cores = ${cores} (${jobs} × ${cores} = ${jobs * cores} ${jobs * cores === 1 ? "thread" : "threads"})`;
}

/** Fixes that set both numbers together: the plan, preferred, and its alternatives with what each is good for. */
export function splitFixes(
  host: Host,
  plan: JointPlan,
  current: Parallelism | undefined,
  near: Definition | undefined,
): FixDraft[] {
  const toFix = (each: Plan, preferred: boolean, purpose: string): FixDraft => ({
    title: `Set ${splitText(each.split)}${purpose}`,
    applicability: "safe",
    preferred,
    edits: setSplit(host, each.split, current, near),
  });
  return [toFix(plan, true, ""), ...plan.alternatives.map((each) => toFix(each, false, `: ${each.purpose}`))];
}

function setSplit(host: Host, split: Split, current: Parallelism | undefined, near: Definition | undefined) {
  const wanted = [
    { count: current?.jobs, name: "max-jobs", value: split.jobs },
    { count: current?.cores, name: "cores", value: split.cores },
  ];
  const changed = wanted.filter(
    ({ count, value }) => !(count?.definition && count.value === value && !/all/.test(count.text)),
  );
  const entries = changed.map(({ name, value }) => ({ path: settingPath(host, name), value: String(value) }));
  return setOptions(host, entries, near);
}

/** The other number's line, where it is written elsewhere. */
export function relatedLine(count: Count): readonly Related[] {
  const { definition, text } = count;
  return definition ? [{ file: definition.file, range: definition.range, message: text }] : [];
}

/** `shoshin (machine "shoshin" of nix-build-budget.json: 8 threads, 2 reserved)`. */
export function onMachine(host: Host, budget: Budget): string {
  const { machine, totalThreads, reserveThreads } = budget;
  const name =
    host.kind === "host" ? `${host.name}, machine ${machine.provenance.text}` : `machine ${machine.provenance.text}`;
  return `${name}: ${totalThreads} threads, ${reserveThreads} reserved`;
}
