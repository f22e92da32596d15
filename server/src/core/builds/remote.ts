// Remote builders: their own budgets, and which of a host's packages Nix can send to which of them.
import { budgetOf } from "../machine/budget.js";
import type { Configuration } from "../machine/configuration.js";
import type { Budget } from "../machine/machine.js";
import { type BuildMachine, buildMachinesOf, type NamedMachine } from "../workspace/settings/buildMachines.js";
import type { Host, Model, Package } from "../workspace/model.js";
import { attribute } from "./environment.js";
import { packagesOfHost } from "./hostPlan.js";
import { outOfMemoryProbability } from "./oom.js";
import { type PackageEstimate, packageEstimate, peakWith } from "./peaks.js";
import { type JointPlan, jointPlan } from "./plan.js";
import { buildMinutes } from "./schedule.js";
import { usableThreads } from "./split.js";
import { riskOf } from "./solve.js";

/** One builder with what is planned for it. */
export interface BuilderPlan {
  readonly machine: NamedMachine;
  /** Undefined where nix-build-budget.json does not declare it. */
  readonly budget: Budget | undefined;
  /** `cores` of the builder, where its own configuration is in sight. */
  readonly cores: number | undefined;
  readonly packages: readonly string[];
  /** Packages that Nix may send there although one alone exceeds its memory too often. */
  readonly tooHeavy: readonly string[];
  /** P(OOM) there with maxJobs as it is; undefined where machine or cores are not known. */
  readonly outOfMemory: number | undefined;
  /** What its machine bears; undefined where it is not declared. */
  readonly plan: JointPlan | undefined;
}

export interface RemotePlan {
  readonly builders: readonly BuilderPlan[];
  /** What stays here, and why. */
  readonly local: readonly { readonly name: string; readonly why: string }[];
}

/** Classes whose packages ask for `big-parallel` in nixpkgs. */
const BIG_PARALLEL: ReadonlySet<string> = new Set([
  "chromium",
  "firefox",
  "llvm",
  "onnxruntime-cuda",
  "torch",
  "webkitgtk",
]);

/** Undefined where the host asks no builder. Nix tries builders first and builds here what none of them accepts. */
export function remotePlan(host: Host, model: Model, configuration: Configuration): RemotePlan | undefined {
  const machines = buildMachinesOf(host).filter(({ asked, maxJobs }) => asked && maxJobs > 0);
  if (machines.length === 0) return undefined;
  const system = systemOf(host);
  const sites = machines.map((machine) => {
    const budget = budgetOfBuilder(machine.hostName, configuration);
    const cores = coresOfBuilder(machine.hostName, model, budget);
    return {
      machine,
      budget,
      cores,
      free: new Array<number>(Math.min(machine.maxJobs, 256)).fill(0),
      estimates: [] as PackageEstimate[],
      tooHeavy: [] as string[],
    };
  });
  const local: { name: string; why: string }[] = [];
  const timed = packagesOfHost(host, model)
    .map((pkg) => {
      const estimate = packageEstimate(pkg, configuration);
      return { pkg, estimate, minutes: buildMinutes(estimate, 1) };
    })
    .sort((a, b) => b.minutes - a.minutes);
  for (const { pkg, estimate, minutes } of timed) {
    if (prefersLocal(pkg)) {
      local.push({ name: pkg.name, why: "preferLocalBuild" });
      continue;
    }
    const features = requiredFeatures(pkg, estimate);
    const accepting = sites.filter(({ machine }) => offers(machine, features) && fitsSystem(machine, system, host));
    const roomy = accepting.filter(({ budget, cores }) => !budget || bears(budget, cores, estimate, configuration));
    for (const site of accepting) if (!roomy.includes(site)) site.tooHeavy.push(pkg.name);
    if (roomy.length === 0) {
      local.push({ name: pkg.name, why: reason(accepting.length > 0, features, sites, system) });
      continue;
    }
    // To the builder on which it ends first, as Nix weighs free jobs and speedFactor.
    const ends = roomy.map(({ free, machine }) => Math.min(...free) + minutes / Math.max(0.01, machine.speedFactor));
    const site = roomy[ends.indexOf(Math.min(...ends))];
    if (!site) continue;
    site.free[site.free.indexOf(Math.min(...site.free))] = Math.min(...ends);
    site.estimates.push(estimate);
  }
  const builders = sites.map(({ machine, budget, cores, estimates, tooHeavy }): BuilderPlan => {
    const split = { jobs: machine.maxJobs, cores: cores ?? 1 };
    return {
      machine,
      budget,
      cores,
      packages: estimates.map(({ name }) => name),
      tooHeavy,
      outOfMemory: budget && cores && riskOf(split, estimates, budget.memoryBytes).outOfMemory,
      plan: budget && jointPlan({ budget, builds: estimates, targetRisk: configuration.targetRisk }),
    };
  });
  return { builders, local };
}

/** What builds may use of a builder's own machine, declared under its host name or the first label of it. */
export function budgetOfBuilder(hostName: string, configuration: Configuration): Budget | undefined {
  const { machines, policy, memoryAccounting: accounting, coldFraction } = configuration;
  const machine = machines.get(hostName) ?? machines.get(firstLabel(hostName));
  return machine && budgetOf(machine, { policy, accounting, coldFraction });
}

/** The builder's own `cores`, where its configuration is in sight and sets them; 0 stands for all its threads. */
export function coresOfBuilder(hostName: string, { hosts }: Model, budget: Budget | undefined): number | undefined {
  const own = hosts.find(({ name, kind }) => kind === "host" && (name === hostName || name === firstLabel(hostName)));
  const state = own?.setting("cores");
  if (state?.state !== "known" || state.value.kind !== "int" || state.value.value < 0n) return undefined;
  return state.value.value === 0n ? budget?.totalThreads : Number(state.value.value);
}

/** `big.example.org` -> `big`; addresses stay whole. */
function firstLabel(hostName: string): string {
  return /^[\d.]+$|:/.test(hostName) ? hostName : hostName.replace(/\..*$/, "");
}

function bears(budget: Budget, cores: number | undefined, estimate: PackageEstimate, { targetRisk }: Configuration) {
  const peak = peakWith(estimate, cores ?? usableThreads(budget));
  return outOfMemoryProbability([peak], budget.memoryBytes) < targetRisk;
}

/** Every feature that is asked for must be offered, and every mandatory one asked for. Source: Nix build-remote.cc. */
function offers({ supportedFeatures, mandatoryFeatures }: BuildMachine, required: readonly string[]): boolean {
  return (
    required.every((feature) => supportedFeatures.includes(feature) || mandatoryFeatures.includes(feature)) &&
    mandatoryFeatures.every((feature) => required.includes(feature))
  );
}

/** Where the host's own system is not known, any builder of its kind of system counts. */
function fitsSystem({ systems }: BuildMachine, system: string | undefined, host: Host): boolean {
  if (systems.length === 0) return true;
  if (system !== undefined) return systems.includes(system);
  return systems.some((each) => each.endsWith(host.platform === "darwin" ? "-darwin" : "-linux"));
}

function systemOf(host: Host): string | undefined {
  for (const path of [
    ["nixpkgs", "hostPlatform"],
    ["nixpkgs", "system"],
  ]) {
    const state = host.option(path);
    if (state.state === "known" && state.value.kind === "string") return state.value.value;
  }
  return undefined;
}

function reason(
  tooHeavy: boolean,
  features: readonly string[],
  sites: readonly { readonly machine: BuildMachine }[],
  system: string | undefined,
): string {
  if (tooHeavy) return "exceeds the memory of every builder that accepts it";
  const missing = features.filter((feature) =>
    sites.every(({ machine }) => !machine.supportedFeatures.includes(feature)),
  );
  if (missing.length > 0) return `no builder offers ${missing.join(", ")}`;
  return system === undefined ? "no builder accepts it" : `no builder for ${system} accepts it`;
}

function requiredFeatures({ attributes }: Package, estimate: PackageEstimate): readonly string[] {
  const value = attribute(attributes, ["requiredSystemFeatures"]);
  const written = value && value !== "absent" && value.kind === "list" ? value.items.map((item) => item.force()) : [];
  const names = written.flatMap((feature) => (feature.kind === "string" ? [feature.value] : []));
  return [...new Set([...names, ...(BIG_PARALLEL.has(estimate.class) ? ["big-parallel"] : [])])];
}

function prefersLocal({ attributes }: Package): boolean {
  const value = attribute(attributes, ["preferLocalBuild"]);
  return value !== undefined && value !== "absent" && value.kind === "bool" && value.value;
}
