// Text with small changes that make it readable for the grammar, and the way back from its offsets to those of the
// text as written.
import type { TextRange } from "../text/range.js";
import type { Cursor } from "./grammar.js";

/** Replace a range; an insertion has `start === end`. */
export interface Patch extends TextRange {
  readonly text: string;
}

/** Blanks that take the place of a range; line ends stay, so that `#` comments end where they did. */
export function blank(text: string, range: TextRange): Patch {
  const { start, end } = range;
  return { start, end, text: text.slice(start, end).replace(/[^\r\n]/g, " ") };
}

export class PatchedText {
  readonly text: string;
  /** Offsets are the same in both texts. */
  readonly aligned: boolean;
  /** Where each patch begins in the patched text. */
  readonly #starts: number[] = [];

  /** `patches` must be sorted and apart; insertions at one place come in their order. */
  constructor(
    original: string,
    readonly patches: readonly Patch[],
  ) {
    const pieces: string[] = [];
    let position = 0;
    let length = 0;
    for (const patch of patches) {
      pieces.push(original.slice(position, patch.start), patch.text);
      length += patch.start - position;
      this.#starts.push(length);
      length += patch.text.length;
      position = patch.end;
    }
    pieces.push(original.slice(position));
    this.text = patches.length > 0 ? pieces.join("") : original;
    this.aligned = patches.every((patch) => patch.text.length === patch.end - patch.start);
  }

  /** From an offset in the patched text to the one in the original; a place inside new text maps into its range. */
  original(offset: number): number {
    let low = 0;
    let high = this.patches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const patch = this.patches[low - 1];
    if (!patch) return offset;
    const inside = offset - (this.#starts[low - 1] ?? 0);
    if (inside < patch.text.length) return Math.min(patch.start + inside, patch.end);
    return patch.end + inside - patch.text.length;
  }
}

/** From an offset in a changed text to one in the text as written. */
export type OffsetMap = (offset: number) => number;

/** A cursor on the patched text's tree that tells original offsets. What was inserted is empty there. */
export function throughPatches(cursor: Cursor, original: OffsetMap): Cursor {
  return {
    get nodeTypeId() {
      return cursor.nodeTypeId;
    },
    get startIndex() {
      return original(cursor.startIndex);
    },
    get endIndex() {
      return original(cursor.endIndex);
    },
    gotoFirstChild: () => cursor.gotoFirstChild(),
    gotoNextSibling: () => cursor.gotoNextSibling(),
    gotoParent: () => cursor.gotoParent(),
  };
}
