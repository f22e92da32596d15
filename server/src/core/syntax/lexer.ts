// Nix's tokens without meaning, straight from the text: for comments, and for repairs where the tree is broken.
// A string literal is cut into an opening delimiter, text, interpolations and a closing delimiter.

export type TokenKind =
  | "blank"
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

/** What a token may be by its first character. */
const LETTER = 1;
const BLANKS = 2;
/** Punctuation that nothing longer begins with. */
const SINGLE = 3;
const BEGINNINGS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-zA-Z_]/.test(character)) return LETTER;
  if (/[ \t\r\n]/.test(character)) return BLANKS;
  return ";{}()[],:?@".includes(character) ? SINGLE : 0;
});
const BYTE_ORDER_MARK = 0xfeff;
const LINE = /[^\r\n]*/y;
const BLANK = /[ \t\r\n\uFEFF]+/y;
const URI = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const PATH = /[a-zA-Z0-9._\-+]*(?:\/[a-zA-Z0-9._\-+]+)+\/?|~\/[a-zA-Z0-9._\-+/]*|[a-zA-Z0-9._\-+]*\/(?=\$\{)/y;
const SEARCH_PATH = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;
const WORD = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const PATH_RUN = /[a-zA-Z0-9._\-+]+/y;
const NUMBER = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const PUNCTUATION = /\.\.\.|\|>|<\||\|\||&&|->|==|!=|<=|>=|\+\+|\/\/|[-+*/!<>=.]/y;
const QUOTED_TEXT = /(?:[^$"\\]|\$[^{"\\]|\$(?!\{)|\\[^])+/y;
const INDENTED_TEXT = /(?:[^$']|\$[^{']|\$(?!\{)|'(?!')|''\$|'''|''\\[^])+/y;

const QUOTE = '"';
const INDENTED = "''";

/** Cuts a text into tokens that cover it without gaps; never fails. After `next()`, `start` and `end` tell the token's span. */
export class Lexer {
  start = 0;
  end = 0;
  #runEnd = 0;
  /** What is open: a string's delimiter, an interpolation's `${` or a `{`. */
  readonly #open: string[] = [];

  /** Begins at `from`, which must lie outside of strings and comments. */
  constructor(
    readonly text: string,
    from = 0,
  ) {
    this.end = from;
  }

  /** The next token's kind; undefined at the end. */
  next(): TokenKind | undefined {
    this.start = this.end;
    if (this.start >= this.text.length) return undefined;
    const open = this.#open.at(-1);
    return open === QUOTE || open === INDENTED ? this.#inString(open) : this.#outside();
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.start;
    if (!pattern.test(this.text)) return false;
    this.end = pattern.lastIndex;
    return true;
  }

  #take(length: number, kind: TokenKind): TokenKind {
    this.end = Math.min(this.start + length, this.text.length);
    return kind;
  }

  /** Told by what follows the characters that both may begin with; looked up once for all tokens among these. */
  #mayBeUriOrPath(): boolean {
    if (this.start >= this.#runEnd) {
      PATH_RUN.lastIndex = this.start;
      this.#runEnd = PATH_RUN.test(this.text) ? PATH_RUN.lastIndex : this.start;
    }
    const next = this.text[this.#runEnd];
    return next === "/" || next === ":" || next === "~";
  }

  #inString(delimiter: string): TokenKind {
    if (this.#match(delimiter === QUOTE ? QUOTED_TEXT : INDENTED_TEXT)) return "stringText";
    if (this.text.startsWith("${", this.start)) {
      this.#open.push("${");
      return this.#take(2, "interpolationOpen");
    }
    if (this.text.startsWith(delimiter, this.start)) {
      this.#open.pop();
      return this.#take(delimiter.length, "stringClose");
    }
    return this.#take(1, "stringText");
  }

  #outside(): TokenKind {
    const { text, start } = this;
    const code = text.charCodeAt(start);
    const beginning = code === BYTE_ORDER_MARK ? BLANKS : BEGINNINGS[code];
    if (beginning === BLANKS) {
      this.#match(BLANK);
      return "blank";
    }
    if (beginning === LETTER) {
      if (this.#mayBeUriOrPath() && (this.#match(URI) || this.#match(PATH))) return "literal";
      this.#match(WORD);
      return "word";
    }
    const c = text[start] ?? "";
    if (beginning === SINGLE) {
      if (c === "{") this.#open.push(c);
      const closed = c === "}" ? this.#open.pop() : undefined;
      return this.#take(1, closed === "${" ? "interpolationClose" : "punctuation");
    }
    if (c === "#") {
      LINE.lastIndex = start;
      LINE.test(text);
      return this.#take(LINE.lastIndex - start, "comment");
    }
    if (text.startsWith("/*", start)) {
      const end = text.indexOf("*/", start + 2);
      return this.#take(end < 0 ? text.length : end + 2 - start, "comment");
    }
    if (c === QUOTE || text.startsWith(INDENTED, start)) {
      const delimiter = c === QUOTE ? QUOTE : INDENTED;
      this.#open.push(delimiter);
      return this.#take(delimiter.length, "stringOpen");
    }
    if (text.startsWith("${", start)) {
      this.#open.push("${");
      return this.#take(2, "interpolationOpen");
    }
    if (this.#mayBeUriOrPath() && this.#match(PATH)) return "literal";
    if (this.#match(SEARCH_PATH) || this.#match(NUMBER)) return "literal";
    return this.#match(PUNCTUATION) ? "punctuation" : this.#take(1, "unknown");
  }
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

/** All tokens but blanks and comments. */
export function significantTokens(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  let lineEnd = -1;
  let content = 0;
  let indent = 0;
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    const { start, end } = lexer;
    if (kind === "blank" || kind === "comment") continue;
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
