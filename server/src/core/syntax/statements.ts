// The statements of a `{ … }` or `let … in` block in broken code: each gets the shape `path = value;` that the grammar
// wants, so that it cannot drag its neighbours along.
import type { SyntaxProblem } from "./ast.js";
import type { Token } from "./lexer.js";
import type { Patch } from "./patch.js";
import { GROUP, isExpressionLike, isOperandGroup, KEYWORDS } from "./plausible.js";

export interface Repairs {
  readonly patches: Patch[];
  readonly problems: SyntaxProblem[];
}

/** Stands for a missing value. It is empty in the text as written, so it lowers to an error expression. */
const NO_VALUE = " _ ";

export function insertAfter(token: Token, text: string, message: string, repairs: Repairs): void {
  repairs.patches.push({ start: token.end, end: token.end, text });
  repairs.problems.push({ start: token.start, end: token.end, message });
}

export function drop(tokens: readonly Token[], repairs: Repairs): void {
  for (const { start, end } of tokens) {
    repairs.patches.push({ start, end, text: " " });
    repairs.problems.push({ start, end, message: "Unexpected text." });
  }
}

/** Makes an unreadable expression an application of nothing to its intact brackets and strings: these are kept. */
export function keepGroups(tokens: readonly Token[], repairs: Repairs): void {
  const [first] = tokens;
  if (!first) return;
  repairs.patches.push({ start: first.start, end: first.start, text: NO_VALUE });
  drop(
    tokens.filter((token) => !isOperandGroup(token)),
    repairs,
  );
}

function isName(token: Token | undefined): boolean {
  if (!token) return false;
  if (token.kind === "word") return !KEYWORDS.has(token.text);
  return token.text === GROUP.string || token.text === GROUP.dynamic;
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

/** The token where the next statement begins because a semicolon was left out; the number of tokens if there is none. */
function nextStatement(tokens: readonly Token[], equals: number): number {
  for (let i = equals + 1; i < tokens.length; i++) {
    if (tokens[i]?.text !== "=") continue;
    const start = pathStart(tokens, i);
    if (start < i) return start;
  }
  return tokens.length;
}

/** Brings one statement of a block into shape; `semicolon` is the one that ends it. */
export function shapeStatement(all: readonly Token[], semicolon: Token | undefined, repairs: Repairs): void {
  const doubled = all.filter((token, i) => token.text === "." && all[i - 1]?.text === ".");
  drop(doubled, repairs);
  let tokens = all.filter((token) => !doubled.includes(token));
  if (tokens.length === 0 && semicolon) drop([semicolon], repairs);
  while (tokens.length > 0) {
    const equals = tokens.findIndex((token) => token.text === "=");
    const isInherit = tokens[0]?.text === "inherit";
    let next = tokens.length;
    if (equals >= 0) next = isInherit ? pathStart(tokens, equals) : nextStatement(tokens, equals);
    const part = tokens.slice(0, next);
    const end = next === tokens.length ? semicolon : undefined;
    if (isInherit) shapeInherit(part, end, repairs);
    else if (equals < 0) shapeUnfinished(part, end, repairs);
    else shapeBinding(part, equals, end, repairs);
    tokens = tokens.slice(next);
  }
}

function shapeInherit(tokens: readonly Token[], semicolon: Token | undefined, repairs: Repairs): void {
  const last = tokens.at(-1);
  if (last && !semicolon) insertAfter(last, ";", 'Missing ";".', repairs);
  const wrong = (token: Token, i: number) => i > 0 && !isName(token) && !(i === 1 && token.text === GROUP.parens);
  drop(tokens.filter(wrong), repairs);
}

function shapeBinding(tokens: readonly Token[], equals: number, semicolon: Token | undefined, repairs: Repairs): void {
  const start = pathStart(tokens, equals);
  if (start === equals) {
    drop(semicolon ? [...tokens, semicolon] : tokens, repairs);
    return;
  }
  if (start > 0) shapeUnfinished(tokens.slice(0, start), undefined, repairs);
  const value = tokens.slice(equals + 1);
  const last = tokens.at(-1) as Token;
  if (value.length === 0) insertAfter(last, NO_VALUE, "A value is missing.", repairs);
  else if (!isExpressionLike(value)) keepGroups(value, repairs);
  if (!semicolon) insertAfter(last, ";", 'Missing ";".', repairs);
}

/** A statement without `=`: `nix.settings.`, or `nix.settings { … }`. */
function shapeUnfinished(tokens: readonly Token[], semicolon: Token | undefined, repairs: Repairs): void {
  const length = pathLength(tokens);
  const rest = tokens.slice(length);
  const dot = tokens[length - 1]?.text === "." ? tokens[length - 1] : undefined;
  const name = tokens[length - (dot ? 2 : 1)];
  if (!name) {
    drop(semicolon ? [...tokens, semicolon] : tokens, repairs);
    return;
  }
  if (dot) drop([dot], repairs);
  insertAfter(name, ` =${NO_VALUE}`, "An unfinished binding.", repairs);
  drop(
    rest.filter((token) => !isOperandGroup(token)),
    repairs,
  );
  if (!semicolon) insertAfter(tokens.at(-1) as Token, ";", 'Missing ";".', repairs);
}
