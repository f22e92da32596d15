// lib/lists.nix.
import { concatAll, generate, groupBy, mapList } from "../builtins/lists.js";
import { mapSet, valuesOf } from "../builtins/sets.js";
import { apply2 } from "../builtins/core.js";
import { equal } from "../compare.js";
import { call, callValue, type Primitives } from "../functions.js";
import { choose } from "./trivial.js";
import { concat } from "../operators.js";
import { isPathText } from "../paths.js";
import type { Run } from "../run.js";
import { lazy } from "../thunk.js";
import type { ListValue, Thunk, Value } from "../value.js";
import {
  attrs,
  attrsOf,
  bool,
  boolOf,
  closedAttrsOf,
  EMPTY_LIST,
  fail,
  giveUp,
  indexOf,
  int,
  intOf,
  itemsOf,
  knownOf,
  list,
  listOf,
  mismatch,
  NULL,
  ready,
} from "../values.js";

export function foldRight(run: Run, f: Thunk, start: Thunk, items: readonly Thunk[]): Value {
  const fn = f.force();
  run.charge(items.length);
  let value = start;
  for (const item of items.toReversed()) {
    const rest = value;
    value = lazy(run, () => apply2(run, fn, item, rest));
  }
  return value.force();
}

/** From the left, but each step only when the one after it reads it. */
function foldLazily(run: Run, f: Thunk, start: Thunk, items: readonly Thunk[]): Value {
  run.charge(items.length);
  let value = start;
  for (const item of items) {
    const before = value;
    value = lazy(run, () => call(run, f, before, item));
  }
  return value.force();
}

function test(run: Run, predicate: Value, item: Thunk): boolean {
  run.step();
  return boolOf(ready(callValue(run, predicate, item)));
}

/** All lists inside a list, to any depth, joined. What is not known is kept as possible. */
function flatten(run: Run, thunk: Thunk): ListValue {
  run.enter();
  const value = thunk.force();
  let result: ListValue = EMPTY_LIST;
  if (value.kind === "list") {
    let flat: Thunk[] = [];
    for (const item of value.items) {
      const inner = item.force();
      if ((inner.kind !== "list" && inner.kind !== "unknown") || isPathText(inner)) flat.push(item);
      else {
        result = joined(run, joined(run, result, list(flat)), inner.kind === "list" ? flatten(run, item) : inner);
        flat = [];
      }
    }
    result = joined(run, result, list(flat));
    if (value.openTail !== undefined)
      result = joined(run, result, { kind: "unknown", reason: value.openTail, inside: [thunk] });
  } else if (value.kind === "unknown") mismatch(value, "a list");
  else result = list([thunk]);
  run.depth--;
  return result;
}

function joined(run: Run, a: Value, b: Value): ListValue {
  const value = concat(run, a, b);
  return value.kind === "list" ? value : mismatch(value, "a list");
}

function slice(thunk: Thunk, start: number, count: number): Value {
  const value = listOf(thunk);
  if (start < 0 || count < 0) return giveUp("a negative part of a list");
  if (value.openTail === undefined || start + count <= value.items.length)
    return list(value.items.slice(start, start + count));
  return giveUp(value.openTail);
}

function findIndex(run: Run, predicate: Thunk, thunk: Thunk): number {
  const value = listOf(thunk);
  const fn = predicate.force();
  for (const [i, item] of value.items.entries()) if (test(run, fn, item)) return i;
  return value.openTail === undefined ? -1 : giveUp(value.openTail);
}

function indexed(first: number) {
  return (run: Run, f: Thunk, thunk: Thunk): Value => {
    const value = listOf(thunk);
    if (value.openTail !== undefined) return giveUp(value.openTail);
    return mapList(run, value, (item, i) => call(run, f, ready(int(i + first)), item));
  };
}

function zip(run: Run, f: (a: Thunk, b: Thunk) => Value, a: Thunk, b: Thunk): Value {
  const left = itemsOf(a);
  const right = itemsOf(b);
  return generate(run, Math.min(left.length, right.length), (i) => f(left[i] as Thunk, right[i] as Thunk));
}

function range(run: Run, first: Thunk, last: Thunk): Value {
  const from = intOf(first);
  const to = intOf(last);
  if (from > to) return EMPTY_LIST;
  const count = to - from + 1n;
  return generate(run, count > 1_000_000_000n ? 1_000_000_000 : Number(count), (i) => int(from + BigInt(i)));
}

function isPrefix(run: Run, prefix: readonly Thunk[], items: readonly Thunk[]): boolean {
  if (prefix.length > items.length) return false;
  return prefix.every((item, i) => equal(run, item.force(), (items[i] as Thunk).force(), true));
}

/** `[ [1 2] [3] ]` -> every combination, the last list varying fastest. */
export function combinations(run: Run, columns: readonly (readonly Thunk[])[]): Thunk[][] {
  let rows: Thunk[][] = [[]];
  for (const column of columns) {
    run.charge(rows.length * column.length);
    rows = rows.flatMap((row) => column.map((item) => [...row, item]));
  }
  return rows;
}

export const LISTS: Primitives = {
  singleton: (_run, item) => list([item]),
  forEach: (run, thunk, f) => mapList(run, listOf(thunk), (item) => call(run, f, item)),
  foldr: (run, f, start, thunk) => foldRight(run, f, start, itemsOf(thunk)),
  fold: (run, f, start, thunk) => foldRight(run, f, start, itemsOf(thunk)),
  foldl: (run, f, start, thunk) => foldLazily(run, f, start, itemsOf(thunk)),
  imap0: indexed(0),
  imap1: indexed(1),
  imap: indexed(1),
  ifilter0: (run, f, thunk) => {
    const items = itemsOf(thunk);
    return list(items.filter((item, i) => boolOf(ready(call(run, f, ready(int(i)), item)))));
  },
  flatten: (run, thunk) => flatten(run, thunk),
  findSingle: (run, predicate, none, many, thunk) => {
    const fn = predicate.force();
    const found = itemsOf(thunk).filter((item) => test(run, fn, item));
    const [first] = found;
    if (!first) return none.force();
    return found.length === 1 ? first.force() : many.force();
  },
  findFirst: (run, predicate, none, thunk) => {
    const index = findIndex(run, predicate, thunk);
    return index < 0 ? none.force() : (listOf(thunk).items[index]?.force() ?? NULL);
  },
  count: (run, predicate, thunk) => {
    const fn = predicate.force();
    return int(itemsOf(thunk).filter((item) => test(run, fn, item)).length);
  },
  optional: (run, condition, item) =>
    choose(
      run,
      condition,
      () => list([item]),
      () => EMPTY_LIST,
    ),
  optionals: (run, condition, items) =>
    choose(
      run,
      condition,
      () => items.force(),
      () => EMPTY_LIST,
    ),
  toList: (_run, thunk) => (knownOf(thunk).kind === "list" ? thunk.force() : list([thunk])),
  range,
  replicate: (run, count, item) => generate(run, indexOf(count), () => item.force()),
  zipListsWith: (run, f, a, b) => zip(run, (x, y) => call(run, f, x, y), a, b),
  zipLists: (run, a, b) =>
    zip(
      run,
      (fst, snd) =>
        attrs([
          ["fst", fst],
          ["snd", snd],
        ]),
      a,
      b,
    ),
  reverseList: (_run, thunk) => list(itemsOf(thunk).toReversed()),
  replaceElemAt: (_run, thunk, index, item) => {
    const items = itemsOf(thunk);
    const at = indexOf(index);
    return at >= 0 && at < items.length ? list(items.with(at, item)) : fail("no such element", true);
  },
  "groupBy'": (run, f, start, key, thunk) => {
    const groups = attrsOf(lazy(run, () => groupBy(run, key, thunk)));
    return mapSet(run, groups, (_name, group) => foldLazily(run, f, start, itemsOf(group)));
  },
  concatAttrValues: (run, set) => concatAll(run, valuesOf(closedAttrsOf(set))),
  take: (_run, count, thunk) => slice(thunk, 0, indexOf(count)),
  takeEnd: (_run, count, thunk) => {
    const items = itemsOf(thunk);
    return list(items.slice(Math.max(items.length - Math.max(indexOf(count), 0), 0)));
  },
  drop: (_run, count, thunk) => {
    const value = listOf(thunk);
    const from = indexOf(count);
    if (from < 0) return giveUp("a negative part of a list");
    if (value.openTail !== undefined && from > value.items.length) return giveUp(value.openTail);
    return { ...value, items: value.items.slice(from) };
  },
  dropEnd: (_run, count, thunk) => {
    const items = itemsOf(thunk);
    return list(items.slice(0, Math.max(items.length - Math.max(indexOf(count), 0), 0)));
  },
  sublist: (_run, start, count, thunk) => slice(thunk, indexOf(start), indexOf(count)),
  last: (_run, thunk) => itemsOf(thunk).at(-1)?.force() ?? fail("the list is empty", true),
  init: (_run, thunk) => {
    const items = itemsOf(thunk);
    return items.length > 0 ? list(items.slice(0, -1)) : fail("the list is empty", true);
  },
  crossLists: (run, f, lists) =>
    list(combinations(run, itemsOf(lists).map(itemsOf)).map((row) => lazy(run, () => call(run, f, ...row)))),
};

/** Functions that only `lib.lists` has. */
export const LISTS_ONLY: Primitives = {
  findFirstIndex: (run, predicate, none, thunk) => {
    const index = findIndex(run, predicate, thunk);
    return index < 0 ? none.force() : int(index);
  },
  hasPrefix: (run, start, thunk) => bool(isPrefix(run, itemsOf(start), itemsOf(thunk))),
  removePrefix: (run, start, thunk) => {
    const [prefix, items] = [itemsOf(start), itemsOf(thunk)];
    return isPrefix(run, prefix, items) ? list(items.slice(prefix.length)) : fail("not a prefix of the list", true);
  },
  commonPrefix: (run, a, b) => {
    const other = itemsOf(b);
    const items = itemsOf(a);
    const end = items.findIndex((item, i) => {
      const counterpart = other[i];
      return !counterpart || !equal(run, item.force(), counterpart.force(), true);
    });
    return list(end < 0 ? items : items.slice(0, end));
  },
};
