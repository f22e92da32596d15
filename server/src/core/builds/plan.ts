// The joint plan of max-jobs, cores and what builds alone: threads within the budget, the risk of running out of memory
// below the target, and of what is left the quickest. Plain data in, plain data out.
import type { Budget } from "../machine/machine.js";
import { formatBytes, formatNumber, GIB } from "../machine/size.js";
import { outOfMemoryProbability } from "./oom.js";
import { type BuildEstimate, peakWith } from "./peaks.js";
import { buildMinutes, makespan, type ScheduledBuild, schedule } from "./schedule.js";
import { memoryPerProcess, ordinaryTime, type Split, usableThreads } from "./split.js";
import { memoryTier, type MemoryTier } from "./tiers.js";

export interface PlanInput {
  readonly budget: Budget;
  readonly builds: readonly BuildEstimate[];
  /** Highest bearable P(OOM), above 0 and below 1. */
  readonly targetRisk: number;
  /** Most builds that can ever be ready at once; without it all. */
  readonly width?: number;
}

/** A build that gets the machine to itself: `nix build --max-jobs 1 --cores N`. */
export interface AloneBuild {
  readonly name: string;
  readonly cores: number;
  /** P(OOM) of it alone with these cores. */
  readonly outOfMemory: number;
  /** False if even one core does not bring the risk below the target: a larger machine must build it. */
  readonly fits: boolean;
  /** NIX_BUILD_CORES with which it would no longer have to be alone; undefined if no number does. */
  readonly capToShare: number | undefined;
}

export interface Plan {
  readonly split: Split;
  /** Heaviest first. Everything else runs together. */
  readonly alone: readonly AloneBuild[];
  /** The builds whose peaks together make up the risk: the heaviest that may run at once. */
  readonly heaviest: readonly string[];
  /** Highest P(OOM) at any time of the plan. */
  readonly outOfMemory: number;
  /** When what runs together runs. Builds that run alone come before it, one by one. */
  readonly schedule: readonly ScheduledBuild[];
  /** Estimated minutes of a whole rebuild, an allowance for ordinary builds included: it only ranks plans. */
  readonly minutes: number;
}

export type PlanUse = "interactive" | "throughput" | "big-packages" | "policy";
export interface AlternativePlan extends Plan {
  readonly use: PlanUse;
  /** Completes "max-jobs = 2, cores = 2: …". */
  readonly purpose: string;
}
export interface JointPlan extends Plan {
  readonly tiers: ReadonlyMap<string, MemoryTier>;
  readonly alternatives: readonly AlternativePlan[];
  /** Why, one sentence a line. */
  readonly arithmetic: readonly string[];
}

/** Core-minutes of ordinary builds that come with every rebuild: makes plans of few packages fit the rest too. An estimate. */
const ORDINARY_WORK = 60;

/** The best split of the budget with its alternatives. Always gives a plan: at worst one job, with what does not fit named. */
export function jointPlan(input: PlanInput): JointPlan {
  const { budget } = input;
  const plan = quickestPlan(input, usableThreads(budget));
  return {
    ...plan,
    tiers: new Map(
      input.builds.map((b) => [b.name, memoryTier(peakWith(b, plan.split.cores), budget.memoryBytes)] as const),
    ),
    alternatives: alternativesTo(plan, input),
    arithmetic: explain(plan, input),
  };
}

/** What given settings risk: P(OOM) of the builds that are heaviest together, and which they are. Nothing is taken out. */
export function riskOf(
  { jobs, cores }: Split,
  builds: readonly BuildEstimate[],
  capacity: number,
  width = builds.length,
): { readonly outOfMemory: number; readonly heaviest: readonly BuildEstimate[] } {
  const heaviest = heaviestFirst(builds, cores).slice(0, Math.max(0, Math.min(jobs, width)));
  const peaks = heaviest.map((build) => peakWith(build, cores));
  return { outOfMemory: outOfMemoryProbability(peaks, capacity), heaviest };
}

function quickestPlan(input: PlanInput, threads: number, mostCores = threads): Plan {
  let best: Plan | undefined;
  for (let jobs = 1; jobs <= threads; jobs++) {
    // A build that runs by itself gets at least two threads, where there are two.
    const least = Math.min(2, threads);
    const plan = planWithJobs(input, jobs, Math.min(mostCores, Math.floor(threads / jobs)), least);
    if (plan && (!best || plan.minutes <= best.minutes)) best = plan;
  }
  return best ?? oneJob(input, 1);
}

/** The plan with so many jobs and the most cores that memory bears; undefined if none does. */
function planWithJobs(input: PlanInput, jobs: number, mostCores: number, leastCores: number): Plan | undefined {
  if (jobs === 1) return oneJob(input, mostCores);
  for (let cores = mostCores; cores >= leastCores; cores--) {
    const plan = sharedPlan(input, { jobs, cores });
    if (plan) return plan;
  }
  return undefined;
}

/** Several jobs: what takes more than half of the memory builds alone, the rest together. */
function sharedPlan(input: PlanInput, split: Split): Plan | undefined {
  const { budget, builds, targetRisk } = input;
  const capacity = budget.memoryBytes;
  const isSolo = (b: BuildEstimate) => memoryTier(peakWith(b, split.cores), capacity) === "solo";
  const solo = builds.filter(isSolo);
  const together = builds.filter((b) => !isSolo(b));
  const { outOfMemory, heaviest } = riskOf(split, together, capacity, input.width);
  if (outOfMemory >= targetRisk) return undefined;
  const allCores = usableThreads(budget);
  const alone = heaviestFirst(solo, allCores).map((build) => alonePlan(build, allCores, input));
  const scheduled = schedule(together, split);
  return {
    split,
    alone,
    heaviest: heaviest.map((b) => b.name),
    outOfMemory: alone.reduce((risk, one) => Math.max(risk, one.outOfMemory), outOfMemory),
    schedule: scheduled,
    minutes: minutesAlone(solo, alone) + makespan(scheduled) + ORDINARY_WORK * ordinaryTime(split),
  };
}

/** One job: every build is alone. Named are those that need fewer cores than all, or do not fit at all. */
function oneJob(input: PlanInput, cores: number): Plan {
  const split = { jobs: 1, cores };
  const single = input.builds.map((build) => alonePlan(build, cores, input));
  const heaviest = heaviestFirst(input.builds, cores)[0];
  const scheduled = schedule(input.builds, split);
  return {
    split,
    alone: single.filter((one) => one.cores < cores || !one.fits),
    heaviest: heaviest ? [heaviest.name] : [],
    outOfMemory: single.reduce((risk, one) => Math.max(risk, one.outOfMemory), 0),
    schedule: scheduled,
    minutes: makespan(scheduled) + ORDINARY_WORK * ordinaryTime(split),
  };
}

/** A build by itself with the most cores that keep the risk below the target. */
function alonePlan(build: BuildEstimate, mostCores: number, { budget, targetRisk }: PlanInput): AloneBuild {
  const capacity = budget.memoryBytes;
  const risk = (cores: number) => outOfMemoryProbability([peakWith(build, cores)], capacity);
  const cores = largest(mostCores, (n) => risk(n) < targetRisk);
  return {
    name: build.name,
    cores: cores ?? 1,
    outOfMemory: risk(cores ?? 1),
    fits: cores !== undefined,
    capToShare: largest(mostCores, (n) => memoryTier(peakWith(build, n), capacity) !== "solo"),
  };
}

/** The largest n of most … 1 for which it holds; it holds for all below one for which it holds. */
function largest(most: number, holds: (n: number) => boolean): number | undefined {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? low : undefined;
}

function heaviestFirst(builds: readonly BuildEstimate[], cores: number): BuildEstimate[] {
  return builds.toSorted((a, b) => peakWith(b, cores).p95 - peakWith(a, cores).p95);
}

function minutesAlone(builds: readonly BuildEstimate[], alone: readonly AloneBuild[]): number {
  const cores = new Map(alone.map((one) => [one.name, one.cores]));
  return builds.reduce((sum, build) => sum + buildMinutes(build, cores.get(build.name) ?? 1), 0);
}

/** Other plans that keep to the same bounds, each once, none equal to the plan itself. */
function alternativesTo(plan: Plan, input: PlanInput): AlternativePlan[] {
  const { budget } = input;
  const usable = usableThreads(budget);
  const candidates: AlternativePlan[] = [];
  const add = (use: PlanUse, purpose: string, alternative: Plan | undefined) => {
    const taken = alternative && [plan, ...candidates].some((other) => sameSplit(other.split, alternative.split));
    if (alternative && !taken) candidates.push({ ...alternative, use, purpose });
  };
  const half = Math.max(1, Math.min(usable, Math.floor(budget.totalThreads / 2)));
  add("interactive", "leaves half of the threads to whoever works at the machine", quickestPlan(input, half));
  add("throughput", "for many small packages", mostJobs(input, usable));
  add("big-packages", "for few big packages", fewestJobs(input));
  if (budget.threadBound > budget.threads) {
    const bound = usableThreads(budget, budget.threadBound);
    const purpose = `as far as the ${budget.policy} policy goes`;
    add("policy", purpose, quickestPlan(input, bound, Math.min(bound, budget.threads)));
  }
  return candidates;
}

/** All cores of the budget for each job: one job, under the burst policy as many as it allows. */
function fewestJobs(input: PlanInput): Plan {
  const { budget } = input;
  const cores = usableThreads(budget);
  const jobs = budget.policy === "burst" ? Math.floor(usableThreads(budget, budget.threadBound) / cores) : 1;
  return planWithJobs(input, jobs, cores, cores) ?? oneJob(input, cores);
}

function mostJobs(input: PlanInput, threads: number): Plan | undefined {
  for (let jobs = threads; jobs > 1; jobs--) {
    const plan = planWithJobs(input, jobs, Math.floor(threads / jobs), 1);
    if (plan) return plan;
  }
  return undefined;
}

function sameSplit(a: Split, b: Split): boolean {
  return a.jobs === b.jobs && a.cores === b.cores;
}

function explain(plan: Plan, { budget, builds, targetRisk }: PlanInput): string[] {
  const { jobs, cores } = plan.split;
  const capacity = formatBytes(budget.memoryBytes);
  const each = memoryPerProcess(budget.policy);
  const eachText = `${formatNumber(each / GIB, 2)} GiB`;
  const peak = (name: string) => {
    const build = builds.find((b) => b.name === name);
    return build ? `${name} ${formatBytes(peakWith(build, cores).p95)}` : name;
  };
  const lines = [
    `${count(jobs, "job")} × ${count(cores, "core")} = ${jobs * cores} of ${count(budget.threads, "thread")}.`,
  ];
  if (jobs * cores * each <= budget.memoryBytes) {
    lines.push(
      `${count(jobs * cores, "process", "processes")} × ${eachText} = ${formatBytes(jobs * cores * each)} of ${capacity} (${budget.accounting} accounting).`,
    );
  } else {
    lines.push(
      `One process may need ${eachText}, and there are ${capacity} (${budget.accounting} accounting): builds must be small.`,
    );
  }
  if (usableThreads(budget) < budget.threads) {
    lines.push(
      `Memory, not threads, is the bound: ${capacity} / ${eachText} a process = ${count(usableThreads(budget), "process", "processes")}.`,
    );
  }
  for (const one of plan.alone) {
    const why = !one.fits
      ? `${one.name} does not fit: even with one core it exceeds ${capacity} with probability ${percent(one.outOfMemory)}`
      : jobs > 1
        ? `${peak(one.name)} at the 95th percentile is more than half of ${capacity}: builds alone with ${count(one.cores, "core")}`
        : `${one.name} needs a cap of ${count(one.cores, "core")}`;
    lines.push(`${why}.`);
  }
  if (plan.heaviest.length > 0) {
    const shared = riskOf(
      plan.split,
      builds.filter((b) => plan.heaviest.includes(b.name)),
      budget.memoryBytes,
    );
    lines.push(
      `Heaviest at once: ${plan.heaviest.map(peak).join(", ")} (95th percentiles); together above ${capacity} with probability ${percent(shared.outOfMemory)}, target below ${percent(targetRisk)}.`,
    );
  }
  return lines;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `1.2 %`, `53 %`, `< 0.1 %`. */
export function percent(probability: number): string {
  const value = probability * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${Number(value.toPrecision(2))} %`;
}
