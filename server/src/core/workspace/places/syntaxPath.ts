// Where an expression stands in its file, read off the syntax: the attribute path from the file's top, and what encloses it.
import type { AttrName, Binding, Expr, SourceFile } from "../../syntax/ast.js";
import { expressionsIn } from "../../syntax/find.js";
import { contains, type TextRange } from "../../text/range.js";

/** One step from the file's top expression inwards: a child with the path elements that lead to it. */
export interface Step {
  readonly expr: Expr;
  readonly elements: readonly string[];
  /** The variable that stands for this expression elsewhere in the file: bound by `let`, a `rec` set or a formal's default. */
  readonly variable?: string;
}

/** The expressions from the top of a file down to the innermost one around `target`, the outermost first. */
export function enclosing(source: SourceFile, target: TextRange): readonly Step[] {
  const steps: Step[] = [];
  let step: Step | undefined = source.root && { expr: source.root, elements: [] };
  while (step !== undefined && contains(step.expr, target)) {
    steps.push(step);
    step = stepAround(step.expr, target);
  }
  return steps;
}

/** The step to the child around `target`. */
function stepAround(expr: Expr, target: TextRange): Step | undefined {
  const isAround = (range: TextRange) => contains(range, target);
  return stepsInto(expr, isAround).find((step) => isAround(step.expr));
}

/**
 * The attribute path of `target` from its file's top: bindings of sets and of `let` by name, a list level as `[]`, everything
 * else (functions, calls, operators) transparent. `target` is a binding's name or an expression.
 */
export function syntaxPath(source: SourceFile, target: TextRange): readonly string[] {
  const steps = enclosing(source, target);
  const path = steps.flatMap(({ elements }) => elements);
  const last = steps.at(-1)?.expr;
  if (last?.kind !== "attrset" && last?.kind !== "let") return path;
  for (const binding of last.bindings) {
    if (!contains(binding, target)) continue;
    const names = binding.kind === "binding" ? binding.path : binding.names;
    const index = names.findIndex((name) => contains(name, target));
    if (index < 0) break;
    const reached = binding.kind === "binding" ? names.slice(0, index + 1) : names.slice(index, index + 1);
    return [...path, ...reached.map(nameText)];
  }
  return path;
}

/** An attribute's name; of a dynamic one, `${…}`. */
export function nameText(name: AttrName): string {
  return name.kind === "name" ? name.text : "${…}";
}

/** The expressions directly inside one, with how they are reached; sets and lists may be long, and are looked at where asked for. */
export function stepsInto(expr: Expr, isAskedFor: (range: TextRange) => boolean = () => true): readonly Step[] {
  switch (expr.kind) {
    case "list":
      return expr.items.filter(isAskedFor).map((item) => ({ expr: item, elements: ["[]"] }));
    case "attrset":
      return intoBindings(expr.bindings.filter(isAskedFor), expr.recursive);
    case "let":
      return [...intoBindings(expr.bindings.filter(isAskedFor), true), ...plain([expr.body])];
    case "function": {
      const defaults = (expr.formals?.entries ?? []).flatMap(({ name, fallback }): Step[] =>
        fallback ? [{ expr: fallback, elements: [], variable: name }] : [],
      );
      return [...defaults, ...plain([expr.body])];
    }
    default:
      return plain(expressionsIn(expr));
  }
}

function intoBindings(bindings: readonly Binding[], bindVariables: boolean): readonly Step[] {
  return bindings.flatMap((binding) => intoBinding(binding, bindVariables));
}

function plain(expressions: readonly Expr[]): readonly Step[] {
  return expressions.map((expr) => ({ expr, elements: [] }));
}

function intoBinding(binding: Binding, bindsVariables: boolean): readonly Step[] {
  const inside = expressionsIn(binding);
  if (binding.kind === "inherit") return plain(inside);
  const elements = binding.path.map(nameText);
  const variable = bindsVariables ? elements[0] : undefined;
  return inside.map((expr) => (expr === binding.value ? { expr, elements, variable } : { expr, elements: [] }));
}
