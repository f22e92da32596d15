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

/** After one of these a set is what a file or a function gives, and asked for as soon as that is; `let { … }` is no set. */
const NEVER_AFTER: ReadonlySet<string> = new Set([":", ";", "in", "let"]);

/** Shorter ones cost less to read than to put off. */
const SHORTEST = 200;

/** What has more is generated, and its parts hang together: to read them one by one costs more than to read it at once. */
const MOST = 20_000;

/** A bracket that is not closed yet. */
interface Open {
  readonly token: string;
  readonly start: number;
  readonly open: number;
  /** What it is bound to; undefined where it must be read at once. */
  readonly name: TextRange | undefined;
}

/** Finds the groups that can be put off, from a text's tokens in their order. */
export class GroupFinder {
  readonly #open: Open[] = [];
  /** The last word, and the one before the last `=`. */
  #wordStart = 0;
  #wordEnd = 0;
  #bound: TextRange | undefined;
  /** The last token, if it is a keyword or punctuation. */
  #last = "";
  /** Where the last token begins if it is `rec`, and what stands before that. */
  #rec: { readonly start: number; readonly before: string } | undefined;
  #closed: (Open & TextRange) | undefined;
  #isBroken = false;
  readonly #found: Group[] = [];

  constructor(
    readonly text: string,
    readonly isCold: IsCold,
  ) {}

  /** A token that is neither blank nor comment. `token`: its text if it is a keyword or punctuation, else nothing. */
  take(kind: TokenKind, token: string, start: number, end: number): void {
    // With one of these after it, `{ … }` holds a function's formals.
    if (this.#closed && token !== ":" && token !== "@") this.#add(this.#closed);
    this.#closed = undefined;
    let rec: { start: number; before: string } | undefined;
    if (kind === "word") {
      this.#wordStart = start;
      this.#wordEnd = end;
      if (token === "rec") rec = { start, before: this.#last };
    } else if (kind === "punctuation") this.#punctuation(token, start, end);
    else if (kind === "interpolationOpen") this.#open.push({ token, start, open: start, name: undefined });
    else if (kind === "interpolationClose") this.#close("${", end);
    this.#rec = rec;
    this.#last = token;
  }

  #punctuation(token: string, start: number, end: number): void {
    switch (token) {
      case "=":
        this.#bound = { start: this.#wordStart, end: this.#wordEnd };
        break;
      case "{":
      case "[":
        this.#opened(token, start);
        break;
      case "}":
        this.#close("{", end);
        break;
      case "]":
        this.#close("[", end);
    }
  }

  #opened(token: string, open: number): void {
    const isAsked = token === "{" && NEVER_AFTER.has(this.#rec?.before ?? this.#last);
    this.#open.push({ token, start: this.#rec?.start ?? open, open, name: isAsked ? undefined : this.#bound });
  }

  #close(opener: string, end: number): void {
    const opened = this.#open.pop();
    if (opened?.token !== opener) this.#isBroken = true;
    else if (opened.name && end - opened.open >= SHORTEST) this.#closed = { ...opened, end };
  }

  #add({ name, start, open, end }: Open & TextRange): void {
    const group = { start, open, end };
    if (!this.isCold(group, this.text.slice(name?.start, name?.end))) return;
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
