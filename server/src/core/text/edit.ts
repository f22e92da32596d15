// Text edits as plain data. Applying them refuses overlap, so two fixes can never garble each other.
import type { FilePath, TextRange } from "./range.js";

/** Replace `range` of `file` by `newText`. An edit to a file that does not exist creates it (range 0..0). */
export interface TextEdit {
  readonly file: FilePath;
  readonly range: TextRange;
  readonly newText: string;
}

function byStart(a: TextEdit, b: TextEdit): number {
  return a.range.start - b.range.start || a.range.end - b.range.end;
}

/** True if two edits of one file touch the same text, or insert at the same place (their order would be a guess). */
export function editsOverlap(a: TextEdit, b: TextEdit): boolean {
  if (a.file !== b.file) return false;
  if (a.range.start === b.range.start) return true;
  const [first, second] = a.range.start < b.range.start ? [a, b] : [b, a];
  return first.range.end > second.range.start;
}

/**
 * The text after all edits of one file.
 * @throws RangeError if two edits overlap or one lies outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted(byStart);
  let result = "";
  let position = 0;
  for (const [i, edit] of sorted.entries()) {
    const previous = sorted[i - 1];
    if (previous && editsOverlap(previous, edit)) throw new RangeError("overlapping edits");
    if (edit.range.start < position || edit.range.end > text.length || edit.range.end < edit.range.start)
      throw new RangeError("edit outside the text");
    result += text.slice(position, edit.range.start) + edit.newText;
    position = edit.range.end;
  }
  return result + text.slice(position);
}

/**
 * The same edits with insertions at one place joined into one, in the order given: apart, they would overlap.
 * An edit that is given twice (two changes that need the same third one) counts once.
 */
export function joinInsertions(edits: readonly TextEdit[]): readonly TextEdit[] {
  const result: TextEdit[] = [];
  const seen = new Set<string>();
  for (const edit of edits) {
    const key = JSON.stringify([edit.file, edit.range.start, edit.range.end, edit.newText]);
    if (seen.has(key)) continue;
    seen.add(key);
    const at = result.findIndex(
      (e) => e.file === edit.file && e.range.start === edit.range.start && e.range.end === e.range.start,
    );
    const first = result[at];
    if (first && edit.range.end === edit.range.start) result[at] = { ...first, newText: first.newText + edit.newText };
    else result.push(edit);
  }
  return result;
}
