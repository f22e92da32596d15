// Values of resource settings that fit a host's machine, each with the arithmetic behind it: what completion offers first.
import { findOption } from "../../catalogue/lookup.js";
import { planOfHost } from "../../builds/hostPlan.js";
import { budgetOf } from "../../machine/budget.js";
import type { Budget, Machine } from "../../machine/machine.js";
import { formatBytes, formatNumber, GIB, parseSize } from "../../machine/size.js";
import type { Host } from "../../workspace/model.js";
import type { RuleContext } from "../rule.js";
import { countOf } from "./parallelism.js";
import { bytesOf, sizeLiteral } from "./sizes.js";
import { splitText } from "./splits.js";

export interface FittingValue {
  /** As Nix text. */
  readonly text: string;
  /** One sentence a line, in Markdown. */
  readonly arithmetic: readonly string[];
}

interface Asked {
  readonly host: Host;
  readonly budget: Budget;
  readonly context: RuleContext;
}
type Fitting = (asked: Asked) => readonly FittingValue[];

/** Values for an option or a setting, the best first; none where the machine has no say. */
export function fittingValues(
  path: readonly string[],
  host: Host,
  budget: Budget,
  context: RuleContext,
): readonly FittingValue[] {
  const setting = findOption(path)?.setting;
  const fitting = setting !== undefined ? BY_SETTING[setting] : BY_OPTION[path.join(".")];
  const seen = new Set<string>();
  return (fitting?.({ host, budget, context }) ?? []).filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** A line of this many bits per second is worth more downloads at once; slower ones are served by the defaults. */
const FAST_LINE = 100e6;
/** Throttling begins at this share of the limit. */
const HIGH_SHARE = 0.85;
/** Percent of the memory, uncompressed: NixOS' default, what the founding document asks for, and one of all memory. */
const ZRAM_PERCENTS = [50, 75, 100];

const BY_SETTING: Readonly<Record<string, Fitting>> = {
  "max-jobs": (asked) => splitValues(asked, "max-jobs"),
  cores: (asked) => splitValues(asked, "cores"),
  "max-substitution-jobs": (asked) => downloads(asked, "16"),
  "http-connections": (asked) => downloads(asked, "25"),
  "min-free": () => [
    bytes(5 * GIB, "more than a large build writes between two looks at the disk"),
    bytes(10 * GIB, "where browsers or CUDA are built"),
  ],
  "max-free": ({ host }) => {
    const state = host.setting("min-free");
    const { value } = state.state === "known" ? state : { value: undefined };
    const least = value && (value.kind === "string" ? parseSize(value.value) : bytesOf(value, 0));
    return least
      ? [4, 2].map((times) => bytes(least * times, `${times} × min-free (${formatBytes(least)})`))
      : [bytes(20 * GIB, "four times a `min-free` of 5 GiB")];
  },
};

const SERVICE = "systemd.services.nix-daemon.serviceConfig";

const BY_OPTION: Readonly<Record<string, Fitting>> = {
  "zramSwap.memoryPercent": ({ budget, context }) =>
    ZRAM_PERCENTS.map((percent) => zramValue(percent, budget, context)),
  "boot.tmp.tmpfsSize": ({ budget }) => [
    {
      text: sizeLiteral(budget.memoryBytes / 2),
      arithmetic: [`Half of the ${formatBytes(budget.memoryBytes)} that builds have: the rest is for what runs.`],
    },
  ],
  [`${SERVICE}.MemoryMax`]: ({ budget }) => [
    { text: sizeLiteral(budget.hotBytes), arithmetic: [memoryLessReserve(budget)] },
  ],
  [`${SERVICE}.MemoryHigh`]: ({ budget }) => [
    {
      text: sizeLiteral(budget.hotBytes * HIGH_SHARE),
      arithmetic: [
        memoryLessReserve(budget),
        `${HIGH_SHARE * 100} % of it: builds are slowed down before MemoryMax kills.`,
      ],
    },
  ],
  [`${SERVICE}.MemorySwapMax`]: ({ budget: { machine } }) => {
    const swap = (machine.zram?.sizeBytes ?? 0) + (machine.swapBytes ?? 0);
    return swap > 0 ? [{ text: sizeLiteral(swap), arithmetic: [`The machine's swap: ${formatBytes(swap)}.`] }] : [];
  },
  [`${SERVICE}.CPUQuota`]: ({ budget: { threads, totalThreads, reserveThreads } }) => [
    {
      text: `"${threads * 100}%"`,
      arithmetic: [
        `${totalThreads} hardware threads − ${reserveThreads} reserved = ${threads} threads × 100 % = ${threads * 100} %.`,
      ],
    },
  ],
};

/** The plan's number, then those of the alternatives; where the other setting is written, what goes with it comes first. */
function splitValues({ host, budget, context }: Asked, name: "max-jobs" | "cores"): FittingValue[] {
  const plan = planOfHost(host, budget, context);
  const numberOf = ({ jobs, cores }: { jobs: number; cores: number }) => String(name === "max-jobs" ? jobs : cores);
  const planned = {
    text: numberOf(plan.split),
    arithmetic: [`${splitText(plan.split)}: the plan for this machine.`, ...plan.arithmetic],
  };
  const alternatives = plan.alternatives.map(({ split, purpose }) => ({
    text: numberOf(split),
    arithmetic: [`${splitText(split)}: ${purpose}.`],
  }));
  const other = countOf(host, name === "max-jobs" ? "cores" : "max-jobs", budget);
  const { jobs, cores } = plan.split;
  const isPlanned = other?.value === (name === "max-jobs" ? cores : jobs);
  if (other === undefined || !other.literal || other.value < 1 || isPlanned) return [planned, ...alternatives];
  const most = Math.max(1, Math.floor(budget.threads / other.value));
  const matching = {
    text: String(most),
    arithmetic: [
      `With ${other.text}: ${budget.threads} threads for builds / ${other.value} = ${formatNumber(budget.threads / other.value)}, so ${most}.`,
      `${most} × ${other.value} = ${most * other.value} processes at most.`,
    ],
  };
  return [matching, planned, ...alternatives];
}

function downloads({ budget: { machine } }: Asked, standard: string): FittingValue[] {
  const speed = machine.networkBitsPerSecond;
  const line = speed === undefined ? "The line's speed is not declared" : `A line of ${Math.round(speed / 1e6)} Mbit/s`;
  if (speed === undefined || speed < FAST_LINE)
    return [{ text: standard, arithmetic: [`${line}: the default serves it.`] }];
  return ["64", "128"].map((text) => ({
    text,
    arithmetic: [
      `${line} can carry more downloads at once. Raise \`max-substitution-jobs\` and \`http-connections\` together.`,
    ],
  }));
}

function bytes(count: number, why: string): FittingValue {
  return { text: String(count), arithmetic: [`${formatBytes(count)}: ${why}.`] };
}

/** What builds would have with a device of that size. */
function zramValue(percent: number, budget: Budget, { configuration }: RuleContext): FittingValue {
  const { memoryBytes, zram } = budget.machine;
  const sizeBytes = (percent / 100) * memoryBytes;
  const machine: Machine = { ...budget.machine, zram: { ...zram, sizeBytes } };
  const { policy, coldFraction } = configuration;
  const { memoryBytes: capacity } = budgetOf(machine, { policy, accounting: budget.accounting, coldFraction });
  return {
    text: String(percent),
    arithmetic: [
      `${percent} % of ${formatBytes(memoryBytes)} = ${formatBytes(sizeBytes)} of zram, counted before compression.`,
      `Builds then have ${formatBytes(capacity)} (${budget.accounting} accounting).`,
    ],
  };
}

function memoryLessReserve({ machine, reserveMemoryBytes, hotBytes }: Budget): string {
  return `${formatBytes(machine.memoryBytes)} − ${formatBytes(reserveMemoryBytes)} reserved = ${formatBytes(hotBytes)} that can be in use at once.`;
}
