import assert from "node:assert/strict";
import fc from "fast-check";
import { addPeak, NO_PEAKS, normalTail, outOfMemoryProbability, type Peak } from "../../server/src/core/builds/oom.js";
import { memoryTier } from "../../server/src/core/builds/tiers.js";
import { seededRandom } from "../support/builds.js";

/** Assumed classes of the founding document's packages, GiB. */
const CLASSES = {
  onnx: { median: 8, p95: 12 },
  codex: { median: 6, p95: 9 },
  ck: { median: 2.5, p95: 3.5 },
  npm: { median: 1.2, p95: 2.2 },
  go: { median: 0.7, p95: 1.2 },
} as const;
type Name = keyof typeof CLASSES;
const CAPACITIES = [14, 16.5, 18.4, 21.2, 26] as const;

// Monte Carlo with 120,000 draws, per cent; mean and standard deviation in GiB.
const TABLE: readonly { set: readonly Name[]; mean: number; deviation: number; percent: readonly number[] }[] = [
  { set: ["onnx", "codex"], mean: 14.4, deviation: 2.6, percent: [53, 20, 7.4, 1.2, 0.04] },
  { set: ["onnx", "codex", "ck"], mean: 17.0, deviation: 2.6, percent: [88, 54, 27, 6.4, 0.3] },
  { set: ["codex", "ck", "npm"], mean: 10.0, deviation: 1.7, percent: [2.2, 0.2, 0.03, 0, 0] },
  { set: ["onnx", "npm", "go"], mean: 10.3, deviation: 2.1, percent: [5.4, 0.9, 0.2, 0.02, 0] },
  { set: ["ck", "npm", "go"], mean: 4.6, deviation: 0.8, percent: [0, 0, 0, 0, 0] },
];

function monteCarlo(peaks: readonly Peak[], capacity: number, draws: number, seed: number): number {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let exceeded = 0;
  for (let i = 0; i < draws; i++) {
    let sum = 0;
    for (const { median, p95 } of peaks) sum += median * Math.exp((Math.log(p95 / median) / 1.6448536) * normal());
    if (sum > capacity) exceeded++;
  }
  return exceeded / draws;
}

describe("P(OOM)", () => {
  for (const { set, mean, deviation, percent } of TABLE) {
    const peaks = set.map((name) => CLASSES[name]);
    it(`of ${set.join(" + ")} is that of the published table`, () => {
      const sum = peaks.reduce(addPeak, NO_PEAKS);
      assert.equal(Number(sum.mean.toFixed(1)), mean);
      assert.equal(Number(Math.sqrt(sum.variance).toFixed(1)), deviation);
      for (const [i, capacity] of CAPACITIES.entries()) {
        const got = outOfMemoryProbability(peaks, capacity) * 100;
        // Half a point: rounding of the table and of the approximation.
        assert.ok(Math.abs(got - (percent[i] ?? 0)) < 0.6, `C = ${capacity}: ${got} instead of ${percent[i]}`);
      }
    });
    it(`of ${set.join(" + ")} agrees with Monte Carlo within half a percentage point`, () => {
      for (const [i, capacity] of CAPACITIES.entries()) {
        const difference = outOfMemoryProbability(peaks, capacity) - monteCarlo(peaks, capacity, 60_000, 42 + i);
        assert.ok(Math.abs(difference) < 0.006, `C = ${capacity}: off by ${difference}`);
      }
    });
  }

  it("of one build is exact: half above the median, a twentieth above p95", () => {
    assert.ok(Math.abs(outOfMemoryProbability([CLASSES.codex], 6) - 0.5) < 1e-6);
    assert.ok(Math.abs(outOfMemoryProbability([CLASSES.codex], 9) - 0.05) < 1e-6);
  });

  it("of no builds is 0, with no memory 1, of certain peaks a step", () => {
    assert.equal(outOfMemoryProbability([], 0), 0);
    assert.equal(outOfMemoryProbability([CLASSES.go], 0), 1);
    const certain = { median: 4, p95: 4 };
    assert.deepEqual(
      [7.9, 8.1].map((c) => outOfMemoryProbability([certain, certain], c)),
      [1, 0],
    );
  });

  it("has the normal distribution's tails", () => {
    const known: readonly [number, number][] = [
      [0, 0.5],
      [1.6448536269514722, 0.05],
      [-1.6448536269514722, 0.95],
      [3, 1.3498980316300957e-3],
      [6, 9.865876450376946e-10],
    ];
    for (const [z, tail] of known) assert.ok(Math.abs(normalTail(z) / tail - 1) < 1e-6, `z = ${z}`);
  });

  const size = fc.double({ min: 0.01, max: 100, noNaN: true });
  const peak = fc
    .record({ median: size, spread: fc.double({ min: 1, max: 5, noNaN: true }) })
    .map(({ median, spread }) => ({ median, p95: median * spread }));
  it("lies between 0 and 1, falls with capacity, and rises with one more build", () => {
    fc.assert(
      fc.property(fc.array(peak, { minLength: 1, maxLength: 8 }), size, size, (peaks, capacity, more) => {
        const risk = outOfMemoryProbability(peaks, capacity);
        assert.ok(risk >= 0 && risk <= 1);
        assert.ok(outOfMemoryProbability(peaks, capacity + more) <= risk + 1e-12);
      }),
    );
  });
});

describe("memory tiers", () => {
  // 14 GiB: solo above 7, pair above 3.5.
  it("are those of the founding document's packages", () => {
    const tiers = Object.entries(CLASSES).map(([name, peak]) => `${name} ${memoryTier(peak, 14)}`);
    assert.deepEqual(tiers, ["onnx solo", "codex solo", "ck free", "npm free", "go free"]);
    assert.equal(memoryTier({ median: 3, p95: 3.6 }, 14), "pair");
    assert.equal(memoryTier({ median: 3, p95: 7 }, 14), "pair");
  });
});
