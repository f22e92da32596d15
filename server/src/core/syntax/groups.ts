// Sets and lists that a reader of the file may never look into: the tree is made without their contents, and each is read
// once somebody asks for it.
import type { TokenKind } from "./lexer.js";
import type { TextRange } from "../text/range.js";

/** True if nothing of what is bound to a name will be asked for, as far as the caller knows. It need not be right. */
export type IsCold = (range: TextRange, name: string) => boolean;

/** A group's node, and where its opening bracket stands. */
export interface Group extends TextRange {
  readonly open: number;
}

/** Shorter ones cost less to read than to put off. */
const SHORTEST = 200;

/** What has more is generated, and its parts hang together: to read them one by one costs more than to read it at once. */
const MOST = 200;

/** A bracket that is not closed yet. */
interface Open {
  readonly token: string;
  readonly start: number;
  readonly open: number;
  /** What it is bound to; undefined where it must be read at once. */
  readonly name: string | undefined;
}

/** Finds the groups that can be put off, from a text's tokens in their order. */
export class GroupFinder {
  readonly #open: Open[] = [];
  #last = "";
  /** The last word, and the one before the last `=`. */
  #word = "";
  #bound = "";
  /** Where the `rec` of `= rec` stands if that was the last token. */
  #rec: number | undefined;
  #closed: (Group & { readonly name: string }) | undefined;
  #isBroken = false;
  readonly #found: Group[] = [];

  constructor(
    readonly text: string,
    readonly isCold: IsCold,
  ) {}

  /** A token that is neither blank nor comment. */
  take(kind: TokenKind, start: number, end: number): void {
    const token = kind === "punctuation" ? this.text.slice(start, end) : "";
    // With one of these after it, `{ … }` holds a function's formals.
    if (this.#closed && token !== ":" && token !== "@") this.#add(this.#closed);
    this.#closed = undefined;
    if (kind === "word") {
      this.#word = this.text.slice(start, end);
      if (this.#word === "rec" && this.#last === "=") {
        this.#rec = start;
        return;
      }
    } else if (kind === "interpolationOpen") this.#open.push({ token: "${", start, open: start, name: undefined });
    else if (kind === "interpolationClose") this.#close("${", end);
    else if (token === "=") this.#bound = this.#word;
    else if (token === "{" || token === "[") this.#opened(token, start);
    else if (token === "}" || token === "]") this.#close(token === "}" ? "{" : "[", end);
    this.#last = token;
    this.#rec = undefined;
  }

  #opened(token: string, open: number): void {
    const name = token === "[" || this.#last === "=" ? this.#bound : undefined;
    this.#open.push({ token, start: this.#rec ?? open, open, name });
  }

  #close(opener: string, end: number): void {
    const opened = this.#open.pop();
    if (opened?.token !== opener) this.#isBroken = true;
    else if (opened.name !== undefined && end - opened.open >= SHORTEST)
      this.#closed = { start: opened.start, open: opened.open, end, name: opened.name };
  }

  #add({ name, start, open, end }: Group & { readonly name: string }): void {
    const group = { start, open, end };
    if (!this.isCold(group, name)) return;
    // The outer one stands for those within.
    while ((this.#found.at(-1)?.start ?? -1) > start) this.#found.pop();
    this.#found.push(group);
  }

  /** In order and apart; none where brackets do not match. */
  get found(): readonly Group[] {
    const isSound = !this.#isBroken && this.#open.length === 0;
    return isSound && this.#found.length <= MOST ? this.#found : [];
  }
}
