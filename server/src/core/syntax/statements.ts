// The statements of a `{ … }` or `let … in` block in broken code: each gets the shape `path = value;` that the grammar
// wants, so that it cannot drag its neighbours along.
import type { SyntaxProblem } from "./ast.js";
import type { Token } from "./lexer.js";
import type { Patch } from "./patch.js";

export interface Repairs {
  readonly patches: Patch[];
  readonly problems: SyntaxProblem[];
}

const KEYWORDS = new Set(["if", "then", "else", "let", "inherit", "in", "rec", "with", "assert"]);

/** Stands for a missing value. It is empty in the text as written, so it lowers to an error expression. */
const NO_VALUE = " _";

function isName(token: Token | undefined): boolean {
  if (!token) return false;
  return (token.kind === "word" && !KEYWORDS.has(token.text)) || token.text === '""' || token.text === "${";
}

/** How many tokens from the first on form `a.b."c"`; a dot at the end belongs to it. */
function pathLength(tokens: readonly Token[]): number {
  let length = 0;
  while (isName(tokens[length])) {
    length++;
    if (tokens[length]?.text !== ".") break;
    length++;
  }
  return length;
}

/** Where the attribute path begins that ends before `equals`; `equals` itself if there is none. */
function pathStart(tokens: readonly Token[], equals: number): number {
  let start = equals;
  while (isName(tokens[start - 1])) {
    start--;
    if (tokens[start - 1]?.text !== ".") break;
    start--;
  }
  return tokens[start]?.text === "." ? start + 1 : start;
}

/** Adds what brings one statement into shape; `semicolon` is the one that ends it. */
export function shapeStatement(all: readonly Token[], semicolon: Token | undefined, repairs: Repairs): void {
  const insert = (at: Token, text: string, message: string) => {
    repairs.patches.push({ start: at.end, end: at.end, text });
    repairs.problems.push({ start: at.start, end: at.end, message });
  };
  const drop = (tokens: readonly Token[]) => {
    for (const { start, end } of tokens) {
      repairs.patches.push({ start, end, text: " " });
      repairs.problems.push({ start, end, message: "Unexpected text." });
    }
  };

  if (all.length === 0) {
    if (semicolon) drop([semicolon]);
    return;
  }
  let tokens = all;
  for (;;) {
    const equals = tokens.findIndex((token) => token.text === "=");
    const inherits = tokens[0]?.text === "inherit";
    if (equals < 0 || inherits) {
      const rest = inherits && equals >= 0 ? pathStart(tokens, equals) : tokens.length;
      const ends = rest === tokens.length ? semicolon : undefined;
      if (inherits) endInherit(tokens.slice(0, rest), ends);
      else unfinished(tokens, ends);
      if (rest === tokens.length) return;
      tokens = tokens.slice(rest);
      continue;
    }
    const start = pathStart(tokens, equals);
    if (start === equals) {
      drop(semicolon ? [...tokens, semicolon] : tokens);
      return;
    }
    if (start > 0) unfinished(tokens.slice(0, start), undefined);
    const next = nextStatement(tokens, equals);
    const last = tokens[next - 1];
    if (last && next === equals + 1) insert(last, NO_VALUE, "A value is missing.");
    if (last && (next < tokens.length || !semicolon)) insert(last, ";", 'Missing ";".');
    if (next === tokens.length) return;
    tokens = tokens.slice(next);
  }

  function endInherit(part: readonly Token[], end: Token | undefined): void {
    const last = part.at(-1);
    if (last && !end) insert(last, ";", 'Missing ";".');
  }

  /** A statement without `=`: `nix.settings.`, or `nix.settings { … }`. */
  function unfinished(part: readonly Token[], end: Token | undefined): void {
    const length = pathLength(part);
    const rest = part.slice(length);
    const dot = part[length - 1]?.text === "." ? part[length - 1] : undefined;
    const last = part[length - (dot ? 2 : 1)];
    const terminator = end ? "" : ";";
    if (dot) drop([dot]);
    if (!last) {
      drop(end ? [...part, end] : part);
    } else if (rest.some((token) => token.text === "{}")) {
      insert(last, " =", 'Missing "=".');
      const final = rest.at(-1);
      if (final && !end) insert(final, ";", 'Missing ";".');
    } else {
      insert(last, ` =${NO_VALUE}${terminator}`, "An unfinished binding.");
      drop(rest);
    }
  }
}

/** The token where the next statement begins because a semicolon was left out; the number of tokens if there is none. */
function nextStatement(tokens: readonly Token[], equals: number): number {
  for (let i = equals + 1; i < tokens.length; i++) {
    if (tokens[i]?.text !== "=") continue;
    const start = pathStart(tokens, i);
    if (start < i) return start;
  }
  return tokens.length;
}
