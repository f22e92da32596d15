// Builtins about attribute sets. Functions over an open set act on what is certain and stay open.
import { apply2 } from "./core.js";
import type { Primitives } from "../functions.js";
import { call } from "../functions.js";
import { type Run, Unknowable } from "../run.js";
import { hasAttr, mayBring, selectAttr } from "../select.js";
import { guarded, lazy, lazyAt } from "../thunk.js";
import type { Attr, AttrsValue, Thunk, Value } from "../value.js";
import {
  attr,
  attrsOf,
  bool,
  closedAttrsOf,
  fail,
  giveUp,
  itemsOf,
  list,
  listOf,
  ready,
  sortedNames,
  string,
  stringOf,
  unknown,
} from "../values.js";

/** New values under the same names; the open part is mapped too. */
export function mapSet(run: Run, set: AttrsValue, f: (name: string, thunk: Thunk) => Value): AttrsValue {
  run.charge(set.entries.size);
  const entries = new Map<string, Attr>();
  for (const [name, { thunk, sites }] of set.entries)
    entries.set(name, { thunk: lazyAt(run, thunk, () => f(name, thunk)), sites });
  if (set.open === undefined) return { kind: "attrs", entries };
  const rest = set.rest?.map((more): Value => (more.kind === "attrs" ? mapSet(run, more, f) : unknownRest(more)));
  return { kind: "attrs", entries, open: set.open, rest };
}

/** An unknown set after a function went over it: its attributes' names and values are no longer its own. */
function unknownRest(value: Value): Value {
  if (value.kind !== "unknown") return value;
  return unknown(value.reason, { inside: value.inside });
}

/** The attributes that `keep` accepts; those it cannot tell are only possible. */
export function filterSet(run: Run, set: AttrsValue, keep: (name: string, thunk: Thunk) => Value): AttrsValue {
  run.charge(set.entries.size);
  const entries = new Map<string, Attr>();
  const doubtful = new Map<string, Attr>();
  let open = set.open;
  for (const [name, entry] of set.entries) {
    const verdict = guarded(run, () => keep(name, entry.thunk));
    if (verdict.kind === "bool") {
      if (verdict.value) entries.set(name, entry);
    } else if (verdict.kind === "unknown" && !verdict.error) {
      open ??= verdict.reason;
      doubtful.set(name, entry);
    } else throw new Unknowable(verdict.kind === "unknown" ? verdict : unknown("not a Boolean", { error: true }));
  }
  if (open === undefined) return { kind: "attrs", entries };
  const rest: Value[] = [...(set.open === undefined ? [] : (set.rest ?? [unknown(set.open)]))];
  if (doubtful.size > 0) rest.push({ kind: "attrs", entries: doubtful });
  return { kind: "attrs", entries, open, rest };
}

export function namesOf(set: Thunk): string[] {
  return sortedNames(closedAttrsOf(set));
}

/** Values in the order of their names. */
export function valuesOf(set: AttrsValue): Thunk[] {
  return sortedNames(set).map((name) => set.entries.get(name)?.thunk as Thunk);
}

function getAttr(run: Run, name: string, set: Thunk): Value {
  const value = set.force();
  if (value.kind !== "attrs" && value.kind !== "unknown") attrsOf(set);
  return selectAttr(run, value, name) ?? fail(`attribute \`${name}\` missing`);
}

/** `[{ name; value; }]` -> set; of equal names the first wins. */
export function listToSet(run: Run, thunk: Thunk, pairs: readonly Thunk[], openTail?: string): Value {
  run.charge(pairs.length);
  const entries = new Map<string, Attr>();
  let open = openTail;
  const rest: Value[] = openTail === undefined ? [] : [unknown(openTail, { inside: [thunk] })];
  for (const pair of pairs) {
    const value = pair.force();
    const name = value.kind === "attrs" ? selectAttr(run, value, "name") : value;
    if (name?.kind === "unknown" && !name.error) {
      // A pair that is not known may bear any name, so those after it are no longer certain.
      open ??= name.reason;
      rest.push(unknown(name.reason, { inside: [pair] }));
      continue;
    }
    const text = stringOf(ready(name ?? fail("`name` is missing")));
    if (value.kind !== "attrs" || entries.has(text)) continue;
    const content = value.entries.get("value");
    const found: Attr = content ?? attr(lazy(run, () => selectAttr(run, value, "value") ?? fail("`value` is missing")));
    if (open !== undefined && rest.length > 0 && openTail === undefined)
      rest.push({ kind: "attrs", entries: new Map([[text, found]]) });
    else entries.set(text, found);
  }
  return open === undefined ? { kind: "attrs", entries } : { kind: "attrs", entries, open, rest };
}

export function removeNames(run: Run, set: AttrsValue, names: readonly string[]): AttrsValue {
  const gone = new Set(names);
  run.charge(set.entries.size);
  const entries = new Map<string, Attr>();
  for (const [name, entry] of set.entries) if (!gone.has(name)) entries.set(name, entry);
  if (set.open === undefined) return { kind: "attrs", entries };
  const rest = set.rest?.map((more) => (more.kind === "attrs" ? removeNames(run, more, names) : unknownRest(more)));
  return { kind: "attrs", entries, open: set.open, rest, ...(set.unseen && { unseen: true }) };
}

/** Attributes of `second` whose names are in `first` too. */
export function intersect(run: Run, first: AttrsValue, second: AttrsValue): AttrsValue {
  run.charge(second.entries.size);
  const entries = new Map<string, Attr>();
  const doubtful = new Map<string, Attr>();
  for (const [name, entry] of second.entries) {
    const has = hasAttr(first, name);
    if (has === true) entries.set(name, entry);
    else if (has !== false) doubtful.set(name, entry);
  }
  const open = second.open ?? (doubtful.size > 0 ? first.open : undefined);
  if (open === undefined) return { kind: "attrs", entries };
  const rest: Value[] = doubtful.size > 0 ? [{ kind: "attrs", entries: doubtful }] : [];
  if (second.open !== undefined) rest.push(...(second.rest ?? [unknown(second.open)]));
  return { kind: "attrs", entries, open, rest };
}

function catAttrs(run: Run, name: Thunk, sets: Thunk): Value {
  const wanted = stringOf(name);
  const found: Thunk[] = [];
  for (const item of itemsOf(sets)) {
    run.step();
    const set = attrsOf(item);
    const entry = set.entries.get(wanted);
    if (entry) found.push(entry.thunk);
    else if (set.open !== undefined) giveUp(set.open);
  }
  return list(found);
}

/** Values of one name from many sets, joined by `f name values`. */
export function zipSets(run: Run, sets: readonly AttrsValue[], f: (name: string, values: Thunk) => Value): AttrsValue {
  const open = sets.find((set) => set.open !== undefined)?.open;
  const names = new Set<string>();
  for (const set of sets) {
    run.charge(set.entries.size);
    for (const name of set.entries.keys()) names.add(name);
  }
  const entries = new Map<string, Attr>();
  for (const name of names) entries.set(name, attr(lazy(run, () => f(name, ready(column(run, sets, name))))));
  return open === undefined ? { kind: "attrs", entries } : { kind: "attrs", entries, open, rest: [unknown(open)] };
}

/** The values of a name in each set that has it; what comes after one that may have it is no longer certain. */
function column(run: Run, sets: readonly AttrsValue[], name: string): Value {
  const items: Thunk[] = [];
  const rest: Value[] = [];
  let openTail: string | undefined;
  for (const set of sets) {
    run.step();
    const found = set.entries.get(name);
    if (found === undefined && mayBring(set, name)) {
      openTail ??= set.open;
      rest.push(unknown(set.open ?? "", { inside: [ready(set)] }));
    } else if (found !== undefined && openTail === undefined) items.push(found.thunk);
    else if (found !== undefined) rest.push(list([found.thunk]));
  }
  return openTail === undefined ? list(items) : { kind: "list", items, openTail, rest };
}

export const SET_BUILTINS: Primitives = {
  attrNames: (_run, set) => list(namesOf(set).map((name) => ready(string(name)))),
  attrValues: (_run, set) => {
    const value = attrsOf(set);
    if (value.open === undefined) return list(valuesOf(value));
    return { kind: "list", items: [], openTail: value.open, rest: [list(valuesOf(value)), ...(value.rest ?? [])] };
  },
  mapAttrs: (run, f, set) => mapSet(run, attrsOf(set), (name, thunk) => call(run, f, ready(string(name)), thunk)),
  getAttr: (run, name, set) => getAttr(run, stringOf(name), set),
  hasAttr: (_run, name, set) => {
    const wanted = stringOf(name);
    const has = hasAttr(attrsOf(set), wanted);
    return typeof has === "boolean" ? bool(has) : has;
  },
  removeAttrs: (run, set, names) => {
    const value = attrsOf(set);
    return removeNames(run, value, itemsOf(names).map(stringOf));
  },
  listToAttrs: (run, thunk) => {
    const value = listOf(thunk);
    return listToSet(run, thunk, value.items, value.openTail);
  },
  intersectAttrs: (run, first, second) => intersect(run, attrsOf(first), attrsOf(second)),
  catAttrs,
  zipAttrsWith: (run, f, sets) => {
    const fn = f.force();
    return zipSets(run, itemsOf(sets).map(attrsOf), (name, values) => apply2(run, fn, ready(string(name)), values));
  },
};
