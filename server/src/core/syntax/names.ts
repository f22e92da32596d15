// Shortcuts for the commonest small nodes: selections, lists, attribute paths, inherited names and formals of plain
// identifiers are read from their text, without a step into the tree.
import type { TextRange } from "../text/range.js";
import type { AttrName, Expr, Formal, FunctionExpr, InheritBinding, ListExpr, SelectExpr } from "./ast.js";

const NAME = "[a-zA-Z_][a-zA-Z0-9_'-]*";
const PATH = String.raw`${NAME}(?:\.${NAME})*`;
const IDENTIFIER = new RegExp(NAME, "g");
const PLAIN_PATH = new RegExp(`^${PATH}$`);
const PLAIN_NAMES = /^[a-zA-Z0-9_'\-\s]*$/;
const PLAIN_LIST = /^\[[a-zA-Z0-9_'.\-\s]*\]$/;
const LIST_ITEM = /[^\s[\]]+/g;
const PLAIN_INHERIT = /^inherit([a-zA-Z0-9_'\-\s]*);$/;
const PLAIN_FORMALS = /^\{[a-zA-Z0-9_'\-\s,.]*\}$/;

function names(text: string, start: number): AttrName[] {
  const found: AttrName[] = [];
  for (const match of text.matchAll(IDENTIFIER)) {
    const from = start + match.index;
    found.push({ kind: "name", start: from, end: from + match[0].length, text: match[0], quoted: false });
  }
  return found;
}

/** The names of `a.b.c`. */
function dotted(text: string, start: number): AttrName[] {
  const found: AttrName[] = [];
  for (let from = 0; from <= text.length; ) {
    const dot = text.indexOf(".", from);
    const to = dot < 0 ? text.length : dot;
    const name = text.slice(from, to);
    found.push({ kind: "name", start: start + from, end: start + to, text: name, quoted: false });
    from = to + 1;
  }
  return found;
}

/** `a.b.c`; undefined if the path holds anything else (quotes, interpolations, blanks, comments). */
export function plainPath(text: string, start: number): AttrName[] | undefined {
  return PLAIN_PATH.test(text) ? dotted(text, start) : undefined;
}

/** `a.b.c`, where `a` is a variable. */
export function plainSelection(text: string, start: number): SelectExpr | undefined {
  const [first, ...path] = plainPath(text, start) ?? [];
  if (first?.kind !== "name" || path.length === 0) return undefined;
  const base = { kind: "variable", start, end: first.end, name: first.text } as const;
  return { kind: "select", start, end: start + text.length, base, path, fallback: undefined };
}

/** `[ a b.c ]`: variables and selections only. */
export function plainList(text: string, start: number): ListExpr | undefined {
  if (!PLAIN_LIST.test(text)) return undefined;
  const items: Expr[] = [];
  for (const match of text.matchAll(LIST_ITEM)) {
    const [item] = match;
    const from = start + match.index;
    const expr = plainSelection(item, from) ?? plainVariable(item, from);
    if (!expr) return undefined;
    items.push(expr);
  }
  return { kind: "list", start, end: start + text.length, items };
}

function plainVariable(text: string, start: number): Expr | undefined {
  if (text === "or" || !PLAIN_PATH.test(text)) return undefined;
  return { kind: "variable", start, end: start + text.length, name: text };
}

/** What a binding's value may be so that its text tells it, and the node that it is. */
const PLAIN_VALUES = [
  ["variable_expression", NAME],
  ["select_expression", String.raw`${NAME}(?:\.${NAME})+`],
  ["integer_expression", "[0-9]+"],
  ["string_expression", String.raw`"[^"\\$\0\r]*"`],
] as const;
const VALUE = PLAIN_VALUES.map(([, value]) => `(${value})`).join("|");
const BINDING = new RegExp(String.raw`(${PATH})\s*=\s*(?![\s#]|\/\*)(?:(?:${VALUE})(\s*);)?`, "y");

/** What the text tells of a binding. */
export interface PlainBinding {
  readonly path: AttrName[];
  /** A leaf of the tree; undefined if the text does not tell it. */
  readonly value: (TextRange & { readonly node: (typeof PLAIN_VALUES)[number][0] }) | undefined;
}

/** Of a binding from `start` to `end`, in a text without errors, that begins with `a.b =` and then its value, without comments. */
export function plainBinding(text: string, start: number, end: number): PlainBinding | undefined {
  BINDING.lastIndex = start;
  const match = BINDING.exec(text);
  if (!match) return undefined;
  const [, name = "", ...values] = match;
  const path = dotted(name, start);
  const index = values.findIndex((value) => value !== undefined);
  const written = values[index] ?? "";
  const node = PLAIN_VALUES[index]?.[0];
  if (node === undefined || BINDING.lastIndex !== end || written === "or" || written.endsWith(".or"))
    return { path, value: undefined };
  const to = end - ";".length - (values.at(-1) ?? "").length;
  return { path, value: { node, start: to - written.length, end: to } };
}

/** `inherit a b;` */
export function plainInherit(text: string, start: number): InheritBinding | undefined {
  const match = PLAIN_INHERIT.exec(text);
  if (!match) return undefined;
  const offset = start + "inherit".length;
  return { kind: "inherit", start, end: start + text.length, from: undefined, names: names(match[1] ?? "", offset) };
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
