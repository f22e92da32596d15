// lib/attrsets.nix.
import { apply2 } from "../builtins/core.js";
import { filterSet, listToSet, mapSet, valuesOf, zipSets } from "../builtins/sets.js";
import { isDerivation } from "../compare.js";
import { nixName } from "../quoting.js";
import { call, type Primitives } from "../functions.js";
import { combinations, foldRight } from "./lists.js";
import { choose } from "./trivial.js";
import type { Run } from "../run.js";
import { hasAttr, selectAttr, update } from "../select.js";
import { lazy, lazyAt } from "../thunk.js";
import type { AttrsValue, ListValue, Thunk, Value } from "../value.js";
import {
  attr,
  attrs,
  attrsOf,
  bool,
  boolOf,
  closedAttrsOf,
  EMPTY_SET,
  fail,
  giveUp,
  itemsOf,
  knownOf,
  list,
  listOf,
  ready,
  sortedNames,
  string,
  stringOf,
  unknown,
} from "../values.js";

export function pair(name: Thunk, value: Thunk): Value {
  return attrs([
    ["name", name],
    ["value", value],
  ]);
}

function text(value: string): Thunk {
  return ready(string(value));
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
export function output(run: Run, wanted: string, thunk: Thunk): Value {
  const value = knownOf(thunk);
  if (isSpecified(run, value)) return value;
  return selectAttr(run, value, wanted) ?? selectAttr(run, value, "out") ?? value;
}
function firstOutput(run: Run, wanted: readonly string[], thunk: Thunk): Value {
  const value = attrsOf(thunk);
  if (isSpecified(run, value)) return value;
  for (const name of wanted) {
    const has = hasAttr(value, name);
    if (typeof has !== "boolean") return has;
    if (has) return selectAttr(run, value, name) ?? value;
  }
  return value;
}
function isSpecified(run: Run, value: Value): boolean {
  const specified = selectAttr(run, value, "outputSpecified");
  return specified !== undefined && boolOf(ready(specified));
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

export const ATTRSETS: Primitives = {
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
  foldlAttrs: (run, f, start, set) => {
    const value = closedAttrsOf(set);
    let result = start;
    for (const name of sortedNames(value))
      result = ready(call(run, f, result, text(name), value.entries.get(name)?.thunk as Thunk));
    return result.force();
  },
  foldAttrs: (run, f, start, sets) =>
    zipSets(run, itemsOf(sets).map(attrsOf), (_name, values) => foldRight(run, f, start, itemsOf(values))),
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
        const none = () =>
          zipped.open === undefined ? apply2(run, f.force(), name, ready(list([]))) : giveUp(zipped.open);
        return [key, zipped.entries.get(key)?.thunk ?? lazy(run, none)];
      }),
    );
  },
  zipAttrs: (run, sets) => zipSets(run, itemsOf(sets).map(attrsOf), (_name, values) => values.force()),
  mergeAttrsList: (run, sets) => mergeAll(run, itemsOf(sets)),
  overrideExisting: (run, old, fresh) => {
    const over = attrsOf(fresh);
    return mapSet(run, attrsOf(old), (name, thunk) => selectAttr(run, over, name) ?? thunk.force());
  },
  showAttrPath: (_run, path) => {
    const names = itemsOf(path).map((name) => nixName(stringOf(name)));
    return string(names.length === 0 ? "<root attribute path>" : names.join("."));
  },
  getOutput: (run, name, thunk) => output(run, stringOf(name), thunk),
  getFirstOutput: (run, names, thunk) => firstOutput(run, itemsOf(names).map(stringOf), thunk),
  getBin: (run, thunk) => output(run, "bin", thunk),
  getLib: (run, thunk) => output(run, "lib", thunk),
  getDev: (run, thunk) => output(run, "dev", thunk),
  getMan: (run, thunk) => output(run, "man", thunk),
  getInclude: (run, thunk) => firstOutput(run, ["include", "dev", "out"], thunk),
  getStatic: (run, thunk) => firstOutput(run, ["static", "lib", "out"], thunk),
  recurseIntoAttrs: (run, set) => update(run, set.force(), attrs([["recurseForDerivations", ready(bool(true))]])),
  dontRecurseIntoAttrs: (run, set) => update(run, set.force(), attrs([["recurseForDerivations", ready(bool(false))]])),
};

/** Functions that only `lib.attrsets` has. */
export const ATTRSETS_ONLY: Primitives = {
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
  longestValidPathPrefix: (run, path, set) => {
    const steps = itemsOf(path);
    let value: Value = set.force();
    for (const [i, step] of steps.entries()) {
      const has = hasAttr(value, stringOf(step));
      if (typeof has !== "boolean") return has;
      if (!has) return list(steps.slice(0, i));
      value = selectAttr(run, value, stringOf(step)) ?? value;
    }
    return list(steps);
  },
};

function mergeAll(run: Run, sets: readonly Thunk[]): Value {
  let result: Value = EMPTY_SET;
  for (const set of sets) result = update(run, result, set.force());
  return result;
}
