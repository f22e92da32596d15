// The search for the quickest plan: every pair of max-jobs and cores that threads and memory allow.
import type { Budget } from "../machine/machine.js";
import { addPeak, exceedingProbability, type Moments, NO_PEAKS, outOfMemoryProbability } from "./oom.js";
import { type BuildEstimate, peakWith } from "./peaks.js";
import { buildMinutes, longestFirst, makespan, type ScheduledBuild, schedule } from "./schedule.js";
import { ordinaryTime, type Split, usableThreads } from "./split.js";
import { memoryTier } from "./tiers.js";

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
  /** How long it takes with these cores, by estimate. */
  readonly minutes: number;
  /** P(OOM) of it alone with these cores. */
  readonly outOfMemory: number;
  /** False if even one core does not bring the risk below the target: a larger machine must build it. */
  readonly fits: boolean;
  /** NIX_BUILD_CORES with which it would no longer have to be alone; undefined if no number does. */
  readonly capToShare: number | undefined;
}

export interface Plan {
  readonly split: Split;
  /** Heaviest first. Everything else runs together. With one job: what needs fewer cores than the rest, or does not fit. */
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

export interface Solver {
  /** The quickest plan with jobs x cores within `threads` and cores within `mostCores`. There always is one. */
  quickest(threads: number, mostCores?: number): Plan;
  /** The plan with exactly these settings; undefined if the builds that run together are too much for memory. */
  exactly(split: Split): Plan | undefined;
}

/** Core-minutes of ordinary builds that come with every rebuild: makes plans of few packages fit the rest too. An estimate. */
const ORDINARY_WORK = 60;

/** What is the same for all plans with the same number of cores, several jobs or one. */
interface Arrangement {
  readonly alone: readonly AloneBuild[];
  readonly aloneMinutes: number;
  readonly together: readonly BuildEstimate[];
  readonly heaviestFirst: readonly BuildEstimate[];
  /** Moments of the sum of the first 0, 1, 2 … of the heaviest. */
  readonly moments: readonly Moments[];
  /** Of what runs together, the longest first. */
  readonly minutes: readonly number[];
  readonly totalMinutes: number;
}

export function createSolver(input: PlanInput): Solver {
  const { budget, builds, targetRisk } = input;
  const capacity = budget.memoryBytes;
  const width = input.width ?? builds.length;
  const allCores = usableThreads(budget);
  const arrangements = new Map<string, Arrangement>();
  const aloneWithAllCores = new Map<BuildEstimate, AloneBuild>();

  function arrange({ jobs, cores }: Split): Arrangement {
    const key = `${jobs > 1} ${cores}`;
    let arrangement = arrangements.get(key);
    if (!arrangement) arrangements.set(key, (arrangement = jobs > 1 ? shared(cores) : single(cores)));
    return arrangement;
  }

  /** Several jobs: what takes more than half of the memory, or is declared so, builds alone, the rest together. */
  function shared(cores: number): Arrangement {
    const isSolo = (build: BuildEstimate) => build.alone || memoryTier(peakWith(build, cores), capacity) === "solo";
    const solo = heaviestFirst(builds.filter(isSolo), allCores);
    const alone = solo.map((build) => planAlone(build, allCores));
    const aloneMinutes = alone.reduce((sum, { minutes }) => sum + minutes, 0);
    return withTogether(
      builds.filter((build) => !isSolo(build)),
      cores,
      { alone, aloneMinutes },
    );
  }

  /** One job: every build is alone. Named are those that need a cap of cores, or do not fit at all. */
  function single(cores: number): Arrangement {
    const alone = heaviestFirst(builds, cores)
      .map((build) => planAlone(build, cores))
      .filter((one) => one.cores < cores || !one.fits);
    return withTogether(builds, cores, { alone, aloneMinutes: 0 });
  }

  function withTogether(
    together: readonly BuildEstimate[],
    cores: number,
    rest: Pick<Arrangement, "alone" | "aloneMinutes">,
  ): Arrangement {
    const minutes = longestFirst(together, cores).map((timed) => timed.minutes);
    const heaviest = heaviestFirst(together, cores);
    const moments = [NO_PEAKS];
    let sum = NO_PEAKS;
    for (const build of heaviest) moments.push((sum = addPeak(sum, peakWith(build, cores))));
    const totalMinutes = minutes.reduce((total, one) => total + one, 0);
    return { ...rest, together, heaviestFirst: heaviest, moments, minutes, totalMinutes };
  }

  function planAlone(build: BuildEstimate, mostCores: number): AloneBuild {
    const known = aloneWithAllCores.get(build);
    if (known && mostCores === allCores) return known;
    const alone = findAlone(build, mostCores);
    if (mostCores === allCores) aloneWithAllCores.set(build, alone);
    return alone;
  }

  /** A build by itself with the most cores that keep the risk below the target. */
  function findAlone(build: BuildEstimate, mostCores: number): AloneBuild {
    const risk = (cores: number) => outOfMemoryProbability([peakWith(build, cores)], capacity);
    const cores = largest(mostCores, (n) => risk(n) < targetRisk);
    return {
      name: build.name,
      cores: cores ?? 1,
      minutes: buildMinutes(build, cores ?? 1),
      outOfMemory: risk(cores ?? 1),
      fits: cores !== undefined,
      capToShare: largest(mostCores, (n) => memoryTier(peakWith(build, n), capacity) !== "solo"),
    };
  }

  function togetherRisk(split: Split): number {
    const { moments } = arrange(split);
    return exceedingProbability(moments[Math.min(split.jobs, width, moments.length - 1)] ?? NO_PEAKS, capacity);
  }

  function fixedMinutes(split: Split): number {
    return arrange(split).aloneMinutes + ORDINARY_WORK * ordinaryTime(split);
  }

  /** No schedule is quicker than its longest build, nor than all jobs busy all the time. */
  function leastMinutes(split: Split): number {
    const { minutes, totalMinutes } = arrange(split);
    return fixedMinutes(split) + Math.max(minutes[0] ?? 0, totalMinutes / split.jobs);
  }

  function totalMinutes(split: Split): number {
    return fixedMinutes(split) + makespan(arrange(split).minutes, split.jobs);
  }

  function planOf(split: Split): Plan {
    const { alone, together, heaviestFirst: heaviest } = arrange(split);
    // With one job each build is judged by itself: what a cap brings below the target counts with its cap.
    const capped = new Set(split.jobs > 1 ? [] : alone.map(({ name }) => name));
    const uncapped = heaviest.find(({ name }) => !capped.has(name));
    const shared =
      split.jobs > 1 ? togetherRisk(split) : uncapped ? riskOf(split, [uncapped], capacity).outOfMemory : 0;
    return {
      split,
      alone,
      heaviest: heaviest.slice(0, Math.min(split.jobs, width)).map(({ name }) => name),
      outOfMemory: alone.reduce((risk, one) => Math.max(risk, one.outOfMemory), shared),
      schedule: schedule(together, split),
      minutes: totalMinutes(split),
    };
  }

  return {
    quickest(threads, mostCores = threads) {
      // A build that runs by itself gets at least two threads, where there are two.
      const least = Math.min(2, threads, mostCores);
      let best: { split: Split; minutes: number } | undefined;
      for (let jobs = 1; jobs <= threads; jobs++) {
        const most = Math.min(mostCores, Math.floor(threads / jobs));
        // One job is the quicker the more cores it has.
        for (let cores = most; cores >= (jobs === 1 ? most : least); cores--) {
          const split = { jobs, cores };
          if (best && leastMinutes(split) > best.minutes) continue;
          if (jobs > 1 && togetherRisk(split) >= targetRisk) continue;
          const minutes = totalMinutes(split);
          // Of equals more jobs, then more cores.
          if (!best || minutes < best.minutes || (minutes === best.minutes && jobs > best.split.jobs)) {
            best = { split, minutes };
          }
        }
      }
      return planOf(best?.split ?? { jobs: 1, cores: 1 });
    },
    exactly: (split) => (split.jobs > 1 && togetherRisk(split) >= targetRisk ? undefined : planOf(split)),
  };
}

/**
 * What given settings risk: P(OOM) of the builds that are heaviest together, and which they are. Nothing is taken out but
 * what is declared to be built alone; such a build counts by itself, where it is the greater risk.
 */
export function riskOf(
  { jobs, cores }: Split,
  builds: readonly BuildEstimate[],
  capacity: number,
  width = builds.length,
): Risk {
  const together = heaviestFirst(
    builds.filter((build) => !build.alone),
    cores,
  );
  const groups = [
    together.slice(0, Math.max(0, Math.min(jobs, width))),
    ...builds.filter((build) => build.alone).map((build) => [build]),
  ];
  return groups
    .map((heaviest) => ({
      outOfMemory: outOfMemoryProbability(
        heaviest.map((build) => peakWith(build, cores)),
        capacity,
      ),
      heaviest,
    }))
    .reduce((a, b) => (b.outOfMemory > a.outOfMemory ? b : a));
}

export interface Risk {
  readonly outOfMemory: number;
  readonly heaviest: readonly BuildEstimate[];
}

function heaviestFirst(builds: readonly BuildEstimate[], cores: number): BuildEstimate[] {
  return builds
    .map((build) => ({ build, p95: peakWith(build, cores).p95 }))
    .sort((a, b) => b.p95 - a.p95)
    .map(({ build }) => build);
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
