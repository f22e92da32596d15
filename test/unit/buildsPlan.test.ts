import assert from "node:assert/strict";
import fc from "fast-check";
import { BUILD_CLASSES } from "../../server/src/core/builds/buildClasses.js";
import { outOfMemoryProbability } from "../../server/src/core/builds/oom.js";
import { type BuildEstimate, peakWith } from "../../server/src/core/builds/peaks.js";
import { jointPlan, percent } from "../../server/src/core/builds/plan.js";
import { type Plan, riskOf } from "../../server/src/core/builds/solve.js";
import { buildMinutes, longestFirst, makespan, schedule } from "../../server/src/core/builds/schedule.js";
import { candidateSplits, memoryPerProcess, quickestSplit, splitBudget } from "../../server/src/core/builds/split.js";
import { memoryTier } from "../../server/src/core/builds/tiers.js";
import type { Budget, Policy } from "../../server/src/core/machine/machine.js";
import { PACKAGE_CLASSES } from "../../server/src/core/machine/schema.js";
import { GIB } from "../../server/src/core/machine/size.js";
import { budget, build, FOUNDING_BUILDS, manyBuilds, seededRandom, SHOSHIN } from "../support/builds.js";

function timeOf(builds: readonly BuildEstimate[], jobs: number, cores: number): number {
  return makespan(
    longestFirst(builds, cores).map(({ minutes }) => minutes),
    jobs,
  );
}

const text = ({ split }: Plan) => `${split.jobs}x${split.cores}`;

describe("split of threads", () => {
  const splits: readonly [number, string][] = [
    [1, "1x1"],
    [2, "1x2"],
    [3, "1x3"],
    [4, "2x2"],
    [6, "3x2"],
    [7, "3x2"],
    [14, "7x2"],
    [30, "6x5"],
    [62, "10x6"],
  ];
  for (const [threads, expected] of splits) {
    it(`${threads} threads: ${expected}`, () => {
      const { jobs, cores } = quickestSplit(threads);
      assert.equal(`${jobs}x${cores}`, expected);
    });
  }

  it("keeps to the memory that a process needs", () => {
    // 14 GiB / 1.75 GiB = 8 processes of 30 threads.
    assert.deepEqual(splitBudget(budget("threads=32,memory=16GiB")), { jobs: 4, cores: 2 });
    assert.deepEqual(splitBudget(budget("threads=1,memory=1GiB")), { jobs: 1, cores: 1 });
  });

  it("of the founding machine is 3 x 2 under every policy", () => {
    for (const policy of ["strict", "balanced", "burst"] as const) {
      assert.deepEqual(splitBudget(budget(SHOSHIN, policy)), { jobs: 3, cores: 2 });
    }
  });

  it("offers only pairs within the threads", () => {
    for (let threads = 1; threads <= 64; threads++) {
      for (const { jobs, cores } of candidateSplits(threads))
        assert.ok(jobs >= 1 && cores >= 1 && jobs * cores <= threads);
    }
  });
});

describe("schedule", () => {
  it("gives the longest to the job that is free first", () => {
    const builds = [build("a", "python"), build("b", "npm"), build("c", "npm")];
    const two = schedule(builds, { jobs: 2, cores: 1 });
    assert.deepEqual(two, [
      { name: "b", job: 0, start: 0, end: 4 },
      { name: "c", job: 1, start: 0, end: 4 },
      { name: "a", job: 0, start: 4, end: 5 },
    ]);
    assert.equal(makespan([4, 4, 1], 2), 5);
    assert.equal(makespan([], 2), 0);
  });

  it("speeds a build up by its parallel share (Amdahl)", () => {
    const half = { ...build("a", "c"), work: 10, parallelShare: 0.5 };
    assert.deepEqual(
      [1, 2, 5].map((cores) => buildMinutes(half, cores)),
      [10, 7.5, 6],
    );
    assert.equal(buildMinutes({ ...half, mostProcesses: 2 }, 5), 7.5);
  });

  it("is at most 4/3 of the best, by trying all assignments", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 60; round++) {
      const builds = Array.from({ length: 7 }, (_, i) => ({
        ...build(`p${i}`, "c"),
        work: 1 + Math.floor(random() * 20),
      }));
      const minutes = builds.map((b) => buildMinutes(b, 2));
      let best = Infinity;
      for (let code = 0; code < 3 ** 7; code++) {
        const loads = [0, 0, 0];
        for (let i = 0, rest = code; i < 7; i++, rest = Math.floor(rest / 3)) loads[rest % 3]! += minutes[i] ?? 0;
        best = Math.min(best, Math.max(...loads));
      }
      assert.ok(timeOf(builds, 3, 2) <= best * (4 / 3) + 1e-9);
    }
  });
});

describe("joint plan of the founding machine", () => {
  it("strict, planning: 3 x 2, with what takes more than half of the memory alone", () => {
    const plan = jointPlan({ budget: budget(SHOSHIN, "strict"), builds: FOUNDING_BUILDS, targetRisk: 0.05 });
    assert.equal(text(plan), "3x2");
    assert.deepEqual(
      plan.alone.map(({ name, cores, fits }) => [name, cores, fits]),
      [
        ["onnxruntime", 6, true],
        ["codex", 6, true],
      ],
    );
    assert.ok(plan.outOfMemory < 0.05);
    assert.deepEqual(plan.heaviest, ["ck-search", "mcp-filesystem-rust", "chezmoi_modify_manager"]);
    assert.deepEqual(
      plan.alternatives.map((other) => `${other.use} ${text(other)}`),
      ["interactive 2x2", "throughput 6x1", "big-packages 1x6"],
    );
    assert.deepEqual(plan.arithmetic, [
      "3 jobs × 2 cores = 6 of 6 threads.",
      "6 processes × 2 GiB = 12 GiB of 16.5 GiB (planning accounting).",
      "onnxruntime 12 GiB at the 95th percentile is more than half of 16.5 GiB: alone with 6 cores.",
      "codex 9 GiB at the 95th percentile is more than half of 16.5 GiB: alone with 6 cores.",
      "Heaviest at once: ck-search 3.5 GiB, mcp-filesystem-rust 2.5 GiB, chezmoi_modify_manager 2.5 GiB (95th percentiles); together above 16.5 GiB with probability < 0.1 %, target below 5 %.",
    ]);
  });

  it("strict, nominal: 3 x 2 with everything together, since 26 GiB are believed in", () => {
    const plan = jointPlan({ budget: budget(SHOSHIN, "strict", "nominal"), builds: FOUNDING_BUILDS, targetRisk: 0.05 });
    assert.equal(text(plan), "3x2");
    assert.deepEqual(plan.alone, []);
    assert.deepEqual(plan.heaviest, ["onnxruntime", "codex", "ck-search"]);
    assert.equal(percent(plan.outOfMemory), "0.23 %");
  });

  it("burst has the document's second pair, 2 x 6, for few big packages", () => {
    const plan = jointPlan({ budget: budget(SHOSHIN, "burst"), builds: FOUNDING_BUILDS, targetRisk: 0.05 });
    assert.equal(text(plan), "3x2");
    assert.ok(plan.alternatives.some((other) => other.use === "big-packages" && text(other) === "2x6"));
  });

  it("says what the document's settings risk", () => {
    const planning = budget(SHOSHIN, "strict").memoryBytes;
    assert.equal(percent(riskOf({ jobs: 2, cores: 6 }, FOUNDING_BUILDS, planning).outOfMemory), "20 %");
    assert.equal(percent(riskOf({ jobs: 3, cores: 2 }, FOUNDING_BUILDS, planning).outOfMemory), "55 %");
    const { heaviest } = riskOf({ jobs: 3, cores: 2 }, FOUNDING_BUILDS, planning);
    assert.deepEqual(
      heaviest.map((b) => b.name),
      ["onnxruntime", "codex", "ck-search"],
    );
    assert.equal(riskOf({ jobs: 3, cores: 2 }, FOUNDING_BUILDS, planning, 1).heaviest.length, 1);
  });
});

describe("joint plan", () => {
  const plan = (machine: string, builds: readonly BuildEstimate[], policy: Policy = "balanced") =>
    jointPlan({ budget: budget(machine, policy), builds, targetRisk: 0.05 });

  it("without packages is the plain split", () => {
    for (const machine of [
      "threads=1,memory=1GiB",
      "threads=4,memory=8GiB",
      "threads=8,memory=16GiB",
      "threads=64,memory=256GiB",
      "threads=32,memory=16GiB",
    ]) {
      assert.deepEqual(plan(machine, []).split, splitBudget(budget(machine)), machine);
    }
  });

  it("caps a lone build whose memory grows with its cores", () => {
    // 2 + 4 n GiB, p95 1.5 times that, in 14 GiB: n = 1 has p95 9, n = 2 15.
    const [cuda] = plan("threads=8,memory=16GiB", [build("kernels", "cuda")]).alone;
    assert.deepEqual([cuda?.cores, cuda?.fits, cuda?.capToShare], [1, true, undefined]);
    const [shared] = plan("threads=16,memory=64GiB", [build("kernels", "cuda")]).alone;
    // 62 GiB: shared up to p95 31 = 1.5 (2 + 4 n), n = 4; alone at 14 cores 87 is too much.
    assert.ok(shared === undefined || (shared.capToShare === 4 && shared.cores < 14));
  });

  it("leaves what is declared to build alone out of the rest", () => {
    const builds = [build("a", "rust", [4, 5]), { ...build("b", "rust", [4, 5]), alone: true }, build("c", "go")];
    const planned = plan("threads=8,memory=16GiB", builds);
    assert.deepEqual(
      planned.alone.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(planned.heaviest, ["a", "c"]);
    const { memoryBytes } = budget("threads=8,memory=16GiB");
    const risk = riskOf({ jobs: 3, cores: 2 }, builds, memoryBytes);
    assert.deepEqual(
      risk.heaviest.map(({ name }) => name),
      ["a", "c"],
    );
    const heavier = riskOf(
      { jobs: 3, cores: 2 },
      [{ ...build("b", "rust", [40, 50]), alone: true }, ...builds],
      memoryBytes,
    );
    assert.deepEqual(
      heavier.heaviest.map(({ name }) => name),
      ["b"],
    );
    assert.ok(heavier.outOfMemory > 0.99);
  });

  it("names what does not fit at all", () => {
    const small = plan("threads=4,memory=8GiB", [build("codex", "rust-large-fat-lto"), build("tool", "go")]);
    const codex = small.alone.find((one) => one.name === "codex");
    assert.deepEqual([codex?.fits, codex?.cores], [false, 1]);
    assert.match(
      small.arithmetic.join("\n"),
      /codex does not fit: even with one core it exceeds 6 GiB with probability 100 %/,
    );
  });

  it("plans 500 packages within the machine and the risk", () => {
    const input = { budget: budget("threads=16,memory=64GiB"), builds: manyBuilds(500), targetRisk: 0.05 };
    const plan = jointPlan(input);
    assert.ok(plan.split.jobs * plan.split.cores <= 16, text(plan));
    assert.ok(plan.outOfMemory < 0.05);
    assert.equal(plan.tiers.size, 500);
  });

  /** The same question by brute force: every pair, the cheapest that keeps to the rules. */
  function bestByTrying({
    budget: b,
    builds,
    targetRisk,
  }: {
    budget: Budget;
    builds: readonly BuildEstimate[];
    targetRisk: number;
  }): number {
    const usable = Math.max(1, Math.min(b.threads, Math.floor(b.memoryBytes / memoryPerProcess(b.policy))));
    const ordinary = (jobs: number, cores: number) => 60 * (0.2 + 0.8 / jobs) * (0.3 + 0.7 / cores);
    let best = Infinity;
    for (let jobs = 1; jobs <= usable; jobs++) {
      for (let cores = Math.min(2, usable); jobs * cores <= usable; cores++) {
        const solo = (build: BuildEstimate) => jobs > 1 && memoryTier(peakWith(build, cores), b.memoryBytes) === "solo";
        const together = builds.filter((build) => !solo(build));
        const byWeight = together.toSorted((x, y) => peakWith(y, cores).p95 - peakWith(x, cores).p95).slice(0, jobs);
        if (
          jobs > 1 &&
          outOfMemoryProbability(
            byWeight.map((x) => peakWith(x, cores)),
            b.memoryBytes,
          ) >= targetRisk
        )
          continue;
        let minutes = timeOf(together, jobs, cores) + ordinary(jobs, cores);
        for (const build of builds.filter(solo)) {
          let n = usable;
          while (n > 1 && outOfMemoryProbability([peakWith(build, n)], b.memoryBytes) >= targetRisk) n--;
          minutes += buildMinutes(build, n);
        }
        best = Math.min(best, minutes);
      }
    }
    return best;
  }

  const machines = fc.record({ threads: fc.integer({ min: 1, max: 24 }), memory: fc.integer({ min: 1, max: 96 }) });
  const sets = fc
    .array(fc.constantFrom(...PACKAGE_CLASSES), { maxLength: 8 })
    .map((classes) => classes.map((of, i) => build(`p${i}`, of)));
  const policies = fc.constantFrom<Policy>("strict", "balanced", "burst");

  it("is the quickest that keeps to the bounds, compared with trying everything", () => {
    fc.assert(
      fc.property(machines, sets, policies, ({ threads, memory }, builds, policy) => {
        const input = { budget: budget(`threads=${threads},memory=${memory}GiB`, policy), builds, targetRisk: 0.05 };
        const { minutes } = jointPlan(input);
        assert.ok(minutes <= bestByTrying(input) + 1e-9, `${minutes} instead of ${bestByTrying(input)}`);
      }),
      { numRuns: 150 },
    );
  });

  it("and every alternative keep to threads and risk, and lose no build", () => {
    fc.assert(
      fc.property(machines, sets, policies, ({ threads, memory }, builds, policy) => {
        const b = budget(`threads=${threads},memory=${memory}GiB`, policy);
        const joint = jointPlan({ budget: b, builds, targetRisk: 0.05 });
        assert.ok(joint.split.jobs * joint.split.cores <= b.threads);
        const seen = new Set<string>();
        for (const one of [joint, ...joint.alternatives]) {
          assert.ok(!seen.has(text(one)));
          seen.add(text(one));
          const { jobs, cores } = one.split;
          assert.ok(jobs >= 1 && cores >= 1 && cores <= b.threads);
          assert.ok(jobs * cores <= Math.max(b.threads, b.threadBound));
          if (one.alone.every((alone) => alone.fits))
            assert.ok(one.outOfMemory < 0.05, `${text(one)} ${one.outOfMemory}`);
          const scheduled = one.schedule.map(({ name }) => name);
          const alone = jobs > 1 ? one.alone.map(({ name }) => name) : [];
          assert.deepEqual([...scheduled, ...alone].toSorted(), builds.map(({ name }) => name).toSorted());
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("build classes", () => {
  it("are all there, with a source, and none is nonsense", () => {
    assert.deepEqual(Object.keys(BUILD_CLASSES).toSorted(), [...PACKAGE_CLASSES].toSorted());
    for (const [name, row] of Object.entries(BUILD_CLASSES)) {
      const peak = peakWith(build(name, name as never), 4);
      assert.ok(peak.median > 0.1 * GIB && peak.p95 >= peak.median, name);
      assert.ok(row.work > 0 && row.parallelShare >= 0 && row.parallelShare < 1, name);
      assert.ok(row.source.text.length > 5, name);
    }
  });

  it("print probabilities with two digits", () => {
    assert.deepEqual([0, 0.0004, 0.012, 0.53, 0.2, 1].map(percent), [
      "0 %",
      "< 0.1 %",
      "1.2 %",
      "53 %",
      "20 %",
      "100 %",
    ]);
  });
});
