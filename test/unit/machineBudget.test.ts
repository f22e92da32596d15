import assert from "node:assert/strict";
import fc from "fast-check";
import { budgetOf } from "../../server/src/core/machine/budget.js";
import { planningCapacity, zramRatio } from "../../server/src/core/machine/capacity.js";
import type { Machine, Policy } from "../../server/src/core/machine/machine.js";
import { GIB } from "../../server/src/core/machine/size.js";

const provenance = { kind: "option", text: "--machine" } as const;
const SHOSHIN: Machine = {
  threads: 8,
  threadsPerCore: 2,
  memoryBytes: 16 * GIB,
  zram: { sizeBytes: 12 * GIB, algorithm: "zstd" },
  reserve: { threads: 2, memoryBytes: 2 * GIB },
  provenance,
};
const planning = { policy: "balanced", accounting: "planning" } as const;
const gib = (bytes: number) => Number((bytes / GIB).toFixed(1));

describe("planning capacity", () => {
  // Hand-computed, GiB: hot 14, zram 12, ratio 2.5, so each GiB in zram frees 0.6.
  const layout = { hot: 14, zram: 12, ratio: 2.5, swap: 0 };
  const cases: readonly [number, number][] = [
    [0, 14], // nothing is cold
    [0.25, 16.47], // 14 / 0.85
    [0.4, 18.42], // 14 / 0.76
    [0.999, 21.2], // zram is full: 14 + 7.2
  ];
  for (const [coldFraction, expected] of cases) {
    it(`is ${expected} GiB with ${coldFraction} cold`, () => {
      assert.equal(Number(planningCapacity({ ...layout, coldFraction }).toFixed(2)), expected);
    });
  }

  it("is RAM less reserve without swap", () => {
    assert.equal(planningCapacity({ hot: 14, zram: 0, ratio: 2.5, swap: 0, coldFraction: 0.25 }), 14);
  });

  it("lets disk swap hold cold pages only", () => {
    // 14 / (1 - 0.25) = 18.67 needs 4.67 of swap.
    assert.equal(planningCapacity({ hot: 14, zram: 0, ratio: 1, swap: 2, coldFraction: 0.25 }), 16);
    assert.equal(planningCapacity({ hot: 14, zram: 0, ratio: 1, swap: 100, coldFraction: 0.25 }).toFixed(2), "18.67");
  });

  it("sends to disk what zram cannot hold", () => {
    // zram of 1 full: 14.6; cold bound with disk (14 - 1/2.5) / 0.75 = 18.13.
    assert.equal(planningCapacity({ hot: 14, zram: 1, ratio: 2.5, swap: 20, coldFraction: 0.25 }).toFixed(2), "18.13");
    assert.equal(planningCapacity({ hot: 14, zram: 1, ratio: 2.5, swap: 1, coldFraction: 0.25 }).toFixed(2), "15.60");
  });

  it("knows ratios by algorithm, and takes an unknown one as the lower", () => {
    assert.deepEqual([zramRatio(), zramRatio("zstd"), zramRatio("lz4"), zramRatio("new")], [2.5, 2.5, 2.1, 2.1]);
  });
});

describe("budget", () => {
  it("of the founding machine: 6 threads, 14 hot, 16.5 planning, 26 nominal", () => {
    const budget = budgetOf(SHOSHIN, planning);
    assert.deepEqual([budget.totalThreads, budget.threads, budget.reserveThreads, budget.threadBound], [8, 6, 2, 8]);
    assert.deepEqual(
      [budget.hotBytes, budget.planningBytes, budget.nominalBytes, budget.memoryBytes].map(gib),
      [14, 16.5, 26, 16.5],
    );
    assert.equal(gib(budgetOf(SHOSHIN, { ...planning, accounting: "nominal" }).memoryBytes), 26);
    assert.equal(gib(budgetOf(SHOSHIN, { ...planning, coldFraction: 0.4 }).memoryBytes), 18.4);
  });

  it("shows every step with its numbers", () => {
    assert.deepEqual(budgetOf(SHOSHIN, planning).arithmetic, [
      "8 hardware threads − 2 reserved (declared) = 6 threads for builds.",
      "Policy balanced allows all hardware threads: max-jobs × cores ≤ 8.",
      "16 GiB memory − 2 GiB reserved (declared) = 14 GiB that can be in use at once.",
      "Nominal: 16 GiB + 12 GiB zram − 2 GiB = 26 GiB (only if every page in zram compressed to nothing, for zram lives in memory).",
      "Planning: zram compresses 2.5 to 1 (zstd, assumed), so each GiB in it frees 0.6 GiB; 25 % of build memory taken as cold: min(14 + 12 × 0.6 = 21.2, 14 / (1 − 0.25 × 0.6) = 16.5) = 16.5 GiB.",
      "Memory accounting planning: 16.5 GiB for builds.",
    ]);
  });

  const bounds: readonly [Policy, number][] = [
    ["strict", 6],
    ["balanced", 8],
    ["burst", 12],
  ];
  for (const [policy, bound] of bounds) {
    it(`${policy}: product up to ${bound}`, () => {
      assert.equal(budgetOf(SHOSHIN, { ...planning, policy }).threadBound, bound);
    });
  }

  // threads, threads a core (undefined: not told) -> reserve, budget
  const reserves: readonly [number, number | undefined, number, number][] = [
    [1, undefined, 0, 1],
    [1, 2, 0, 1],
    [2, undefined, 1, 1],
    [2, 2, 1, 1],
    [3, undefined, 1, 2],
    [4, undefined, 2, 2],
    [4, 1, 1, 3],
    [4, 2, 2, 2],
    [6, 1, 1, 5],
    [8, undefined, 2, 6],
    [8, 1, 1, 7],
    [9, undefined, 1, 8],
    [256, 2, 2, 254],
  ];
  for (const [threads, threadsPerCore, reserve, left] of reserves) {
    it(`${threads} threads, ${threadsPerCore ?? "untold"} a core: ${reserve} reserved, ${left} left`, () => {
      const budget = budgetOf({ threads, threadsPerCore, memoryBytes: 16 * GIB, provenance }, planning);
      assert.deepEqual([budget.reserveThreads, budget.threads], [reserve, left]);
    });
  }

  const memories: readonly [number, number][] = [
    [16, 14],
    [4, 2],
    [2, 1],
    [0.5, 0.25],
  ];
  for (const [memory, left] of memories) {
    it(`${memory} GiB leave ${left} GiB without a declared reserve`, () => {
      const budget = budgetOf({ threads: 4, memoryBytes: memory * GIB, provenance }, planning);
      assert.equal(budget.memoryBytes / GIB, left);
    });
  }

  it("leaves a thread and some memory, whatever is declared", () => {
    const greedy = { ...SHOSHIN, zram: undefined, reserve: { threads: 8, memoryBytes: 64 * GIB } };
    const budget = budgetOf(greedy, planning);
    assert.equal(budget.threads, 1);
    assert.equal(budget.memoryBytes, GIB);
    assert.match(budget.arithmetic.join("\n"), /8 declared, but one thread must be left/);
  });

  it("takes a declared reserve of nothing as nothing", () => {
    const budget = budgetOf({ ...SHOSHIN, zram: undefined, reserve: { threads: 0, memoryBytes: 0 } }, planning);
    assert.deepEqual([budget.threads, budget.memoryBytes], [8, 16 * GIB]);
  });

  it("keeps to the limits of a control group", () => {
    const cgroup = { memoryBytes: 6 * GIB, threads: 2.5, swapBytes: 0 };
    const budget = budgetOf({ ...SHOSHIN, reserve: undefined, cgroup }, planning);
    // 2.5 CPUs count as 3, as Nix counts them; 6 - 2 GiB, and no swap although there is zram.
    assert.deepEqual([budget.totalThreads, budget.threads, budget.memoryBytes / GIB], [3, 1, 4]);
    assert.match(budget.arithmetic[0] ?? "", /allows 2\.5 CPUs of 8 hardware threads: 3 threads/);
  });
});

describe("budget, properties", () => {
  const size = fc.integer({ min: 1, max: 512 }).map((n) => n * 128 * 2 ** 20);
  const arbitrary = fc.record<Machine>(
    {
      threads: fc.integer({ min: 1, max: 256 }),
      threadsPerCore: fc.constantFrom(1, 2),
      memoryBytes: size,
      zram: fc.record(
        { sizeBytes: size, algorithm: fc.constantFrom("zstd", "lz4", "other") },
        { requiredKeys: ["sizeBytes"] },
      ),
      swapBytes: size,
      reserve: fc.record({ threads: fc.integer({ min: 0, max: 300 }), memoryBytes: size }, { requiredKeys: [] }),
      cgroup: fc.record(
        { memoryBytes: size, swapBytes: size, threads: fc.double({ min: 0.1, max: 300, noNaN: true }) },
        { requiredKeys: [] },
      ),
      provenance: fc.constant(provenance),
    },
    { requiredKeys: ["threads", "memoryBytes", "provenance"] },
  );
  const options = fc.record({
    policy: fc.constantFrom<Policy>("balanced", "strict", "burst"),
    accounting: fc.constantFrom("planning" as const, "nominal" as const),
    coldFraction: fc.double({ min: 0, max: 0.95, noNaN: true }),
  });

  it("1 ≤ B ≤ T, bound ≥ B, 0 < hot ≤ planning ≤ nominal", () => {
    fc.assert(
      fc.property(arbitrary, options, (machine, chosen) => {
        const budget = budgetOf(machine, chosen);
        assert.ok(
          budget.threads >= 1 && budget.threads <= budget.totalThreads && budget.totalThreads <= machine.threads,
        );
        assert.ok(budget.threadBound >= budget.threads);
        assert.ok(budget.hotBytes > 0);
        const slack = 1; // byte, for rounding
        assert.ok(budget.hotBytes <= budget.planningBytes + slack);
        assert.ok(budget.planningBytes <= budget.nominalBytes + slack);
        assert.ok(budget.arithmetic.every((line) => line.endsWith(".") && !/NaN|undefined|Infinity/.test(line)));
      }),
    );
  });

  it("more RAM never gives less memory, more threads never fewer for builds", () => {
    fc.assert(
      fc.property(arbitrary, options, size, fc.integer({ min: 1, max: 8 }), (machine, chosen, extra, threads) => {
        const before = budgetOf(machine, chosen);
        const larger = budgetOf({ ...machine, memoryBytes: machine.memoryBytes + extra }, chosen);
        assert.ok(larger.memoryBytes >= before.memoryBytes - 1);
        const wider = budgetOf({ ...machine, threads: machine.threads + threads }, chosen);
        assert.ok(wider.threads >= before.threads);
      }),
    );
  });
});
