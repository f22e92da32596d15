// A nixos-facter report (facter.json) -> Machine. Only what a report of version 1 or 2 holds for certain is taken.
import type { Machine } from "./machine.js";

/**
 * The machine of a report; undefined where the text is no report or leaves threads or memory open
 * (ARM reports do not tell the number of threads).
 *
 * Threads are `siblings` of each entry of `hardware.cpu` (one a socket), memory is the `mem` range of `hardware.memory`
 * (MemTotal; `phys_mem` is rounded), else the sum of SMBIOS' memory devices (KiB). `swap` (KiB) is there on request only.
 */
export function machineFromFacter(text: string): Machine | undefined {
  const report = parse(text);
  const hardware = object(report?.hardware);
  if (!hardware) return undefined;
  const sockets = list(hardware.cpu)
    .map(object)
    .filter((entry) => entry !== undefined);
  const siblings = sockets.map((socket) => positive(socket.siblings));
  const memoryBytes = mainMemory(hardware) ?? dimms(report);
  if (memoryBytes === undefined || siblings.length === 0 || siblings.includes(undefined)) return undefined;
  const threads = siblings.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  const cores = sockets.reduce((sum, socket) => sum + (positive(socket.cores) ?? 0), 0);
  return {
    threads,
    // With cores of two kinds the larger kind has two threads: what reserving one core must count with.
    threadsPerCore: cores > 0 && cores <= threads ? Math.ceil(threads / cores) : undefined,
    memoryBytes,
    ...swapOf(report),
    provenance: { kind: "facter", text: "of its nixos-facter report" },
  };
}

type Json = Readonly<Record<string, unknown>>;

function parse(text: string): Json | undefined {
  try {
    return object(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    // Not JSON, or nested too deeply for the parser.
    return undefined;
  }
}

/** hwinfo's "Main Memory" (class 257, sub-class 2). */
function mainMemory(hardware: Json): number | undefined {
  let exact = 0;
  let rounded = 0;
  for (const device of list(hardware.memory)) {
    for (const resource of list(object(device)?.resources)) {
      const { type, range } = object(resource) ?? {};
      if (type === "mem") exact += positive(range) ?? 0;
      if (type === "phys_mem") rounded += positive(range) ?? 0;
    }
  }
  return positive(exact) ?? positive(rounded);
}

function dimms(report: Json | undefined): number | undefined {
  const devices = list(object(report?.smbios)?.memory_device);
  return positive(devices.reduce<number>((sum, device) => sum + (positive(object(device)?.size) ?? 0) * 1024, 0));
}

function swapOf(report: Json | undefined): Pick<Machine, "zram" | "swapBytes"> {
  if (!Array.isArray(report?.swap)) return {};
  let zram = 0;
  let disk = 0;
  for (const entry of report.swap) {
    const { path, size } = object(entry) ?? {};
    const bytes = (positive(size) ?? 0) * 1024;
    if (typeof path === "string" && /(^|\/)zram\d+$/.test(path)) zram += bytes;
    else disk += bytes;
  }
  return { zram: zram > 0 ? { sizeBytes: zram } : undefined, swapBytes: disk };
}

function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A whole number above 0 that a double holds exactly. */
function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
