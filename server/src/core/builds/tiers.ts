// How much company a build bears: by its peak against the capacity.
import type { Peak } from "./oom.js";

/** `solo`: more than half of the capacity, builds alone; `pair`: more than a quarter; `free`: the rest. */
export type MemoryTier = "solo" | "pair" | "free";

/** Judged by the 95th percentile; capacity in the peak's unit. */
export function memoryTier(peak: Peak, capacity: number): MemoryTier {
  if (peak.p95 > capacity / 2) return "solo";
  return peak.p95 > capacity / 4 ? "pair" : "free";
}
