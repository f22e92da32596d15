// lib/trivial.nix, lib/asserts.nix, lib/debug.nix: small functions, warnings, assertions.
import { functionArgs } from "../builtins/core.js";
import { call, fn, type Primitives } from "../functions.js";
import { equal, lessThan } from "../compare.js";
import { concat } from "../operators.js";
import { parseJson } from "../json.js";
import type { Run } from "../run.js";
import { selectAttr, update } from "../select.js";
import { lazy } from "../thunk.js";
import { parseToml } from "../toml.js";
import type { Thunk, UnknownValue, Value } from "../value.js";
import {
  attrs,
  bool,
  boolOf,
  fail,
  giveUp,
  int,
  intOf,
  itemsOf,
  knownOf,
  listOfValues,
  mismatch,
  oneOf,
  ready,
  string,
  stringOf,
} from "../values.js";
import { workspacePath } from "../paths.js";

/** A condition: true, false, or unknown. @throws Unknowable for errors and other kinds of value. */
export function conditionOf(thunk: Thunk): boolean | UnknownValue {
  const value = thunk.force();
  if (value.kind === "bool") return value.value;
  return value.kind === "unknown" && !value.error ? value : mismatch(value, "a Boolean");
}

/** `if condition then yes else no` for functions like `optional`. */
export function choose(run: Run, condition: Thunk, yes: () => Value, no: () => Value): Value {
  const verdict = conditionOf(condition);
  if (typeof verdict === "boolean") return verdict ? yes() : no();
  return oneOf(verdict.reason, () => [lazy(run, yes).force(), lazy(run, no).force()], { sources: verdict.sources });
}

/** A function, or a set that can be called like one. */
function isCallable(run: Run, thunk: Thunk): boolean {
  const value = knownOf(thunk);
  if (value.kind !== "attrs") return value.kind === "function";
  const functor = selectAttr(run, value, "__functor");
  if (!functor) return false;
  return knownOf(ready(call(run, functor, thunk))).kind === "function";
}

/** `lib.functionArgs`: as the builtin, but sets that are called like functions have arguments too. */
function formalsOf(run: Run, thunk: Thunk): Value {
  const value = knownOf(thunk);
  const functor = value.kind === "attrs" ? selectAttr(run, value, "__functor") : undefined;
  if (value.kind !== "attrs" || !functor) return functionArgs(run, thunk);
  return selectAttr(run, value, "__functionArgs") ?? functionArgs(run, ready(call(run, functor, thunk)));
}

function withFormals(run: Run, f: Thunk, args: Thunk): Value {
  return attrs([
    ["__functor", ready(fn(run, "setFunctionArgs", () => f.force()))],
    ["__functionArgs", args],
  ]);
}

/** Applies a list of functions one after the other. */
function pipe(run: Run, start: Thunk, functions: Thunk): Value {
  let value = start;
  for (const f of itemsOf(functions)) value = ready(call(run, f, value));
  return value.force();
}

export function fileText(run: Run, thunk: Thunk): string {
  const file = workspacePath(thunk.force());
  if (file === undefined) return giveUp("a file outside the workspace");
  const text = run.files.text(file);
  return typeof text === "string" ? text : giveUp(text.reason);
}

/** Digits of a non-negative integer in a base, most significant first. */
function digits(base: bigint, value: bigint): bigint[] {
  if (base < 2n || value < 0n) return fail("digits of a negative number");
  const found: bigint[] = [];
  let rest = value;
  do {
    found.unshift(rest % base);
    rest /= base;
  } while (rest > 0n);
  return found;
}

function passThrough(_run: Run, _message: Thunk, value: Thunk): Value {
  return value.force();
}

function messageOf(thunk: Thunk): string {
  const value = thunk.force();
  return value.kind === "string" ? value.value : "an assertion fails";
}

export const TRIVIAL: Primitives = {
  id: (_run, value) => value.force(),
  const: (_run, value, _ignored) => value.force(),
  pipe,
  concat: (run, a, b) => concat(run, a.force(), b.force()),
  or: (_run, a, b) => bool(boolOf(a) || boolOf(b)),
  and: (_run, a, b) => bool(boolOf(a) && boolOf(b)),
  xor: (_run, a, b) => bool(boolOf(a) !== boolOf(b)),
  bitNot: (_run, a) => int(-1n - intOf(a)),
  boolToString: (run, condition) =>
    choose(
      run,
      condition,
      () => string("true"),
      () => string("false"),
    ),
  boolToYesNo: (run, condition) =>
    choose(
      run,
      condition,
      () => string("yes"),
      () => string("no"),
    ),
  mergeAttrs: (run, a, b) => update(run, a.force(), b.force()),
  flip: (run, f, a, b) => call(run, f, b, a),
  mapNullable: (run, f, value) => (knownOf(value).kind === "null" ? value.force() : call(run, f, value)),
  defaultTo: (_run, fallback, value) => (knownOf(value).kind === "null" ? fallback.force() : value.force()),
  isFunction: (run, thunk) => bool(isCallable(run, thunk)),
  toFunction: (run, thunk) => (isCallable(run, thunk) ? thunk.force() : fn(run, "toFunction", () => thunk.force())),
  functionArgs: (run, f) => formalsOf(run, f),
  setFunctionArgs: (run, f, args) => withFormals(run, f, args),
  mirrorFunctionArgs: (run, f, g) =>
    withFormals(
      run,
      g,
      lazy(run, () => formalsOf(run, f)),
    ),
  mod: (_run, a, b) => {
    const [of, by] = [knownOf(a), knownOf(b)];
    if (of.kind !== "int" || by.kind !== "int") return giveUp("a remainder of floats");
    return by.value === 0n ? fail("division by zero") : int(of.value % by.value);
  },
  max: (run, a, b) => (lessThan(run, b.force(), a.force()) ? a.force() : b.force()),
  min: (run, a, b) => (lessThan(run, a.force(), b.force()) ? a.force() : b.force()),
  compare: (run, a, b) => {
    if (lessThan(run, a.force(), b.force())) return int(-1);
    return int(lessThan(run, b.force(), a.force()) ? 1 : 0);
  },
  importJSON: (run, file) => parseJson(fileText(run, file)),
  importTOML: (run, file) => parseToml(fileText(run, file)),
  warn: passThrough,
  info: passThrough,
  warnIf: (_run, _condition, _message, value) => value.force(),
  warnIfNot: (_run, _condition, _message, value) => value.force(),
  throwIf: (run, condition, message) => guard(run, condition, message, true),
  throwIfNot: (run, condition, message) => guard(run, condition, message, false),
  checkListOfEnum: (run, _message, allowed, given) => {
    const valid = itemsOf(allowed);
    const ok = itemsOf(given).every((one) => valid.some((other) => equal(run, one.force(), other.force(), true)));
    return ok ? fn(run, "checkListOfEnum", (value) => value.force()) : fail("not one of the allowed values", true);
  },
  toHexString: (_run, value) =>
    string(
      digits(16n, intOf(value))
        .map((d) => d.toString(16).toUpperCase())
        .join(""),
    ),
  fromHexString: (_run, text) => {
    const digits = /^(?:0x)?([0-7]?[0-9A-Fa-f]{1,15})$/.exec(stringOf(text))?.[1];
    return digits === undefined ? giveUp("not a hexadecimal number") : int(BigInt(`0x${digits}`));
  },
  toBaseDigits: (_run, base, value) => listOfValues(digits(intOf(base), intOf(value)).map((d) => int(d))),
};

export const ASSERTS: Primitives = {
  assertMsg: (_run, condition, message) => {
    const verdict = conditionOf(condition);
    if (verdict === false) return fail(messageOf(message), true);
    return typeof verdict === "boolean" ? bool(true) : verdict;
  },
  assertOneOf: (run, _name, value, allowed) =>
    itemsOf(allowed).some((one) => equal(run, value.force(), one.force(), true))
      ? bool(true)
      : fail("not one of the allowed values", true),
};

export const DEBUG: Primitives = {
  traceVal: (_run, value) => value.force(),
  traceValFn: (_run, _f, value) => value.force(),
  traceValSeq: (_run, value) => value.force(),
  traceSeq: passThrough,
  traceSeqN: (_run, _depth, _message, value) => value.force(),
  traceFnSeqN: (_run, _depth, _f, _message, value) => value.force(),
  traceIf: (_run, _condition, _message, value) => value.force(),
};

function guard(run: Run, condition: Thunk, message: Thunk, when: boolean): Value {
  const verdict = conditionOf(condition);
  if (verdict === when) return fail(messageOf(message), true);
  return fn(run, "throwIf", (value) => value.force());
}
