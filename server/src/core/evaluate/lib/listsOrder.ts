// The functions of lib/lists.nix that compare elements: order, equality, lists as sets.
import { filterList, sortItems } from "../builtins/lists.js";
import { equal, lessThan } from "../compare.js";
import { call, type Primitives } from "../functions.js";
import type { Run } from "../run.js";
import { lazy } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import {
  bool,
  compareText,
  int,
  itemsOf,
  knownOf,
  list,
  listOf,
  listOfValues,
  mismatch,
  NULL,
  string,
  stringOf,
} from "../values.js";

function unique(run: Run, items: readonly Thunk[]): Thunk[] {
  const texts = new Set<string>();
  const kept: Thunk[] = [];
  const others: Value[] = [];
  for (const item of items) {
    run.step();
    const value = knownOf(item);
    if (value.kind === "string") {
      if (texts.has(value.value)) continue;
      texts.add(value.value);
    } else {
      if (others.some((other) => equal(run, other, value, true))) continue;
      others.push(value);
    }
    kept.push(item);
  }
  return kept;
}

function contains(run: Run, items: readonly Thunk[], wanted: Thunk): boolean {
  return items.some((item) => equal(run, item.force(), wanted.force(), true));
}

/** Texts compared with their runs of digits as numbers. */
function naturalLess(a: string, b: string): boolean {
  const [left, right] = [a.split(/(0|[1-9]\d*)/), b.split(/(0|[1-9]\d*)/)];
  for (const [i, x] of left.entries()) {
    const y = right[i];
    if (y === undefined) return false;
    if (x === y) continue;
    return i % 2 === 1 ? BigInt(x) < BigInt(y) : compareText(x, y) < 0;
  }
  return left.length < right.length;
}

function compareLists(run: Run, compare: Thunk, a: Thunk, b: Thunk): Value {
  const left = itemsOf(a);
  const right = itemsOf(b);
  for (const [i, item] of left.entries()) {
    const other = right[i];
    if (!other) return int(1);
    const verdict = call(run, compare, item, other);
    if (verdict.kind !== "int") return mismatch(verdict, "an integer");
    if (verdict.value !== 0n) return verdict;
  }
  return int(left.length < right.length ? -1 : 0);
}

export const LISTS_ORDER: Primitives = {
  remove: (run, unwanted, thunk) =>
    filterList(run, listOf(thunk), (item) => bool(!equal(run, item.force(), unwanted.force(), true))),
  sortOn: (run, key, thunk) => {
    const keyed = itemsOf(thunk).map((item) => ({ item, key: lazy(run, () => call(run, key, item)) }));
    const keys = new Map(keyed.map((one) => [one.item, one.key]));
    const keyOf = (item: Thunk) => keys.get(item)?.force() ?? NULL;
    return list(
      sortItems(
        run,
        keyed.map((one) => one.item),
        (a, b) => lessThan(run, keyOf(a), keyOf(b)),
      ),
    );
  },
  compareLists,
  naturalSort: (run, thunk) => list(sortItems(run, itemsOf(thunk), (a, b) => naturalLess(stringOf(a), stringOf(b)))),
  unique: (run, thunk) => list(unique(run, itemsOf(thunk))),
  uniqueStrings: (_run, thunk) =>
    listOfValues([...new Set(itemsOf(thunk).map(stringOf))].sort(compareText).map(string)),
  allUnique: (run, thunk) => bool(unique(run, itemsOf(thunk)).length === itemsOf(thunk).length),
  intersectLists: (run, a, b) => {
    const wanted = itemsOf(a);
    return list(itemsOf(b).filter((item) => contains(run, wanted, item)));
  },
  subtractLists: (run, a, b) => {
    const unwanted = itemsOf(a);
    return list(itemsOf(b).filter((item) => !contains(run, unwanted, item)));
  },
  mutuallyExclusive: (run, a, b) => {
    const items = itemsOf(a);
    return bool(items.length === 0 || !items.some((item) => contains(run, itemsOf(b), item)));
  },
};
