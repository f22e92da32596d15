// What a later snapshot has that an earlier one has not, asked for several times in one analysis.
import type { FilePath } from "../text/range.js";
import type { Snapshot } from "./snapshot.js";

interface Difference {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly edited: readonly FilePath[] | undefined;
}

let last: Difference | undefined;

/** The files whose content was replaced; undefined where files came or went, or folders were listed anew. */
export function editedFiles(before: Snapshot, after: Snapshot): readonly FilePath[] | undefined {
  if (before === after) return [];
  if (last?.before !== before || last.after !== after) last = { before, after, edited: difference(before, after) };
  return last.edited;
}

function difference(before: Snapshot, after: Snapshot): readonly FilePath[] | undefined {
  if (before.folders !== after.folders || before.files.size !== after.files.size) return undefined;
  const edited: FilePath[] = [];
  for (const [path, file] of after.files) {
    const old = before.files.get(path);
    if (old === undefined) return undefined;
    if (old !== file) edited.push(path);
  }
  return edited;
}
