// What encloses a place in a file: the expressions from the outermost in, and the set in which a binding may begin there.
import type { Binding, Expr, SourceFile } from "../../syntax/ast.js";
import { contains, type TextRange } from "../../text/range.js";
import { nameText, stepsInto } from "./syntaxPath.js";

interface Reached {
  readonly expr: Expr;
  /** From the file's top; `()` for what is handed to a function that may do anything with it. */
  readonly path: readonly string[];
}

/** Functions of the module system whose last argument is what they give. */
const TRANSPARENT = /^(mkIf|mkDefault|mkForce|mkOverride|mkBefore|mkAfter|mkOrder|mkMerge|optionalAttrs)$/;

/** The expressions around an offset, outermost first, and the bindings that lead to each. */
export function descent(source: SourceFile, offset: number): readonly Reached[] {
  const chain: Reached[] = [];
  const point = { start: offset, end: offset };
  let reached: Reached | undefined = source.root && { expr: source.root, path: [] };
  while (reached !== undefined && contains(reached.expr, point)) {
    chain.push(reached);
    reached = inner(reached, point);
  }
  return chain;
}

function inner({ expr, path }: Reached, point: TextRange): Reached | undefined {
  if (expr.kind === "apply" && contains(expr.arg, point)) {
    const name = functionName(expr);
    if (name === "mkMerge" && expr.arg.kind === "list") {
      const item = expr.arg.items.find((one) => contains(one, point));
      return item && { expr: item, path };
    }
    return { expr: expr.arg, path: TRANSPARENT.test(name) ? path : [...path, "()"] };
  }
  const steps = stepsInto(expr, (range) => contains(range, point)).filter((step) => contains(step.expr, point));
  // Where two touch, the one that is not empty: a missing value has no width.
  const step = steps.findLast((one) => one.expr.start < one.expr.end) ?? steps.at(-1);
  if (step === undefined) return undefined;
  // The default of an argument is no part of what the file defines.
  const isDefault = expr.kind === "function" && step.variable !== undefined;
  return { expr: step.expr, path: [...path, ...(isDefault ? ["()"] : step.elements)] };
}

function functionName(expr: Expr): string {
  let fn = expr;
  while (fn.kind === "apply") fn = fn.fn;
  const last = fn.kind === "select" ? fn.path.at(-1) : undefined;
  return fn.kind === "variable" ? fn.name : last?.kind === "name" ? last.text : "";
}

interface Bindings {
  readonly path: readonly string[];
  /** Names that are bound below some names of this set, by other bindings than the one at the cursor. */
  namesBelow(names: readonly string[]): ReadonlySet<string>;
  /** Plain texts that the set binds. */
  readonly beside: ReadonlyMap<string, string>;
}

/** The set in which a binding may begin at `start`: what stands before is its brace, or the end of another binding. */
export function bindingsAround(source: SourceFile, start: number, offset: number): Bindings | undefined {
  const chain = descent(source, start);
  const innermost = chain.at(-1);
  if (innermost?.expr.kind !== "attrset") return undefined;
  const { expr, path } = innermost;
  const before = endOfCodeBefore(source, start);
  const brace = source.text.indexOf("{", expr.start) + 1;
  if (before !== brace && !endsBinding(source.text, expr.bindings, before)) return undefined;
  return {
    path,
    beside: textsOf(expr.bindings),
    namesBelow(names) {
      const taken = new Set<string>();
      for (const { expr: outer, path: outerPath } of chain) {
        const between = path.slice(outerPath.length);
        if (outer.kind === "attrset" && !between.includes("[]") && !between.includes("()"))
          addNames(outer.bindings, [...between, ...names], offset, taken);
      }
      return taken;
    },
  };
}

function textsOf(bindings: readonly Binding[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const binding of bindings) {
    const [name, ...more] = binding.kind === "binding" ? binding.path : [];
    const value = binding.kind === "binding" ? binding.value : undefined;
    const [part, ...others] = value?.kind === "string" ? value.parts : [];
    if (name && more.length === 0 && part?.kind === "text" && others.length === 0) texts.set(nameText(name), part.text);
  }
  return texts;
}

/** False behind `x = with lib;`, which awaits a value, and where a semicolon is missing. */
function endsBinding(text: string, bindings: readonly Binding[], end: number): boolean {
  const binding = bindings.find((one) => one.end === end);
  return (
    binding !== undefined &&
    text[end - 1] === ";" &&
    !/^[^=;]*=\s*(?:with|assert)\b[^;]*;$/.test(text.slice(binding.start, end))
  );
}

/** Adds the names that bindings define directly below a path. */
function addNames(bindings: readonly Binding[], path: readonly string[], offset: number, taken: Set<string>): void {
  for (const binding of bindings) {
    if (binding.kind === "inherit") {
      if (path.length === 0) for (const name of binding.names) taken.add(nameText(name));
      continue;
    }
    const names = binding.path.map(nameText);
    if (!names.slice(0, path.length).every((name, i) => name === path[i])) continue;
    if (names.length <= path.length) {
      if (binding.value.kind === "attrset") addNames(binding.value.bindings, path.slice(names.length), offset, taken);
      continue;
    }
    const isHere = binding.start <= offset && offset < binding.end;
    if (!isHere && names.length === path.length + 1) taken.add(names[path.length] ?? "");
  }
}

/** The end of the last code before an offset, over blanks and comments. */
function endOfCodeBefore({ text, comments }: SourceFile, offset: number): number {
  let end = offset;
  for (;;) {
    while (end > 0 && /\s/.test(text[end - 1] ?? "")) end--;
    const comment = comments.find((one) => one.end === end && one.start < end);
    if (comment === undefined) return end;
    end = comment.start;
  }
}
