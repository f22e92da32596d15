// Builtins about types, errors, numbers and functions.
import { equal, lessThan } from "../compare.js";
import { call, callValue, Lambda, type Primitives, readFunction } from "../functions.js";
import { arithmetic } from "../operators.js";
import { isPathText } from "../paths.js";
import { type Run, Unknowable } from "../run.js";
import { coerce, TO_STRING } from "../strings.js";
import { guarded, lazy } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import {
  attrsOf,
  bool,
  FALSE,
  fail,
  giveUp,
  int,
  intOf,
  itemsOf,
  knownOf,
  mismatch,
  NULL,
  oneOf,
  record,
  string,
  stringOf,
  TRUE,
} from "../values.js";

const TYPE_NAMES: Readonly<Record<Exclude<Value["kind"], "unknown">, string>> = {
  null: "null",
  bool: "bool",
  int: "int",
  float: "float",
  string: "string",
  path: "path",
  list: "list",
  attrs: "set",
  function: "lambda",
};

/** The kind of a value. Text that names a file of the workspace is text, though it is not known. @throws Unknowable */
function kindOf(thunk: Thunk): keyof typeof TYPE_NAMES {
  const value = thunk.force();
  return isPathText(value) ? "string" : knownOf(thunk).kind;
}

function isKind(kind: Value["kind"]) {
  return (_run: Run, value: Thunk) => bool(kindOf(value) === kind);
}

/** Goes on past a value that was asked for. @throws Unknowable if it is an error. */
function pass(run: Run, value: Value): void {
  if (value.kind !== "unknown") return;
  if (value.error) throw new Unknowable(value);
  run.granted++;
}

/** Forces all of a value. @throws Unknowable if anything in it is an error. */
export function forceDeeply(run: Run, value: Value): void {
  run.enter();
  pass(run, value);
  if (value.kind === "list") {
    if (value.openTail !== undefined) run.granted++;
    for (const item of value.items) forceDeeply(run, item.force());
  } else if (value.kind === "attrs") {
    if (value.open !== undefined) run.granted++;
    for (const { thunk } of value.entries.values()) forceDeeply(run, thunk.force());
  }
  run.depth--;
}

/** The text of a `throw`, as far as it is known. */
function messageOf(run: Run, thunk: Thunk, fallback: string): string {
  const value = guarded(run, () => string(coerce(run, thunk.force(), TO_STRING)));
  return value.kind === "string" ? value.value : fallback;
}

function tryEval(run: Run, thunk: Thunk): Value {
  const { granted } = run;
  const value = thunk.force();
  const failed = () => record({ success: FALSE, value: FALSE });
  if (value.kind !== "unknown") {
    const succeeded = record({ success: TRUE, value });
    return run.granted === granted ? succeeded : oneOf("may fail", () => [succeeded, failed()]);
  }
  if (value.catchable) return failed();
  if (value.error || run.incomplete) throw new Unknowable(value);
  return giveUp(value.reason);
}

export function functionArgs(_run: Run, thunk: Thunk): Value {
  const value = readFunction(knownOf(thunk));
  if (value instanceof Lambda)
    return record(
      Object.fromEntries(
        (value.expr.formals?.entries ?? []).map(({ name, fallback }) => [name, bool(fallback !== undefined)]),
      ),
    );
  if (value.kind === "attrs") {
    const given = value.entries.get("__functionArgs");
    return given ? given.thunk.force() : fail("`functionArgs` wants a function");
  }
  if (value.kind !== "function") return mismatch(value, "a function");
  return value.definition ? giveUp("arguments of a changed function") : record({});
}

function bits(combine: (a: bigint, b: bigint) => bigint) {
  return (_run: Run, a: Thunk, b: Thunk) => int(combine(intOf(a), intOf(b)));
}

function rounded(round: (value: number) => number) {
  return (_run: Run, thunk: Thunk): Value => {
    const value = knownOf(thunk);
    if (value.kind === "int") return value;
    if (value.kind !== "float") return mismatch(value, "a number");
    const result = round(value.value);
    return Number.isFinite(result) && Math.abs(result) < 2 ** 63
      ? int(BigInt(result))
      : giveUp("a number out of range");
  };
}

function calculation(operator: "+" | "-" | "*" | "/") {
  return (_run: Run, a: Thunk, b: Thunk) => arithmetic(operator, knownOf(a), knownOf(b));
}

/** `operator` is a function from an item to a list of further items; each key is visited once. */
function genericClosure(run: Run, argument: Thunk): Value {
  const set = attrsOf(argument);
  const start = set.entries.get("startSet")?.thunk ?? fail("`startSet` is missing");
  const operator = set.entries.get("operator")?.thunk ?? fail("`operator` is missing");
  const pending = [...itemsOf(start)];
  const keys: Value[] = [];
  const found: Thunk[] = [];
  for (let i = 0; i < pending.length; i++) {
    run.step();
    const item = pending[i];
    if (!item) break;
    const key = knownOf(attrsOf(item).entries.get("key")?.thunk ?? fail("`key` is missing"));
    if (keys.some((known) => equal(run, known, key))) continue;
    keys.push(key);
    found.push(item);
    pending.push(...itemsOf(lazy(run, () => call(run, operator, item))));
  }
  return { kind: "list", items: found };
}

export const CORE_BUILTINS: Primitives = {
  isNull: isKind("null"),
  isBool: isKind("bool"),
  isInt: isKind("int"),
  isFloat: isKind("float"),
  isString: isKind("string"),
  isPath: isKind("path"),
  isList: isKind("list"),
  isAttrs: isKind("attrs"),
  isFunction: isKind("function"),
  typeOf: (_run, thunk) => string(TYPE_NAMES[kindOf(thunk)]),
  seq: (run, first, second) => {
    pass(run, first.force());
    return second.force();
  },
  deepSeq: (run, first, second) => {
    forceDeeply(run, first.force());
    return second.force();
  },
  trace: (_run, _message, value) => value.force(),
  traceVerbose: (_run, _message, value) => value.force(),
  warn: (_run, _message, value) => value.force(),
  break: (_run, value) => value.force(),
  addErrorContext: (_run, _context, value) => value.force(),
  throw: (run, message) => fail(messageOf(run, message, "throw"), true),
  abort: (run, message) => fail(messageOf(run, message, "abort")),
  tryEval,
  functionArgs,
  genericClosure,
  add: calculation("+"),
  sub: calculation("-"),
  mul: calculation("*"),
  div: calculation("/"),
  lessThan: (run, a, b) => bool(lessThan(run, a.force(), b.force())),
  bitAnd: bits((a, b) => a & b),
  bitOr: bits((a, b) => a | b),
  bitXor: bits((a, b) => a ^ b),
  ceil: rounded(Math.ceil),
  floor: rounded(Math.floor),
  getEnv: (_run, name) => {
    stringOf(name);
    return giveUp("environment variables differ from machine to machine");
  },
  placeholder: () => giveUp("a placeholder of the build"),
  unsafeGetAttrPos: () => giveUp("a position in a file"),
  getContext: () => giveUp("string contexts are not followed"),
  hasContext: () => giveUp("string contexts are not followed"),
  appendContext: (_run, text) => text.force(),
  addDrvOutputDependencies: (_run, text) => text.force(),
  unsafeDiscardStringContext: (_run, text) => text.force(),
  unsafeDiscardOutputDependency: (_run, text) => text.force(),
  derivation: () => giveUp("a derivation"),
  derivationStrict: () => giveUp("a derivation"),
};

/** Builtins that are no functions. */
export function constants(): readonly (readonly [string, Value])[] {
  const outside = (reason: string, name: string): Value => ({ kind: "unknown", reason, name: ["builtins", name] });
  return [
    ["true", TRUE],
    ["false", FALSE],
    ["null", NULL],
    ["langVersion", int(6)],
    ["currentSystem", outside("the system is that of the machine that evaluates", "currentSystem")],
    ["currentTime", outside("the time of evaluation", "currentTime")],
    ["nixVersion", outside("the version of Nix that evaluates", "nixVersion")],
    ["nixPath", outside("NIX_PATH of the machine that evaluates", "nixPath")],
    ["storeDir", outside("the store of the machine that evaluates", "storeDir")],
  ];
}

/** `f a b` for a two-argument function value. */
export function apply2(run: Run, fn: Value, a: Thunk, b: Thunk): Value {
  return callValue(run, callValue(run, fn, a), b);
}
