// Offsets in their order.
import type { TextRange } from "./range.js";

/** Index of the first element that is at least `value`. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True if one of the offsets, which are in order, lies in a range. */
export function holdsAny({ start, end }: TextRange, sorted: readonly number[]): boolean {
  return (sorted[lowerBound(sorted, start)] ?? end) < end;
}
