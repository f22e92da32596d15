// Strings: interpolation, coercion, `+`.
import type { StringExpr } from "../syntax/ast.js";
import { call } from "./functions.js";
import { evaluate, originOf } from "./expression.js";
import { appendToPath, normalise, throwPathText } from "./paths.js";
import { type Run, Unknowable } from "./run.js";
import type { Scope } from "./scope.js";
import { attrOf, hasAlternatives } from "./select.js";
import { guarded } from "./thunk.js";
import type { UnknownValue, Value } from "./value.js";
import { fail, giveUp, madeAt, mismatch, oneOf, ready, sourcesOf, string, unknown, withDetails } from "./values.js";

/** Longest string that is built, in UTF-16 units. */
const MAX_LENGTH = 1_000_000;

export function checkedString(value: string): string {
  return value.length > MAX_LENGTH ? giveUp("bounded") : value;
}

export function evaluateString(expr: StringExpr, scope: Scope): Value {
  const origin = originOf(expr, scope);
  const [only] = expr.parts;
  if (!only) return { kind: "string", value: "", origin };
  if (expr.parts.length === 1 && only.kind === "text") return { kind: "string", value: only.text, origin };
  const { run } = scope.file;
  const values = expr.parts.map((part): Value => {
    if (part.kind === "text") return string(part.text);
    return guarded(run, () => {
      const value = evaluate(part.expr, scope);
      return { kind: "string", value: coerce(run, value, INTERPOLATED), sources: sourcesOf(value) };
    });
  });
  const joined = joinTexts(values, "");
  const sources = sourcesOf(...values);
  if (joined.kind !== "unknown" || joined.error) return madeAt(joined, origin, sources);
  const parts = values.map((value) => (value.kind === "string" ? value.value : undefined));
  const files = values.map((value) => (value.kind === "unknown" ? value.path : undefined));
  return withDetails(joined, { origin, sources, parts, ...(files.some((file) => file !== undefined) && { files }) });
}

/** Strings joined; where one is not known, what is left: its alternatives, the file that the whole still names, the reason. */
export function joinTexts(values: readonly Value[], separator: string): Value {
  if (values.every((value) => value.kind === "string"))
    return string(checkedString(values.map(({ value }) => value).join(separator)));
  const error = values.find((value) => value.kind === "unknown" && value.error);
  if (error) return error;
  const holes = values.filter((value) => value.kind === "unknown");
  const [only] = holes;
  if (holes.length === 1 && only?.kind === "unknown" && hasAlternatives(only))
    return oneOf(only.reason, () =>
      (only.alternatives ?? []).map((one) =>
        joinTexts(
          values.map((value) => (value === only ? textOrUnknown(one) : value)),
          separator,
        ),
      ),
    );
  const texts: string[] = [];
  let hole: UnknownValue | undefined;
  for (const [i, value] of values.entries()) {
    if (value.kind === "string") {
      texts.push(value.value);
      continue;
    }
    if (value.kind !== "unknown") mismatch(value, "a string");
    if (hole || texts.join("") !== "" || i > 0) return withoutPath(hole ?? value, values);
    hole = value;
  }
  const text = checkedString(texts.join(separator));
  if (!hole) return string(text);
  const rest = text === "" || separator === "" ? text : undefined;
  if (hole.path === undefined || rest === undefined || (rest !== "" && !rest.startsWith("/"))) {
    return { ...withoutPath(hole, values), ...(rest !== undefined && belowName(hole, rest)) };
  }
  return unknown(hole.reason, { path: normalise(`${hole.path}${rest}`.replace(/^\//, "")), stored: hole.stored });
}

/** One of several values of an interpolation, as yet without coercion. */
function textOrUnknown(value: Value): Value {
  return value.kind === "string" || value.kind === "unknown" ? value : unknown("a value that is not a string");
}

/** What text is known to lie below a value that has a name. */
function belowName({ name }: UnknownValue, text: string): Pick<UnknownValue, "below"> | undefined {
  return name && { below: { name, text } };
}

function withoutPath(hole: UnknownValue, values: readonly Value[]): UnknownValue {
  return unknown(hole.reason, {
    inside: values.filter((value) => value.kind === "unknown" && value.inside).map(ready),
    sources: sourcesOf(...values),
  });
}

export interface Coercion {
  /** `toString`: numbers, Booleans, null and lists too. */
  readonly more: boolean;
  /** Paths are copied to the store. */
  readonly copy: boolean;
}
export const INTERPOLATED: Coercion = { more: false, copy: true };
export const TO_STRING: Coercion = { more: true, copy: false };
export const PLAIN: Coercion = { more: false, copy: false };

/** @throws Unknowable if the value has no text, or none that is known. */
export function coerce(run: Run, value: Value, how: Coercion): string {
  switch (value.kind) {
    case "string":
      return value.value;
    case "unknown":
      throw new Unknowable(value);
    case "path":
      return value.path.startsWith("/") && !how.copy ? value.path : throwPathText(value, how.copy);
    case "attrs": {
      run.enter();
      const text = coerceSet(run, value, how);
      run.depth--;
      return text;
    }
  }
  if (!how.more) return mismatch(value, "a string");
  switch (value.kind) {
    case "bool":
      return value.value ? "1" : "";
    case "null":
      return "";
    case "int":
      return value.value.toString();
    case "float":
      return floatText(value.value);
    case "function":
      return fail("a function has no text");
    case "list": {
      if (value.openTail !== undefined) return giveUp(value.openTail);
      run.enter();
      let text = "";
      for (const [i, item] of value.items.entries()) {
        const element = item.force();
        text += coerce(run, element, how);
        const empty = element.kind === "list" && element.items.length === 0;
        if (i < value.items.length - 1 && !empty) text += " ";
      }
      run.depth--;
      return checkedString(text);
    }
  }
}

function coerceSet(run: Run, value: Value & { kind: "attrs" }, how: Coercion): string {
  const custom = attrOf(run, value, "__toString");
  if (custom && (value.entries.has("__toString") || !value.entries.has("outPath")))
    return coerce(run, call(run, custom.thunk, ready(value)), how);
  const out = attrOf(run, value, "outPath");
  return out ? coerce(run, out.thunk.force(), how) : fail("a set has no text");
}

/** `toString 1.5` is `"1.500000"`. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return giveUp("an infinite number");
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`;
  // A tie in the seventh digit: C rounds to even, JavaScript up.
  return Math.abs((value * 1e6) % 1) === 0.5 ? giveUp("rounding") : value.toFixed(6);
}

/** `left + right` where `left` is no number. */
export function addStrings(run: Run, left: Value, right: Value): Value {
  if (left.kind === "path") {
    if (right.kind === "unknown") throw new Unknowable(right);
    return appendToPath(left, coerce(run, right, PLAIN));
  }
  if (left.kind === "unknown") {
    // It may be a number or a path as well: nothing is certain of the right side's text then.
    if (left.path === undefined || right.kind !== "string") {
      const text = right.kind === "string" ? right.value : undefined;
      return unknown(left.reason, {
        sources: sourcesOf(left, right),
        ...(text?.startsWith("/") && belowName(left, text)),
      });
    }
    return joinTexts([left, right], "");
  }
  const copy = left.kind === "string";
  const texts = [left, right].map((value) => guarded(run, () => string(coerce(run, value, { more: false, copy }))));
  return joinTexts(texts, "");
}
