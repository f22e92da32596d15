// Half-typed code: patches that keep the damage inside the binding where it happened, so that the tree keeps the rest.
// Works on tokens alone: brackets get balanced here, statements get their shape in `statements.ts`. Runs only where the
// tree is broken.
import { type Token, significantTokens } from "./lexer.js";
import { blank, type Patch } from "./patch.js";
import { GROUP, isExpressionLike, isListLike } from "./plausible.js";
import { insertAfter, keepGroups, type Repairs, shapeStatement } from "./statements.js";

export type { Repairs };

type BlockKind = "{" | "${" | "(" | "[" | "let" | "string" | "file";

/** What is open: a bracket, a `let` or a string, with what stands directly in it. */
interface Block {
  readonly kind: BlockKind;
  readonly open: Token;
  /** The current statement's tokens; what was opened and closed again counts as one token. */
  statement: Token[];
  /** Finished statements, and whether a semicolon ended them. */
  readonly statements: { tokens: Token[]; semicolon: Token | undefined }[];
  /** `with` and `assert` whose semicolon is still to come. */
  pending: number;
}

const CLOSER: Readonly<Record<BlockKind, string>> = {
  "{": " }",
  "${": "}",
  "(": ")",
  "[": " ]",
  let: " in _ ",
  string: "",
  file: "",
};
/** A formal that no default makes longer has fewer tokens. */
const FORMAL_TOKENS = 8;
/** The body of a `let` that is longer counts as one token of the block around it. */
const LONG_BODY = 64;
const UNEXPECTED_BRACE = 'Unexpected "}".';
const OPENERS: ReadonlyMap<string, readonly BlockKind[]> = new Map([
  ["}", ["{", "${"]],
  [")", ["("]],
  ["]", ["["]],
]);

/** Patches in the order of their place. First without a look at the indentation, then by it if brackets do not match. */
export function recover(text: string): Repairs {
  const tokens = significantTokens(text);
  const plain = balance(text, tokens, false);
  if (plain.balanced) return plain.repairs;
  const indented = balance(text, tokens, true);
  return indented.repairs.patches.length <= plain.repairs.patches.length ? indented.repairs : plain.repairs;
}

interface Balanced {
  readonly repairs: Repairs;
  /** False if brackets were closed or dropped. */
  readonly balanced: boolean;
  /** A `}` that closed everything too early, since another one follows. */
  readonly premature: Token | undefined;
}

/** A premature `}` is dropped, and everything after it seen anew. */
function balance(text: string, tokens: readonly Token[], byIndent: boolean): Balanced {
  const result = new Balance(text, tokens, byIndent).run();
  const { premature } = result;
  if (!premature) return result;
  const { repairs } = new Balance(
    text,
    tokens.filter((token) => token !== premature),
    byIndent,
  ).run();
  const patches = inOrder([...repairs.patches, blank(text, premature)]);
  const problems = [...repairs.problems, { start: premature.start, end: premature.end, message: UNEXPECTED_BRACE }];
  return { repairs: { patches, problems }, balanced: false, premature: undefined };
}

class Balance {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #byIndent: boolean;
  readonly #repairs: Repairs = { patches: [], problems: [] };
  readonly #stack: Block[] = [];
  /** Where in the stack the blocks of each kind are, so that deep stacks need no search. */
  readonly #places = new Map<BlockKind, number[]>();
  #balanced = true;
  /** The last outermost `}`; it is the superfluous one if another follows. */
  #lastOutermost: Token | undefined;

  /** The outermost `}` before the first thing that belongs into a block. */
  #suspect: Token | undefined;
  #premature: Token | undefined;

  constructor(text: string, tokens: readonly Token[], byIndent: boolean) {
    this.#text = text;
    this.#tokens = tokens;
    this.#byIndent = byIndent;
  }

  run(): Balanced {
    this.#push("file", tokenAt(0, ""));
    for (const [i, token] of this.#tokens.entries()) this.#token(token, this.#tokens[i + 1]);
    const end = this.#tokens.at(-1)?.end ?? 0;
    while (this.#stack.length > 1) this.#insertCloser(end);
    if (this.#top.statement.length > 0) this.#finish(this.#top, undefined);
    const { patches, problems } = this.#repairs;
    return { repairs: { patches: inOrder(patches), problems }, balanced: this.#balanced, premature: this.#premature };
  }

  get #top(): Block {
    const top = this.#stack.at(-1);
    if (!top) throw new Error("the file itself is always open");
    return top;
  }

  #push(kind: BlockKind, open: Token): void {
    this.#placesOf(kind).push(this.#stack.length);
    this.#stack.push({ kind, open, statement: [], statements: [], pending: 0 });
  }

  /** Leaves the innermost block. */
  #leave(): void {
    const block = this.#stack.pop();
    if (block) this.#placesOf(block.kind).pop();
  }

  #placesOf(kind: BlockKind): number[] {
    const places = this.#places.get(kind) ?? [];
    if (places.length === 0) this.#places.set(kind, places);
    return places;
  }

  #token(token: Token, next: Token | undefined): void {
    if (token.kind === "stringOpen") this.#push("string", token);
    else if (token.kind === "stringClose") this.#closeString(token);
    else if (token.kind === "stringText") return;
    else if (token.kind === "interpolationOpen") this.#push("${", token);
    else if (OPENERS.has(token.text)) this.#close(token, next);
    else {
      if (this.#byIndent) this.#closeDeeper(token);
      this.#closeFormals(token);
      if (token.text === "{" || token.text === "(" || token.text === "[") this.#push(token.text, token);
      else if (token.text === "let" && next?.text !== "{") this.#push("let", token);
      else if (token.text === "in") this.#in(token, next);
      else if (token.text === ";") this.#semicolon(token);
      else {
        if (token.text === "=" && this.#top.kind === "file") this.#suspect ??= this.#lastOutermost;
        if (token.text === "with" || token.text === "assert") this.#top.pending++;
        this.#top.statement.push(token);
      }
    }
  }

  /** The innermost open block of one of the kinds, without leaving a string; its place in the stack or -1. */
  #find(kinds: readonly BlockKind[]): number {
    const string = this.#placesOf("string").at(-1) ?? -1;
    const found = Math.max(-1, ...kinds.map((kind) => this.#placesOf(kind).at(-1) ?? -1));
    return found > string ? found : -1;
  }

  #closeString(token: Token): void {
    const at = this.#placesOf("string").at(-1);
    if (at === undefined) return;
    while (this.#stack.length > at + 1) this.#leave();
    this.#pop(token, undefined);
  }

  #close(token: Token, next: Token | undefined): void {
    const kinds = OPENERS.get(token.text) ?? [];
    let at = this.#find(kinds);
    if (this.#byIndent && token.kind === "punctuation" && token.text === "}" && token.startsLine) {
      const column = token.indent;
      while (at > 0 && (this.#stack[at]?.open.indent ?? 0) > column) {
        while (this.#stack.length > at) this.#insertCloser(this.#lastEnd(token));
        at = this.#find(kinds);
      }
      if (at > 0 && (this.#stack[at]?.open.indent ?? 0) < column) at = -1;
    }
    if (at < 0) {
      this.#balanced = false;
      if (token.text === "}" && this.#stack.length === 1) this.#premature ??= this.#suspect ?? this.#lastOutermost;
      this.#drop(token, `Unexpected "${token.text}".`);
      return;
    }
    while (this.#stack.length > at + 1) this.#insertCloser(this.#lastEnd(token));
    this.#pop(token, next);
    if (token.text === "}" && this.#stack.length === 1) this.#lastOutermost = token;
  }

  /** Where the token before one ends: new text goes there, before blanks and comments. */
  #lastEnd(token: Token): number {
    const { statement, statements, open } = this.#top;
    return statement.at(-1)?.end ?? statements.at(-1)?.semicolon?.end ?? Math.min(open.end, token.start);
  }

  #insertCloser(at: number): void {
    const block = this.#top;
    const { kind, open } = block;
    this.#balanced = false;
    this.#repairs.problems.push({ start: open.start, end: open.end, message: `"${open.text}" is not closed.` });
    const body = kind === "let" ? takeBody(block) : [];
    // What the statements of the block insert at the same place must come before the closer.
    this.#pop(tokenAt(at, ""), undefined);
    const place = body[0]?.start ?? at;
    const text = kind === "string" ? open.text : body.length > 0 ? " in " : CLOSER[kind];
    this.#repairs.patches.push({ start: place, end: place, text });
    const { statement } = this.#top;
    if (body.length > LONG_BODY) statement.push({ ...(body[0] as Token), kind: "group", end: at, text: GROUP.let });
    else if (body.length > 0) statement.push(...body);
    else if (kind === "let") statement.push(tokenAt(at, "_"));
  }

  #drop(token: Token, message: string): void {
    this.#repairs.patches.push(blank(this.#text, token));
    this.#repairs.problems.push({ start: token.start, end: token.end, message });
  }

  /** Closes the innermost block; it becomes one token of the block around it. */
  #pop(close: Token, next: Token | undefined): void {
    const block = this.#top;
    if (this.#stack.length > 1) this.#leave();
    const group = this.#finish(block, next?.text);
    this.#top.statement.push({ ...block.open, kind: "group", end: close.end, text: group });
  }

  /** Repairs what stands directly in a block; tells what kind of group it is. */
  #finish(block: Block, next: string | undefined): string {
    const { kind, statement, statements } = block;
    if (kind === "string") return GROUP.string;
    if (kind === "{" || kind === "let") {
      if (statement.length > 0) statements.push({ tokens: statement, semicolon: undefined });
      const before = this.#top.statement.at(-1)?.text;
      if (kind === "{" && isFormals(block, next, before, this.#stack.length === 1)) return GROUP.formals;
      for (const { tokens, semicolon } of statements) shapeStatement(tokens, semicolon, this.#repairs);
      return kind === "let" ? GROUP.let : GROUP.set;
    }
    if (!(kind === "[" ? isListLike(statement) : isExpressionLike(statement))) keepGroups(statement, this.#repairs);
    return kind;
  }

  #in(token: Token, next: Token | undefined): void {
    const at = this.#find(["let"]);
    if (at < 0) {
      this.#top.statement.push(token);
      return;
    }
    while (this.#stack.length > at + 1) this.#insertCloser(this.#lastEnd(token));
    this.#pop(token, next);
  }

  #semicolon(token: Token): void {
    // A bracket cannot hold a semicolon, unless one of `with` or `assert`.
    const outer = this.#find(["{", "let"]);
    const depth = outer < 0 ? this.#stack.length : outer + 1;
    while (this.#stack.length > depth && this.#top.pending === 0) this.#insertCloser(this.#lastEnd(token));
    const block = this.#top;
    if (block.pending > 0) {
      block.pending--;
      block.statement.push(token);
    } else if (block.kind === "{" || block.kind === "let") {
      block.statements.push({ tokens: block.statement, semicolon: token });
      block.statement = [];
    } else if (block.kind === "file" && block.statement.length === 1 && block.statement[0]?.text === GROUP.formals) {
      this.#repairs.patches.push({ start: token.start, end: token.end, text: ":" });
      block.statement.push({ ...token, text: ":" });
      this.#repairs.problems.push({ start: token.start, end: token.end, message: 'Unexpected ";".' });
    } else {
      if (block.kind === "file") this.#suspect ??= this.#lastOutermost;
      this.#drop(token, 'Unexpected ";".');
    }
  }

  /** `{ a, ... : body` and `{ a, ... with lib; body`: the brace was left out. */
  #closeFormals(token: Token): void {
    const { kind, statement } = this.#top;
    if (kind !== "{" || ![":", "@", "with", "let", "assert"].includes(token.text)) return;
    const last = statement.at(-1);
    const recent = statement.slice(-FORMAL_TOKENS);
    const comma = recent.findLastIndex(({ text }) => text === ",");
    const inDefault = recent.slice(comma + 1).some(({ text }) => text === "?" || text === "=");
    if (!last || inDefault || (comma < 0 && last.text !== "...")) return;
    this.#insertCloser(last.end);
    if (token.text !== ":" && token.text !== "@") insertAfter(last, ":", 'Missing ":".', this.#repairs);
    this.#top.statement.push({ ...last, kind: "punctuation", text: ":" });
  }

  /** A new statement that is indented no more than the line of an open `{` cannot be inside that. */
  #closeDeeper(token: Token): void {
    if (token.kind !== "word" || !token.startsLine) return;
    const column = token.indent;
    for (;;) {
      const at = this.#find(["{"]);
      const outer = [this.#placesOf("{")[0], this.#placesOf("let")[0]].some((place = at) => place < at);
      const block = this.#stack[at];
      if (!block || !outer || column > block.open.indent || block.open.start === token.start) return;
      while (this.#stack.length > at) this.#insertCloser(this.#lastEnd(token));
    }
  }
}

/** A token that stands for inserted text. */
function tokenAt(at: number, text: string): Token {
  return { kind: "literal", start: at, end: at, text, indent: 0, startsLine: false };
}

/** A `let` without `in` may have its body already: what stands last in it and is no binding. Takes it out. */
function takeBody(block: Block): Token[] {
  const body = block.statement;
  const [first] = body;
  if (!first || first.kind === "word" || body.some((token) => token.text === "=")) return [];
  block.statement = [];
  return body;
}

/** Sorted by place, an insertion before a removal; what lies in something removed goes with it. */
function inOrder(patches: readonly Patch[]): Patch[] {
  const sorted = patches.toSorted(
    (a, b) => a.start - b.start || Number(b.start === b.end) - Number(a.start === a.end) || b.end - a.end,
  );
  let position = 0;
  return sorted.filter((patch) => {
    if (patch.start < position) return false;
    position = patch.end;
    return true;
  });
}

/** Whether `{ … }` is a function's argument. Also where a `;` was typed for the `:` after it at the file's top. */
function isFormals(block: Block, next: string | undefined, before: string | undefined, outermost: boolean): boolean {
  if (next === ":" || next === "@" || before === "@") return true;
  const binds = block.statements.some(({ tokens }) => tokens.some((token) => token.text === "="));
  if (next === ";" && outermost && !binds) return true;
  return block.statements.some(({ tokens }) => {
    const texts = tokens.map((token) => token.text);
    return !texts.includes("=") && (texts.includes(",") || texts.includes("..."));
  });
}
