// `machine`: the hardware, how it was found, the budget with its arithmetic, and the settings that fit it.
import { type JointPlan, jointPlan } from "../core/builds/plan.js";
import type { Split } from "../core/builds/split.js";
import type { Budget, Machine } from "../core/machine/machine.js";
import { formatBytes, GIB } from "../core/machine/size.js";
import { machineData } from "./checkJson.js";
import { type JsonData, jsonText } from "./jsonText.js";
import { printable, type Style } from "./terminal.js";

export interface MachineReport {
  /** What the machine is called: `this computer (shoshin)`, a host's name. */
  readonly title: string;
  readonly budget: Budget;
  /** What was found and where, for a machine that was detected. */
  readonly found: readonly string[];
  /** Highest bearable P(OOM), for the plan. */
  readonly targetRisk: number;
}

export function machineText(report: MachineReport, style: Style): string {
  const { budget, found } = report;
  const plan = planOf(report);
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", style.bold(heading), ...lines.map((line) => `  ${printable(line)}`)];
  return [
    style.bold(printable(report.title)),
    ...found.map((line) => `  ${printable(line)}`),
    ...section("Budget", budget.arithmetic),
    ...section("Settings that fit", [
      `${settingsText(plan.split)}  ${style.dim("the quickest for an ordinary rebuild, by estimate")}`,
      ...plan.alternatives.map((other) => `${settingsText(other.split)}  ${style.dim(other.purpose)}`),
    ]),
    ...section("Remarks", machineRemarks(budget.machine)),
    "",
  ].join("\n");
}

export function machineJson(report: MachineReport): string {
  const { budget } = report;
  const plan = planOf(report);
  return jsonText({
    version: 1,
    title: report.title,
    machine: machineData(budget.machine),
    found: report.found,
    budget: budgetData(budget),
    settings: settingsData(plan.split),
    alternatives: plan.alternatives.map(
      (other): JsonData => ({ use: other.use, purpose: other.purpose, settings: settingsData(other.split) }),
    ),
    remarks: machineRemarks(budget.machine),
  });
}

/** A budget as reports show it, with each step of its arithmetic. */
export function budgetData(budget: Budget): JsonData {
  return {
    policy: budget.policy,
    memoryAccounting: budget.accounting,
    totalThreads: budget.totalThreads,
    reserveThreads: budget.reserveThreads,
    threads: budget.threads,
    threadBound: budget.threadBound,
    reserveMemoryBytes: Math.round(budget.reserveMemoryBytes),
    hotBytes: Math.round(budget.hotBytes),
    nominalBytes: Math.round(budget.nominalBytes),
    planningBytes: Math.round(budget.planningBytes),
    memoryBytes: Math.round(budget.memoryBytes),
    arithmetic: budget.arithmetic,
  };
}

function planOf({ budget, targetRisk }: MachineReport): JointPlan {
  return jointPlan({ budget, builds: [], targetRisk });
}

function settingsText({ jobs, cores }: Split): string {
  return `max-jobs = ${jobs}, cores = ${cores}`.padEnd(26);
}

export function settingsData({ jobs, cores }: Split): JsonData {
  return { "max-jobs": jobs, cores };
}

/** What is odd about a machine, one sentence each. */
export function machineRemarks(machine: Machine): string[] {
  const { memoryBytes, zram, swapBytes, cgroup, threads } = machine;
  const remarks: string[] = [];
  if (zram && zram.sizeBytes > 2 * memoryBytes) {
    remarks.push(
      `zram of ${formatBytes(zram.sizeBytes)} is more than twice the memory of ${formatBytes(memoryBytes)}: little point, and it costs 0.1 % of its size even when empty.`,
    );
  } else if (zram && zram.sizeBytes > memoryBytes) {
    remarks.push(
      `zram of ${formatBytes(zram.sizeBytes)} is larger than the memory of ${formatBytes(memoryBytes)}: it fills only where pages compress well.`,
    );
  }
  if (zram && swapBytes)
    remarks.push("Disk swap behind zram must have the lower priority, or cold pages go to disk first.");
  if (!zram && swapBytes === 0)
    remarks.push("No swap at all: a build that exceeds memory is killed, or the machine stands still.");
  if (cgroup?.memoryBytes !== undefined || cgroup?.threads !== undefined) {
    remarks.push(
      "A control group limits this environment; `max-jobs = auto` counts all hardware threads all the same.",
    );
  }
  if (memoryBytes / threads < 1.5 * GIB) {
    remarks.push(`${formatBytes(memoryBytes / threads)} of memory a thread: large C++ needs about 2 GiB a process.`);
  }
  return remarks;
}
