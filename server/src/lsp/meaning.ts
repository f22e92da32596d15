// What a value comes to: in units that people read, and on a host's machine.
import type { Fact } from "../core/catalogue/describe.js";
import type { Value } from "../core/evaluate/value.js";
import type { Budget } from "../core/machine/machine.js";
import { formatBytes, formatNumber } from "../core/machine/size.js";
import { parallelismOf } from "../core/rules/support/parallelism.js";
import { bytesOf } from "../core/rules/support/sizes.js";
import type { Definition, Host } from "../core/workspace/model.js";

/** The version of the host's Nix, as "2.31", where it is known for certain. */
export function exactNix(host: Host | undefined): string | undefined {
  return host?.nix?.exact ? host.nix.version?.join(".") : undefined;
}

/** `5 GiB`, `24 h` for a setting in bytes or seconds; undefined where the value speaks for itself. */
export function inUnits(fact: Fact, value: Value): string | undefined {
  if (fact.kind !== "setting" || value.kind !== "int") return undefined;
  const number = Number(value.value);
  if (fact.fact.type === "bytes") return number >= 1024 ? formatBytes(number) : undefined;
  if (fact.fact.type !== "seconds" || number < 60) return undefined;
  return number < 3600 ? `${formatNumber(number / 60)} min` : `${formatNumber(number / 3600)} h`;
}

/** One sentence, or undefined where the machine has no say. */
export function meaningOn(host: Host, definition: Definition, fact: Fact): string | undefined {
  const { budget } = host;
  if (!budget) return undefined;
  if (fact.kind === "setting") return PARALLEL.has(fact.fact.name) ? parallelismText(host, budget) : undefined;
  return MEANINGS[definition.attrPath.at(-1) ?? ""]?.(definition.value, budget);
}

const PARALLEL: ReadonlySet<string> = new Set(["max-jobs", "cores"]);

/** max-jobs x cores as they stand, against what the policy allows. */
export function parallelismText(host: Host, budget: Budget): string {
  const found = parallelismOf(host, budget);
  if (!found) return "max-jobs × cores is not known.";
  const { jobs, cores, product } = found;
  const verdict = product > budget.threadBound ? "above" : "within";
  return `${jobs.text} × ${cores.text}: ${product} processes at once, ${verdict} the ${budget.threadBound} that policy ${budget.policy} allows.`;
}

type Meaning = (value: Value, budget: Budget) => string | undefined;

const ofMemory =
  (what: string): Meaning =>
  (value, { machine, memoryBytes }) => {
    const bytes = bytesOf(value, machine.memoryBytes);
    return bytes === undefined
      ? undefined
      : `${formatBytes(bytes)} ${what}; the machine has ${formatBytes(machine.memoryBytes)}, builds may use ${formatBytes(memoryBytes)}.`;
  };

const limit = ofMemory("for all builds together");

/** By the last name of the option's path: these names mean the same wherever they stand. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  memoryPercent: (value, { machine }) =>
    value.kind === "int"
      ? `${value.value} % of ${formatBytes(machine.memoryBytes)} = ${formatBytes((Number(value.value) / 100) * machine.memoryBytes)} of zram, counted before compression.`
      : undefined,
  tmpfsSize: ofMemory("of memory at most for files in /tmp"),
  useTmpfs: (value, { machine }) =>
    value.kind === "bool" && value.value
      ? `Unless boot.tmp.tmpfsSize says otherwise, /tmp may take half of the memory: ${formatBytes(machine.memoryBytes / 2)}.`
      : undefined,
  MemoryHigh: limit,
  MemoryMax: limit,
  MemorySwapMax: ofMemory("of swap for all builds together"),
  CPUQuota: (value, { totalThreads }) => {
    const percentage = value.kind === "string" ? /^(\d+)%$/.exec(value.value)?.[1] : undefined;
    return (
      percentage && `${formatNumber(Number(percentage) / 100)} of ${totalThreads} threads for all builds together.`
    );
  },
};
