// Which build runs when, on so many jobs with so many cores each: list scheduling, the longest first.
import type { BuildEstimate } from "./peaks.js";
import { type Split, timeWithCores } from "./split.js";

/** Minutes from the beginning; `job` counts from 0. */
export interface ScheduledBuild {
  readonly name: string;
  readonly job: number;
  readonly start: number;
  readonly end: number;
}

/** Minutes of one build with so many cores. */
export function buildMinutes(build: BuildEstimate, cores: number): number {
  return build.work * timeWithCores(Math.min(cores, build.mostProcesses ?? cores), build.parallelShare);
}

/**
 * Independent builds on `jobs`, each with `cores`: the longest goes to the job that is free first.
 * At most 4/3 of the best possible time (Graham 1969). Equal builds keep their order.
 */
export function schedule(builds: readonly BuildEstimate[], { jobs, cores }: Split): ScheduledBuild[] {
  const longestFirst = builds
    .map((build) => ({ name: build.name, minutes: buildMinutes(build, cores) }))
    .sort((a, b) => b.minutes - a.minutes);
  const free = new Array<number>(Math.max(1, Math.min(jobs, builds.length))).fill(0);
  return longestFirst.map(({ name, minutes }) => {
    let job = 0;
    for (let i = 1; i < free.length; i++) if ((free[i] ?? 0) < (free[job] ?? 0)) job = i;
    const start = free[job] ?? 0;
    free[job] = start + minutes;
    return { name, job, start, end: start + minutes };
  });
}

/** When the last build ends, in minutes. */
export function makespan(scheduled: readonly ScheduledBuild[]): number {
  return scheduled.reduce((latest, { end }) => Math.max(latest, end), 0);
}
