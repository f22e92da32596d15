// The joint plan of max-jobs, cores and what builds alone: threads within the budget, the risk of running out of memory
// below the target, and of what is left the quickest. With alternatives by use, and the reasons in sentences.
import { formatBytes, formatNumber, GIB } from "../machine/size.js";
import { peakWith } from "./peaks.js";
import { createSolver, type Plan, type PlanInput, riskOf, type Solver } from "./solve.js";
import { memoryPerProcess, type Split, usableThreads } from "./split.js";
import { memoryTier, type MemoryTier } from "./tiers.js";

export type PlanUse = "interactive" | "throughput" | "big-packages" | "policy";
export interface AlternativePlan extends Plan {
  readonly use: PlanUse;
  /** Completes "max-jobs = 2, cores = 2: …". */
  readonly purpose: string;
}
export interface JointPlan extends Plan {
  /** By package, with the plan's cores. */
  readonly tiers: ReadonlyMap<string, MemoryTier>;
  readonly alternatives: readonly AlternativePlan[];
  /** Why, one sentence a line. */
  readonly arithmetic: readonly string[];
}

/** The best split of the budget with its alternatives. Always gives a plan: at worst one job, with what does not fit named. */
export function jointPlan(input: PlanInput): JointPlan {
  const { budget, builds } = input;
  const solver = createSolver(input);
  const plan = solver.quickest(usableThreads(budget));
  const tierOf = (build: (typeof builds)[number]) => memoryTier(peakWith(build, plan.split.cores), budget.memoryBytes);
  return {
    ...plan,
    tiers: new Map(builds.map((build) => [build.name, tierOf(build)] as const)),
    alternatives: alternativesTo(plan, input, solver),
    arithmetic: explain(plan, input),
  };
}

/** Other plans within the policy's bound, each once, none equal to the plan itself. */
function alternativesTo(plan: Plan, { budget }: PlanInput, solver: Solver): AlternativePlan[] {
  const usable = usableThreads(budget);
  const bound = usableThreads(budget, budget.threadBound);
  const alternatives: AlternativePlan[] = [];
  const add = (use: PlanUse, purpose: string, alternative: Plan | undefined) => {
    const taken = alternative && [plan, ...alternatives].some(({ split }) => sameSplit(split, alternative.split));
    if (alternative && !taken) alternatives.push({ ...alternative, use, purpose });
  };
  const half = Math.max(1, Math.min(usable, Math.floor(budget.totalThreads / 2)));
  add("interactive", "leaves half of the threads to whoever works at the machine", solver.quickest(half));
  add("throughput", "for many small packages", mostJobs(usable, solver));
  // All cores for each job: one job, under the burst policy as many as it allows.
  const bigJobs = budget.policy === "burst" ? Math.floor(bound / usable) : 1;
  const big = solver.exactly({ jobs: bigJobs, cores: usable }) ?? solver.exactly({ jobs: 1, cores: usable });
  add("big-packages", "for few big packages", big);
  if (bound > usable) {
    const purpose = `as far as the ${budget.policy} policy goes`;
    add("policy", purpose, solver.quickest(bound, Math.min(bound, budget.threads)));
  }
  return alternatives;
}

function mostJobs(threads: number, solver: Solver): Plan | undefined {
  for (let jobs = threads; jobs > 1; jobs--) {
    for (let cores = Math.floor(threads / jobs); cores >= 1; cores--) {
      const plan = solver.exactly({ jobs, cores });
      if (plan) return plan;
    }
  }
  return undefined;
}

function sameSplit(a: Split, b: Split): boolean {
  return a.jobs === b.jobs && a.cores === b.cores;
}

function explain(plan: Plan, { budget, builds, targetRisk }: PlanInput): string[] {
  const { jobs, cores } = plan.split;
  const processes = jobs * cores;
  const capacity = formatBytes(budget.memoryBytes);
  const each = memoryPerProcess(budget.policy);
  const eachText = `${formatNumber(each / GIB, 2)} GiB`;
  const byName = new Map(builds.map((build) => [build.name, build]));
  const peak = (name: string) => {
    const build = byName.get(name);
    return build ? `${name} ${formatBytes(peakWith(build, cores).p95)}` : name;
  };
  const lines = [
    `${count(jobs, "job")} × ${count(cores, "core")} = ${processes} of ${count(budget.threads, "thread")}.`,
  ];
  lines.push(
    processes * each <= budget.memoryBytes
      ? `${count(processes, "process", "processes")} × ${eachText} = ${formatBytes(processes * each)} of ${capacity} (${budget.accounting} accounting).`
      : `One process may need ${eachText}, and there are ${capacity} (${budget.accounting} accounting): builds must be small.`,
  );
  const usable = usableThreads(budget);
  if (usable < budget.threads) {
    const bound = `${capacity} / ${eachText} a process = ${count(usable, "process", "processes")}`;
    lines.push(`Memory, not threads, is the bound: ${bound}.`);
  }
  for (const one of plan.alone) {
    if (!one.fits) {
      const risk = percent(one.outOfMemory);
      lines.push(`${one.name} does not fit: even with one core it exceeds ${capacity} with probability ${risk}.`);
    } else if (jobs > 1) {
      const why = byName.get(one.name)?.alone
        ? `${one.name} is declared to build alone`
        : `${peak(one.name)} at the 95th percentile is more than half of ${capacity}`;
      lines.push(`${why}: alone with ${count(one.cores, "core")}.`);
    } else {
      lines.push(`${one.name} needs a cap of ${count(one.cores, "core")}.`);
    }
  }
  const heaviest = plan.heaviest.flatMap((name) => byName.get(name) ?? []);
  if (heaviest.length > 0) {
    const risk = percent(riskOf(plan.split, heaviest, budget.memoryBytes).outOfMemory);
    lines.push(
      `Heaviest at once: ${plan.heaviest.map(peak).join(", ")} (95th percentiles); together above ${capacity} with probability ${risk}, target below ${percent(targetRisk)}.`,
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
