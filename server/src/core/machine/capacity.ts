// How much build memory fits into RAM, zram and disk swap: pure formulas, in any one unit of memory.

/**
 * Share of a build's memory that lies cold and may be swapped out while it runs.
 * An estimate without a published measurement (a quarter; workloads with 40 % are plausible), so it is configurable.
 */
export const DEFAULT_COLD_FRACTION = 0.25;

/** Uncompressed to compressed size in zram, its metadata included, by kernel algorithm: the low end of what is published. */
const ZRAM_RATIOS: Readonly<Record<string, number>> = {
  zstd: 2.5,
  lz4: 2.1,
  lz4hc: 2.1,
  lzo: 2.1,
  "lzo-rle": 2.1,
  deflate: 2.5,
  "842": 1.8,
};
/** NixOS' own default for `zramSwap.algorithm`. */
export const DEFAULT_ZRAM_ALGORITHM = "zstd";
const UNKNOWN_ALGORITHM_RATIO = 2.1;

export function zramRatio(algorithm: string = DEFAULT_ZRAM_ALGORITHM): number {
  return ZRAM_RATIOS[algorithm] ?? UNKNOWN_ALGORITHM_RATIO;
}

export interface MemoryLayout {
  /** R - S: RAM less reserve. */
  readonly hot: number;
  /** Z: disksize of zram, uncompressed. */
  readonly zram: number;
  /** Compression ratio of zram, at least 1. */
  readonly ratio: number;
  /** D: disk swap, used when zram is full. */
  readonly swap: number;
  /** f: share of build memory that may be swapped out, 0 to below 1. */
  readonly coldFraction: number;
}

/**
 * C, the build memory that fits when only cold pages leave RAM.
 * U in zram costs U/ratio of RAM, so C = hot + U (1 - 1/ratio) with U <= Z and U <= f C, that is
 * C = min(hot + Z (1 - 1/ratio), hot / (1 - f (1 - 1/ratio))).
 * Cold pages that no longer fit into a full zram go to disk: V <= D and Z + V <= f C.
 */
export function planningCapacity({ hot, zram, ratio, swap, coldFraction }: MemoryLayout): number {
  const gain = 1 - 1 / Math.max(1, ratio);
  const coldBound = hot / (1 - coldFraction * gain);
  if (coldFraction * coldBound <= zram) return coldBound;
  const full = hot + zram * gain;
  const coldBoundWithDisk = (full - zram) / (1 - coldFraction);
  return Math.min(full + swap, Math.max(full, coldBoundWithDisk));
}
