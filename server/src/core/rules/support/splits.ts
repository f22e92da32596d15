// The joint plan that a budget asks for, and the fixes that set max-jobs and cores together. What several hosts share must
// fit the smallest of them.
import { buildsPackage, planOfPackages } from "../../builds/hostPlan.js";
import type { JointPlan } from "../../builds/plan.js";
import type { Plan } from "../../builds/solve.js";
import type { Split } from "../../builds/split.js";
import { type OptionEdit, overrideOptions, setOption, setOptions, settingPath } from "../../edits/options.js";
import type { Budget } from "../../machine/machine.js";
import type { Definition, Host, Package } from "../../workspace/model.js";
import type { Applicability, FixDraft, RuleContext } from "../rule.js";
import type { Parallelism } from "./parallelism.js";
import { someOf } from "./words.js";

/** What an edit of some definitions reaches. */
export interface Reach {
  /** The smallest budget of all hosts that share them. */
  readonly budget: Budget;
  /** `unsafe` where the edit also changes a host of another machine, or of an unknown one. */
  readonly applicability: Applicability;
  /** `, also for b and c`, to end a fix's title. */
  readonly also: string;
  readonly packages: readonly Package[];
  /** All hosts but this one. */
  readonly elsewhere: () => readonly Host[];
}

export function reachOf(
  host: Host,
  budget: Budget,
  definitions: readonly (Definition | undefined)[],
  { model }: RuleContext,
): Reach {
  const names = new Set(definitions.flatMap((definition) => definition?.hosts ?? []));
  names.delete(host.name);
  const others = names.size === 0 ? [] : model.hosts.filter((other) => names.has(other.name));
  const budgets = [budget, ...others.flatMap((other) => (other.budget ? [other.budget] : []))];
  const smallest = budgets.reduce((a, b) => (b.threads < a.threads ? b : a));
  const memoryBytes = Math.min(...budgets.map((each) => each.memoryBytes));
  const alike = others.every((other) => other.budget && sameSize(other.budget, budget));
  const otherNames = [...new Set(others.map((other) => other.name))];
  return {
    budget: { ...smallest, memoryBytes },
    applicability: alike ? "safe" : "unsafe",
    also: alike ? "" : `, also for ${someOf(otherNames)}`,
    elsewhere: () => model.hosts.filter((other) => other.name !== host.name),
    packages: model.packages.filter((pkg) => [host, ...others].some((each) => buildsPackage(each, pkg))),
  };
}

function sameSize(a: Budget, b: Budget): boolean {
  return a.threads === b.threads && a.totalThreads === b.totalThreads && a.memoryBytes === b.memoryBytes;
}

/** Beside a fix that would reach machines of other sizes: the same for this host alone, in a file of its own. */
export function fixForHostAlone(host: Host, reach: Reach, what: string, entries: readonly OptionEdit[]): FixDraft {
  return {
    title: `${what} for ${host.name} alone`,
    applicability: "safe",
    host: host.name,
    edits: reach.also === "" ? undefined : overrideOptions(host, reach.elsewhere(), entries),
  };
}

/** The joint plan for what is built from source, within the smallest budget. */
export function planFor({ budget, packages }: Reach, { configuration }: RuleContext): JointPlan {
  return planOfPackages(packages, budget, configuration);
}

export function splitText({ jobs, cores }: Split): string {
  const product = jobs * cores;
  return `max-jobs = ${jobs}, cores = ${cores} (${jobs} × ${cores} = ${product} ${product === 1 ? "thread" : "threads"})`;
}

/**
 * Fixes that set both numbers: the plan, preferred, and its alternatives with what each is good for. Where max-jobs stands
 * in a file that must not be edited, cores alone.
 */
export function splitFixes(
  host: Host,
  plan: JointPlan,
  reach: Reach,
  current: Parallelism | undefined,
  near: Definition | undefined,
): FixDraft[] {
  const { applicability, also } = reach;
  const toFix = (each: Plan, preferred: boolean, purpose: string): FixDraft => ({
    title: `Set ${splitText(each.split)}${also}${purpose}`,
    applicability,
    preferred,
    edits: setSplit(host, each.split, current, near),
  });
  const alone = fixForHostAlone(host, reach, `Set ${splitText(plan.split)}`, splitEntries(host, plan.split, current));
  const alternatives = plan.alternatives.map((each) => toFix(each, false, `: ${each.purpose}`));
  const fixes = [toFix(plan, true, ""), alone, ...alternatives];
  if (fixes[0]?.edits || !current) return fixes;
  const cores = Math.max(1, Math.floor(reach.budget.threads / current.jobs.value));
  const coresAlone: FixDraft = {
    title: `Set cores = ${cores} (${current.jobs.value} × ${cores} = ${current.jobs.value * cores})${also}`,
    applicability,
    preferred: true,
    edits: setOption(host, settingPath(host, "cores"), String(cores), near),
  };
  const helps = current.jobs.value * cores <= reach.budget.threadBound;
  return helps ? [coresAlone, ...fixes] : fixes;
}

function setSplit(host: Host, split: Split, current: Parallelism | undefined, near: Definition | undefined) {
  const entries = splitEntries(host, split, current);
  return entries.length > 0 ? setOptions(host, entries, near) : undefined;
}

function splitEntries(host: Host, split: Split, current: Parallelism | undefined): readonly OptionEdit[] {
  const wanted = [
    { count: current?.jobs, name: "max-jobs", value: split.jobs },
    { count: current?.cores, name: "cores", value: split.cores },
  ];
  const changed = wanted.filter(
    ({ count, value }) => !(count?.literal && count.value === value && standsAlone(count.definition)),
  );
  return changed.map(({ name, value }) => ({ path: settingPath(host, name), value: String(value) }));
}

/** False for a number that may be reckoned from the other one: it would not stay what it is. */
function standsAlone(definition: Definition | undefined): boolean {
  const { valueExpr, source, valueRange } = definition ?? {};
  if (!valueExpr || !source || !valueRange || valueExpr.kind === "integer") return true;
  const isName = valueExpr.kind === "variable" || valueExpr.kind === "select";
  return isName && !/\bconfig\b|max-jobs/.test(source.text.slice(valueRange.start, valueRange.end));
}
