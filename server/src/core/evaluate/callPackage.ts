// `callPackage`: a file's function, given what it names from a package set. Followed only where its result is a plain set;
// a package stays the unknown call that it is.
import { callValue } from "./functions.js";
import { functionArgs } from "./builtins/core.js";
import { intersect } from "./builtins/sets.js";
import { workspacePath } from "./paths.js";
import type { Run } from "./run.js";
import { update } from "./select.js";
import { lazy } from "./thunk.js";
import type { AttrsValue, Thunk, UnknownValue, Value } from "./value.js";
import { attrs, closedAttrsOf, ready, unknown } from "./values.js";

/** The set that `callPackage file args` gives with arguments from `scope`; undefined if it is none. */
export function calledSet(run: Run, scope: AttrsValue, file: Thunk, args: Thunk): Value | undefined {
  const given = file.force();
  const path = workspacePath(given);
  const fn = path === undefined ? given : run.importFile(path);
  if (fn.kind !== "function" || !fn.definition) return undefined;
  const wanted = closedAttrsOf(lazy(run, () => functionArgs(run, ready(fn))));
  const all = update(run, intersect(run, wanted, scope), args.force());
  return overridable(run, callValue(run, fn, ready(all)));
}

/** A set with what `makeOverridable` adds to it; undefined for anything else. */
export function overridable(run: Run, result: Value): Value | undefined {
  if (result.kind !== "attrs") return undefined;
  const overrider = (name: string): readonly [string, Thunk] => [
    name,
    ready(unknown("a package called anew", { name: ["callPackage", name] })),
  ];
  return update(run, result, attrs([overrider("override"), overrider("overrideDerivation")]));
}

/** Of an unknown call `pkgs.callPackage ./x.nix { }`: the set it gives, if the file gives one. */
export function setOfCall(run: Run, value: UnknownValue): Value | undefined {
  const { callee, inside } = value;
  if (callee?.at(-1) !== "callPackage" || inside?.length !== 2) return undefined;
  const [file, args] = inside;
  if (!file || !args) return undefined;
  const rest = [unknown(value.reason, { name: callee.length > 1 ? callee.slice(0, -1) : ["pkgs"] })];
  const result = lazy(
    run,
    () => calledSet(run, { kind: "attrs", entries: new Map(), open: value.reason, rest }, file, args) ?? value,
  ).force();
  return result.kind === "attrs" ? result : undefined;
}
