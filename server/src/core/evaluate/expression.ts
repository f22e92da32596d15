// Expression + scope -> value: one small function a kind. Total but for Unknowable, which thunks catch.
import type {
  ApplyExpr,
  AssertExpr,
  AttrName,
  Expr,
  HasAttrExpr,
  IfExpr,
  ListExpr,
  SelectExpr,
  UnaryExpr,
  VariableExpr,
  WithExpr,
} from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { callAt, makeLambda } from "./functions.js";
import { evaluateBinary } from "./operators.js";
import { evaluatePath } from "./paths.js";
import type { Run } from "./run.js";
import { lookup, Scope } from "./scope.js";
import { hasAttr, selectAttr, selectAny } from "./select.js";
import { letScope, makeSet, shapeOf, staticName } from "./sets.js";
import { evaluateString } from "./strings.js";
import { assume, ExprThunk } from "./thunk.js";
import type { UnknownValue, Value } from "./value.js";
import { attrs, bool, failure, float, int, madeAt, mismatch, oneOf, ready, sourcesOf, unknown } from "./values.js";

export function evaluate(expr: Expr, scope: Scope): Value {
  const { run } = scope.file;
  run.enter();
  const value = dispatch(expr, scope);
  run.depth--;
  return value;
}

export function originOf(expr: Expr, scope: Scope): Value["origin"] {
  return { file: scope.file.source.path, range: expr };
}

function dispatch(expr: Expr, scope: Scope): Value {
  switch (expr.kind) {
    case "variable":
      return evaluateVariable(expr, scope);
    case "integer":
      return { kind: "int", value: expr.value, origin: originOf(expr, scope) };
    case "float":
      return { kind: "float", value: expr.value, origin: originOf(expr, scope) };
    case "string":
      return evaluateString(expr, scope);
    case "path":
      return evaluatePath(expr, scope);
    case "list":
      return evaluateList(expr, scope);
    case "attrset":
      return makeSet(shapeOf(expr, scope.file.source), scope, originOf(expr, scope));
    case "let":
      return evaluate(expr.body, letScope(expr, scope));
    case "function":
      return makeLambda(expr, scope);
    case "apply":
      return evaluateApply(expr, scope);
    case "select":
      return evaluateSelect(expr, scope);
    case "has_attr":
      return evaluateHasAttr(expr, scope);
    case "unary":
      return evaluateUnary(expr, scope);
    case "binary":
      return evaluateBinary(expr, scope);
    case "if":
      return evaluateIf(expr, scope);
    case "assert":
      return evaluateAssert(expr, scope);
    case "with":
      return evaluateWith(expr, scope);
    case "error":
      return unknown("the code is broken here", {
        origin: originOf(expr, scope),
        inside: expr.children.map((child) => new ExprThunk(child, scope)),
      });
  }
}

function evaluateVariable(expr: VariableExpr, scope: Scope): Value {
  if (expr.name === "__curPos") return position(scope.file.source.path);
  return lookup(scope, expr.name);
}

/** `__curPos`: of the file's absolute path, the part inside the workspace is known. */
function position(path: FilePath): Value {
  const place = ready(unknown("a position in the file"));
  return attrs([
    ["column", place],
    ["file", ready(unknown("depends on where the workspace lies", { path }))],
    ["line", place],
  ]);
}

function evaluateList(expr: ListExpr, scope: Scope): Value {
  return {
    kind: "list",
    items: expr.items.map((item) => new ExprThunk(item, scope)),
    origin: originOf(expr, scope),
  };
}

function evaluateApply(expr: ApplyExpr, scope: Scope): Value {
  const fn = evaluate(expr.fn, scope);
  return callAt(expr, scope, fn, new ExprThunk(expr.arg, scope));
}

/** The text of an attribute name; an unknown value where it is not known. */
function nameOf(name: AttrName, scope: Scope): string | UnknownValue {
  const text = staticName(name);
  if (text !== undefined || name.kind === "name") return text ?? "";
  const value = evaluate(name.expr, scope);
  if (value.kind === "string") return value.value;
  return value.kind === "unknown" ? value : failure("an attribute's name is not a string");
}

function evaluateSelect(expr: SelectExpr, scope: Scope): Value {
  const { run } = scope.file;
  let value = evaluate(expr.base, scope);
  for (const step of expr.path) {
    const name = nameOf(step, scope);
    if (typeof name !== "string") {
      if (name.error || (value.kind === "unknown" && value.error)) return name.error ? name : value;
      value = selectAny(run, value, name);
      continue;
    }
    if (expr.fallback && isUnseen(value, name)) return assumed(run, evaluate(expr.fallback, scope));
    const found = selectAttr(run, value, name);
    if (found === undefined) {
      if (expr.fallback) return evaluate(expr.fallback, scope);
      return value.kind === "attrs"
        ? { ...failure(`attribute \`${name}\` missing`), origin: originOf(expr, scope) }
        : mismatch(value, "a set");
    }
    value = found;
  }
  if (expr.fallback && value.kind === "unknown" && !value.error) {
    const { fallback } = expr;
    const selected = value;
    return oneOf(value.reason, () => [selected, new ExprThunk(fallback, scope).force()], {
      name: value.name,
      callee: value.callee,
      inside: [...(value.inside ?? []), new ExprThunk(fallback, scope)],
      sources: value.sources,
    });
  }
  return value;
}

/** The value, it and all that is computed from it marked as assumed. */
function assumed(run: Run, value: Value): Value {
  run.assumed = true;
  return assume(run, value);
}

/** True for an argument that only a caller could give, with none in sight. */
function isUnseen(value: Value, name: string): boolean {
  return value.kind === "attrs" && value.unseen === true && !value.entries.has(name);
}

function evaluateHasAttr(expr: HasAttrExpr, scope: Scope): Value {
  const { run } = scope.file;
  let value = evaluate(expr.base, scope);
  for (const [i, step] of expr.path.entries()) {
    if (value.kind === "unknown") return value.error ? value : unknown(value.reason, { sources: sourcesOf(value) });
    const name = nameOf(step, scope);
    if (typeof name !== "string") return name;
    if (isUnseen(value, name)) return assumed(run, bool(false));
    const has = hasAttr(value, name);
    if (typeof has !== "boolean") return has;
    if (!has || i === expr.path.length - 1) return { ...bool(has), origin: originOf(expr, scope) };
    value = selectAttr(run, value, name) ?? unknown("");
  }
  return bool(true);
}

function evaluateUnary(expr: UnaryExpr, scope: Scope): Value {
  const value = evaluate(expr.operand, scope);
  const origin = originOf(expr, scope);
  const sources = sourcesOf(value);
  if (expr.operator === "!")
    return value.kind === "bool" ? madeAt(bool(!value.value), origin, sources) : mismatch(value, "a Boolean");
  if (value.kind === "int") return madeAt(int(-value.value), origin, sources);
  if (value.kind === "float") return madeAt(float(0 - value.value), origin, sources);
  return mismatch(value, "a number");
}

/** Within this many branches that real Nix perhaps never enters, no further branch is tried at once. */
const MAX_SPECULATION = 2;

function evaluateIf(expr: IfExpr, scope: Scope): Value {
  const condition = evaluate(expr.condition, scope);
  if (condition.kind === "bool") return evaluate(condition.value ? expr.consequence : expr.alternative, scope);
  if (condition.kind !== "unknown" || condition.error) return mismatch(condition, "a Boolean");
  const { run } = scope.file;
  const branches = [new ExprThunk(expr.consequence, scope), new ExprThunk(expr.alternative, scope)];
  const alternatives = (): Value[] => {
    run.speculating++;
    try {
      return branches.map((branch) => branch.force());
    } finally {
      run.speculating--;
    }
  };
  if (run.speculating < MAX_SPECULATION) {
    const values = alternatives();
    const [first, second] = values;
    if (first && second && sameScalar(first, second)) return first;
  }
  return oneOf(condition.reason, alternatives, { origin: originOf(expr, scope), sources: sourcesOf(condition) });
}

function sameScalar(a: Value, b: Value): boolean {
  if (a.kind === "null" && b.kind === "null") return true;
  return (
    (a.kind === "int" || a.kind === "string" || a.kind === "bool") &&
    a.kind === b.kind &&
    "value" in b &&
    a.value === b.value
  );
}

function evaluateAssert(expr: AssertExpr, scope: Scope): Value {
  const condition = evaluate(expr.condition, scope);
  if (condition.kind === "bool")
    return condition.value
      ? evaluate(expr.body, scope)
      : { ...failure("an assertion fails", true), origin: originOf(expr.condition, scope) };
  if (condition.kind !== "unknown" || condition.error) return mismatch(condition, "a Boolean");
  // A configuration that is in use does not fail its assertions.
  scope.file.run.granted++;
  return evaluate(expr.body, scope);
}

function evaluateWith(expr: WithExpr, scope: Scope): Value {
  const environment = new ExprThunk(expr.environment, scope);
  return evaluate(expr.body, new Scope(scope.file, scope, undefined, environment));
}
