// A thread budget as max-jobs x cores where nothing is known of what will be built.
import { GIB } from "../machine/size.js";
import type { Budget, Policy } from "../machine/machine.js";

/** One choice of Nix's two settings. */
export interface Split {
  readonly jobs: number;
  readonly cores: number;
}

/**
 * Memory that one compile process must find, in bytes: the rule of thumb for C++ is 2 GiB
 * ("at least 2 GB of RAM per CPU", WebKit; distributions reserve 1.2 to 2.5 GB a job). An estimate for anything else.
 * A burst runs twice as many processes on the ground that builds are seldom parallel throughout, so each counts half.
 */
export function memoryPerProcess(policy: Policy): number {
  return MEMORY_PER_PROCESS[policy] * GIB;
}
const MEMORY_PER_PROCESS: Readonly<Record<Policy, number>> = { strict: 2, balanced: 1.75, burst: 1 };

/**
 * What an ordinary rebuild looks like, both estimates: 70 % of a build runs in parallel (unpacking, configuring, linking
 * and installing do not), and a fifth of all work lies on the longest chain of dependencies.
 */
const PARALLEL_SHARE = 0.7;
const CHAIN_SHARE = 0.2;

/** Time of a build with so many cores against one core (Amdahl). `parallelShare` 0 to 1. */
export function timeWithCores(cores: number, parallelShare: number): number {
  return 1 - parallelShare + parallelShare / cores;
}

/**
 * Time of an ordinary rebuild against one job with one core: the chain runs at the speed of single builds,
 * the rest on all jobs (Graham's bound for list scheduling).
 */
export function ordinaryTime({ jobs, cores }: Split): number {
  return (CHAIN_SHARE + (1 - CHAIN_SHARE) / jobs) * timeWithCores(cores, PARALLEL_SHARE);
}

/**
 * Every pair with jobs x cores within `threads`, for each number of jobs only the largest number of cores.
 * With two threads and more, none that leaves a build that runs alone on a single thread.
 */
export function candidateSplits(threads: number): Split[] {
  const splits: Split[] = [];
  for (let jobs = 1; jobs <= threads; jobs++) {
    const cores = Math.floor(threads / jobs);
    if (cores >= Math.min(2, threads)) splits.push({ jobs, cores });
  }
  return splits;
}

/** The quickest split of `threads` for an ordinary rebuild; of equals the one with more jobs. */
export function quickestSplit(threads: number): Split {
  let best: Split = { jobs: 1, cores: Math.max(1, threads) };
  for (const split of candidateSplits(threads)) {
    if (ordinaryTime(split) <= ordinaryTime(best)) best = split;
  }
  return best;
}

/** Threads that builds may keep busy: the budget's, fewer where memory per process says so. At least 1. */
export function usableThreads(budget: Budget, threads = budget.threads): number {
  return Math.max(1, Math.min(threads, Math.floor(budget.memoryBytes / memoryPerProcess(budget.policy))));
}

/** max-jobs and cores for a budget without a word about packages: 3 x 2 for 6 threads with 12 GiB and more. */
export function splitBudget(budget: Budget): Split {
  return quickestSplit(usableThreads(budget));
}
