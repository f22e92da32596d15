// Questions about a lowered file that edits ask: what encloses an expression, which variables it names.
// Every walk keeps its own stack: the depth of a file is not bounded.
import type { AttrName, AttrsetExpr, Binding, Expr, FunctionExpr, LetExpr, SourceFile } from "../syntax/ast.js";
import { expressionsIn } from "../syntax/find.js";
import { contains, type TextRange } from "../text/range.js";

/** A node with the binding that holds it, where its parent is a set or a `let`. */
export interface Step {
  readonly expr: Expr;
  /** The binding of the parent that this node is the value of (or stands inside). */
  readonly binding?: Binding;
}

/** Everything inside an expression, itself first. */
export function* descendants(root: Expr): Generator<Expr> {
  const stack: Expr[] = [root];
  for (let expr = stack.pop(); expr; expr = stack.pop()) {
    yield expr;
    for (const inside of expressionsIn(expr)) stack.push(inside);
  }
}

/** From the file's top expression down to `target`, both included. Empty if `target` is not of this file. */
export function pathTo(source: SourceFile, target: TextRange & { readonly kind: string }): readonly Step[] {
  const steps: Step[] = [];
  let step: Step | undefined = source.root && { expr: source.root };
  while (step) {
    steps.push(step);
    const { expr } = step;
    if (expr.kind === target.kind && expr.start === target.start && expr.end === target.end) return steps;
    step = childAround(expr, target);
  }
  return [];
}

function childAround(expr: Expr, target: TextRange): Step | undefined {
  if (expr.kind === "attrset" || expr.kind === "let") {
    const binding = expr.bindings.find((b) => contains(b, target));
    if (binding) {
      const inside = expressionsIn(binding).find((e) => contains(e, target));
      return inside && { expr: inside, binding };
    }
  }
  const inside = expressionsIn(expr).find((e) => contains(e, target));
  return inside && { expr: inside };
}

/** The static text of an attribute path; undefined if a part is computed. */
export function staticPath(path: readonly AttrName[]): readonly string[] | undefined {
  const names = path.map((name) => (name.kind === "name" ? name.text : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** True if a variable of this name is read anywhere inside. */
export function mentions(root: Expr, name: string): boolean {
  for (const expr of descendants(root)) {
    if (expr.kind === "variable" && expr.name === name) return true;
    if (expr.kind !== "attrset" && expr.kind !== "let") continue;
    for (const b of expr.bindings)
      if (b.kind === "inherit" && !b.from && b.names.some((n) => n.kind === "name" && n.text === name)) return true;
  }
  return false;
}

/** How often a variable of this name is read inside; shadowing is not looked at, so it may count too many. */
export function countMentions(root: Expr, name: string): number {
  let count = 0;
  for (const expr of descendants(root)) {
    if (expr.kind === "variable" && expr.name === name) count++;
    if (expr.kind !== "attrset" && expr.kind !== "let") continue;
    for (const b of expr.bindings)
      if (b.kind === "inherit" && !b.from) count += b.names.filter((n) => n.kind === "name" && n.text === name).length;
  }
  return count;
}

/** What binds a variable, seen from `steps` (a path from the top): the nearest `let`, `rec` set or function. */
export type Binder =
  | {
      readonly kind: "binding";
      readonly owner: AttrsetExpr | LetExpr;
      readonly binding: Binding;
      readonly steps: readonly Step[];
    }
  | { readonly kind: "parameter"; readonly owner: FunctionExpr }
  | { readonly kind: "free" };

export function binderOf(name: string, steps: readonly Step[]): Binder {
  for (let i = steps.length - 1; i >= 0; i--) {
    const owner = steps[i]?.expr;
    if (owner?.kind === "function" && i < steps.length - 1) {
      if (owner.parameter?.name === name || owner.formals?.entries.some((f) => f.name === name))
        return { kind: "parameter", owner };
    }
    if (owner?.kind === "let" || (owner?.kind === "attrset" && owner.recursive)) {
      const binding = owner.bindings.find((b) =>
        b.kind === "binding"
          ? b.path[0]?.kind === "name" && b.path[0].text === name
          : b.names.some((n) => n.kind === "name" && n.text === name),
      );
      // An `inherit name;` takes it from outside: look further out.
      if (binding && !(binding.kind === "inherit" && !binding.from))
        return { kind: "binding", owner, binding, steps: steps.slice(0, i + 1) };
    }
  }
  return { kind: "free" };
}

/** How nixpkgs' library is named at the end of `steps`. */
export function libraryAt(steps: readonly Step[]): string | undefined {
  if (binderOf("lib", steps).kind !== "free") return "lib";
  return binderOf("pkgs", steps).kind === "free" ? undefined : "pkgs.lib";
}
