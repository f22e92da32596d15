// Pseudo-random choices that are the same for the same seed.

export interface Pickers {
  /** An integer from 0 to below `n`. */
  below(n: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** Up to `most` pieces, joined. */
  some(most: number, make: () => string): string;
}

export function pickers(seed: number): Pickers {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(random() * n);
  return {
    below,
    pick: (items) => items[below(items.length)] as never,
    chance: (p) => random() < p,
    some: (most, make) => Array.from({ length: below(most + 1) }, make).join(""),
  };
}
