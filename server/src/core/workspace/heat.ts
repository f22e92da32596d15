// Which expressions of a file are worth evaluating: those that name something build-related, or a variable that stands for such.
import type { Expr, SourceFile } from "../syntax/ast.js";
import { classesOf, WORD_PART } from "../syntax/characters.js";
import type { TextRange } from "../text/range.js";
import { holdsAny, lowerBound } from "../text/sorted.js";
import { stepsInto } from "./places/syntaxPath.js";

export interface Heat {
  /** False if nothing below this expression can be build-related. */
  covers(range: TextRange): boolean;
}

/** Variables that stand for variables that stand for …; deeper chains are not followed. */
const MAX_ROUNDS = 8;
/** Where people wrote a file the variables are named 500 times at most. */
const MAX_MENTIONS = 1000;

/** `relevant`: where the file names something build-related, in order. */
export function heatOf(source: SourceFile, relevant: readonly number[]): Heat {
  const named = inCode(source, relevant);
  const sorted = withMentions(source, named).sort((a, b) => a - b);
  return { covers: (range) => holdsAny(range, sorted) };
}

/**
 * The offsets, and where variables are named whose definitions hold one of them. A generated file's variables (`features` of a
 * thousand crates) tell nothing: there the offsets stand alone.
 */
function withMentions(source: SourceFile, named: readonly number[]): number[] {
  const offsets = new Set(named);
  const names = new Set<string>();
  let fresh = [...named];
  for (let round = 0; round < MAX_ROUNDS && fresh.length > 0; round++) {
    const found = variablesAround(source, fresh).filter((name) => !names.has(name));
    fresh = [];
    if (found.length === 0) break;
    if (found.length > MAX_MENTIONS) return [...named];
    for (const name of found) {
      names.add(name);
      for (const offset of mentions(source.text, name)) {
        if (offsets.has(offset)) continue;
        if (offsets.size >= named.length + MAX_MENTIONS) return [...named];
        offsets.add(offset);
        fresh.push(offset);
      }
    }
  }
  return [...offsets];
}

/** Where a name stands as a word of its own. */
function mentions(text: string, name: string): number[] {
  if (name === "") return [];
  const found: number[] = [];
  const isPart = (offset: number) => (classesOf(text.charCodeAt(offset)) & WORD_PART) !== 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length))
    if (!isPart(at - 1) && !isPart(at + name.length)) found.push(at);
  return found;
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
    for (const child of expr === undefined ? [] : stepsInto(expr, (range) => holdsAny(range, sorted))) {
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

/** The variables whose definitions hold one of the offsets. Each expression is looked at once. */
function variablesAround(source: SourceFile, offsets: readonly number[]): string[] {
  const sorted = offsets.toSorted((a, b) => a - b);
  const found = new Set<string>();
  const todo: Expr[] = source.root ? [source.root] : [];
  for (let expr = todo.pop(); expr !== undefined; expr = todo.pop())
    for (const step of stepsInto(expr, (range) => holdsAny(range, sorted))) {
      if (!holdsAny(step.expr, sorted)) continue;
      if (step.variable !== undefined) found.add(step.variable);
      todo.push(step.expr);
    }
  return [...found];
}
