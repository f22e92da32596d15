// Constructors of values, and the accessors that builtins use: each gives the plain content or throws Unknowable.
import type { FilePath, Location } from "../text/range.js";
import { Unknowable } from "./run.js";
import type {
  Attr,
  AttrsValue,
  BoolValue,
  FloatValue,
  IntValue,
  ListValue,
  NullValue,
  PathValue,
  StringValue,
  Thunk,
  UnknownValue,
  Value,
} from "./value.js";

export const NULL: NullValue = { kind: "null" };
export const TRUE: BoolValue = { kind: "bool", value: true };
export const FALSE: BoolValue = { kind: "bool", value: false };
export const NO_ITEMS: readonly Thunk[] = [];
export const EMPTY_LIST: ListValue = { kind: "list", items: NO_ITEMS };
export const EMPTY_SET: AttrsValue = { kind: "attrs", entries: new Map() };

/** A finished value as a thunk. */
class Ready implements Thunk {
  constructor(readonly value: Value) {}
  force(): Value {
    return this.value;
  }
}

export function ready(value: Value): Thunk {
  return new Ready(value);
}
export function bool(value: boolean): BoolValue {
  return value ? TRUE : FALSE;
}
/** @throws Unknowable if the value does not fit 64 bits (an error in Nix from 2.26 on, wrapped before). */
export function int(value: bigint | number): IntValue {
  const exact = typeof value === "bigint" ? value : BigInt(value);
  if (BigInt.asIntN(64, exact) !== exact) throw new Unknowable(unknown("integer overflow"));
  return { kind: "int", value: exact };
}
export function float(value: number): FloatValue {
  return { kind: "float", value };
}
export function string(value: string): StringValue {
  return { kind: "string", value };
}
export function path(file: FilePath, inside: boolean): PathValue {
  return { kind: "path", path: file, inside };
}
export function list(items: readonly Thunk[]): ListValue {
  return { kind: "list", items };
}
export function listOfValues(values: readonly Value[]): ListValue {
  return { kind: "list", items: values.map(ready) };
}
export function attr(thunk: Thunk): Attr {
  return { thunk, sites: [] };
}
export function attrs(entries: Iterable<readonly [string, Thunk]>): AttrsValue {
  const map = new Map<string, Attr>();
  for (const [name, thunk] of entries) map.set(name, attr(thunk));
  return { kind: "attrs", entries: map };
}
/** A set of finished values. */
export function record(values: Readonly<Record<string, Value>>): AttrsValue {
  return attrs(Object.entries(values).map(([name, value]) => [name, ready(value)] as const));
}

type Details = Omit<UnknownValue, "kind" | "reason">;

export function unknown(reason: string, details?: Details): UnknownValue {
  return { kind: "unknown", reason, ...details };
}
/** What real Nix answers with an error. */
export function failure(reason: string, catchable = false): UnknownValue {
  return catchable ? { kind: "unknown", reason, error: true, catchable } : { kind: "unknown", reason, error: true };
}
export function giveUp(reason: string): never {
  throw new Unknowable(unknown(reason));
}
export function fail(reason: string, catchable = false): never {
  throw new Unknowable(failure(reason, catchable));
}

/** `all values this can be`, read when somebody asks (branches may be long, or never end). */
export function oneOf(reason: string, alternatives: () => readonly Value[], details?: Details): UnknownValue {
  let found: readonly Value[] | undefined;
  return {
    kind: "unknown",
    reason,
    ...details,
    get alternatives() {
      found ??= attempted(alternatives);
      return found;
    },
  };
}

/** Alternatives are read by walkers, which expect no exception. */
function attempted(alternatives: () => readonly Value[]): readonly Value[] {
  try {
    return alternatives();
  } catch (error) {
    if (error instanceof Unknowable) return [error.value];
    throw error;
  }
}

/** A copy with other fields; what is lazy in it stays so. Functions are not copied. */
export function withDetails<V extends Value>(value: V, details: Partial<V>): V {
  if (value.kind === "function") return value;
  if (isPlain(value)) return { ...value, ...details };
  return Object.defineProperties(
    Object.create(Object.getPrototypeOf(value)) as V,
    {
      ...Object.getOwnPropertyDescriptors(value),
      ...Object.getOwnPropertyDescriptors(details),
    } as PropertyDescriptorMap,
  );
}

/** True if nothing in a value is computed when read: no alternatives, no entries behind a getter. */
function isPlain(value: Value): boolean {
  if (value.kind !== "unknown" && value.kind !== "attrs") return true;
  const field = value.kind === "unknown" ? "alternatives" : "entries";
  const descriptor = Object.getOwnPropertyDescriptor(value, field);
  return Object.getPrototypeOf(value) === Object.prototype && descriptor?.get === undefined;
}

const KIND_NAMES: Readonly<Record<Value["kind"], string>> = {
  null: "null",
  bool: "a Boolean",
  int: "an integer",
  float: "a float",
  string: "a string",
  path: "a path",
  list: "a list",
  attrs: "a set",
  function: "a function",
  unknown: "unknown",
};

/** Throws: unknown stays what it is, any other value is of the wrong type. */
export function mismatch(value: Value, wanted: string): never {
  if (value.kind === "unknown") throw new Unknowable(value);
  return fail(`value is ${KIND_NAMES[value.kind]} while ${wanted} was expected`);
}

export function boolOf(thunk: Thunk): boolean {
  const value = thunk.force();
  return value.kind === "bool" ? value.value : mismatch(value, "a Boolean");
}
export function intOf(thunk: Thunk): bigint {
  const value = thunk.force();
  return value.kind === "int" ? value.value : mismatch(value, "an integer");
}
/** An integer that is to serve as an index or a length. */
export function indexOf(thunk: Thunk): number {
  const value = intOf(thunk);
  return value > 1_000_000_000n ? 1_000_000_000 : value < -1_000_000_000n ? -1_000_000_000 : Number(value);
}
export function stringOf(thunk: Thunk): string {
  const value = thunk.force();
  return value.kind === "string" ? value.value : mismatch(value, "a string");
}
export function attrsOf(thunk: Thunk): AttrsValue {
  const value = thunk.force();
  return value.kind === "attrs" ? value : mismatch(value, "a set");
}
/** A set all of whose attributes are known by name. */
export function closedAttrsOf(thunk: Thunk): AttrsValue {
  const value = attrsOf(thunk);
  if (value.open !== undefined) throw new Unknowable(unknown(value.open, { inside: [thunk] }));
  return value;
}
export function listOf(thunk: Thunk): ListValue {
  const value = thunk.force();
  return value.kind === "list" ? value : mismatch(value, "a list");
}
/** The elements of a list that is known to its end. */
export function itemsOf(thunk: Thunk): readonly Thunk[] {
  const value = listOf(thunk);
  if (value.openTail !== undefined) throw new Unknowable(unknown(value.openTail, { inside: [thunk] }));
  return value.items;
}
/** The value, or throws if it is unknown. */
export function knownOf(thunk: Thunk): Exclude<Value, UnknownValue> {
  const value = thunk.force();
  if (value.kind === "unknown") throw new Unknowable(value);
  return value;
}

/** Order of Nix strings: by bytes, which is the order of code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    if (xHigh !== yHigh) return xHigh ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

export function sortedNames(set: AttrsValue): string[] {
  return [...set.entries.keys()].sort(compareText);
}

/** At most this many places are named as sources of a value. */
const MAX_SOURCES = 10;

/** The places a computed value rests on, from those of its operands. */
export function sourcesOf(...values: readonly Value[]): readonly Location[] | undefined {
  let found: readonly Location[] | undefined;
  for (const value of values) found = joinSources(found, value);
  return found;
}

function joinSources(found: readonly Location[] | undefined, value: Value): readonly Location[] | undefined {
  if (found && found.length >= MAX_SOURCES) return found;
  if (value.sources) return found ? [...found, ...value.sources].slice(0, MAX_SOURCES) : value.sources;
  if (!value.origin) return found;
  return found ? [...found, value.origin] : [value.origin];
}

/** The value as it was made at a place of the program out of operands. */
export function madeAt(value: Value, origin: Value["origin"], sources: Value["sources"]): Value {
  switch (value.kind) {
    // Spelled out, since most values are made here and equal shapes are fast.
    case "int":
      return { kind: "int", value: value.value, origin, sources, assumed: value.assumed };
    case "string":
      return { kind: "string", value: value.value, origin, sources, assumed: value.assumed };
    case "bool":
      return { kind: "bool", value: value.value, origin, sources, assumed: value.assumed };
    default:
      return withDetails(value, { origin, sources } as Partial<Value>);
  }
}
