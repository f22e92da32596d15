// `plan`: a host's capacity, the settings that fit it, what builds when and beside what, and where.
import type { BuilderPlan, RemotePlan } from "../core/builds/remote.js";
import { peakText } from "../core/builds/matrix.js";
import { type PackageEstimate, peakWith } from "../core/builds/peaks.js";
import { type JointPlan, percent } from "../core/builds/plan.js";
import type { ConcurrentSet } from "../core/builds/sets.js";
import type { Split } from "../core/builds/split.js";
import type { MemoryTier } from "../core/builds/tiers.js";
import type { Budget } from "../core/machine/machine.js";
import { formatBytes } from "../core/machine/size.js";
import { type JsonData, jsonText } from "./jsonText.js";
import { budgetData, settingsData } from "./machine.js";
import { printable, type Style } from "./terminal.js";

export interface PlanReport {
  readonly host: string;
  readonly budget: Budget;
  readonly targetRisk: number;
  readonly plan: JointPlan;
  readonly estimates: readonly PackageEstimate[];
  readonly sets: readonly ConcurrentSet[];
  /** The set that was asked for. */
  readonly asked: ConcurrentSet | undefined;
  /** What the host sets now; undefined where that is not known. */
  readonly current: { readonly split: Split; readonly outOfMemory: number } | undefined;
  /** Undefined where the host asks no remote builder. */
  readonly remote: RemotePlan | undefined;
}

/** One build of the schedule; minutes are estimates that rank plans. */
interface Slot {
  readonly name: string;
  readonly tier: MemoryTier;
  readonly alone: boolean;
  readonly fits: boolean;
  readonly job: number;
  readonly cores: number;
  readonly start: number;
  readonly end: number;
  readonly estimate: PackageEstimate | undefined;
}

/** What builds alone comes first, one by one; then everything else on all jobs. */
function slotsOf({ plan, estimates }: PlanReport): readonly Slot[] {
  const { jobs, cores } = plan.split;
  const aloneByName = new Map(plan.alone.map((one) => [one.name, one]));
  const estimateOf = (name: string) => estimates.find((estimate) => estimate.name === name);
  const tierOf = (name: string) => plan.tiers.get(name) ?? "free";
  const first = jobs > 1 ? plan.alone : [];
  let clock = 0;
  const alone = first.map((one): Slot => {
    const start = clock;
    clock += one.minutes;
    return {
      name: one.name,
      tier: tierOf(one.name),
      alone: true,
      fits: one.fits,
      job: 0,
      cores: one.cores,
      start,
      end: clock,
      estimate: estimateOf(one.name),
    };
  });
  const together = plan.schedule.map((scheduled): Slot => {
    const capped = aloneByName.get(scheduled.name);
    return {
      name: scheduled.name,
      tier: tierOf(scheduled.name),
      alone: jobs === 1,
      fits: capped?.fits ?? true,
      job: scheduled.job,
      cores: capped?.cores ?? cores,
      start: clock + scheduled.start,
      end: clock + scheduled.end,
      estimate: estimateOf(scheduled.name),
    };
  });
  return [...alone, ...together.sort((a, b) => a.start - b.start || a.job - b.job)];
}

export function planData(report: PlanReport): JsonData {
  const { plan, targetRisk, current, remote } = report;
  return {
    version: 1,
    host: report.host,
    settings: settingsData(plan.split),
    risk: {
      pOom: plan.outOfMemory,
      target: targetRisk,
      heaviest: plan.heaviest,
      current: current ? { settings: settingsData(current.split), pOom: current.outOfMemory } : null,
    },
    capacity: budgetData(report.budget),
    schedule: slotsOf(report).map(
      (slot): JsonData => ({
        package: slot.name,
        tier: slot.tier,
        alone: slot.alone,
        fits: slot.fits,
        job: slot.job,
        cores: slot.cores,
        startMinutes: rounded(slot.start),
        endMinutes: rounded(slot.end),
        peakMemory: slot.estimate ? peakData(slot.estimate, slot.cores) : null,
      }),
    ),
    sets: report.sets.map(setData),
    ...(report.asked && { together: setData(report.asked) }),
    alternatives: plan.alternatives.map(
      (other): JsonData => ({
        use: other.use,
        purpose: other.purpose,
        settings: settingsData(other.split),
        pOom: other.outOfMemory,
        alone: other.alone.map(({ name }) => name),
      }),
    ),
    arithmetic: plan.arithmetic,
    remote: remote
      ? {
          builders: remote.builders.map(builderData),
          local: remote.local.map(({ name, why }): JsonData => ({ package: name, why })),
        }
      : null,
  };
}

export function planJson(report: PlanReport): string {
  return jsonText(planData(report));
}

function setData({ names, outOfMemory, nominal, planning, safe }: ConcurrentSet): JsonData {
  return { packages: names, pOom: outOfMemory, pOomNominal: nominal, pOomPlanning: planning, safe };
}

function peakData(estimate: PackageEstimate, cores: number): JsonData {
  const { median, p95 } = peakWith(estimate, cores);
  return { medianBytes: Math.round(median), p95Bytes: Math.round(p95), origin: estimate.origin };
}

function builderData({ machine, budget, cores, packages, tooHeavy, outOfMemory, plan }: BuilderPlan): JsonData {
  return {
    hostName: machine.hostName,
    systems: machine.systems,
    maxJobs: machine.maxJobs,
    speedFactor: machine.speedFactor,
    supportedFeatures: machine.supportedFeatures,
    mandatoryFeatures: machine.mandatoryFeatures,
    cores: cores ?? null,
    budget: budget ? { threads: budget.threads, memoryBytes: Math.round(budget.memoryBytes) } : null,
    settings: plan ? settingsData(plan.split) : null,
    pOom: outOfMemory ?? null,
    packages,
    tooHeavy,
  };
}

function rounded(minutes: number): number {
  return Number(minutes.toFixed(1));
}

export function planText(report: PlanReport, style: Style): string {
  const { plan, budget, current, remote } = report;
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", style.bold(heading), ...lines.map((line) => `  ${printable(line)}`)];
  return [
    style.bold(printable(`${report.host}: max-jobs = ${plan.split.jobs}, cores = ${plan.split.cores}`)),
    `  Risk of running out of memory ${percent(plan.outOfMemory)}, target below ${percent(report.targetRisk)}.`,
    ...(current
      ? [
          `  Now: max-jobs = ${current.split.jobs}, cores = ${current.split.cores}, risk ${percent(current.outOfMemory)}.`,
        ]
      : []),
    ...section("Capacity", budget.arithmetic),
    ...section("Why", plan.arithmetic),
    ...section("Schedule", slotsOf(report).map(slotText)),
    ...section("At the same time", [...(report.asked ? [report.asked] : []), ...report.sets].map(setText(budget))),
    ...section(
      "Or, by use",
      plan.alternatives.map(
        ({ split, purpose, outOfMemory }) =>
          `max-jobs = ${split.jobs}, cores = ${split.cores}: ${purpose} (risk ${percent(outOfMemory)})`,
      ),
    ),
    ...(remote
      ? section(
          "Remote builders",
          remote.builders
            .map(builderText)
            .flatMap(([head = "", ...details]) => [head, ...details.map((line) => `    ${line}`)]),
        )
      : []),
    ...(remote
      ? section(
          "Built here",
          remote.local.map(({ name, why }) => `${name}: ${why}`),
        )
      : []),
    "",
  ].join("\n");
}

function slotText({ name, tier, alone, fits, job, cores, start, end, estimate }: Slot): string {
  const peak = estimate ? `, ${peakText(peakWith(estimate, cores))} (${estimate.origin})` : "";
  const where = alone ? "alone" : `job ${job + 1}`;
  const remark = fits ? "" : "; does not fit: build it on a larger machine";
  return `${where}, minute ${Math.round(start)} to ${Math.round(end)}: ${name} (${tier}), cores ${cores}${peak}${remark}`;
}

/** Both accountings where they differ. */
function setText({ nominalBytes, planningBytes }: Budget): (set: ConcurrentSet) => string {
  return ({ names, outOfMemory, nominal, planning, safe }) => {
    const both =
      nominalBytes === planningBytes
        ? percent(outOfMemory)
        : `${percent(planning)} of ${formatBytes(planningBytes)} planning, ${percent(nominal)} of ${formatBytes(nominalBytes)} nominal`;
    return `${safe ? "safe" : "NOT safe"}: ${names.join(" + ")} (${both})`;
  };
}

/** A remote builder in one line, then what is planned for it. */
export function builderText({ machine, budget, cores, packages, tooHeavy, outOfMemory, plan }: BuilderPlan): string[] {
  const features = machine.supportedFeatures.length > 0 ? `, features ${machine.supportedFeatures.join(", ")}` : "";
  const jobs = `maxJobs ${machine.maxJobs}${cores === undefined ? "" : ` × cores ${cores}`}`;
  const systems = machine.systems.length > 0 ? machine.systems.join(", ") : "the host's system";
  const bears =
    budget && plan
      ? `its machine (${budget.threads} threads, ${formatBytes(budget.memoryBytes)} for builds) bears ${plan.split.jobs} × ${plan.split.cores}`
      : "its machine is not declared in nix-build-budget.json";
  return [
    `${machine.hostName}: ${systems}, ${jobs}, speedFactor ${machine.speedFactor}${features}; ${bears}`,
    `${packages.length > 0 ? packages.join(", ") : "nothing"}${outOfMemory === undefined ? "" : ` (risk there ${percent(outOfMemory)})`}`,
    ...(tooHeavy.length > 0 ? [`too heavy for it, yet Nix may send it: ${tooHeavy.join(", ")}`] : []),
  ];
}
