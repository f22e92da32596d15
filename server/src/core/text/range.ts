// Positions in a text. Offsets are UTF-16 code units from 0, the unit of JavaScript strings, LSP and web-tree-sitter.

/** A half-open span of one text: `start` included, `end` excluded; UTF-16 offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A path inside the snapshot: relative to the workspace root, `/`-separated, normalised, no leading `./`.
 * The root itself is `""`.
 */
export type FilePath = string;

/** A span in a named file. */
export interface Location {
  readonly file: FilePath;
  readonly range: TextRange;
}

export function contains(outer: TextRange, inner: TextRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

export function sameLocation(a: Location, b: Location): boolean {
  return a.file === b.file && a.range.start === b.range.start && a.range.end === b.range.end;
}
