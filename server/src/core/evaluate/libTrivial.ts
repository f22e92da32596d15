// lib/trivial.nix, lib/asserts.nix, lib/debug.nix: small functions, warnings, assertions.
import { call, callValue, fn, type Primitives } from "./functions.js";
import { equal, lessThan } from "./compare.js";
import { concat } from "./operators.js";
import { parseJson } from "./json.js";
import { type Run, Unknowable } from "./run.js";
import { selectAttr, update } from "./select.js";
import { lazy } from "./thunk.js";
import { parseToml } from "./toml.js";
import type { Thunk, UnknownValue, Value } from "./value.js";
import {
  attrsOf,
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
} from "./values.js";
import { workspacePath } from "./paths.js";

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

function extreme(pick: (less: boolean) => boolean) {
  return (run: Run, a: Thunk, b: Thunk): Value => {
    const less = lessThan(run, a.force(), b.force());
    return pick(less) ? a.force() : b.force();
  };
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
  isFunction: (_run, thunk) => {
    const value = knownOf(thunk);
    if (value.kind === "function") return bool(true);
    if (value.kind !== "attrs") return bool(false);
    if (value.entries.has("__functor")) return bool(true);
    return value.open === undefined ? bool(false) : giveUp(value.open);
  },
  toFunction: (run, thunk) => {
    const value = knownOf(thunk);
    return value.kind === "function" || (value.kind === "attrs" && value.entries.has("__functor"))
      ? value
      : fn(run, "toFunction", () => value);
  },
  setFunctionArgs: (_run, f, _args) => f.force(),
  mirrorFunctionArgs: (_run, _f, g) => g.force(),
  mod: (_run, a, b) => {
    const by = intOf(b);
    return by === 0n ? fail("division by zero") : int(intOf(a) % by);
  },
  max: extreme((less) => !less),
  min: extreme((less) => less),
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
  assertMsg: (_run, condition, message) => {
    const verdict = conditionOf(condition);
    if (verdict === false) return fail(messageOf(message), true);
    return typeof verdict === "boolean" ? bool(true) : verdict;
  },
  assertOneOf: (run, _name, value, allowed) =>
    itemsOf(allowed).some((one) => equal(run, value.force(), one.force(), true))
      ? bool(true)
      : fail("not one of the allowed values", true),
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
    const plain = stringOf(text).replace(/^0x/i, "");
    return /^[0-9a-f]+$/i.test(plain) ? int(BigInt(`0x${plain}`)) : fail("not a hexadecimal number");
  },
  toBaseDigits: (_run, base, value) => listOfValues(digits(intOf(base), intOf(value)).map((d) => int(d))),
  traceVal: (_run, value) => value.force(),
  traceValFn: (_run, _f, value) => value.force(),
  traceValSeq: (_run, value) => value.force(),
  traceSeq: passThrough,
  traceSeqN: (_run, _depth, _message, value) => value.force(),
  traceIf: (_run, _condition, _message, value) => value.force(),
  importApply: (run, file, args) =>
    callValue(run, run.importFile(workspacePath(file.force()) ?? giveUp("a file outside the workspace")), args),
};

function guard(run: Run, condition: Thunk, message: Thunk, when: boolean): Value {
  const verdict = conditionOf(condition);
  if (verdict === when) return fail(messageOf(message), true);
  return fn(run, "throwIf", (value) => value.force());
}

/** An attribute of a set argument, or undefined where it is certain that it has none. */
export function optionOf(run: Run, set: Thunk, name: string): Value | undefined {
  const value = attrsOf(set);
  const found = selectAttr(run, value, name);
  if (found?.kind === "unknown") throw new Unknowable(found);
  return found;
}
