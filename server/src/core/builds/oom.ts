// The probability that builds running at the same time need more memory than there is.
// Each build's peak is lognormal; peaks are taken to coincide and to be independent. The first errs on the safe side.

/** A build's peak memory: half of builds stay under the median, 95 of 100 under p95. Both in one unit, median above 0. */
export interface Peak {
  readonly median: number;
  readonly p95: number;
}

/** 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;
/** Spread below which a peak counts as certain: keeps ln(p95 / median) off 0. */
const LEAST_SIGMA = 1e-9;

function sigma({ median, p95 }: Peak): number {
  return Math.max(LEAST_SIGMA, Math.log(Math.max(p95, median) / median) / Z95);
}

/** Mean of a peak: e^(mu + sigma^2 / 2), above the median. */
export function meanPeak(peak: Peak): number {
  return peak.median * Math.exp(sigma(peak) ** 2 / 2);
}

/** The lognormal with the mean and the variance of the sum of the peaks (Fenton-Wilkinson). Undefined for no peaks. */
export function sumOfPeaks(
  peaks: readonly Peak[],
): { mean: number; deviation: number; mu: number; sigma: number } | undefined {
  if (peaks.length === 0) return undefined;
  let mean = 0;
  let variance = 0;
  for (const peak of peaks) {
    const one = meanPeak(peak);
    mean += one;
    variance += one ** 2 * Math.expm1(sigma(peak) ** 2);
  }
  const square = Math.log1p(variance / mean ** 2);
  return { mean, deviation: Math.sqrt(variance), mu: Math.log(mean) - square / 2, sigma: Math.sqrt(square) };
}

/**
 * P(sum of the peaks > capacity), 0 to 1; agrees with Monte Carlo within half a percentage point (tested).
 * No builds never run out of memory; a capacity of 0 or less never suffices.
 */
export function outOfMemoryProbability(peaks: readonly Peak[], capacity: number): number {
  const sum = sumOfPeaks(peaks);
  if (!sum) return 0;
  if (capacity <= 0) return 1;
  return normalTail((Math.log(capacity) - sum.mu) / sum.sigma);
}

/** P(Z > z) of the standard normal distribution; relative error below 2e-7 in both tails. */
export function normalTail(z: number): number {
  const half = erfc(Math.abs(z) / Math.SQRT2) / 2;
  return z >= 0 ? half : 1 - half;
}

/** Complementary error function for x >= 0, by a Chebyshev fit (Press et al., Numerical Recipes, "erfcc"). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  const series = coefficients.reduce((value, coefficient) => value * t + coefficient, 0);
  return t * Math.exp(-x * x + series);
}
