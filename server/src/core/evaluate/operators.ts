// Binary operators, with Nix's rules for numbers and for what decides where one side is not known.
import type { BinaryExpr } from "../syntax/ast.js";
import { equal, lessThan } from "./compare.js";
import { callAt } from "./functions.js";
import { evaluate, originOf } from "./expression.js";
import type { Run } from "./run.js";
import type { Scope } from "./scope.js";
import { hasAlternatives, update } from "./select.js";
import { addStrings } from "./strings.js";
import { ExprThunk, guarded, lazy } from "./thunk.js";
import type { ListValue, Value } from "./value.js";
import { bool, fail, float, int, madeAt, mismatch, oneOf, sourcesOf, unknown } from "./values.js";

export function evaluateBinary(expr: BinaryExpr, scope: Scope): Value {
  switch (expr.operator) {
    case "&&":
      return logic(expr, scope, false, false);
    case "||":
      return logic(expr, scope, true, true);
    case "->":
      return logic(expr, scope, false, true);
    case "|>":
      return callAt(expr, scope, evaluate(expr.right, scope), new ExprThunk(expr.left, scope));
    case "<|":
      return callAt(expr, scope, evaluate(expr.left, scope), new ExprThunk(expr.right, scope));
    default: {
      const left = evaluate(expr.left, scope);
      const right = evaluate(expr.right, scope);
      const value = strict(scope.file.run, expr.operator, left, right);
      return madeAt(value, originOf(expr, scope), sourcesOf(left, right));
    }
  }
}

type StrictOperator = Exclude<BinaryExpr["operator"], "&&" | "||" | "->" | "|>" | "<|">;

/** An operator that reads both sides; where one has limited alternatives, so has the result. */
function strict(run: Run, operator: StrictOperator, left: Value, right: Value): Value {
  if (operator === "//") return update(run, left, right);
  if (operator === "++") return concat(run, left, right);
  if (left.kind !== "unknown" && right.kind !== "unknown") return compute(run, operator, left, right);
  if (left.kind === "unknown" && left.error) return left;
  if (right.kind === "unknown" && right.error) return right;
  for (const [side, value] of [left, right].entries()) {
    if (value.kind !== "unknown" || !hasAlternatives(value)) continue;
    const other = side === 0 ? right : left;
    if (other.kind === "unknown") break;
    return oneOf(value.reason, () =>
      (value.alternatives ?? []).map((one) =>
        side === 0 ? attempt(run, operator, one, other) : attempt(run, operator, other, one),
      ),
    );
  }
  return compute(run, operator, left, right);
}

/** An operator on one of several possible values, each of which may fail on its own. */
function attempt(run: Run, operator: StrictOperator, left: Value, right: Value): Value {
  return guarded(run, () => strict(run, operator, left, right));
}

function compute(run: Run, operator: Exclude<StrictOperator, "//" | "++">, left: Value, right: Value): Value {
  switch (operator) {
    case "==":
      return bool(equal(run, left, right));
    case "!=":
      return bool(!equal(run, left, right));
    case "<":
      return bool(lessThan(run, left, right));
    case ">":
      return bool(lessThan(run, right, left));
    case "<=":
      return bool(!lessThan(run, right, left));
    case ">=":
      return bool(!lessThan(run, left, right));
    case "+":
      return left.kind === "int" || left.kind === "float" ? arithmetic("+", left, right) : addStrings(run, left, right);
    default:
      return arithmetic(operator, left, right);
  }
}

export function arithmetic(operator: "+" | "-" | "*" | "/", left: Value, right: Value): Value {
  if (left.kind === "int" && right.kind === "int") return int(integer(operator, left.value, right.value));
  const a = numberOf(left);
  const b = numberOf(right);
  if (operator === "/" && b === 0) fail("division by zero");
  return float(operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b);
}

function integer(operator: "+" | "-" | "*" | "/", a: bigint, b: bigint): bigint {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  return b === 0n ? fail("division by zero") : a / b;
}

function numberOf(value: Value): number {
  if (value.kind === "int") return Number(value.value);
  return value.kind === "float" ? value.value : mismatch(value, "a number");
}

/** `&&`, `||`, `->`: `deciding` on the left gives `result`; so does `result` on the right. */
function logic(expr: BinaryExpr, scope: Scope, deciding: boolean, result: boolean): Value {
  const left = evaluate(expr.left, scope);
  const origin = originOf(expr, scope);
  if (left.kind === "bool") {
    if (left.value === deciding) return madeAt(bool(result), origin, sourcesOf(left));
    const right = evaluate(expr.right, scope);
    if (right.kind !== "bool") return mismatch(right, "a Boolean");
    return madeAt(bool(right.value), origin, sourcesOf(left, right));
  }
  if (left.kind !== "unknown" || left.error) return mismatch(left, "a Boolean");
  const { run } = scope.file;
  run.speculating++;
  try {
    const right = new ExprThunk(expr.right, scope).force();
    if (right.kind === "bool" && right.value === result) return madeAt(right, origin, sourcesOf(right));
  } finally {
    run.speculating--;
  }
  return unknown(left.reason, { origin, sources: sourcesOf(left) });
}

/** `left ++ right`, keeping the elements that are certain. */
export function concat(run: Run, left: Value, right: Value): Value {
  if (left.kind === "unknown" && right.kind === "unknown") {
    if (left.error || right.error) return left.error ? left : right;
    return unknown(left.reason, { inside: [lazy(run, () => left), lazy(run, () => right)] });
  }
  const start = asList(left);
  const end = asList(right);
  run.charge(start.items.length + end.items.length);
  if (start.openTail === undefined) {
    const items = start.items.length === 0 ? end.items : [...start.items, ...end.items];
    return { kind: "list", items, openTail: end.openTail, rest: end.rest };
  }
  return { ...start, rest: [...(start.rest ?? []), end] };
}

function asList(value: Value): ListValue {
  if (value.kind === "list") return value;
  if (value.kind !== "unknown" || value.error) return mismatch(value, "a list");
  return { kind: "list", items: [], openTail: value.reason, rest: [value] };
}
