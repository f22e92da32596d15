import assert from "node:assert/strict";
import type { Machine } from "../../server/src/core/machine/machine.js";
import { GIB } from "../../server/src/core/machine/size.js";
import { type MachineReport, machineJson, machineRemarks, machineText } from "../../server/src/report/machine.js";
import { createStyle } from "../../server/src/report/terminal.js";
import { budget, SHOSHIN } from "../support/builds.js";

const report: MachineReport = {
  title: "This computer, shoshin",
  found: ["8 hardware threads (Cpus_allowed_list of /proc/self/status)"],
  budget: budget(SHOSHIN, "strict"),
  targetRisk: 0.05,
};

describe("machine report", () => {
  it("shows what was found, each step, and the settings that fit", () => {
    assert.equal(
      machineText(report, createStyle(false)),
      `This computer, shoshin
  8 hardware threads (Cpus_allowed_list of /proc/self/status)

Budget
  8 hardware threads − 2 reserved (declared) = 6 threads for builds.
  Policy strict allows the budget, for the reserve is a promise: max-jobs × cores ≤ 6.
  16 GiB memory − 2 GiB reserved (declared) = 14 GiB that can be in use at once.
  Nominal: 16 GiB + 12 GiB zram − 2 GiB = 26 GiB (only if every page in zram compressed to nothing, for zram lives in memory).
  Planning: zram compresses 2.5 to 1 (zstd, assumed), so each GiB in it frees 0.6 GiB; 25 % of build memory taken as cold: min(14 + 12 × 0.6 = 21.2, 14 / (1 − 0.25 × 0.6) = 16.5) = 16.5 GiB.
  Memory accounting planning: 16.5 GiB for builds.

Settings that fit
  max-jobs = 3, cores = 2     the quickest for an ordinary rebuild, by estimate
  max-jobs = 2, cores = 2     leaves half of the threads to whoever works at the machine
  max-jobs = 6, cores = 1     for many small packages
  max-jobs = 1, cores = 6     for few big packages
`,
    );
  });

  it("gives the same as JSON, in bytes", () => {
    const data = JSON.parse(machineJson(report));
    assert.equal(data.version, 1);
    assert.deepEqual(data.settings, { "max-jobs": 3, cores: 2 });
    assert.deepEqual(
      [data.budget.threads, data.budget.threadBound, data.budget.hotBytes, data.budget.nominalBytes],
      [6, 6, 14 * GIB, 26 * GIB],
    );
    assert.equal((data.budget.memoryBytes / GIB).toFixed(2), "16.47");
    assert.equal(data.machine.memoryBytes, 16 * GIB);
    assert.deepEqual(data.budget.arithmetic, report.budget.arithmetic);
  });

  it("remarks on what is odd", () => {
    const machine: Machine = {
      threads: 8,
      memoryBytes: 16 * GIB,
      provenance: { kind: "local", text: "this computer" },
    };
    const remarks = (more: Partial<Machine>) => machineRemarks({ ...machine, ...more }).join("\n");
    assert.equal(remarks({}), "");
    assert.match(remarks({ zram: { sizeBytes: 20 * GIB } }), /larger than the memory of 16 GiB/);
    assert.match(remarks({ zram: { sizeBytes: 33 * GIB } }), /more than twice the memory/);
    assert.match(remarks({ zram: { sizeBytes: GIB }, swapBytes: GIB }), /lower priority/);
    assert.match(remarks({ swapBytes: 0 }), /No swap at all/);
    assert.match(remarks({ cgroup: { threads: 2 } }), /control group/);
    assert.match(remarks({ threads: 16 }), /1 GiB of memory a thread/);
  });
});
