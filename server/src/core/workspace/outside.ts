// What a workspace takes from elsewhere: flake inputs, nixpkgs, flake-parts. Unknown, and nothing in sight can hide in it.
import type { UnknownValue } from "../evaluate/value.js";

const OUTSIDE = "outside the workspace";

/** A value from elsewhere that the program reaches under `name`. */
export function outsideValue(name: readonly string[]): UnknownValue {
  return { kind: "unknown", reason: `\`${name.join(".")}\` comes from ${OUTSIDE}`, name };
}

/** True for such a value, for what is read out of it, and for text, paths and calls made of nothing else. */
export function isOutside(value: UnknownValue, depth = 0): boolean {
  if (!value.reason.endsWith(OUTSIDE) || depth > MAX_DEPTH) return false;
  return (value.inside ?? []).every((inside) => {
    const part = inside.force();
    if (part.kind === "unknown") return isOutside(part, depth + 1);
    return part.kind !== "attrs" && part.kind !== "list" && part.kind !== "function" && part.kind !== "path";
  });
}

const MAX_DEPTH = 8;
