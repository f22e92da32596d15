// Which expressions of a file are worth evaluating: those that name something build-related, or a variable that stands for such.
import type { Expr, SourceFile } from "../syntax/ast.js";
import type { TextRange } from "../text/range.js";
import { escapeRegExp } from "../text/regExp.js";
import { lowerBound } from "../text/sorted.js";
import { stepsInto } from "./places/syntaxPath.js";

export interface Heat {
  /** False if nothing below this expression can be build-related. */
  covers(range: TextRange): boolean;
}

/** Variables that stand for variables that stand for …; deeper chains are not followed. */
const MAX_ROUNDS = 8;
const MAX_OFFSETS = 5000;

/** `relevant`: where the file names something build-related, in order. */
export function heatOf(source: SourceFile, relevant: readonly number[]): Heat {
  const offsets = new Set(inCode(source, relevant));
  const scopes = new Map<string, TextRange[]>();
  let fresh = [...offsets];
  for (let round = 0; round < MAX_ROUNDS && fresh.length > 0; round++) {
    const found = variablesAround(source, fresh).filter(({ name, scope }) => !scopes.get(name)?.includes(scope));
    fresh = [];
    if (found.length === 0) break;
    for (const { name, scope } of found) scopes.set(name, [...(scopes.get(name) ?? []), scope]);
    for (const { index, name } of mentions(source.text, found)) {
      if (offsets.has(index) || !scopes.get(name)?.some(({ start, end }) => start <= index && index < end)) continue;
      if (offsets.size >= MAX_OFFSETS) return { covers: () => true };
      offsets.add(index);
      fresh.push(index);
    }
  }
  const sorted = [...offsets].sort((a, b) => a - b);
  return { covers: ({ start, end }) => (sorted[lowerBound(sorted, start)] ?? end) < end };
}

/** Those offsets that are neither in a comment nor in the text of a string: there a name binds nothing. */
function inCode(source: SourceFile, offsets: readonly number[]): number[] {
  const starts = source.comments.map(({ start }) => start);
  const isComment = (offset: number) => (source.comments[lowerBound(starts, offset + 1) - 1]?.end ?? 0) > offset;
  const sorted = offsets.filter((offset) => !isComment(offset));
  const result: number[] = [];
  const todo: { expr: Expr | undefined; from: number; to: number }[] = [
    { expr: source.root, from: 0, to: sorted.length },
  ];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { expr, to } = next;
    let { from } = next;
    // Children stand in the order of the text, so what lies between them is the expression's own.
    for (const child of expr === undefined ? [] : stepsInto(expr)) {
      const first = lowerBound(sorted, child.expr.start);
      const last = lowerBound(sorted, child.expr.end);
      if (first >= last) continue;
      if (expr?.kind !== "string") result.push(...sorted.slice(from, first));
      todo.push({ expr: child.expr, from: first, to: last });
      from = Math.max(from, last);
    }
    if (expr?.kind !== "string") result.push(...sorted.slice(from, to));
  }
  return result;
}

/** A variable and where it stands for what it is bound to. */
interface Variable {
  readonly name: string;
  readonly scope: TextRange;
}

/** The variables whose definitions hold one of the offsets. Each expression is looked at once. */
function variablesAround(source: SourceFile, offsets: readonly number[]): Variable[] {
  const sorted = offsets.toSorted((a, b) => a - b);
  const found: Variable[] = [];
  const todo: Expr[] = source.root ? [source.root] : [];
  for (let expr = todo.pop(); expr !== undefined; expr = todo.pop()) {
    const names = new Set<string>();
    for (const step of stepsInto(expr)) {
      if ((sorted[lowerBound(sorted, step.expr.start)] ?? step.expr.end) >= step.expr.end) continue;
      if (step.variable !== undefined) names.add(step.variable);
      todo.push(step.expr);
    }
    for (const name of names) found.push({ name, scope: expr });
  }
  return found;
}

/** Where a text may read one of the variables: not where an attribute of that name is selected or bound. */
function* mentions(text: string, variables: readonly Variable[]): Generator<{ index: number; name: string }> {
  const names = [...new Set(variables.map(({ name }) => escapeRegExp(name)))];
  const pattern = new RegExp(`(?<![\\w'.-])(?:${names.join("|")})(?![\\w'-])(?!\\s*=(?!=))`, "g");
  for (const { index, 0: name } of text.matchAll(pattern)) yield { index, name };
}
