// Whether a value that was read before an edit and the one there now are the same to whoever read it.
import { settled } from "../../evaluate/thunk.js";
import type { AttrsValue, Thunk, UnknownValue, Value } from "../../evaluate/value.js";
import { sameItems } from "../../text/sameItems.js";

const MAX_DEPTH = 12;

/**
 * True for values that nobody can tell apart: known or not, down to what stands where in which file. Never true by mistake;
 * functions and what nobody looked at yet are the same only if they are the same object.
 */
export function sameSeen(a: Value, b: Value, depth = 0): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.assumed !== b.assumed || depth > MAX_DEPTH) return false;
  switch (a.kind) {
    case "null":
      return true;
    case "function":
      return false;
    case "list": {
      const { items, openTail, rest } = b as typeof a;
      if (a.openTail !== openTail || a.items.length !== items.length || !sameRest(a.rest, rest, depth)) return false;
      return a.items.every((item, i) => sameThunk(item, items[i] as Thunk, depth));
    }
    case "attrs":
      return sameSets(a, b as typeof a, depth);
    case "unknown":
      return sameUnknowns(a, b as typeof a);
    case "path":
      return a.path === (b as typeof a).path && a.inside === (b as typeof a).inside;
    default:
      return a.value === (b as typeof a).value;
  }
}

function sameSets(a: AttrsValue, b: AttrsValue, depth: number): boolean {
  // Sets that are made when read have no names yet.
  if (isLazy(a) || isLazy(b)) return false;
  if (a.open !== b.open || a.unseen !== b.unseen || a.entries.size !== b.entries.size) return false;
  if (!sameRest(a.rest, b.rest, depth)) return false;
  for (const [name, attr] of a.entries) {
    const other = b.entries.get(name);
    if (other === undefined || !sameItems(attr.sites, other.sites)) return false;
    if (!sameThunk(attr.thunk, other.thunk, depth)) return false;
  }
  return true;
}

/** Unknown values are told apart by what may be asked of them; what they hold inside is compared no further. */
function sameUnknowns(a: UnknownValue, b: UnknownValue): boolean {
  for (const value of [a, b]) if ("alternatives" in value || value.inside !== undefined || value.mayHave) return false;
  return JSON.stringify(told(a)) === JSON.stringify(told(b));
}

function told({ origin: _, sources: __, ...rest }: UnknownValue): unknown {
  return Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1));
}

function isLazy(value: AttrsValue): boolean {
  return Object.getOwnPropertyDescriptor(value, "entries")?.get !== undefined;
}

function sameThunk(a: Thunk, b: Thunk, depth: number): boolean {
  if (a === b) return true;
  const [x, y] = [settled(a), settled(b)];
  return x !== undefined && y !== undefined && sameSeen(x, y, depth + 1);
}

function sameRest(a: readonly Value[] | undefined, b: readonly Value[] | undefined, depth: number): boolean {
  return a === b || (a !== undefined && b !== undefined && sameAll(a, b, depth));
}

function sameAll(a: readonly Value[], b: readonly Value[], depth: number): boolean {
  return a.length === b.length && a.every((value, i) => sameSeen(value, b[i] as Value, depth + 1));
}
