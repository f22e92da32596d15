// Modules that can't be followed: how the program reaches them, and what that tells of the options that they may set.
import type { UnknownValue, Value } from "../../evaluate/value.js";
import { isOutside } from "../outside.js";

/** A module that can't be followed. */
export interface Unresolved {
  readonly reason: string;
  /** True if it comes from outside the workspace (a flake input, nixpkgs): then it sets nothing in sight. */
  readonly outside: boolean;
  /** How the program reaches it: `["inputs","lix-module","nixosModules","default"]`. */
  readonly name?: readonly string[];
  /** Path of its file, below what `name` stands for if there is one. */
  readonly file?: string;
  /** The options that it may set, where it does no more than hand on what others define. */
  readonly sets?: readonly string[];
}

/** Flake inputs and nixpkgs are reached by name; anything else that is unknown may stand for a file of the workspace. */
export function unresolvedOf(value: UnknownValue): Unresolved[] {
  const { reason, below, inside = [] } = value;
  const option = forwardedOption(value);
  if (option !== undefined) return [{ reason, outside: true, sets: option === "" ? [] : [option] }];
  const name = value.name ?? value.callee ?? below?.name;
  // Out of several sets merged, either may have it.
  const either = name === undefined ? inside.map((thunk) => thunk.force()) : [];
  if (either.length > 0 && either.every(isNamed)) return either.flatMap(unresolvedOf);
  return [{ reason, outside: isOutside(value), ...(name && { name }), ...(below && { file: below.text }) }];
}

/**
 * The option that a module of lib's `mkRenamedOptionModule` and its like hands definitions on to, as far as its path is known,
 * "" if there is none; undefined for anything else. Source: nixpkgs lib/modules.nix.
 */
function forwardedOption({ callee, inside = [] }: UnknownValue): string | undefined {
  const maker = callee?.[0] === "lib" ? callee.at(-1) : undefined;
  if (maker === "mkRemovedOptionModule") return "";
  if (!/^mk(Renamed|Alias|Changed|Merged)OptionModule(MD)?$/.test(maker ?? "")) return undefined;
  const to = inside[1]?.force();
  const path: string[] = [];
  for (const item of to?.kind === "list" ? to.items : []) {
    const name = item.force();
    if (name.kind !== "string") break;
    path.push(name.value);
  }
  return path.length > 0 ? path.join(".") : undefined;
}

function isNamed(value: Value): value is UnknownValue {
  return value.kind === "unknown" && value.name !== undefined;
}
