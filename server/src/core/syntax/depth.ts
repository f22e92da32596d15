// Code nested so deeply that the grammar's runtime would overrun its stack. It is cut out before the grammar sees it; what is
// lowered is far shallower anyway.
import { Lexer, type TokenKind } from "./lexer.js";
import type { Patch } from "./patch.js";

/** Each level of expressions has one or two of these, so that what is cut out lies below `MAX_DEPTH` of lower.ts. */
export const MAX_LEVELS = 1200;

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
const OPERATORS: ReadonlySet<string> = new Set("if - + * / ! < > : ++ // == != <= >= && || -> |> <|".split(" "));

/** False if a token never makes what follows one level deeper. For `with` and `assert` that is told, not for their semicolon. */
export function mayNest(kind: TokenKind, token: string): boolean {
  switch (kind) {
    case "word":
      return token !== "";
    case "punctuation":
      return isOpening(token) || OPERATORS.has(token);
    default:
      return kind === "stringOpen" || kind === "interpolationOpen";
  }
}

function isOpening(token: string): boolean {
  return token === "{" || token === "(" || token === "[";
}

/** What to take out of a text, in order. */
export function deepCuts(text: string): readonly Patch[] {
  const cutter = new DepthCutter();
  const lexer = new Lexer(text);
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    if (kind !== "comment") cutter.take(kind, lexer.token, lexer.start, lexer.end);
  }
  cutter.finish(text.length);
  return cutter.patches;
}

/** Finds what of a text is nested too deeply, from its tokens in their order. */
class DepthCutter {
  /** What to take out, in order; complete after `finish`. */
  readonly patches: Patch[] = [];
  readonly #levels: Level[] = [{ isLet: false, operators: 0, pending: 0 }];
  #top = this.#levels[0] as Level;
  #depth = 0;
  #cut: Cut | undefined;

  /** `token`: the text of a keyword or piece of punctuation, else nothing. */
  take(kind: TokenKind, token: string, start: number, end: number): void {
    switch (kind) {
      case "word":
        this.#word(token, start, end);
        break;
      case "stringOpen":
      case "interpolationOpen":
        this.#open(token, end);
        break;
      case "stringClose":
      case "interpolationClose":
        this.#closeBracket(start);
        break;
      case "punctuation":
        this.#punctuation(token, start, end);
        break;
    }
  }

  finish(end: number): void {
    this.#endCut(end);
  }

  #word(token: string, start: number, end: number): void {
    switch (token) {
      case "let":
        this.#open(token, end);
        break;
      case "in":
        if (this.#top.isLet) this.#close();
        if (this.#isLeft()) this.#endCut(start);
        this.#nest(end);
        break;
      case "with":
      case "assert":
        this.#top.pending++;
        break;
      case "if":
        this.#nest(start);
    }
  }

  #punctuation(token: string, start: number, end: number): void {
    switch (token) {
      case "{":
      case "(":
      case "[":
        this.#open(token, end);
        break;
      case "}":
      case ")":
      case "]":
        this.#closeBracket(start);
        break;
      case ";":
      case ",":
        this.#separate(start, end);
        break;
      default:
        if (OPERATORS.has(token)) this.#nest(start);
    }
  }

  #separate(start: number, end: number): void {
    const level = this.#top;
    if (level.pending > 0) {
      level.pending--;
      this.#nest(end);
      return;
    }
    this.#depth -= level.operators;
    level.operators = 0;
    if (this.#cut?.untilSeparator && this.#levels.length === this.#cut.height) this.#endCut(start);
  }

  #open(token: string, inside: number): void {
    this.#top = { isLet: token === "let", operators: 0, pending: 0 };
    this.#levels.push(this.#top);
    const text = token === "(" || token === "${" ? SOMETHING : " ";
    if (++this.#depth > MAX_LEVELS)
      this.#cut ??= { start: inside, height: this.#levels.length, untilSeparator: false, text };
  }

  #closeBracket(start: number): void {
    while (this.#top.isLet) this.#close();
    this.#close();
    if (this.#isLeft()) this.#endCut(start);
  }

  #close(): void {
    if (this.#levels.length === 1) return;
    this.#depth -= 1 + this.#top.operators;
    this.#levels.pop();
    this.#top = this.#levels.at(-1) as Level;
  }

  #nest(start: number): void {
    this.#top.operators++;
    if (++this.#depth > MAX_LEVELS)
      this.#cut ??= { start, height: this.#levels.length, untilSeparator: true, text: SOMETHING };
  }

  /** True if the level that is being cut out was closed. */
  #isLeft(): boolean {
    return this.#cut !== undefined && this.#levels.length < this.#cut.height;
  }

  #endCut(end: number): void {
    if (this.#cut) this.patches.push({ start: this.#cut.start, end, text: this.#cut.text });
    this.#cut = undefined;
  }
}
