// The functions of lib/attrsets.nix that go down into sets: along a path, or through every level.
import { concatAll } from "../builtins/lists.js";
import { filterSet, mapSet, valuesOf } from "../builtins/sets.js";
import { equal } from "../compare.js";
import { call, callValue, type Primitives } from "../functions.js";
import { type Run, Unknowable } from "../run.js";
import { hasAttr, selectAttr, update } from "../select.js";
import { lazy, lazyAt } from "../thunk.js";
import type { Attr, AttrsValue, Thunk, Value } from "../value.js";
import {
  attrs,
  attrsOf,
  bool,
  boolOf,
  closedAttrsOf,
  fail,
  itemsOf,
  knownOf,
  list,
  ready,
  sortedNames,
  string,
  stringOf,
  unknown,
} from "../values.js";

function text(value: string): Thunk {
  return ready(string(value));
}

/** The value at a path; undefined where it is certain that there is none. */
function atPath(run: Run, path: readonly Thunk[], set: Thunk): Value | undefined {
  let value: Value = set.force();
  for (const step of path) {
    const found = selectAttr(run, value, stringOf(step));
    if (!found) return undefined;
    value = found;
  }
  return value;
}

function hasPath(run: Run, path: readonly Thunk[], set: Thunk): Value {
  let value: Value = set.force();
  for (const step of path) {
    const has = hasAttr(value, stringOf(step));
    if (has !== true) return has === false ? bool(false) : has;
    value = selectAttr(run, value, stringOf(step)) ?? unknown("");
  }
  return bool(true);
}

/** `//` all the way down, until `stop path left right`. */
function merge(
  run: Run,
  path: readonly string[],
  stop: (path: readonly string[], a: Thunk, b: Thunk) => Value,
  left: Value,
  right: Value,
): Value {
  run.enter();
  const over = update(run, left, right);
  if (left.kind !== "attrs" || right.kind !== "attrs" || over.kind !== "attrs") {
    run.depth--;
    return over;
  }
  const entries = new Map<string, Attr>(over.entries);
  for (const [name, entry] of right.entries) {
    const lower = left.entries.get(name);
    if (!lower) continue;
    const here = [...path, name];
    const thunk = lazy(run, () => {
      const verdict = stop(here, lower.thunk, entry.thunk);
      if (verdict.kind === "bool")
        return verdict.value ? entry.thunk.force() : merge(run, here, stop, lower.thunk.force(), entry.thunk.force());
      if (verdict.kind === "unknown" && verdict.error) return verdict;
      return unknown(verdict.kind === "unknown" ? verdict.reason : "", { inside: [lower.thunk, entry.thunk] });
    });
    entries.set(name, { thunk, sites: [...lower.sites, ...entry.sites] });
  }
  run.depth--;
  return { ...over, entries };
}

/** The rule of `recursiveUpdate`: go on only where both are sets. */
function notBothSets(_path: readonly string[], a: Thunk, b: Thunk): Value {
  const left = a.force();
  if (left.kind === "unknown" && left.error) return left;
  const right = b.force();
  if (right.kind !== "attrs" && right.kind !== "unknown") return bool(true);
  if (left.kind === "unknown" || right.kind === "unknown") {
    if (left.kind !== "unknown" && left.kind !== "attrs") return bool(true);
    return right.kind === "unknown" ? right : left;
  }
  return bool(left.kind !== "attrs");
}

function mapRecursive(
  run: Run,
  path: readonly string[],
  go: (set: Value) => boolean,
  f: (path: readonly string[], thunk: Thunk) => Value,
  set: AttrsValue,
): Value {
  return mapSet(run, set, (name, thunk) => {
    const value = thunk.force();
    const here = [...path, name];
    if (value.kind === "unknown") throw new Unknowable(value);
    return value.kind === "attrs" && go(value) ? mapRecursive(run, here, go, f, value) : f(here, thunk);
  });
}

function names(path: readonly string[]): Thunk {
  return ready(list(path.map(text)));
}

function filterRecursive(run: Run, predicate: Thunk, set: AttrsValue): Value {
  const kept = filterSet(run, set, (name, thunk) => call(run, predicate, text(name), thunk));
  return mapSet(run, kept, (_name, thunk) => {
    const value = thunk.force();
    return value.kind === "attrs" ? filterRecursive(run, predicate, value) : value;
  });
}

function collect(run: Run, predicate: Thunk, thunk: Thunk): Value {
  run.enter();
  const value = knownOf(thunk);
  let found: Value = list([]);
  if (boolOf(ready(call(run, predicate, thunk)))) found = list([thunk]);
  else if (value.kind === "attrs")
    found = concatAll(
      run,
      valuesOf(closedAttrsOf(thunk)).map((inner) => lazy(run, () => collect(run, predicate, inner))),
    );
  run.depth--;
  return found;
}

/** Whether all of a pattern's attributes are there with the same values. */
function matches(run: Run, pattern: Thunk, thunk: Thunk): boolean {
  const set = attrsOf(thunk);
  for (const [name, entry] of closedAttrsOf(pattern).entries) {
    const found = selectAttr(run, set, name);
    if (!found) return false;
    const wanted = knownOf(entry.thunk);
    if (wanted.kind !== "attrs") {
      if (!equal(run, wanted, found)) return false;
    } else if (knownOf(ready(found)).kind !== "attrs" || !matches(run, entry.thunk, ready(found))) return false;
  }
  return true;
}

/** `f path value` for every leaf, in the order of paths. */
function leaves(
  run: Run,
  path: readonly string[],
  go: (path: readonly string[], value: Thunk) => boolean,
  f: (path: readonly string[], thunk: Thunk) => Value,
  set: AttrsValue,
): Thunk[] {
  run.enter();
  const found = sortedNames(set).flatMap((name) => {
    const thunk = set.entries.get(name)?.thunk as Thunk;
    const here = [...path, name];
    if (knownOf(thunk).kind === "attrs" && go(here, thunk)) return leaves(run, here, go, f, closedAttrsOf(thunk));
    return [lazyAt(run, thunk, () => f(here, thunk))];
  });
  run.depth--;
  return found;
}

/** `{ a = { b = value; }; }` for the path `[ "a" "b" ]`; each name is read when its level is. */
function nest(run: Run, path: readonly Thunk[], value: Thunk): Value {
  const [name, ...deeper] = path;
  return name ? attrs([[stringOf(name), lazy(run, () => nest(run, deeper, value))]]) : value.force();
}

export const ATTRSETS_DEEP: Primitives = {
  attrByPath: (run, path, fallback, set) => atPath(run, itemsOf(path), set) ?? fallback.force(),
  hasAttrByPath: (run, path, set) => hasPath(run, itemsOf(path), set),
  getAttrFromPath: (run, path, set) => atPath(run, itemsOf(path), set) ?? fail("cannot find the attribute", true),
  setAttrByPath: (run, path, value) => nest(run, itemsOf(path), value),
  filterAttrsRecursive: (run, predicate, set) => filterRecursive(run, predicate, attrsOf(set)),
  collect,
  mapAttrsRecursive: (run, f, set) =>
    mapRecursive(
      run,
      [],
      () => true,
      (path, thunk) => call(run, f, names(path), thunk),
      attrsOf(set),
    ),
  mapAttrsRecursiveCond: (run, condition, f, set) => {
    const go = (value: Value) => boolOf(ready(call(run, condition, ready(value))));
    return mapRecursive(run, [], go, (path, thunk) => call(run, f, names(path), thunk), attrsOf(set));
  },
  mapAttrsToListRecursive: (run, f, set) =>
    list(
      leaves(
        run,
        [],
        () => true,
        (path, thunk) => call(run, f, names(path), thunk),
        closedAttrsOf(set),
      ),
    ),
  mapAttrsToListRecursiveCond: (run, condition, f, set) => {
    const go = (path: readonly string[], thunk: Thunk) => boolOf(ready(call(run, condition, names(path), thunk)));
    return list(leaves(run, [], go, (path, thunk) => call(run, f, names(path), thunk), closedAttrsOf(set)));
  },
  recursiveUpdate: (run, a, b) => merge(run, [], notBothSets, a.force(), b.force()),
  recursiveUpdateUntil: (run, stop, a, b) =>
    merge(run, [], (path, x, y) => callValue(run, call(run, stop, names(path), x), y), a.force(), b.force()),
  matchAttrs: (run, pattern, set) => bool(matches(run, pattern, set)),
};
