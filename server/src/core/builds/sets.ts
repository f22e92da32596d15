// Which builds may run at the same time, and which must not: sets with the probability that they exceed memory.
import type { Budget } from "../machine/machine.js";
import { outOfMemoryProbability } from "./oom.js";
import { type BuildEstimate, peakWith } from "./peaks.js";
import { memoryTier } from "./tiers.js";

export interface ConcurrentSet {
  readonly names: readonly string[];
  /** P(sum of the peaks > memory for builds), 0 to 1, by the accounting in force. */
  readonly outOfMemory: number;
  /** The same against nominal and against planning capacity. */
  readonly nominal: number;
  readonly planning: number;
  /** True if the first is below the target. */
  readonly safe: boolean;
}

export interface SetsInput {
  readonly budget: Budget;
  readonly builds: readonly BuildEstimate[];
  readonly targetRisk: number;
  /** Builds at once, and cores of each. */
  readonly jobs: number;
  readonly cores: number;
}

/** More heavy packages than these get no set of their own. */
const MOST_ANCHORS = 12;

/** The risk of just these builds at once. */
export function concurrentSet(
  builds: readonly BuildEstimate[],
  { budget, cores, targetRisk }: Omit<SetsInput, "builds" | "jobs">,
): ConcurrentSet {
  const peaks = builds.map((build) => peakWith(build, cores));
  const outOfMemory = outOfMemoryProbability(peaks, budget.memoryBytes);
  return {
    names: builds.map(({ name }) => name),
    outOfMemory,
    nominal: outOfMemoryProbability(peaks, budget.nominalBytes),
    planning: outOfMemoryProbability(peaks, budget.planningBytes),
    safe: outOfMemory < targetRisk,
  };
}

/**
 * The sets that matter with so many jobs: the heaviest of all at once, 2 to `jobs` of them; for each package that is not free the
 * heaviest company that it bears; and the heaviest of the free ones. With one job nothing runs at once: none.
 */
export function concurrentSets(input: SetsInput): readonly ConcurrentSet[] {
  const { budget, jobs, cores } = input;
  const heaviest = input.builds.toSorted((a, b) => peakWith(b, cores).p95 - peakWith(a, cores).p95);
  const isFree = (build: BuildEstimate) => memoryTier(peakWith(build, cores), budget.memoryBytes) === "free";
  const most = Math.min(jobs, heaviest.length);
  const sets: BuildEstimate[][] = [];
  for (let size = 2; size <= most; size++) sets.push(heaviest.slice(0, size));
  if (most > 1) {
    const anchors = heaviest.filter((build) => !isFree(build)).slice(0, MOST_ANCHORS);
    for (const anchor of anchors) sets.push(company(anchor, heaviest, input));
    sets.push(heaviest.filter(isFree).slice(0, most));
  }
  const seen = new Set<string>();
  return sets.flatMap((set) => {
    const key = set.map((build) => heaviest.indexOf(build)).join(" ");
    if (set.length < 2 || seen.has(key)) return [];
    seen.add(key);
    return concurrentSet(set, input);
  });
}

/** The anchor with the heaviest others that leave the risk below the target, in the order of weight. */
function company(anchor: BuildEstimate, heaviest: readonly BuildEstimate[], input: SetsInput): BuildEstimate[] {
  const set = [anchor];
  for (const other of heaviest) {
    if (set.length >= input.jobs) break;
    if (!set.includes(other) && concurrentSet([...set, other], input).safe) set.push(other);
  }
  return set.toSorted((a, b) => heaviest.indexOf(a) - heaviest.indexOf(b));
}
