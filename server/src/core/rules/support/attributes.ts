// What rules ask about a package besides its attributes.
import { environment } from "../../builds/environment.js";
import type { Budget } from "../../machine/machine.js";
import type { Host, Model, Package } from "../../workspace/model.js";

/** True if the variable is certainly not set by this package's own text (what it overrides is not looked at). */
export function unsetHere(pkg: Package, name: string): boolean {
  return environment(pkg, name) === "absent";
}

/** The hosts that build the package with their budgets, the smallest memory first. A lone file counts for its own packages. */
export function buildersOf(pkg: Package, model: Model): readonly { readonly host: Host; readonly budget: Budget }[] {
  const hosts = pkg.hosts.length > 0 ? pkg.hosts : model.hosts.filter((h) => h.files.includes(pkg.file));
  return hosts
    .flatMap((host) => (host.budget ? [{ host, budget: host.budget }] : []))
    .toSorted((a, b) => a.budget.memoryBytes - b.budget.memoryBytes);
}

/** The builder's argument as written; "" where it is no literal. For rules that must stay silent when a word occurs anywhere. */
export function argumentText(pkg: Package): string {
  return pkg.argumentSet ? pkg.source.text.slice(pkg.argumentSet.start, pkg.argumentSet.end) : "";
}
