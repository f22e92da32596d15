// Many seeded cases in one test. FUZZ_TIMES multiplies how many, FUZZ_SEED says with which to begin: `FUZZ_TIMES=20 npm run verify fuzz`.
import { pickers, type Pickers } from "./random.js";

export const FIRST_SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const TIMES = Number(process.env["FUZZ_TIMES"] ?? 1);
/** Milliseconds for one test: far more than it takes, so that only a hang fails. */
export const LONGEST_TEST = 300_000 * Math.max(1, TIMES);
/** Failures that are told in full; of the others only the seed. */
const TOLD = 2;

/** How many cases are run where `count` are by default. */
export function times(count: number): number {
  return Math.max(1, Math.round(count * TIMES));
}

/** Runs each case, and fails with all that failed. */
export async function forSeeds(
  count: number,
  run: (random: Pickers, seed: number) => void | Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  const seeds: number[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + times(count); seed++)
    try {
      await run(pickers(seed), seed);
    } catch (error) {
      seeds.push(seed);
      if (seeds.length <= TOLD) failures.push(`seed ${seed}: ${told(error)}`);
    }
  if (seeds.length > 0) throw new Error(`${seeds.length} failed: seeds ${seeds.join(", ")}\n${failures.join("\n")}`);
}

/** With the causes: their stacks say where. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? error.message) : `${error.message}\n${told(error.cause)}`;
}
