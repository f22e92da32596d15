// Equality and order of values, as `==` and `<` have them.
import { isPathText } from "./paths.js";
import { type Run, Unknowable } from "./run.js";
import type { AttrsValue, ListValue, PathValue, UnknownValue, Value } from "./value.js";
import { compareText, fail, failure, giveUp, mismatch } from "./values.js";

/** @throws Unknowable where it is not certain. */
export function equal(run: Run, a: Value, b: Value, nested = false): boolean {
  run.enter();
  const result = compare(run, a, b, nested);
  run.depth--;
  return result;
}

function compare(run: Run, a: Value, b: Value, nested: boolean): boolean {
  if (a.kind === "unknown" || b.kind === "unknown") {
    if (
      (isPathText(a) && b.kind !== "string" && b.kind !== "unknown") ||
      (isPathText(b) && a.kind !== "string" && a.kind !== "unknown")
    )
      return false;
    throw new Unknowable(firstUnknown(a, b));
  }
  if (a.kind === "int" && b.kind === "float") return Number(a.value) === b.value;
  if (a.kind === "float" && b.kind === "int") return a.value === Number(b.value);
  switch (a.kind) {
    case "null":
      return b.kind === "null";
    case "bool":
      return b.kind === "bool" && a.value === b.value;
    case "int":
      return b.kind === "int" && a.value === b.value;
    case "float":
      return b.kind === "float" && a.value === b.value;
    case "string":
      return b.kind === "string" && a.value === b.value;
    case "path":
      return b.kind === "path" && samePath(a, b);
    case "list":
      return b.kind === "list" && sameLists(run, a, b);
    case "attrs":
      return b.kind === "attrs" && sameSets(run, a, b);
    case "function":
      // Nix compares functions inside structures by identity of memory, which cannot be told here.
      return b.kind === "function" && nested ? giveUp("functions are compared") : false;
  }
}

function firstUnknown(a: Value, b: Value): UnknownValue {
  if (b.kind === "unknown" && (a.kind !== "unknown" || b.error)) return b;
  return a.kind === "unknown" ? a : failure("nothing to compare");
}

function samePath(a: PathValue, b: PathValue): boolean {
  const absolute = (path: PathValue) => path.path.startsWith("/");
  if (a.inside !== b.inside || absolute(a) !== absolute(b)) return giveUp("depends on where the workspace lies");
  return a.path === b.path;
}

/** An order or equality of elements that a later, certain difference may still decide. */
function tolerate(found: Unknowable | undefined, error: unknown): Unknowable {
  if (!(error instanceof Unknowable) || error.value.error) throw error;
  return found ?? error;
}

function sameLists(run: Run, a: ListValue, b: ListValue): boolean {
  if (a.openTail === undefined && b.openTail === undefined && a.items.length !== b.items.length) return false;
  if (a.openTail === undefined && b.items.length > a.items.length) return false;
  if (b.openTail === undefined && a.items.length > b.items.length) return false;
  let open: Unknowable | undefined;
  const count = Math.min(a.items.length, b.items.length);
  for (let i = 0; i < count; i++) {
    const x = a.items[i];
    const y = b.items[i];
    const depth = run.depth;
    try {
      if (x && y && !equal(run, x.force(), y.force(), true)) return false;
    } catch (error) {
      open = tolerate(open, error);
      run.depth = depth;
    }
  }
  const tail = a.openTail ?? b.openTail;
  if (open) throw open;
  return tail === undefined || giveUp(tail);
}

function sameSets(run: Run, a: AttrsValue, b: AttrsValue): boolean {
  const identity = derivationPaths(a, b);
  if (identity) return equal(run, identity[0], identity[1], true);
  if (a.open === undefined && b.open === undefined && a.entries.size !== b.entries.size) return false;
  for (const name of a.entries.keys()) if (b.open === undefined && !b.entries.has(name)) return false;
  for (const name of b.entries.keys()) if (a.open === undefined && !a.entries.has(name)) return false;
  let open: Unknowable | undefined;
  for (const [name, entry] of a.entries) {
    const other = b.entries.get(name);
    const depth = run.depth;
    try {
      if (other && !equal(run, entry.thunk.force(), other.thunk.force(), true)) return false;
    } catch (error) {
      open = tolerate(open, error);
      run.depth = depth;
    }
  }
  if (open) throw open;
  const tail = a.open ?? b.open;
  return tail === undefined || giveUp(tail);
}

/** Derivations are equal if their output paths are. */
function derivationPaths(a: AttrsValue, b: AttrsValue): [Value, Value] | undefined {
  if (!isDerivation(a) || !isDerivation(b)) return undefined;
  const x = a.entries.get("outPath")?.thunk.force();
  const y = b.entries.get("outPath")?.thunk.force();
  return x && y ? [x, y] : undefined;
}

export function isDerivation(set: AttrsValue): boolean {
  const type = set.entries.get("type")?.thunk.force();
  if (type?.kind === "unknown") throw new Unknowable(type);
  return type?.kind === "string" && type.value === "derivation";
}

/** @throws Unknowable where it is not certain, or the values have no order. */
export function lessThan(run: Run, a: Value, b: Value): boolean {
  if (a.kind === "unknown") throw new Unknowable(a);
  if (b.kind === "unknown") throw new Unknowable(b);
  if (a.kind === "int" && b.kind === "int") return a.value < b.value;
  if ((a.kind === "int" || a.kind === "float") && (b.kind === "int" || b.kind === "float"))
    return Number(a.value) < Number(b.value);
  if (a.kind === "string" && b.kind === "string") return compareText(a.value, b.value) < 0;
  if (a.kind === "path" && b.kind === "path") {
    if (samePath(a, b)) return false;
    return a.inside || !a.path.startsWith("/")
      ? giveUp("depends on where the workspace lies")
      : compareText(a.path, b.path) < 0;
  }
  if (a.kind === "list" && b.kind === "list") return lessLists(run, a, b);
  if (a.kind !== b.kind) return mismatch(b, `the same kind as the other side (${a.kind})`);
  return fail(`values of this kind (${a.kind}) have no order`);
}

function lessLists(run: Run, a: ListValue, b: ListValue): boolean {
  for (let i = 0; ; i++) {
    const x = a.items[i];
    const y = b.items[i];
    if (!y) return b.openTail === undefined ? false : giveUp(b.openTail);
    if (!x) return a.openTail === undefined ? true : giveUp(a.openTail);
    if (!equal(run, x.force(), y.force(), true)) return lessThan(run, x.force(), y.force());
  }
}
