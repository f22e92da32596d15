// Builtins about lists. A list with an unknown tail keeps what is certain of its start.
import { apply2 } from "./core.js";
import { equal } from "../compare.js";
import { call, callValue, type Primitives } from "../functions.js";
import { concat } from "../operators.js";
import { type Run, Unknowable } from "../run.js";
import { guarded, lazy, lazyAt } from "../thunk.js";
import type { Attr, ListValue, Thunk, Value } from "../value.js";
import {
  attr,
  bool,
  boolOf,
  EMPTY_LIST,
  FALSE,
  fail,
  giveUp,
  indexOf,
  int,
  itemsOf,
  list,
  listOf,
  mismatch,
  ready,
  record,
  stringOf,
  TRUE,
} from "../values.js";

/** `map` that stays lazy by element; the open part is mapped too. */
export function mapList(run: Run, value: ListValue, f: (item: Thunk, index: number) => Value): ListValue {
  run.charge(value.items.length);
  const items = value.items.map((item, index) => lazyAt(run, item, () => f(item, index)));
  if (value.openTail === undefined) return { kind: "list", items };
  const rest = value.rest?.map(
    (more): Value => (more.kind === "list" ? mapList(run, more, (item) => f(item, 0)) : more),
  );
  return { kind: "list", items, openTail: value.openTail, rest };
}

/** Elements that `keep` accepts. Where it cannot tell, the element and all after it are only possible. */
export function filterList(run: Run, value: ListValue, keep: (item: Thunk) => Value): ListValue {
  run.charge(value.items.length);
  const kept: Thunk[] = [];
  for (const [i, item] of value.items.entries()) {
    const verdict = guarded(run, () => keep(item));
    if (verdict.kind === "bool") {
      if (verdict.value) kept.push(item);
      continue;
    }
    if (verdict.kind !== "unknown" || verdict.error) mismatch(verdict, "a Boolean");
    const after: Value[] = [{ kind: "list", items: value.items.slice(i) }, ...(value.rest ?? [])];
    return { kind: "list", items: kept, openTail: verdict.reason, rest: after };
  }
  return value.openTail === undefined
    ? { kind: "list", items: kept }
    : { kind: "list", items: kept, openTail: value.openTail, rest: value.rest };
}

export function concatAll(run: Run, lists: readonly Thunk[]): Value {
  let result: Value = EMPTY_LIST;
  let items: Thunk[] | undefined = [];
  for (const one of lists) {
    const value = one.force();
    run.step();
    if (items && value.kind === "list" && value.openTail === undefined) {
      for (const item of value.items) items.push(item);
      continue;
    }
    if (items) result = list(items);
    items = undefined;
    result = concat(run, result, value);
  }
  return items ? list(items) : result;
}

function elem(run: Run, wanted: Thunk, thunk: Thunk): Value {
  const value = listOf(thunk);
  let doubt: Unknowable | undefined;
  for (const item of value.items) {
    const { depth } = run;
    try {
      if (equal(run, wanted.force(), item.force(), true)) return TRUE;
    } catch (error) {
      if (!(error instanceof Unknowable) || error.value.error) throw error;
      run.depth = depth;
      doubt = error;
    }
  }
  if (doubt) throw doubt;
  return value.openTail === undefined ? FALSE : giveUp(value.openTail);
}

export function elementAt(thunk: Thunk, index: number): Value {
  const value = listOf(thunk);
  const item = value.items[index];
  if (item) return item.force();
  return index >= 0 && value.openTail !== undefined ? giveUp(value.openTail) : fail("the list is too short");
}

function tail(thunk: Thunk): Value {
  const value = listOf(thunk);
  if (value.items.length > 0) return { ...value, items: value.items.slice(1) };
  return value.openTail === undefined ? fail("the list is empty") : giveUp(value.openTail);
}

/** `any` and `all`: `deciding` found once is the answer. */
function quantifier(deciding: boolean) {
  return (run: Run, predicate: Thunk, thunk: Thunk): Value => {
    const value = listOf(thunk);
    const test = predicate.force();
    let doubt: Value | undefined;
    for (const item of value.items) {
      run.step();
      const verdict = callValue(run, test, item);
      if (verdict.kind === "bool") {
        if (verdict.value === deciding) return bool(deciding);
      } else if (verdict.kind === "unknown" && !verdict.error) doubt = verdict;
      else mismatch(verdict, "a Boolean");
    }
    if (doubt) mismatch(doubt, "a Boolean");
    return value.openTail === undefined ? bool(!deciding) : giveUp(value.openTail);
  };
}

export function foldLeft(run: Run, f: Thunk, start: Thunk, items: readonly Thunk[]): Value {
  const fn = f.force();
  let value = start;
  for (const item of items) {
    run.step();
    const next = apply2(run, fn, value, item);
    if (next.kind === "unknown" && next.error) return next;
    value = ready(next);
  }
  return value.force();
}

/** A stable merge sort, as Nix has; the comparison may be any function. */
export function sortItems(run: Run, items: readonly Thunk[], less: (a: Thunk, b: Thunk) => boolean): Thunk[] {
  if (items.length < 2) return [...items];
  run.step();
  const middle = items.length >> 1;
  const left = sortItems(run, items.slice(0, middle), less);
  const right = sortItems(run, items.slice(middle), less);
  const merged: Thunk[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const a = left[i] as Thunk;
    const b = right[j] as Thunk;
    if (less(b, a)) {
      merged.push(b);
      j++;
    } else {
      merged.push(a);
      i++;
    }
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

function sort(run: Run, comparator: Thunk, thunk: Thunk): Value {
  const items = itemsOf(thunk);
  const fn = comparator.force();
  return list(sortItems(run, items, (a, b) => boolOf(ready(apply2(run, fn, a, b)))));
}

function partition(run: Run, predicate: Thunk, thunk: Thunk): Value {
  const right: Thunk[] = [];
  const wrong: Thunk[] = [];
  const test = predicate.force();
  for (const item of itemsOf(thunk)) (boolOf(ready(callValue(run, test, item))) ? right : wrong).push(item);
  return record({ right: list(right), wrong: list(wrong) });
}

export function groupBy(run: Run, key: Thunk, thunk: Thunk): Value {
  const groups = new Map<string, Thunk[]>();
  for (const item of itemsOf(thunk)) {
    const name = stringOf(ready(call(run, key, item)));
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  const entries = new Map<string, Attr>();
  for (const [name, items] of groups) entries.set(name, attr(ready(list(items))));
  return { kind: "attrs", entries };
}

export function generate(run: Run, count: number, make: (index: number) => Value): Value {
  if (count < 0) return fail("a list of negative length");
  run.charge(count);
  return list(Array.from({ length: count }, (_, index) => lazy(run, () => make(index))));
}

export const LIST_BUILTINS: Primitives = {
  map: (run, f, thunk) => mapList(run, listOf(thunk), (item) => call(run, f, item)),
  filter: (run, predicate, thunk) => {
    const value = listOf(thunk);
    const test = predicate.force();
    return filterList(run, value, (item) => callValue(run, test, item));
  },
  concatLists: (run, lists) => concatAll(run, itemsOf(lists)),
  concatMap: (run, f, thunk) => {
    const value = listOf(thunk);
    const mapped = mapList(run, value, (item) => call(run, f, item));
    const joined = concatAll(run, mapped.items);
    if (mapped.openTail === undefined) return joined;
    return concat(run, joined, { kind: "unknown", reason: mapped.openTail, inside: [thunk, f] });
  },
  elem,
  elemAt: (_run, thunk, index) => elementAt(thunk, indexOf(index)),
  head: (_run, thunk) => elementAt(thunk, 0),
  tail: (_run, thunk) => tail(thunk),
  length: (_run, thunk) => int(itemsOf(thunk).length),
  any: quantifier(true),
  all: quantifier(false),
  "foldl'": (run, f, start, thunk) => foldLeft(run, f, start, itemsOf(thunk)),
  sort,
  partition,
  groupBy,
  genList: (run, f, count) => {
    const wanted = indexOf(count);
    return generate(run, wanted, (index) => call(run, f, ready(int(index))));
  },
};
