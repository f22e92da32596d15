// Nix's tokens without meaning, straight from the text: for comments, and for repairs where the tree is broken.
// A string literal is cut into an opening delimiter, text, interpolations and a closing delimiter.

import {
  BACKSLASH,
  BLANK,
  classesOf,
  DOLLAR,
  DOT,
  endOf,
  EQUALS,
  LETTER,
  PATH_PART,
  QUOTE,
  SINGLE,
  SLASH,
  WORD_PART,
} from "./characters.js";

export type TokenKind =
  | "comment"
  | "word"
  | "literal"
  | "punctuation"
  | "stringOpen"
  | "stringText"
  | "stringClose"
  | "interpolationOpen"
  | "interpolationClose"
  | "unknown"
  /** Not from the lexer: a bracket, string or `let … in` after it was closed. */
  | "group";

const BYTE_ORDER_MARK = 0xfeff;
const LINE = /[^\r\n]*/y;
const URI = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const PATH = /[a-zA-Z0-9._\-+]*(?:\/[a-zA-Z0-9._\-+]+)+\/?|~\/[a-zA-Z0-9._\-+/]*|[a-zA-Z0-9._\-+]*\/(?=\$\{)/y;
const SEARCH_PATH = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;
const NUMBER = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const PUNCTUATION = /\.\.\.|\|>|<\||\|\||&&|->|==|!=|<=|>=|\+\+|\/\/|[-+*/!<>=.]/y;
const KEYWORDS: ReadonlySet<string> = new Set("if then else assert with let in rec inherit or".split(" "));
/** For each first character, the lengths of keywords as bits: hardly another word has to be looked up. */
const KEYWORD_LENGTHS = new Uint8Array(128);
for (const keyword of KEYWORDS) {
  const first = keyword.charCodeAt(0);
  KEYWORD_LENGTHS[first] = (KEYWORD_LENGTHS[first] ?? 0) | (1 << keyword.length);
}

const QUOTED = '"';
const INDENTED = "''";
const [APOSTROPHE, BRACE, COLON, TILDE, PLUS, HASH] = [0x27, 0x7b, 0x3a, 0x7e, 0x2b, 0x23] as const;

/** Cuts a text into tokens that cover all of it but blanks; never fails. After `next()` the other fields tell of the token. */
export class Lexer {
  start = 0;
  end = 0;
  /** Text of a keyword, delimiter or piece of punctuation; empty for all else. */
  token = "";
  #runEnd = 0;
  /** What is open: a string's delimiter, an interpolation's `${` or a `{`; the innermost apart. */
  readonly #above: string[] = [];
  #open = "";

  /** Begins at `from`, which must lie outside of strings and comments. */
  constructor(
    readonly text: string,
    from = 0,
  ) {
    this.end = from;
  }

  /** The next token's kind; undefined at the end. */
  next(): TokenKind | undefined {
    const { text } = this;
    const open = this.#open;
    const isInString = open === QUOTED || open === INDENTED;
    let start = this.end;
    let code = text.charCodeAt(start);
    if (!isInString)
      while ((classesOf(code) & BLANK) !== 0 || code === BYTE_ORDER_MARK) code = text.charCodeAt(++start);
    this.start = start;
    this.token = "";
    if (start >= text.length) return undefined;
    return isInString ? this.#inString(open) : this.#outside(code);
  }

  #enter(open: string): void {
    this.#above.push(this.#open);
    this.#open = open;
  }

  /** What was open. */
  #leave(): string {
    const closed = this.#open;
    this.#open = this.#above.pop() ?? "";
    return closed;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.start;
    if (!pattern.test(this.text)) return false;
    this.end = pattern.lastIndex;
    return true;
  }

  #take(token: string, kind: TokenKind): TokenKind {
    this.token = token;
    this.end = this.start + token.length;
    return kind;
  }

  /** Told by what follows the characters that both may begin with; looked up once for all tokens among these. */
  #mayBeUriOrPath(): boolean {
    if (this.start >= this.#runEnd) this.#runEnd = endOf(this.text, PATH_PART, this.start);
    const next = this.text.charCodeAt(this.#runEnd);
    return next === SLASH || next === COLON || next === TILDE;
  }

  #inString(delimiter: string): TokenKind {
    const { text, start } = this;
    this.end = delimiter === QUOTED ? endOfQuotedText(text, start) : endOfIndentedText(text, start);
    if (this.end > start) return "stringText";
    if (text.startsWith("${", start)) {
      this.#enter("${");
      return this.#take("${", "interpolationOpen");
    }
    if (text.startsWith(delimiter, start)) {
      this.#leave();
      return this.#take(delimiter, "stringClose");
    }
    this.end = start + 1;
    return "stringText";
  }

  /** `code`: the first character. */
  #outside(code: number): TokenKind {
    const { text, start } = this;
    const classes = classesOf(code);
    if ((classes & LETTER) !== 0) return this.#word(code);
    const c = text[start] ?? "";
    if ((classes & SINGLE) !== 0) {
      if (c === "{") this.#enter(c);
      const closed = c === "}" ? this.#leave() : "";
      return this.#take(c, closed === "${" ? "interpolationClose" : "punctuation");
    }
    if (code === EQUALS && text.charCodeAt(start + 1) !== EQUALS) return this.#take("=", "punctuation");
    if (code === HASH) {
      LINE.lastIndex = start;
      LINE.test(text);
      this.end = LINE.lastIndex;
      return "comment";
    }
    if (code === SLASH && text.startsWith("/*", start)) {
      const end = text.indexOf("*/", start + 2);
      this.end = end < 0 ? text.length : end + 2;
      return "comment";
    }
    if (code === QUOTE || (code === APOSTROPHE && text.startsWith(INDENTED, start))) {
      const delimiter = code === QUOTE ? QUOTED : INDENTED;
      this.#enter(delimiter);
      return this.#take(delimiter, "stringOpen");
    }
    if (code === DOLLAR && text.startsWith("${", start)) {
      this.#enter("${");
      return this.#take("${", "interpolationOpen");
    }
    if (this.#mayBeUriOrPath() && this.#match(PATH)) return "literal";
    return this.#operator(code);
  }

  #word(first: number): TokenKind {
    const { text, start } = this;
    const end = endOf(text, WORD_PART, start);
    const next = text.charCodeAt(end);
    const goesOn = next === SLASH || next === COLON || ((next === DOT || next === PLUS) && this.#mayBeUriOrPath());
    if (goesOn && (this.#match(URI) || this.#match(PATH))) return "literal";
    this.end = end;
    if (((KEYWORD_LENGTHS[first] ?? 0) & (1 << (end - start))) !== 0) {
      const word = text.slice(start, end);
      if (KEYWORDS.has(word)) this.token = word;
    }
    return "word";
  }

  #operator(code: number): TokenKind {
    const { text, start } = this;
    const next = text.charCodeAt(start + 1);
    // `a.b`: what is no letter may begin a number or `...`.
    if (code === DOT && (classesOf(next) & LETTER) !== 0) return this.#take(".", "punctuation");
    if (this.#match(SEARCH_PATH) || this.#match(NUMBER)) return "literal";
    if (this.#match(PUNCTUATION)) return this.#take(text.slice(start, this.end), "punctuation");
    this.end = start + 1;
    return "unknown";
  }
}

/** Where text ends in `"…"`: at an interpolation, the closing quote, or the end. */
function endOfQuotedText(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === DOLLAR) {
      const next = text.charCodeAt(end + 1);
      if (next === BRACE) break;
      end += next === QUOTE || next === BACKSLASH || end + 1 === text.length ? 1 : 2;
    } else if (code === BACKSLASH) {
      if (end + 1 === text.length) break;
      end += 2;
    } else if (code === QUOTE) break;
    else end++;
  }
  return end;
}

/** Where text ends in `''…''`. */
function endOfIndentedText(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    const next = code === DOLLAR || code === APOSTROPHE ? text.charCodeAt(end + 1) : 0;
    if (code === DOLLAR) {
      if (next === BRACE) break;
      end += next === APOSTROPHE || end + 1 === text.length ? 1 : 2;
    } else if (code === APOSTROPHE && next === APOSTROPHE) {
      const escaped = text.charCodeAt(end + 2);
      if (escaped === DOLLAR || escaped === APOSTROPHE) end += 3;
      else if (escaped === BACKSLASH && end + 3 < text.length) end += 4;
      else break;
    } else end++;
  }
  return end;
}

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** How far the line is indented on which it begins. */
  readonly indent: number;
  readonly startsLine: boolean;
}

/** All tokens but comments. */
export function significantTokens(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  let lineEnd = -1;
  let content = 0;
  let indent = 0;
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    const { start, end } = lexer;
    if (kind === "comment") continue;
    while (lineEnd < start) {
      const line = lineEnd + 1;
      lineEnd = text.indexOf("\n", line);
      if (lineEnd < 0) lineEnd = text.length;
      for (content = line; text[content] === " " || text[content] === "\t"; ) content++;
      indent = content - line;
    }
    tokens.push({ kind, start, end, text: text.slice(start, end), indent, startsLine: content === start });
  }
  return tokens;
}
