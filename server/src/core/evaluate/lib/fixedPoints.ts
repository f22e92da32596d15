// lib/fixed-points.nix and the parts of lib/customisation.nix that are plain functions.
import { call, callValue, fn, type Primitives } from "../functions.js";
import { equal } from "../compare.js";
import { foldRight } from "./lists.js";
import type { Run } from "../run.js";
import { update } from "../select.js";
import { lazy } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import { attrs, EMPTY_SET, itemsOf, knownOf, ready, stringOf } from "../values.js";

function fix(run: Run, f: Value): Thunk {
  const self: Thunk = lazy(run, () => callValue(run, f, self));
  return self;
}

/** `extends overlay f`: f with the overlay's attributes on top. */
function extendsWith(run: Run, overlay: Thunk, f: Value): Value {
  return fn(run, "extends", (final) => {
    const previous = lazy(run, () => callValue(run, f, final));
    return update(run, previous.force(), call(run, overlay, final, previous));
  });
}

function compose(run: Run, first: Thunk, second: Thunk, final: Thunk, previous: Thunk): Value {
  const lower = lazy(run, () => call(run, first, final, previous));
  const between = lazy(run, () => update(run, previous.force(), lower.force()));
  return update(run, lower.force(), call(run, second, final, between));
}

function composeMany(run: Run, overlays: readonly Thunk[]): Value {
  const neutral = overlay(run, () => EMPTY_SET);
  const step = fn(run, "composeExtensions", (first) =>
    fn(run, "composeExtensions", (second) =>
      overlay(run, (final, previous) => compose(run, first, second, final, previous)),
    ),
  );
  return foldRight(run, ready(step), ready(neutral), overlays);
}

/** `fix'`: the fixed point keeps its function. */
function fixWithSource(run: Run, f: Value): Thunk {
  const self: Thunk = lazy(run, () => update(run, callValue(run, f, self), attrs([["__unfix__", ready(f)]])));
  return self;
}

/** A fixed point that carries a function to extend itself under `name`. */
function makeExtensible(run: Run, name: string, f: Value): Value {
  const extend = fn(run, name, (overlay) => makeExtensible(run, name, extendsWith(run, overlay, f)));
  const extensible = fn(run, "makeExtensible", (self) =>
    update(run, callValue(run, f, self), attrs([[name, ready(extend)]])),
  );
  return fixWithSource(run, extensible).force();
}

/** A set, `prev: { … }` or `final: prev: { … }` as an overlay. */
function toExtension(run: Run, thunk: Thunk): Value {
  const value = knownOf(thunk);
  const isFunction = (one: Value) => one.kind === "function" || (one.kind === "attrs" && one.entries.has("__functor"));
  if (!isFunction(value)) return overlay(run, () => value);
  return overlay(run, (final, previous) => {
    const half = knownOf(ready(callValue(run, value, previous)));
    return isFunction(half) ? call(run, value, final, previous) : half;
  });
}

function overlay(run: Run, make: (final: Thunk, previous: Thunk) => Value): Value {
  return fn(run, "overlay", (final) => fn(run, "overlay", (previous) => make(final, previous)));
}

function converge(run: Run, f: Thunk, start: Thunk): Value {
  for (let value = start.force(); ; ) {
    run.step();
    const next = call(run, f, ready(value));
    if (equal(run, value, next)) return value;
    value = next;
  }
}

export const FIXED_POINTS: Primitives = {
  fix: (run, f) => fix(run, f.force()).force(),
  "fix'": (run, f) => fixWithSource(run, f.force()).force(),
  toExtension,
  converge,
  extends: (run, overlay, f) => extendsWith(run, overlay, f.force()),
  composeExtensions: compose,
  composeManyExtensions: (run, overlays) => composeMany(run, itemsOf(overlays)),
  makeExtensible: (run, f) => makeExtensible(run, "extend", f.force()),
  makeExtensibleWithCustomName: (run, name, f) => makeExtensible(run, stringOf(name), f.force()),
};
