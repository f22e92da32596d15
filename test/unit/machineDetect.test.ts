import assert from "node:assert/strict";
import fc from "fast-check";
import { detectDarwin, detectLinux, detectRuntime, LINUX_FILES } from "../../server/src/core/machine/detect.js";
import { machineFromFacter } from "../../server/src/core/machine/facter.js";
import { countCpuList, parseChosen, parseCpuMax, parseSwaps } from "../../server/src/core/machine/parseProc.js";
import { resolveMachine } from "../../server/src/core/machine/resolve.js";
import { GIB, MIB } from "../../server/src/core/machine/size.js";
import { detectHardware } from "../../server/src/host/hardware.js";

const runtime = { threads: 3, memoryBytes: 5 * GIB };
const KIB = 1024;

function linux(
  files: Partial<Record<keyof typeof LINUX_FILES, string>>,
  others: Readonly<Record<string, string>> = {},
) {
  const named = Object.entries(files).map(
    ([name, text]) => [LINUX_FILES[name as keyof typeof LINUX_FILES], text] as const,
  );
  return detectLinux(new Map([...named, ...Object.entries(others)]), runtime);
}

const LAPTOP = {
  meminfo: "MemTotal:       16318480 kB\nMemFree:          512340 kB\nSwapTotal:      20971512 kB\n",
  swaps:
    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t12582908\t0\t\t100\n/swap/swap\\040file                       file\t\t8388604\t\t0\t\t-2\n",
  status: "Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n",
  version: "Linux version 6.12.8 (nixbld@localhost) (gcc (GCC) 13.3.0, GNU ld (GNU Binutils) 2.43.1) #1-NixOS SMP\n",
  siblings: "0,4\n",
};

describe("detection", () => {
  it("of a laptop with zram and a swap file", () => {
    const { machine, found } = linux(LAPTOP, {
      "/sys/block/zram0/disksize": "12884901888\n",
      "/sys/block/zram0/comp_algorithm": "lzo lzo-rle lz4 lz4hc 842 [zstd] deflate\n",
    });
    assert.deepEqual(machine, {
      threads: 8,
      threadsPerCore: 2,
      memoryBytes: 16318480 * KIB,
      zram: { sizeBytes: 12 * GIB, algorithm: "zstd" },
      swapBytes: 8388604 * KIB,
      cgroup: undefined,
      provenance: { kind: "local", text: "this computer" },
    });
    assert.deepEqual(found, [
      "8 hardware threads (Cpus_allowed_list of /proc/self/status)",
      "2 threads a core (/sys/devices/system/cpu/cpu0/topology/thread_siblings_list)",
      "15.6 GiB memory (MemTotal of /proc/meminfo)",
      "12 GiB zram, zstd (/proc/swaps, /sys/block)",
      "8 GiB disk swap (/proc/swaps)",
    ]);
  });

  it("of zram whose size only /proc/swaps tells", () => {
    assert.deepEqual(linux(LAPTOP).machine.zram, { sizeBytes: 12582908 * KIB, algorithm: undefined });
  });

  it("of a container with limits of cgroup v2", () => {
    const { machine, found } = linux({
      meminfo: "MemTotal:       65536000 kB\n",
      status: "Cpus_allowed_list:\t0-15,32-47\n",
      memoryMax: "4294967296\n",
      swapMax: "0\n",
      cpuMax: "250000 100000\n",
    });
    assert.equal(machine.threads, 32);
    assert.deepEqual(machine.cgroup, { memoryBytes: 4 * GIB, swapBytes: 0, threads: 2.5 });
    assert.ok(found.includes("at most 4 GiB memory in this control group"));
    assert.ok(found.includes("at most 2.5 CPUs in this control group"));
  });

  it("of a container with limits of cgroup v1", () => {
    const { machine } = linux({
      meminfo: "MemTotal:       65536000 kB\n",
      memoryLimitV1: "2147483648\n",
      memoryAndSwapLimitV1: "3221225472\n",
      cpuQuotaV1: "150000\n",
      cpuPeriodV1: "100000\n",
    });
    assert.deepEqual(machine.cgroup, { memoryBytes: 2 * GIB, swapBytes: GIB, threads: 1.5 });
  });

  it("takes limits that say none, or more than there is, for none", () => {
    const files = {
      meminfo: "MemTotal:       8388608 kB\n",
      memoryMax: "max\n",
      swapMax: "max\n",
      cpuMax: "max 100000\n",
    };
    assert.equal(linux(files).machine.cgroup, undefined);
    assert.equal(linux({ ...files, memoryMax: `${9 * GIB}` }).machine.cgroup, undefined);
    assert.equal(
      linux({ ...LAPTOP, memoryLimitV1: "9223372036854771712", cpuQuotaV1: "-1", cpuPeriodV1: "100000" }).machine
        .cgroup,
      undefined,
    );
  });

  it("of WSL", () => {
    const { machine, found } = linux({
      meminfo: "MemTotal:        8036224 kB\n",
      version: "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@f9c826d3017f) (gcc (GCC) 11.2.0) #1 SMP\n",
    });
    assert.equal(machine.provenance.text, "this computer (WSL)");
    assert.match(found.at(-1) ?? "", /\.wslconfig/);
  });

  it("of a Linux that tells nothing, from the runtime", () => {
    const { machine } = linux({});
    assert.deepEqual(
      [machine.threads, machine.memoryBytes, machine.zram, machine.threadsPerCore],
      [3, 5 * GIB, undefined, undefined],
    );
  });

  it("of a Mac with and without SMT", () => {
    const m1 = detectDarwin("hw.memsize: 17179869184\nhw.logicalcpu: 8\nhw.physicalcpu: 8\n", runtime).machine;
    assert.deepEqual([m1.threads, m1.threadsPerCore, m1.memoryBytes], [8, 1, 16 * GIB]);
    const i7 = detectDarwin("hw.memsize: 34359738368\nhw.logicalcpu: 12\nhw.physicalcpu: 6\n", runtime).machine;
    assert.deepEqual([i7.threads, i7.threadsPerCore, i7.memoryBytes], [12, 2, 32 * GIB]);
    const none = detectDarwin("", runtime).machine;
    assert.deepEqual([none.threads, none.threadsPerCore, none.memoryBytes], [3, undefined, 5 * GIB]);
  });

  it("of anything else, from the runtime", () => {
    assert.deepEqual(detectRuntime(runtime).machine, {
      ...runtime,
      provenance: { kind: "local", text: "this computer" },
    });
  });

  it("of the computer that runs this test", () => {
    const machine = detectHardware()?.machine;
    assert.ok(machine && machine.threads >= 1 && machine.memoryBytes > 64 * MIB);
  });

  it("reads CPU lists, quotas, choices and swaps, or nothing", () => {
    assert.deepEqual(["0", "0-3,8,10-11", "", "a", "3-1", "0-"].map(countCpuList), [
      1,
      7,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(["max 100000", "50000 100000", "0 100000", "x"].map(parseCpuMax), [
      undefined,
      0.5,
      undefined,
      undefined,
    ]);
    assert.deepEqual(["lzo [zstd]", "zstd\n", "lzo zstd", ""].map(parseChosen), ["zstd", "zstd", undefined, undefined]);
    assert.deepEqual(parseSwaps(""), []);
    assert.deepEqual(parseSwaps("Filename Type Size Used Priority\nrubbish\n"), []);
  });

  it("never throws", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("MemTotal: x kB", "Cpus_allowed_list:\t9-", "[", "1 0", "-1"));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(LINUX_FILES).map((name) => [name, text]))), (files) => {
        const { machine } = linux(files);
        assert.ok(machine.threads >= 1 && machine.memoryBytes > 0);
      }),
    );
  });
});

/** The shape of a report, with what a test changes. */
function facter(hardware: unknown, rest: object = {}): string {
  return JSON.stringify({ version: 1, system: "x86_64-linux", virtualisation: "none", hardware, smbios: {}, ...rest });
}
const memory = (...resources: { type: string; range?: number }[]) => [{ model: "Main Memory", resources }];

describe("nixos-facter report", () => {
  const cpu = [{ architecture: "x86_64", physical_id: 0, siblings: 16, cores: 8 }];

  it("gives threads by sockets and memory as MemTotal", () => {
    const report = facter({
      cpu: [null, cpu[0], { ...cpu[0], physical_id: 1 }],
      memory: memory({ type: "mem", range: 66_614_284_288 }, { type: "phys_mem", range: 68_719_476_736 }),
    });
    assert.deepEqual(machineFromFacter(report), {
      threads: 32,
      threadsPerCore: 2,
      memoryBytes: 66_614_284_288,
      provenance: { kind: "facter", text: "of its nixos-facter report" },
    });
  });

  it("takes rounded memory, or the modules' sum, where there is nothing better", () => {
    const rounded = facter({ cpu, memory: memory({ type: "phys_mem", range: 8 * GIB }) });
    assert.equal(machineFromFacter(rounded)?.memoryBytes, 8 * GIB);
    const modules = facter(
      { cpu, memory: [null] },
      { smbios: { memory_device: [{ size: 4194304 }, { size: 0 }, { size: 4194304 }] } },
    );
    assert.equal(machineFromFacter(modules)?.memoryBytes, 8 * GIB);
  });

  it("counts the larger kind of core", () => {
    const hybrid = facter({ cpu: [{ siblings: 32, cores: 24 }], memory: memory({ type: "mem", range: GIB }) });
    assert.equal(machineFromFacter(hybrid)?.threadsPerCore, 2);
  });

  it("tells zram from disk swap", () => {
    const swap = [
      { type: "partition", path: "/dev/zram0", size: 1048576 },
      { type: "partition", path: "/dev/disk/by-uuid/x", size: 2097152 },
    ];
    const machine = machineFromFacter(facter({ cpu, memory: memory({ type: "mem", range: 8 * GIB }) }, { swap }));
    assert.deepEqual([machine?.zram?.sizeBytes, machine?.swapBytes], [GIB, 2 * GIB]);
  });

  it("is silent where threads or memory are open", () => {
    const arm = facter({
      cpu: [{ architecture: "aarch64", physical_id: 0 }],
      memory: memory({ type: "phys_mem", range: GIB }),
    });
    for (const text of [
      arm,
      facter({ cpu }),
      facter({ memory: memory({ type: "mem", range: GIB }) }),
      "{}",
      "[]",
      "",
      "null",
      "{",
      "[".repeat(100_000),
    ]) {
      assert.equal(machineFromFacter(text), undefined);
    }
  });
});

describe("a host's machine", () => {
  const machine = (threads: number) =>
    ({ threads, memoryBytes: GIB, provenance: { kind: "declared", text: "x" } }) as const;
  const declared = new Map([["shoshin", machine(8)]]);
  const given = machine(2);
  const local = { hostName: "Kairos.example.org", machine: machine(4) };
  const facterReport = facter({ cpu: [{ siblings: 6, cores: 3 }], memory: memory({ type: "mem", range: GIB }) });
  const threads = (name: string, sources: Parameters<typeof resolveMachine>[1], report?: string) =>
    resolveMachine({ name, facterReport: report }, sources)?.threads;

  it("is declared, else reported, else given, else this computer's, else unknown", () => {
    assert.equal(threads("shoshin", { declared, given, local }, facterReport), 8);
    assert.equal(threads("kairos", { declared, given, local }, facterReport), 6);
    assert.equal(threads("kairos", { declared, given, local }), 2);
    assert.equal(threads("kairos", { declared, local }), 4);
    assert.equal(threads("other", { declared, local }), undefined);
  });

  it("is that of the computer of a home configuration", () => {
    assert.equal(threads("me@shoshin", { declared }), 8);
    assert.equal(threads("me@kairos", { declared, local }), 4);
  });

  it("passes a report that tells too little", () => {
    assert.equal(threads("kairos", { declared, given }, "{}"), 2);
  });
});
