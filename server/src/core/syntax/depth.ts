// Code nested so deeply that the grammar's runtime would overrun its stack. It is cut out before the grammar sees it; what is
// lowered is far shallower anyway.
import { Lexer, type TokenKind } from "./lexer.js";
import type { Patch } from "./patch.js";

/** Each level of expressions has one or two of these, so that what is cut out lies below `MAX_DEPTH` of lower.ts. */
const MAX_LEVELS = 1200;

/** A bracket, string or `let … in` that is open. */
interface Level {
  readonly isLet: boolean;
  /** Operators and prefixes since the last semicolon: each may nest what follows. */
  operators: number;
  /** `with` and `assert` whose semicolon is still to come. */
  pending: number;
}

/** What is being cut out: to the end of the level at this height. */
interface Cut {
  readonly start: number;
  readonly height: number;
  /** Also ends where a semicolon or comma ends the operators. */
  readonly untilSeparator: boolean;
  /** What the grammar reads there. */
  readonly text: string;
}

/** An expression in place of what is cut out; where an operator stood, the argument of what stands before it. */
const SOMETHING = " _ ";
const OPERATOR = /^(?:[-+*/!<>:]|\+\+|\/\/|==|!=|<=|>=|&&|\|\||->|\|>|<\|)$/;
const NESTING_WORDS: ReadonlySet<string> = new Set(["let", "in", "if", "with", "assert"]);

/** True for a token that may nest what follows it; a text with few of them can't be deep. */
export function mayNest(kind: TokenKind, token: string): boolean {
  switch (kind) {
    case "stringOpen":
    case "interpolationOpen":
      return true;
    case "word":
      return NESTING_WORDS.has(token);
    case "punctuation":
      return token === "{" || token === "(" || token === "[" || OPERATOR.test(token);
    default:
      return false;
  }
}

/** True if so many nesting tokens could be deeper than what the grammar is given. */
export function mayBeTooDeep(nestingTokens: number): boolean {
  return nestingTokens > MAX_LEVELS;
}

/** Takes out of a text what is nested too deeply, in order. */
export function depthPatches(text: string): Patch[] {
  const patches: Patch[] = [];
  const levels: Level[] = [{ isLet: false, operators: 0, pending: 0 }];
  let depth = 0;
  let cut: Cut | undefined;
  const top = (): Level => levels.at(-1) as Level;
  const open = (token: string, inside: number): void => {
    levels.push({ isLet: token === "let", operators: 0, pending: 0 });
    const content = token === "(" || token === "${" ? SOMETHING : " ";
    if (++depth > MAX_LEVELS) cut ??= { start: inside, height: levels.length, untilSeparator: false, text: content };
  };
  const close = (): void => {
    if (levels.length === 1) return;
    depth -= 1 + top().operators;
    levels.pop();
  };
  const nest = (start: number): void => {
    top().operators++;
    if (++depth > MAX_LEVELS) cut ??= { start, height: levels.length, untilSeparator: true, text: SOMETHING };
  };
  const endCut = (end: number): void => {
    if (cut) patches.push({ start: cut.start, end, text: cut.text });
    cut = undefined;
  };
  const lexer = new Lexer(text);
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    if (kind === "blank" || kind === "comment" || kind === "literal" || kind === "stringText") continue;
    const { start, end } = lexer;
    const token = text.slice(start, end);
    if (kind === "stringOpen" || kind === "interpolationOpen" || token === "{" || token === "(" || token === "[") {
      open(token, end);
    } else if (
      kind === "stringClose" ||
      kind === "interpolationClose" ||
      token === "}" ||
      token === ")" ||
      token === "]"
    ) {
      while (top().isLet) close();
      close();
      if (cut && levels.length < cut.height) endCut(start);
    } else if (token === "let") {
      open(token, end);
    } else if (token === "in") {
      if (top().isLet) close();
      if (cut && levels.length < cut.height) endCut(start);
      nest(end);
    } else if (token === "with" || token === "assert") {
      top().pending++;
    } else if (token === ";" || token === ",") {
      const level = top();
      if (level.pending > 0) {
        level.pending--;
        nest(end);
        continue;
      }
      depth -= level.operators;
      level.operators = 0;
      if (cut?.untilSeparator && levels.length === cut.height) endCut(start);
    } else if (token === "if" || (kind === "punctuation" && OPERATOR.test(token))) nest(start);
  }
  endCut(text.length);
  return patches;
}
