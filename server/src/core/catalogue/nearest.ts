// The name of the catalogue that somebody probably meant: spelling in kebab-case or not counts nothing.
import { editDistance } from "../text/nearest.js";

/** How many edits are still a slip for a name of this length: 1 up to 4 letters, 2 up to 8, else 3. */
function tolerance(length: number): number {
  return length <= 4 ? 1 : length <= 8 ? 2 : 3;
}

/**
 * The candidate nearest to `name`, or undefined if none is near enough or `name` itself is a candidate.
 * Case, and `_` instead of `-`, count nothing. Of equally near ones the first is taken.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = kebab(name);
  let best: string | undefined;
  let bestDistance = tolerance(wanted.length) + 1;
  for (const candidate of candidates) {
    if (candidate === name) return undefined;
    const distance = editDistance(wanted, kebab(candidate), bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `maxJobs` and `max_jobs` as `max-jobs`. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase();
}
