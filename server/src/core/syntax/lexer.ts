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
  | "unknown";

const BLANK = /[ \t\r\n\uFEFF]+/y;
const URI = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const PATH = /[a-zA-Z0-9._\-+]*(?:\/[a-zA-Z0-9._\-+]+)+\/?|~\/[a-zA-Z0-9._\-+/]*|[a-zA-Z0-9._\-+]*\/(?=\$\{)/y;
const SEARCH_PATH = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;
const WORD = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const NUMBER = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const PUNCTUATION = /\.\.\.|\|>|<\||\|\||&&|->|==|!=|<=|>=|\+\+|\/\/|[-+*/!<>=.,;:?@(){}[\]]/y;
const QUOTED_TEXT = /(?:[^$"\\]|\$(?!\{)|\\[^])+/y;
const INDENTED_TEXT = /(?:[^$']|\$[^{']|\$(?!\{)|'(?!')|''\$|'''|''\\[^])+/y;

const QUOTE = '"';
const INDENTED = "''";

/** Cuts a text into tokens that cover it without gaps; never fails. After `next()`, `start` and `end` tell the token's span. */
export class Lexer {
  start = 0;
  end = 0;
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
    if (this.#match(BLANK)) return "blank";
    if (text[start] === "#") {
      const end = text.slice(start).search(/[\r\n]/);
      return this.#take(end < 0 ? text.length : end, "comment");
    }
    if (text.startsWith("/*", start)) {
      const end = text.indexOf("*/", start + 2);
      return this.#take(end < 0 ? text.length : end + 2 - start, "comment");
    }
    if (text[start] === '"' || text.startsWith("''", start)) {
      const delimiter = text[start] === '"' ? QUOTE : INDENTED;
      this.#open.push(delimiter);
      return this.#take(delimiter.length, "stringOpen");
    }
    if (text.startsWith("${", start)) {
      this.#open.push("${");
      return this.#take(2, "interpolationOpen");
    }
    if (this.#match(URI) || this.#match(PATH) || this.#match(SEARCH_PATH)) return "literal";
    if (this.#match(WORD)) return "word";
    if (this.#match(NUMBER)) return "literal";
    if (!this.#match(PUNCTUATION)) return this.#take(1, "unknown");
    if (text[start] === "{") this.#open.push("{");
    if (text[start] === "}") return this.#open.pop() === "${" ? "interpolationClose" : "punctuation";
    return "punctuation";
  }
}

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** All tokens but blanks and comments. */
export function significantTokens(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    const { start, end } = lexer;
    if (kind !== "blank" && kind !== "comment") tokens.push({ kind, start, end, text: text.slice(start, end) });
  }
  return tokens;
}
