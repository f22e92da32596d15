// Texts of this computer, as the host reads them -> Machine, with a line for each thing that was found and where.
import type { Machine } from "./machine.js";
import {
  countCpuList,
  isWsl,
  parseAllowedCpus,
  parseChosen,
  parseCpuMax,
  parseCpuQuota,
  parseMeminfo,
  parseMemoryLimit,
  parseSwaps,
  parseSysctl,
} from "./parseProc.js";
import { formatBytes, formatNumber } from "./size.js";

export interface Detection {
  readonly machine: Machine;
  /** What was found and where, one line each: `8 hardware threads (Cpus_allowed_list of /proc/self/status)`. */
  readonly found: readonly string[];
}

/** What the runtime itself says: the fallback for every system. */
export interface RuntimeHardware {
  readonly threads: number;
  readonly memoryBytes: number;
}

/** Files of Linux by path; absent: not readable. Those of /sys/block/zramN and of the control group's root as below. */
export type LinuxFiles = ReadonlyMap<string, string>;

export const LINUX_FILES = {
  meminfo: "/proc/meminfo",
  swaps: "/proc/swaps",
  status: "/proc/self/status",
  version: "/proc/version",
  siblings: "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
  memoryMax: "/sys/fs/cgroup/memory.max",
  swapMax: "/sys/fs/cgroup/memory.swap.max",
  cpuMax: "/sys/fs/cgroup/cpu.max",
  memoryLimitV1: "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  memoryAndSwapLimitV1: "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes",
  cpuQuotaV1: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
  cpuPeriodV1: "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
} as const;

/** The folder whose `zramN/disksize` and `zramN/comp_algorithm` are wanted too. */
export const ZRAM_FOLDER = "/sys/block";

const LOCAL = { kind: "local", text: "this computer" } as const;

/**
 * Only the limits at the root of what is seen of the control groups count: they are a container's. Those of the own process
 * are not the Nix daemon's.
 */
export function detectLinux(files: LinuxFiles, runtime: RuntimeHardware): Detection {
  const read = (name: keyof typeof LINUX_FILES) => files.get(LINUX_FILES[name]) ?? "";
  const found: string[] = [];
  const allowed = parseAllowedCpus(read("status"));
  const threads = allowed ?? runtime.threads;
  found.push(
    `${count(threads, "hardware thread")} (${allowed === undefined ? "the runtime" : `Cpus_allowed_list of ${LINUX_FILES.status}`})`,
  );
  const threadsPerCore = countCpuList(read("siblings"));
  if (threadsPerCore !== undefined) found.push(`${count(threadsPerCore, "thread")} a core (${LINUX_FILES.siblings})`);
  const total = parseMeminfo(read("meminfo"), "MemTotal");
  const memoryBytes = total ?? runtime.memoryBytes;
  found.push(
    `${formatBytes(memoryBytes)} memory (${total === undefined ? "the runtime" : `MemTotal of ${LINUX_FILES.meminfo}`})`,
  );

  const areas = parseSwaps(read("swaps"));
  const zram = detectZram(files, areas, found);
  const swapBytes = sum(areas.filter((area) => !area.zram).map((area) => area.bytes));
  if (swapBytes > 0) found.push(`${formatBytes(swapBytes)} disk swap (${LINUX_FILES.swaps})`);
  const cgroup = detectCgroup(files, memoryBytes, found);
  const wsl = isWsl(read("version"));
  if (wsl) found.push("WSL: memory and threads are those that .wslconfig gives to it, not the whole computer's");
  return {
    machine: {
      threads,
      threadsPerCore,
      memoryBytes,
      zram,
      swapBytes,
      cgroup,
      provenance: { kind: "local", text: wsl ? "this computer (WSL)" : LOCAL.text },
    },
    found,
  };
}

function detectZram(files: LinuxFiles, areas: ReturnType<typeof parseSwaps>, found: string[]): Machine["zram"] {
  const devices = areas.filter((area) => area.zram);
  if (devices.length === 0) return undefined;
  const file = (path: string, name: string) => files.get(`${ZRAM_FOLDER}/${path.replace(/^.*\//, "")}/${name}`);
  const sizeBytes = sum(devices.map((area) => parseMemoryLimit(file(area.path, "disksize") ?? "") || area.bytes));
  const algorithm = parseChosen(file(devices[0]?.path ?? "", "comp_algorithm") ?? "");
  found.push(
    `${formatBytes(sizeBytes)} zram${algorithm ? `, ${algorithm}` : ""} (${LINUX_FILES.swaps}, ${ZRAM_FOLDER})`,
  );
  return { sizeBytes, algorithm };
}

function detectCgroup(files: LinuxFiles, ram: number, found: string[]): Machine["cgroup"] {
  const limit = (path: string) => parseMemoryLimit(files.get(path) ?? "");
  const paths = LINUX_FILES;
  const memory = limit(paths.memoryMax) ?? limit(paths.memoryLimitV1);
  const memoryBytes = memory !== undefined && memory > 0 && memory < ram ? memory : undefined;
  const both = limit(paths.memoryAndSwapLimitV1);
  const swapBytes =
    limit(paths.swapMax) ?? (memory !== undefined && both !== undefined ? Math.max(0, both - memory) : undefined);
  const threads =
    parseCpuMax(files.get(paths.cpuMax) ?? "") ??
    parseCpuQuota(files.get(paths.cpuQuotaV1) ?? "", files.get(paths.cpuPeriodV1) ?? "");
  if (memoryBytes !== undefined) found.push(`at most ${formatBytes(memoryBytes)} memory in this control group`);
  if (swapBytes !== undefined) found.push(`at most ${formatBytes(swapBytes)} swap in this control group`);
  if (threads !== undefined) found.push(`at most ${count(threads, "CPU")} in this control group`);
  const none = memoryBytes === undefined && swapBytes === undefined && threads === undefined;
  return none ? undefined : { memoryBytes, swapBytes, threads };
}

/** What to ask macOS for, and the answer read. */
export const SYSCTL_NAMES = ["hw.memsize", "hw.logicalcpu", "hw.physicalcpu"] as const;

export function detectDarwin(sysctl: string, runtime: RuntimeHardware): Detection {
  const values = parseSysctl(sysctl);
  const threads = values.get("hw.logicalcpu") ?? runtime.threads;
  const cores = values.get("hw.physicalcpu");
  const memoryBytes = values.get("hw.memsize") ?? runtime.memoryBytes;
  const from = (name: string) => (values.has(name) ? `sysctl ${name}` : "the runtime");
  return {
    machine: {
      threads,
      threadsPerCore: cores ? Math.max(1, Math.ceil(threads / cores)) : undefined,
      memoryBytes,
      provenance: LOCAL,
    },
    found: [
      `${count(threads, "hardware thread")} (${from("hw.logicalcpu")})`,
      ...(cores ? [`${count(cores, "core")} (sysctl hw.physicalcpu)`] : []),
      `${formatBytes(memoryBytes)} memory (${from("hw.memsize")})`,
    ],
  };
}

/** A system of which nothing more is read. */
export function detectRuntime(runtime: RuntimeHardware): Detection {
  return {
    machine: { ...runtime, provenance: LOCAL },
    found: [
      `${count(runtime.threads, "hardware thread")} (the runtime)`,
      `${formatBytes(runtime.memoryBytes)} memory (the runtime)`,
    ],
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function count(n: number, noun: string): string {
  return `${formatNumber(n)} ${noun}${n === 1 ? "" : "s"}`;
}
