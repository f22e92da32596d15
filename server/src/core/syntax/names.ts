// Shortcuts for the commonest small nodes: selections, lists, attribute paths, inherited names and formals of plain
// identifiers are read from their text, without a step into the tree.
import type { TextRange } from "../text/range.js";
import type { AttrName, Expr, Formal, FunctionExpr, InheritBinding, ListExpr, SelectExpr } from "./ast.js";
import {
  BACKSLASH,
  BLANK,
  classesOf,
  DIGIT,
  DOLLAR,
  DOT,
  endOf,
  EQUALS,
  LETTER,
  PATH_PART,
  QUOTE,
  WORD_PART,
} from "./characters.js";

const [OPEN_LIST, CLOSE_LIST, CLOSE_SET, COMMA, SEMICOLON] = [0x5b, 0x5d, 0x7d, 0x2c, 0x3b] as const;
const [NUL, CARRIAGE_RETURN] = [0, 0x0d] as const;

function isLetter(text: string, at: number): boolean {
  return (classesOf(text.charCodeAt(at)) & LETTER) !== 0;
}

/** The names of a path `a.b.c` that begins at an offset, as far as it goes; undefined where none begins, or at a dot without a name. */
function dotted(text: string, start: number): AttrName[] | undefined {
  const found: AttrName[] = [];
  for (let from = start; isLetter(text, from); from++) {
    const end = endOf(text, WORD_PART, from);
    found.push({ kind: "name", start: from, end, text: text.slice(from, end), quoted: false });
    if (text.charCodeAt(end) !== DOT) return found;
    from = end;
  }
  return undefined;
}

/** `a.b.c`; undefined if the path holds anything else (quotes, interpolations, blanks, comments). */
export function plainPath(text: string, start: number, end: number): AttrName[] | undefined {
  const path = dotted(text, start);
  return path?.at(-1)?.end === end ? path : undefined;
}

/** `a.b.c`, where `a` is a variable. */
export function plainSelection(text: string, start: number, end: number): SelectExpr | undefined {
  const first = endOf(text, WORD_PART, start);
  if (!isLetter(text, start) || text.charCodeAt(first) !== DOT) return undefined;
  const path = plainPath(text, first + 1, end);
  if (!path) return undefined;
  const base = { kind: "variable", start, end: first, name: text.slice(start, first) } as const;
  return { kind: "select", start, end, base, path, fallback: undefined };
}

/** `[ a b.c ]`: variables and selections only. */
export function plainList(text: string, start: number, end: number): ListExpr | undefined {
  if (text.charCodeAt(start) !== OPEN_LIST) return undefined;
  const items: Expr[] = [];
  for (let from = endOf(text, BLANK, start + 1); from < end - 1; ) {
    const to = endOf(text, WORD_PART | PATH_PART, from);
    const item = plainSelection(text, from, to) ?? plainVariable(text, from, to);
    if (!item) return undefined;
    items.push(item);
    from = endOf(text, BLANK, to);
  }
  return text.charCodeAt(end - 1) === CLOSE_LIST ? { kind: "list", start, end, items } : undefined;
}

function plainVariable(text: string, start: number, end: number): Expr | undefined {
  const name = text.slice(start, end);
  if (name === "or" || !isLetter(text, start) || endOf(text, WORD_PART, start) !== end) return undefined;
  return { kind: "variable", start, end, name };
}

/** What a binding's value may be so that its text tells it: the node that it is. */
type PlainNode = "variable_expression" | "select_expression" | "integer_expression" | "string_expression";

/** What the text tells of a binding. */
export interface PlainBinding {
  readonly path: AttrName[];
  /** A leaf of the tree; undefined if the text does not tell it. */
  readonly value: (TextRange & { readonly node: PlainNode }) | undefined;
}

/** Of a binding from `start` to `end`, in a text without errors, that begins with `a.b =` and then its value, without comments. */
export function plainBinding(text: string, start: number, end: number): PlainBinding | undefined {
  const path = dotted(text, start);
  const name = path?.at(-1);
  if (!path || !name) return undefined;
  const equals = endOf(text, BLANK, name.end);
  if (text.charCodeAt(equals) !== EQUALS) return undefined;
  const from = endOf(text, BLANK, equals + 1);
  if (text[from] === "#" || text.startsWith("/*", from)) return undefined;
  return { path, value: plainValue(text, from, end) };
}

/** Of a binding that ends at `end`, where all from `start` on is one leaf and its semicolon. */
function plainValue(text: string, start: number, end: number): PlainBinding["value"] {
  const code = text.charCodeAt(start);
  const classes = classesOf(code);
  let node: PlainNode;
  let to: number;
  if ((classes & LETTER) !== 0) {
    to = endOf(text, WORD_PART, start);
    node = text.charCodeAt(to) === DOT ? "select_expression" : "variable_expression";
    let last = start;
    while (text.charCodeAt(to) === DOT && isLetter(text, to + 1)) {
      last = to + 1;
      to = endOf(text, WORD_PART, last);
    }
    if (to - last === 2 && text.startsWith("or", last)) return undefined;
  } else if ((classes & DIGIT) !== 0) {
    to = endOf(text, DIGIT, start);
    node = "integer_expression";
  } else if (code === QUOTE) {
    to = endOfPlainString(text, start);
    node = "string_expression";
  } else return undefined;
  const semicolon = endOf(text, BLANK, to);
  if (text.charCodeAt(semicolon) !== SEMICOLON || semicolon + 1 !== end) return undefined;
  return { node, start, end: to };
}

/** Behind the closing quote of a string that says what it means, else where it does not. */
function endOfPlainString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++)
    switch (text.charCodeAt(at)) {
      case QUOTE:
        return at + 1;
      case BACKSLASH:
      case DOLLAR:
      case NUL:
      case CARRIAGE_RETURN:
        return at;
    }
  return text.length;
}

/** `inherit a b;` */
export function plainInherit(text: string, start: number, end: number): InheritBinding | undefined {
  if (text.charCodeAt(end - 1) !== SEMICOLON) return undefined;
  const names = plainNames(text, start + "inherit".length, end - 1);
  return names && { kind: "inherit", start, end, from: undefined, names };
}

/** The `a b c` of `inherit a b c;`. */
export function plainNames(text: string, start: number, end: number): AttrName[] | undefined {
  const found: AttrName[] = [];
  for (let from = endOf(text, BLANK, start); from < end; from = endOf(text, BLANK, from)) {
    if (!isLetter(text, from)) return undefined;
    const to = endOf(text, WORD_PART, from);
    found.push({ kind: "name", start: from, end: to, text: text.slice(from, to), quoted: false });
    from = to;
  }
  return found;
}

/** `{ a, b, ... }` without defaults and comments. */
export function plainFormals(text: string, start: number, end: number): FunctionExpr["formals"] | undefined {
  const entries: Formal[] = [];
  let ellipsis = false;
  for (let from = start + 1; from < end - 1; ) {
    if (isLetter(text, from)) {
      const to = endOf(text, WORD_PART, from);
      entries.push({ name: text.slice(from, to), start: from, end: to, fallback: undefined });
      from = to;
    } else if (text.startsWith("...", from)) {
      ellipsis = true;
      from += "...".length;
    } else if (text.charCodeAt(from) === COMMA) from++;
    else {
      const to = endOf(text, BLANK, from);
      if (to === from) return undefined;
      from = to;
    }
  }
  return text.charCodeAt(end - 1) === CLOSE_SET ? { start, end, entries, ellipsis } : undefined;
}
