// What a workspace takes from elsewhere: flake inputs, nixpkgs, flake-parts. Unknown, and nothing in sight can hide in it.
import type { UnknownValue } from "../evaluate/value.js";

const OUTSIDE = "outside the workspace";

/** A value from elsewhere that the program reaches under `name`. */
export function outsideValue(name: readonly string[]): UnknownValue {
  return { kind: "unknown", reason: `\`${name.join(".")}\` comes from ${OUTSIDE}`, name };
}

/** True for such a value, for what is read out of it, and for text or paths made of it. */
export function isOutside(value: UnknownValue): boolean {
  return value.reason.endsWith(OUTSIDE) && value.inside === undefined;
}
