// Looks for many expressions at once, each told by a word: a regular expression of bare words is much faster than one that
// tries all of them at each character.

/** A regular expression whose matches hold a word, by which they are found. */
export interface WordExpression {
  /** The first run of letters, digits and `_` in a match: any of these. With a `*` at the end, a run that begins so. */
  readonly words: readonly string[];
  readonly pattern: string;
  /** How many characters of a match stand before the word. */
  readonly before?: number;
}

export class WordSearch {
  readonly #words: RegExp;
  readonly #expression: RegExp;
  /** Where matches may begin before a word, the most first. */
  readonly #before: readonly number[];

  constructor(expressions: readonly WordExpression[]) {
    const words = new Set(expressions.flatMap((expression) => expression.words));
    this.#words = new RegExp(
      String.raw`\b(?:${[...words].map((word) => word.replace("*", String.raw`\w*`)).join("|")})\b`,
      "g",
    );
    this.#expression = new RegExp(expressions.map(({ pattern }) => pattern).join("|"), "y");
    this.#before = [...new Set(expressions.map(({ before = 0 }) => before))].sort((a, b) => b - a);
  }

  /** Where matches begin, in order and apart. */
  offsets(text: string): number[] {
    const found: number[] = [];
    let end = 0;
    // Not with matchAll, which makes a regular expression anew for each text.
    this.#words.lastIndex = 0;
    for (let word = this.#words.exec(text); word !== null; word = this.#words.exec(text))
      for (const before of this.#before) {
        const start = word.index - before;
        if (start < end) continue;
        this.#expression.lastIndex = start;
        if (!this.#expression.test(text)) continue;
        found.push(start);
        end = this.#expression.lastIndex;
      }
    return found;
  }
}
