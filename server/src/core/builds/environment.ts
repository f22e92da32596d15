// Reading a package's attributes and the variables of its build, which are values that may be known in part.
import type { Value } from "../evaluate/value.js";
import type { Package } from "../workspace/model.js";

/** The value at a path; `absent` if it is certainly not there; undefined if nobody can tell. */
export function attribute(value: Value, path: readonly string[]): Value | "absent" | undefined {
  let current: Value = value;
  for (const name of path) {
    if (current.kind !== "attrs") return undefined;
    const attr = current.entries.get(name);
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

/** A variable's whole number, written as one or as text. */
export function wholeNumber(value: Value | "absent" | undefined): number | undefined {
  if (value === undefined || value === "absent") return undefined;
  if (value.kind === "int") return Number(value.value);
  return value.kind === "string" && /^\d{1,6}$/.test(value.value) ? Number(value.value) : undefined;
}
