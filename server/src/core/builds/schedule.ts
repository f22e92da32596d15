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
  const timed = longestFirst(builds, cores);
  const placed = place(
    timed.map(({ minutes }) => minutes),
    jobs,
  );
  return timed.map(({ name, minutes }, i) => {
    const { job, start } = placed[i] ?? { job: 0, start: 0 };
    return { name, job, start, end: start + minutes };
  });
}

export function longestFirst(
  builds: readonly BuildEstimate[],
  cores: number,
): { readonly name: string; readonly minutes: number }[] {
  return builds
    .map((build) => ({ name: build.name, minutes: buildMinutes(build, cores) }))
    .sort((a, b) => b.minutes - a.minutes);
}

/** When the last of the builds ends that take so many minutes, the longest given first. */
export function makespan(minutes: readonly number[], jobs: number): number {
  return place(minutes, jobs).reduce((latest, { start }, i) => Math.max(latest, start + (minutes[i] ?? 0)), 0);
}

function place(minutes: readonly number[], jobs: number): { readonly job: number; readonly start: number }[] {
  const free = new Array<number>(Math.max(1, Math.min(jobs, minutes.length))).fill(0);
  return minutes.map((length) => {
    let job = 0;
    for (let i = 1; i < free.length; i++) if ((free[i] ?? 0) < (free[job] ?? 0)) job = i;
    const start = free[job] ?? 0;
    free[job] = start + length;
    return { job, start };
  });
}
