// lib/attrsets.nix.
import { apply2 } from "./builtinsCore.js";
import { concatAll } from "./builtinsLists.js";
import { filterSet, listToSet, mapSet, valuesOf, zipSets } from "./builtinsSets.js";
import { isDerivation } from "./compare.js";
import { call, callValue, type Primitives } from "./functions.js";
import { combinations, foldRight } from "./libLists.js";
import { choose } from "./libTrivial.js";
import { type Run, Unknowable } from "./run.js";
import { hasAttr, selectAttr, update } from "./select.js";
import { lazy, lazyAt } from "./thunk.js";
import type { Attr, AttrsValue, ListValue, Thunk, Value } from "./value.js";
import {
  attr,
  attrs,
  attrsOf,
  bool,
  boolOf,
  closedAttrsOf,
  EMPTY_SET,
  fail,
  itemsOf,
  knownOf,
  list,
  listOf,
  mismatch,
  ready,
  sortedNames,
  string,
  stringOf,
  unknown,
} from "./values.js";

export function pair(name: Thunk, value: Thunk): Value {
  return attrs([
    ["name", name],
    ["value", value],
  ]);
}

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
    const has = hasAttr(run, value, stringOf(step));
    if (has !== true) return has === false ? bool(false) : has;
    value = selectAttr(run, value, stringOf(step)) ?? unknown("");
  }
  return bool(true);
}

/** One list element for each attribute; the order of an open set is not known. */
export function mapToList(run: Run, set: AttrsValue, f: (name: string, thunk: Thunk) => Value): ListValue {
  const items = sortedNames(set).map((name) => {
    const thunk = set.entries.get(name)?.thunk as Thunk;
    return lazyAt(run, thunk, () => f(name, thunk));
  });
  if (set.open === undefined) return { kind: "list", items };
  const more = (set.rest ?? []).map((one): Value => (one.kind === "attrs" ? mapToList(run, one, f) : one));
  return { kind: "list", items: [], openTail: set.open, rest: [list(items), ...more] };
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

function cartesian(run: Run, thunk: Thunk): Value[] {
  const set = closedAttrsOf(thunk);
  const columns = sortedNames(set);
  const rows = combinations(
    run,
    columns.map((name) => itemsOf(set.entries.get(name)?.thunk as Thunk)),
  );
  return rows.map((row) => attrs(columns.map((name, i) => [name, row[i] as Thunk])));
}

/** `getOutput "bin" pkg`: packages are unknown, strings and plain sets are not. */
function output(run: Run, wanted: readonly string[], thunk: Thunk): Value {
  const value = thunk.force();
  if (value.kind === "string" || value.kind === "path") return value;
  if (value.kind !== "attrs") return mismatch(value, "a package");
  const specified = hasAttr(run, value, "outputSpecified");
  if (specified === true) return value;
  for (const name of wanted) {
    const found = selectAttr(run, value, name);
    if (found) return found;
  }
  return value;
}
function outputs(...wanted: readonly string[]) {
  return (run: Run, thunk: Thunk): Value => output(run, wanted, thunk);
}

function namedSet(run: Run, thunk: Thunk, make: (name: Thunk) => Value): Value {
  const value = listOf(thunk);
  return listToSet(
    run,
    thunk,
    value.items.map((item) => lazy(run, () => make(item))),
    value.openTail,
  );
}

/** `{ a = { b = value; }; }` for the path `[ "a" "b" ]`; each name is read when its level is. */
function nest(run: Run, path: readonly Thunk[], value: Thunk): Value {
  const [name, ...deeper] = path;
  return name ? attrs([[stringOf(name), lazy(run, () => nest(run, deeper, value))]]) : value.force();
}

export const ATTRSETS: Primitives = {
  attrByPath: (run, path, fallback, set) => atPath(run, itemsOf(path), set) ?? fallback.force(),
  hasAttrByPath: (run, path, set) => hasPath(run, itemsOf(path), set),
  getAttrFromPath: (run, path, set) => atPath(run, itemsOf(path), set) ?? fail("cannot find the attribute", true),
  setAttrByPath: (run, path, value) => nest(run, itemsOf(path), value),
  concatMapAttrs: (run, f, set) =>
    mergeAll(run, valuesOf(mapSet(run, closedAttrsOf(set), (name, thunk) => call(run, f, text(name), thunk)))),
  attrVals: (run, wanted, set) =>
    list(
      itemsOf(wanted).map((name) =>
        lazy(run, () => selectAttr(run, set.force(), stringOf(name)) ?? fail("attribute missing")),
      ),
    ),
  getAttrs: (run, wanted, set) =>
    attrs(
      itemsOf(wanted).map((name) => [
        stringOf(name),
        lazy(run, () => selectAttr(run, set.force(), stringOf(name)) ?? fail("attribute missing")),
      ]),
    ),
  filterAttrs: (run, predicate, set) =>
    filterSet(run, attrsOf(set), (name, thunk) => call(run, predicate, text(name), thunk)),
  filterAttrsRecursive: (run, predicate, set) => filterRecursive(run, predicate, attrsOf(set)),
  foldlAttrs: (run, f, start, set) => {
    const value = closedAttrsOf(set);
    let result = start;
    for (const name of sortedNames(value))
      result = ready(call(run, f, result, text(name), value.entries.get(name)?.thunk as Thunk));
    return result.force();
  },
  foldAttrs: (run, f, start, sets) =>
    zipSets(run, itemsOf(sets).map(attrsOf), (_name, values) => foldRight(run, f, start, itemsOf(values))),
  collect,
  cartesianProduct: (run, set) => list(cartesian(run, set).map(ready)),
  cartesianProductOfSets: (run, set) => list(cartesian(run, set).map(ready)),
  mapCartesianProduct: (run, f, set) =>
    list(cartesian(run, set).map((row) => lazy(run, () => call(run, f, ready(row))))),
  nameValuePair: (_run, name, value) => pair(name, value),
  "mapAttrs'": (run, f, set) => {
    const value = attrsOf(set);
    const pairs = mapToList(run, { ...value, open: undefined }, (name, thunk) => call(run, f, text(name), thunk));
    return listToSet(run, set, pairs.items, value.open);
  },
  mapAttrsToList: (run, f, set) => mapToList(run, attrsOf(set), (name, thunk) => call(run, f, text(name), thunk)),
  attrsToList: (run, set) => mapToList(run, attrsOf(set), (name, thunk) => pair(text(name), thunk)),
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
  genAttrs: (run, wanted, f) =>
    namedSet(run, wanted, (name) =>
      pair(
        name,
        lazy(run, () => call(run, f, name)),
      ),
    ),
  "genAttrs'": (run, items, f) => namedSet(run, items, (item) => call(run, f, item)),
  isDerivation: (_run, thunk) => {
    const value = knownOf(thunk);
    return bool(value.kind === "attrs" && isDerivation(value));
  },
  optionalAttrs: (run, condition, set) =>
    choose(
      run,
      condition,
      () => set.force(),
      () => EMPTY_SET,
    ),
  zipAttrsWithNames: (run, wanted, f, sets) => {
    const all = itemsOf(sets).map(attrsOf);
    const zipped = zipSets(run, all, (name, values) => apply2(run, f.force(), text(name), values));
    return attrs(
      itemsOf(wanted).map((name) => {
        const key = stringOf(name);
        return [key, zipped.entries.get(key)?.thunk ?? lazy(run, () => apply2(run, f.force(), name, ready(list([]))))];
      }),
    );
  },
  zipAttrs: (run, sets) => zipSets(run, itemsOf(sets).map(attrsOf), (_name, values) => values.force()),
  mergeAttrsList: (run, sets) => mergeAll(run, itemsOf(sets)),
  recursiveUpdate: (run, a, b) => merge(run, [], notBothSets, a.force(), b.force()),
  recursiveUpdateUntil: (run, stop, a, b) =>
    merge(run, [], (path, x, y) => callValue(run, call(run, stop, names(path), x), y), a.force(), b.force()),
  overrideExisting: (run, old, fresh) => {
    const over = attrsOf(fresh);
    return mapSet(run, attrsOf(old), (name, thunk) => selectAttr(run, over, name) ?? thunk.force());
  },
  showAttrPath: (_run, path) => string(itemsOf(path).map(stringOf).join(".") || "<root attribute path>"),
  unionOfDisjoint: (run, a, b) => {
    const left = closedAttrsOf(a);
    const right = closedAttrsOf(b);
    const result = update(run, left, right);
    const clash = [...left.entries.keys()].filter((name) => right.entries.has(name));
    if (clash.length === 0 || result.kind !== "attrs") return result;
    const entries = new Map(result.entries);
    for (const name of clash)
      entries.set(name, attr(ready(unknown(`\`${name}\` is in both sets`, { error: true, catchable: true }))));
    return { kind: "attrs", entries };
  },
  getOutput: (run, name, thunk) => output(run, [stringOf(name), "out"], thunk),
  getBin: outputs("bin", "out"),
  getLib: outputs("lib", "out"),
  getDev: outputs("dev", "out"),
  getMan: outputs("man", "out"),
  getInclude: outputs("include", "dev", "out"),
  getStatic: outputs("static", "lib", "out"),
  recurseIntoAttrs: (run, set) => update(run, set.force(), attrs([["recurseForDerivations", ready(bool(true))]])),
  dontRecurseIntoAttrs: (run, set) => update(run, set.force(), attrs([["recurseForDerivations", ready(bool(false))]])),
};

function mergeAll(run: Run, sets: readonly Thunk[]): Value {
  let result: Value = EMPTY_SET;
  for (const set of sets) result = update(run, result, set.force());
  return result;
}
