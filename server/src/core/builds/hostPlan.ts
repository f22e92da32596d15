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

export function packagesOfHost(host: Host, { packages }: Model): readonly Package[] {
  return packages.filter((pkg) => buildsPackage(host, pkg));
}

/** The plan for some packages within a budget. */
export function planOfPackages(packages: readonly Package[], budget: Budget, configuration: Configuration): JointPlan {
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
