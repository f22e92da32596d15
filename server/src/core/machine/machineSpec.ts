// `--machine SPEC`: a name, `local`, `none`, or `threads=8,memory=16GiB,…`.
import type { Machine } from "./machine.js";
import { nearestName } from "../text/nearest.js";
import { parseRate, parseSize } from "./size.js";

export type MachineSpec =
  | { readonly kind: "machine"; readonly machine: Machine }
  /** A name of nix-build-budget.json. */
  | { readonly kind: "name"; readonly name: string }
  /** This computer. */
  | { readonly kind: "local" }
  /** The machine is to be taken as unknown. */
  | { readonly kind: "none" }
  /** The text is wrong; the message is a sentence. */
  | { readonly kind: "error"; readonly message: string };

/** How each key is read; undefined = not a right value. `form` completes "… must be". */
const KEYS: Readonly<
  Record<
    string,
    { readonly read: (text: string) => number | string | readonly string[] | undefined; readonly form: string }
  >
> = {
  threads: { read: (text) => wholeNumber(text, 1), form: "a whole number of at least 1" },
  "threads-per-core": { read: (text) => wholeNumber(text, 1), form: "a whole number of at least 1" },
  memory: { read: (text) => positive(parseSize(text)), form: "a size such as 16GiB" },
  zram: { read: parseSize, form: "a size such as 12GiB" },
  "zram-algorithm": { read: (text) => text || undefined, form: "a name such as zstd" },
  "zram-ratio": { read: ratio, form: "a number of at least 1" },
  swap: { read: parseSize, form: "a size such as 8GiB" },
  network: { read: parseRate, form: "a rate such as 1Gbit/s" },
  architecture: {
    read: (text) => (/^[a-z0-9][a-z0-9._-]*$/.test(text) ? text : undefined),
    form: "a processor family such as skylake",
  },
  "cuda-capabilities": {
    read: (text) => {
      const versions = text.split("+").filter(Boolean);
      return versions.every((each) => /^\d+\.\d+[a-z]?$/.test(each)) ? versions : undefined;
    },
    form: "versions joined by +, such as 8.6+8.9",
  },
  "nix-version": { read: (text) => (/^\d+\.\d+/.test(text) ? text : undefined), form: "a version such as 2.31" },
  "reserve-threads": { read: (text) => wholeNumber(text, 0), form: "a whole number" },
  "reserve-memory": { read: parseSize, form: "a size such as 2GiB" },
};

export function parseMachineSpec(spec: string): MachineSpec {
  const text = spec.trim();
  if (text === "") return wrong("The machine is empty: give a name, local, or threads=8,memory=16GiB.");
  if (!text.includes("=")) {
    return text === "local" || text === "none" ? { kind: text } : { kind: "name", name: text };
  }
  const values = new Map<string, unknown>();
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    const key = (equals < 0 ? part : part.slice(0, equals)).trim();
    const rule = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (!rule) {
      const near = nearestName(key, Object.keys(KEYS));
      return wrong(
        `Unknown machine key "${key}"${near ? `: did you mean "${near}"?` : `. Known: ${Object.keys(KEYS).join(", ")}.`}`,
      );
    }
    if (values.has(key)) return wrong(`Machine key "${key}" is given twice.`);
    const value = equals < 0 ? undefined : rule.read(part.slice(equals + 1).trim());
    if (value === undefined) return wrong(`Machine key "${key}" must be ${rule.form}: "${part.trim()}".`);
    values.set(key, value);
  }
  return machineOf(values);
}

function machineOf(values: ReadonlyMap<string, unknown>): MachineSpec {
  const number = (key: string) => values.get(key) as number | undefined;
  const threads = number("threads");
  const memoryBytes = number("memory");
  if (threads === undefined || memoryBytes === undefined) {
    return wrong(
      `The machine lacks ${threads === undefined ? "threads" : "memory"}: give at least threads=8,memory=16GiB.`,
    );
  }
  const zram = number("zram");
  if (zram === undefined && (values.has("zram-ratio") || values.has("zram-algorithm"))) {
    return wrong("zram-ratio and zram-algorithm need the size of the device: zram=12GiB.");
  }
  const reserveThreads = number("reserve-threads");
  const reserveMemory = number("reserve-memory");
  if (reserveThreads !== undefined && reserveThreads >= threads)
    return wrong(`reserve-threads takes all ${threads} threads; at least one must be left for builds.`);
  if (reserveMemory !== undefined && reserveMemory >= memoryBytes)
    return wrong("reserve-memory takes all memory; builds need some.");
  const machine: Machine = {
    threads,
    threadsPerCore: number("threads-per-core"),
    memoryBytes,
    zram:
      zram === undefined
        ? undefined
        : {
            sizeBytes: zram,
            algorithm: values.get("zram-algorithm") as string | undefined,
            ratio: number("zram-ratio"),
          },
    swapBytes: number("swap"),
    networkBitsPerSecond: number("network"),
    architecture: values.get("architecture") as string | undefined,
    cudaCapabilities: values.get("cuda-capabilities") as readonly string[] | undefined,
    nixVersion: values.get("nix-version") as string | undefined,
    reserve:
      reserveThreads === undefined && reserveMemory === undefined
        ? undefined
        : { threads: reserveThreads, memoryBytes: reserveMemory },
    provenance: { kind: "option", text: "given by --machine" },
  };
  return { kind: "machine", machine };
}

const wrong = (message: string): MachineSpec => ({ kind: "error", message });

function wholeNumber(text: string, minimum: number): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  return value >= minimum ? value : undefined;
}

function ratio(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 100 ? value : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
