// `plan`: the joint plan of a host: settings, schedule, risk, and what goes to which remote builder.
import { packagesOfHost, planOfHost } from "../core/builds/hostPlan.js";
import { type PackageEstimate, packagePeaks } from "../core/builds/peaks.js";
import { remotePlan } from "../core/builds/remote.js";
import { concurrentSet, concurrentSets } from "../core/builds/sets.js";
import { riskOf } from "../core/builds/solve.js";
import { dependencyWidth } from "../core/builds/width.js";
import type { Analysis } from "../core/analyze.js";
import type { Budget } from "../core/machine/machine.js";
import { nearestName } from "../core/text/nearest.js";
import { parallelismOf } from "../core/rules/support/parallelism.js";
import type { Host } from "../core/workspace/model.js";
import { planJson, type PlanReport, planText } from "../report/plan.js";
import { analyzePaths } from "./analysis.js";
import { type Command, UsageError } from "./commandLine.js";
import { outputStyle, print } from "./output.js";

export const plan: Command = {
  name: "plan",
  summary: "works out max-jobs, cores and a schedule for what a host builds from source, with the risk",
  operands: { name: "HOST", least: 0, most: 1 },
  flags: [
    {
      name: "machine",
      value: "SPEC",
      help: "machine of every host without a declared one: a name of nix-build-budget.json, local, or threads=8,memory=16GiB,zram=12GiB",
    },
    { name: "together", value: "A,B,C", help: "also the risk of building just these packages at the same time" },
    { name: "format", value: "FORMAT", choices: ["text", "json"], help: "how to print" },
  ],
  details: [
    "HOST is a host of the working folder's flake. Without it every host of a known machine is planned;",
    "JSON holds one plan, so where there are several it wants HOST.",
    "Minutes are estimates that rank plans. Declare peaks under `packages` in nix-build-budget.json.",
  ],
  async run(args) {
    const [name] = args.operands;
    const analyses = (await analyzePaths({ ...args, operands: [] })).map(({ analysis }) => analysis);
    const json = args.values.get("format") === "json";
    const chosen = analyses.flatMap((analysis) => hostsOf(analysis, name).map((host) => ({ ...host, analysis })));
    const together = args.values.get("together")?.split(",").filter(Boolean);
    const names = chosen.map(({ host }) => host.name);
    if (json && chosen.length > 1)
      throw new UsageError(`JSON holds the plan of one host; name one of ${names.join(", ")}`);
    const reports = chosen.map(({ host, budget, analysis }) => reportOf(host, budget, analysis, together));
    for (const report of reports) print(json ? planJson(report) : planText(report, outputStyle()));
    return 0;
  },
};

interface Known {
  readonly host: Host;
  readonly budget: Budget;
}

/** The host of that name, else all of a known machine: named hosts, where there are none lone files. */
function hostsOf({ model }: Analysis, name: string | undefined): readonly Known[] {
  const known = onePerName(model.hosts.filter(({ platform }) => platform !== "flake")).flatMap((host): Known[] =>
    host.budget ? [{ host, budget: host.budget }] : [],
  );
  if (name !== undefined) return [hostNamed(name, model.hosts, known)];
  const named = known.filter(({ host }) => host.kind === "host");
  const all = named.length > 0 ? named : known;
  if (all.length > 0) return all;
  const hosts = onePerName(model.hosts).map((host) => host.name);
  throw new UsageError(
    hosts.length > 0
      ? `the machine of ${hosts.join(", ")} is not known; declare it in nix-build-budget.json or give --machine`
      : "there is no host here",
  );
}

function hostNamed(name: string, hosts: readonly Host[], known: readonly Known[]): Known {
  const found = known.find(({ host }) => host.name === name);
  if (found) return found;
  const names = [...new Set(hosts.map((host) => host.name))];
  if (names.includes(name))
    throw new UsageError(`the machine of ${name} is not known; declare it in nix-build-budget.json or give --machine`);
  const near = nearestName(name, names);
  const there = names.length > 0 ? `. There are: ${names.join(", ")}` : "; there is none here";
  throw new UsageError(`no host "${name}"${near ? `; did you mean ${near}?` : there}`);
}

/** Of several hosts with one name the one that sets most. */
function onePerName(hosts: readonly Host[]): readonly Host[] {
  const byName = new Map<string, Host>();
  for (const host of hosts) {
    const before = byName.get(host.name);
    if (!before || before.definitions.length < host.definitions.length) byName.set(host.name, host);
  }
  return [...byName.values()];
}

function reportOf(
  host: Host,
  budget: Budget,
  { model, configuration }: Analysis,
  together: readonly string[] | undefined,
): PlanReport {
  const { targetRisk } = configuration;
  const packages = packagesOfHost(host, model);
  const estimates = packagePeaks(packages, configuration);
  const joint = planOfHost(host, budget, { model, configuration });
  const { jobs, cores } = joint.split;
  const now = parallelismOf(host, budget);
  const current = now && { jobs: now.jobs.value, cores: now.cores.value };
  return {
    host: host.name,
    budget,
    targetRisk,
    plan: joint,
    estimates,
    sets: concurrentSets({ budget, builds: estimates, targetRisk, jobs, cores }),
    asked: together && concurrentSet(named(together, estimates), { budget, targetRisk, cores }),
    current: current && {
      split: current,
      outOfMemory: riskOf(current, estimates, budget.memoryBytes, dependencyWidth(packages)).outOfMemory,
    },
    remote: remotePlan(host, model, configuration),
  };
}

function named(names: readonly string[], estimates: readonly PackageEstimate[]): readonly PackageEstimate[] {
  return names.map((name) => {
    const estimate = estimates.find((each) => each.name === name);
    if (estimate) return estimate;
    const all = estimates.map((each) => each.name);
    const near = nearestName(name, all);
    throw new UsageError(`--together: no package "${name}"${near ? `; did you mean ${near}?` : ""}`);
  });
}
