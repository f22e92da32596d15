// The joint plan for what a host builds from source.
import type { Configuration } from "../machine/configuration.js";
import type { Budget } from "../machine/machine.js";
import type { Host, Model, Package } from "../workspace/model.js";
import { packagePeaks } from "./peaks.js";
import { type JointPlan, jointPlan } from "./plan.js";
import { dependencyWidth } from "./width.js";

/** True if the host builds the package from source: it is known to, or its own files define the package. */
export function buildsPackage(host: Host, pkg: Package): boolean {
  return pkg.hosts.length > 0 ? pkg.hosts.includes(host) : host.files.includes(pkg.file);
}

/** What the host builds, each once. */
export function packagesOfHost(host: Host, { packages }: Model): readonly Package[] {
  return builtOnce(packages.filter((pkg) => buildsPackage(host, pkg))).map(([pkg]) => pkg);
}

/**
 * A package and the overrides in one chain with it, `(mkDerivation { … }).overrideAttrs (…)`, are built once: together they are
 * one group, with what tells most of the build in front.
 */
export function builtOnce(packages: readonly Package[]): readonly (readonly [Package, ...Package[]])[] {
  const groups = new Map<string, [Package, ...Package[]]>();
  for (const pkg of packages) {
    const key = `${pkg.file}\0${pkg.range.start}\0${pkg.range.end}`;
    const group = groups.get(key);
    if (!group) groups.set(key, [pkg]);
    else if (tells(pkg) > tells(group[0])) group.unshift(pkg);
    else group.push(pkg);
  }
  return [...groups.values()];
}

function tells({ form, builder }: Package): number {
  return (form === "definition" ? 2 : 0) + (builder === "unknown" ? 0 : 1);
}

/** The plan for some packages within a budget. */
export function planOfPackages(all: readonly Package[], budget: Budget, configuration: Configuration): JointPlan {
  const packages = builtOnce(all).map(([pkg]) => pkg);
  return jointPlan({
    budget,
    builds: packagePeaks(packages, configuration),
    targetRisk: configuration.targetRisk,
    width: dependencyWidth(packages),
  });
}

/** The plan for one host alone, whatever it shares with others. */
export function planOfHost(
  host: Host,
  budget: Budget,
  { model, configuration }: { readonly model: Model; readonly configuration: Configuration },
): JointPlan {
  return planOfPackages(packagesOfHost(host, model), budget, configuration);
}
