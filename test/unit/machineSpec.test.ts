import assert from "node:assert/strict";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import { GIB } from "../../server/src/core/machine/size.js";

describe("--machine", () => {
  it("reads every key", () => {
    const spec = parseMachineSpec(
      "threads=8, threads-per-core=2,memory=16GiB,zram=12GiB,zram-algorithm=lz4,zram-ratio=2,swap=8G,network=1Gbit/s," +
        "architecture=skylake,cuda-capabilities=8.6+8.9,nix-version=2.31,reserve-threads=2,reserve-memory=2GiB",
    );
    assert.deepEqual(spec, {
      kind: "machine",
      machine: {
        threads: 8,
        threadsPerCore: 2,
        memoryBytes: 16 * GIB,
        zram: { sizeBytes: 12 * GIB, algorithm: "lz4", ratio: 2 },
        swapBytes: 8 * GIB,
        networkBitsPerSecond: 1e9,
        architecture: "skylake",
        cudaCapabilities: ["8.6", "8.9"],
        nixVersion: "2.31",
        reserve: { threads: 2, memoryBytes: 2 * GIB },
        provenance: { kind: "option", text: "given by --machine" },
      },
    });
  });

  it("leaves unknown what is not given", () => {
    const spec = parseMachineSpec("threads=8,memory=16GiB");
    assert.ok(spec.kind === "machine");
    assert.deepEqual(
      [spec.machine.zram, spec.machine.swapBytes, spec.machine.reserve],
      [undefined, undefined, undefined],
    );
  });

  it("tells names from specifications", () => {
    assert.deepEqual(parseMachineSpec("shoshin"), { kind: "name", name: "shoshin" });
    assert.deepEqual(parseMachineSpec("local"), { kind: "local" });
    assert.deepEqual(parseMachineSpec("none"), { kind: "none" });
  });

  const wrong: readonly [string, RegExp][] = [
    ["", /empty/],
    ["thread=8,memory=16GiB", /"thread": did you mean "threads"\?/],
    ["colour=red,memory=16GiB", /Unknown machine key "colour"\. Known: threads/],
    ["threads=8", /lacks memory/],
    ["memory=16GiB", /lacks threads/],
    ["threads=0,memory=16GiB", /"threads" must be a whole number of at least 1: "threads=0"/],
    ["threads=eight,memory=16GiB", /"threads" must be/],
    ["threads=8,memory=lots", /"memory" must be a size such as 16GiB/],
    ["threads=8,memory=0", /"memory" must be a size/],
    ["threads=8,memory", /"memory" must be/],
    ["threads=8,threads=4,memory=1GiB", /given twice/],
    ["threads=8,memory=16GiB,zram-ratio=2", /need the size of the device/],
    ["threads=8,memory=16GiB,zram=1GiB,zram-ratio=0.5", /"zram-ratio" must be a number of at least 1/],
    ["threads=2,memory=4GiB,cuda-capabilities=sm_86", /"cuda-capabilities" must be versions joined by \+/],
    ["threads=2,memory=4GiB,reserve-threads=2", /takes all 2 threads/],
    ["threads=2,memory=4GiB,reserve-memory=4GiB", /takes all memory/],
    ["toString=1,threads=2,memory=4GiB", /Unknown machine key "toString"/],
  ];
  for (const [text, message] of wrong) {
    it(`refuses "${text}"`, () => {
      const spec = parseMachineSpec(text);
      assert.ok(spec.kind === "error");
      assert.match(spec.message, message);
    });
  }
});
