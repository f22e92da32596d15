// Shortcuts for the commonest small nodes: attribute paths, inherited names and formals that are plain identifiers are
// read from their text, without a step into the tree.
import type { AttrName, Formal, FunctionExpr } from "./ast.js";

const IDENTIFIER = /[a-zA-Z_][a-zA-Z0-9_'-]*/g;
const PLAIN_PATH = /^[a-zA-Z_][a-zA-Z0-9_'-]*(?:\.[a-zA-Z_][a-zA-Z0-9_'-]*)*$/;
const PLAIN_NAMES = /^[a-zA-Z0-9_'\-\s]*$/;
const PLAIN_FORMALS = /^\{[a-zA-Z0-9_'\-\s,.]*\}$/;

function names(text: string, start: number): AttrName[] {
  const found: AttrName[] = [];
  for (const match of text.matchAll(IDENTIFIER)) {
    const from = start + match.index;
    found.push({ kind: "name", start: from, end: from + match[0].length, text: match[0], quoted: false });
  }
  return found;
}

/** `a.b.c`; undefined if the path holds anything else (quotes, interpolations, blanks, comments). */
export function plainPath(text: string, start: number): AttrName[] | undefined {
  return PLAIN_PATH.test(text) ? names(text, start) : undefined;
}

/** The `a b c` of `inherit a b c;`. */
export function plainNames(text: string, start: number): AttrName[] | undefined {
  return PLAIN_NAMES.test(text) ? names(text, start) : undefined;
}

/** `{ a, b, ... }` without defaults and comments. */
export function plainFormals(text: string, start: number): FunctionExpr["formals"] | undefined {
  if (!PLAIN_FORMALS.test(text)) return undefined;
  const entries: Formal[] = [];
  for (const match of text.matchAll(IDENTIFIER)) {
    const from = start + match.index;
    entries.push({ name: match[0], start: from, end: from + match[0].length, fallback: undefined });
  }
  return { start, end: start + text.length, entries, ellipsis: text.includes("...") };
}
