// Reading a package's attributes, which are values that may be known in part.
import type { AttrsValue, Value } from "../../evaluate/value.js";
import type { Budget } from "../../machine/machine.js";
import type { Host, Model, Package } from "../../workspace/model.js";

/** The value at a path; `absent` if it is certainly not there; undefined if nobody can tell. */
export function attribute(value: Value, path: readonly string[]): Value | "absent" | undefined {
  let current: Value = value;
  for (const name of path) {
    if (current.kind !== "attrs") return undefined;
    const attr = (current as AttrsValue).entries.get(name);
    if (!attr) return current.open === undefined ? "absent" : undefined;
    current = attr.thunk.force();
  }
  return current;
}

/** An environment variable of the build: under `env`, or at top level as older packages write it. */
export function environment(pkg: Package, name: string): Value | "absent" | undefined {
  const nested = attribute(pkg.attributes, ["env"]);
  const inEnv = nested === "absent" ? "absent" : nested && attribute(nested, [name]);
  return inEnv === "absent" ? attribute(pkg.attributes, [name]) : inEnv;
}

/** True if the variable is certainly not set by this package's own text (what it overrides is not looked at). */
export function unsetHere(pkg: Package, name: string): boolean {
  return environment(pkg, name) === "absent";
}

/** A variable's whole number, written as one or as text. */
export function wholeNumber(value: Value | "absent" | undefined): number | undefined {
  if (value === undefined || value === "absent") return undefined;
  if (value.kind === "int") return Number(value.value);
  return value.kind === "string" && /^\d{1,6}$/.test(value.value) ? Number(value.value) : undefined;
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
