// A text that remembers which of its parts are the original's, so that many rounds of edits end as one small set of them.
import { applyEdits, type TextEdit } from "../text/edit.js";
import type { FilePath } from "../text/range.js";

/** A part of the original by its offset, or text that was put in. */
type Piece = { readonly text: string; readonly origin: number | undefined };

export class EditedText {
  readonly #original: string;
  #pieces: readonly Piece[];
  #text: string;

  constructor(original: string) {
    this.#original = original;
    this.#text = original;
    this.#pieces = [{ text: original, origin: 0 }];
  }

  get text(): string {
    return this.#text;
  }

  /** @throws RangeError as `applyEdits` does. */
  apply(edits: readonly TextEdit[]): void {
    this.#text = applyEdits(this.#text, edits);
    for (const edit of edits.toSorted((a, b) => b.range.start - a.range.start)) {
      const before = cut(this.#pieces, 0, edit.range.start);
      const after = cut(this.#pieces, edit.range.end, Infinity);
      this.#pieces = [...before, { text: edit.newText, origin: undefined }, ...after];
    }
  }

  /** Edits that lead from the original to the text as it is now. */
  editsFromOriginal(file: FilePath): readonly TextEdit[] {
    const edits: TextEdit[] = [];
    let position = 0;
    let inserted = "";
    const flush = (end: number): void => {
      const removed = this.#original.slice(position, end);
      if (removed !== inserted) edits.push({ file, range: { start: position, end }, newText: inserted });
      inserted = "";
    };
    for (const { text, origin } of this.#pieces) {
      if (origin === undefined) inserted += text;
      else if (text !== "") {
        flush(origin);
        position = origin + text.length;
      }
    }
    flush(this.#original.length);
    return edits;
  }
}

function cut(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const result: Piece[] = [];
  let position = 0;
  for (const { text, origin } of pieces) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, text.length);
    if (from < to)
      result.push({ text: text.slice(from, to), origin: origin === undefined ? undefined : origin + from });
    position += text.length;
  }
  return result;
}
