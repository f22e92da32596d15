// Calls that are remembered: hosts walk the same folders with the functions of one library. Two calls cannot be told apart where
// argument and free variables are the same plain values; for others nothing is kept, so that no host's values outlive it.
import type { FunctionExpr } from "../syntax/ast.js";
import { sameItems } from "../text/sameItems.js";
import { Lambda, Primitive } from "./functions.js";
import type { Run } from "./run.js";
import { boundThunk, type FileContext, type Scope } from "./scope.js";
import { settled } from "./thunk.js";
import type { Thunk, Value } from "./value.js";

/** So many steps make a call worth remembering; those of a file's top function are in any case. */
const LONG_CALL = 64;
/** Calls of one function that are remembered, the last ones. */
const MAX_CALLS = 64;

/** All that a call hangs on, in the order in which it is found: plain values, and functions by their expression. */
type Grounds = readonly Ground[];
type Ground = Value | FunctionExpr | undefined;

interface RememberedCall {
  readonly grounds: Grounds;
  readonly value: Value;
}

export class RememberedCalls {
  /** By the file under evaluation: units that open a function of a file have calls of their own. */
  #calls = new WeakMap<FileContext, Map<FunctionExpr, RememberedCall[]>>();

  of({ expr, scope }: Lambda): readonly RememberedCall[] | undefined {
    return this.#calls.get(scope.file)?.get(expr);
  }

  add({ expr, scope }: Lambda, call: RememberedCall): void {
    const calls = this.#calls.get(scope.file) ?? new Map<FunctionExpr, RememberedCall[]>();
    this.#calls.set(scope.file, calls);
    const known = calls.get(expr);
    if (known === undefined) calls.set(expr, [call]);
    else if (known.push(call) > MAX_CALLS) known.shift();
  }

  /** After an edit: functions hold the scopes around them, and with these all that was evaluated before. */
  forget(): void {
    this.#calls = new WeakMap();
  }
}

/** What an equal call gave before. */
export function recalled(fn: Lambda, argument: Thunk): Value | undefined {
  const { run } = fn.scope.file;
  const known = run.calls.of(fn);
  if (known === undefined) return undefined;
  if (settled(argument) === undefined) readEarly(run, argument);
  const grounds = groundsOf(fn, argument);
  return grounds && known.find((call) => areSame(call.grounds, grounds))?.value;
}

/** The argument of a function that read it in other calls. What would go round in circles is left for when it is needed. */
function readEarly(run: Run, argument: Thunk): void {
  const { assumed, incomplete } = run;
  run.early++;
  argument.force();
  run.early--;
  run.assumed = assumed;
  run.incomplete = incomplete;
}

export function remember(fn: Lambda, argument: Thunk, value: Value, steps: number): void {
  if (steps < LONG_CALL && fn.scope.parent !== undefined) return;
  const grounds = groundsOf(fn, argument);
  if (grounds === undefined) return;
  fn.scope.file.run.calls.add(fn, { grounds, value });
}

/** Undefined where a call may hang on something that is not plain, or not computed yet. */
function groundsOf(fn: Lambda, argument: Thunk): Grounds | undefined {
  const grounds: Ground[] = [];
  const isPlain = addArgument(fn, argument, grounds) && addClosure(fn, grounds, new Map());
  return isPlain ? grounds : undefined;
}

function addArgument({ expr, scope }: Lambda, argument: Thunk, grounds: Ground[]): boolean {
  const { formals, parameter } = expr;
  if (!formals) {
    const value = settled(argument);
    grounds.push(value);
    return isPlain(value, scope);
  }
  const value = settled(argument);
  if (value?.kind !== "attrs" || parameter || (!formals.ellipsis && value.entries.size > formals.entries.length))
    return false;
  return formals.entries.every(({ name }) => {
    const given = value.entries.get(name)?.thunk;
    if (!mayName(expr, scope, name)) return true;
    const one = given && settled(given);
    grounds.push(one);
    return given === undefined ? value.open === undefined : isPlain(one, scope);
  });
}

/** The variables of a function that are bound outside of it, and those of the functions among them, of the same file. */
function addClosure({ expr, scope }: Lambda, grounds: Ground[], seen: Map<FunctionExpr, Scope>): boolean {
  const before = seen.get(expr);
  if (before !== undefined) return before === scope;
  seen.set(expr, scope);
  grounds.push(expr);
  // Around a file's top function there are builtins alone.
  if (scope.parent === undefined) return true;
  if (scope.nearestWith !== undefined) return false;
  const { globals } = scope.file.run;
  for (const name of namesIn(expr, scope)) {
    const thunk = boundThunk(scope, name);
    if (thunk === undefined || thunk === globals.get(name)) continue;
    const value = settled(thunk);
    if (value instanceof Lambda) {
      if (value.scope.file !== scope.file || !addClosure(value, grounds, seen)) return false;
    } else if (isPlain(value, scope)) grounds.push(value);
    else return false;
  }
  return true;
}

/** False where a function's defaults and body are certain not to name something. Cheaper than all names: few calls come so far. */
function mayName(expr: FunctionExpr, scope: Scope, name: string): boolean {
  return textsOf(expr, scope).some((text) => text.includes(name));
}

const NAMES = new WeakMap<FunctionExpr, ReadonlySet<string>>();

/** Every name in the text of a function's defaults and body, whatever it stands for. */
function namesIn(expr: FunctionExpr, scope: Scope): ReadonlySet<string> {
  let names = NAMES.get(expr);
  if (names === undefined) {
    names = new Set(textsOf(expr, scope).flatMap((text) => text.match(/[a-zA-Z_][\w'-]*/g) ?? []));
    NAMES.set(expr, names);
  }
  return names;
}

/** The texts of a function's defaults and body. */
function textsOf({ formals, body }: FunctionExpr, { file }: Scope): readonly string[] {
  const defaults = (formals?.entries ?? []).flatMap(({ fallback }) => fallback ?? []);
  return [...defaults, body].map(({ start, end }) => file.source.text.slice(start, end));
}

/** True for values that hold nothing of the place that they come from, and for nixpkgs' lib. */
function isPlain(value: Value | undefined, { file }: Scope): value is Value {
  if (value === undefined || value.assumed) return false;
  switch (value.kind) {
    case "attrs":
      return file.run.isLib(value);
    case "function":
      return value instanceof Primitive && value.given.length === 0;
    case "unknown":
      return value.path !== undefined && value.inside === undefined && !("alternatives" in value);
    default:
      return value.kind !== "list";
  }
}

function areSame(a: Grounds, b: Grounds): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i] || isSameValue(one, b[i]));
}

/** True for equal values that come from the same place. */
function isSameValue(a: Ground, b: Ground): boolean {
  if (a === undefined || b === undefined || !isValue(a) || !isValue(b)) return false;
  if (a.origin?.range !== b.origin?.range || !areSamePlaces(a.sources, b.sources)) return false;
  switch (a.kind) {
    case "path":
      return b.kind === "path" && a.path === b.path && a.inside === b.inside;
    case "string":
    case "bool":
    case "int":
    case "float":
      return b.kind === a.kind && a.value === b.value;
    case "null":
      return b.kind === "null";
    case "unknown":
      return (
        b.kind === "unknown" &&
        a.path === b.path &&
        a.stored === b.stored &&
        a.reason === b.reason &&
        sameItems(a.parts, b.parts) &&
        sameItems(a.files, b.files) &&
        sameItems(a.name, b.name)
      );
    default:
      return false;
  }
}

function isValue(one: Value | FunctionExpr): one is Value {
  return !("body" in one);
}

function areSamePlaces(a: Value["sources"], b: Value["sources"]): boolean {
  return (
    a === b ||
    sameItems(
      a?.map(({ range }) => range),
      b?.map(({ range }) => range),
    )
  );
}
