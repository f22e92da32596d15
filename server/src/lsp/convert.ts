// The one place where offsets of the core become positions of LSP and back.
import {
  CreateFile,
  type Location as LspLocation,
  type Position,
  type Range,
  TextDocumentEdit,
  type TextEdit as LspTextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { TextEdit } from "../core/text/edit.js";
import { LineIndex } from "../core/text/lineIndex.js";
import type { FilePath, Location, TextRange } from "../core/text/range.js";
import type { Snapshot, SnapshotFile } from "../core/workspace/snapshot.js";

/** How the files of one snapshot are named to the editor. */
export interface FileNames {
  uriOf(file: FilePath): string;
  /** The version that the editor gave an open document; null for others. */
  versionOf(file: FilePath): number | null;
}

/** What the editor can do with edits. */
export interface EditSupport {
  readonly documentChanges: boolean;
  readonly createFiles: boolean;
}

export interface Converter {
  range(file: FilePath, range: TextRange): Range;
  location(location: Location): LspLocation;
  offset(file: FilePath, position: Position): number;
  offsets(file: FilePath, range: Range): TextRange;
  edits(file: FilePath, edits: readonly TextEdit[]): LspTextEdit[];
  /** Undefined if the editor could not apply it (it cannot create files and the edit wants one). */
  workspaceEdit(edits: readonly TextEdit[], support: EditSupport): WorkspaceEdit | undefined;
}

/** Contents outlive snapshots. */
const INDEXES = new WeakMap<SnapshotFile, LineIndex>();
const NO_LINES = new LineIndex("");

export function createConverter(snapshot: Snapshot, names: FileNames): Converter {
  function linesOf(file: FilePath): LineIndex {
    const loaded = snapshot.files.get(file);
    if (!loaded || !("text" in loaded)) return NO_LINES;
    const lines = INDEXES.get(loaded) ?? new LineIndex(loaded.text);
    INDEXES.set(loaded, lines);
    return lines;
  }

  const range: Converter["range"] = (file, { start, end }) => {
    const lines = linesOf(file);
    return { start: lines.position(start), end: lines.position(end) };
  };
  const edits: Converter["edits"] = (file, all) =>
    all.filter((edit) => edit.file === file).map((edit) => ({ range: range(file, edit.range), newText: edit.newText }));

  return {
    range,
    edits,
    location: (location) => ({ uri: names.uriOf(location.file), range: range(location.file, location.range) }),
    offset: (file, position) => linesOf(file).offset(position),
    offsets: (file, { start, end }) => ({ start: linesOf(file).offset(start), end: linesOf(file).offset(end) }),
    workspaceEdit(all, support) {
      const files = [...new Set(all.map((edit) => edit.file))];
      const created = files.filter((file) => !snapshot.files.has(file));
      if (!support.documentChanges) {
        if (created.length > 0) return undefined;
        return { changes: Object.fromEntries(files.map((file) => [names.uriOf(file), edits(file, all)])) };
      }
      if (created.length > 0 && !support.createFiles) return undefined;
      return {
        documentChanges: [
          ...created.map((file) => CreateFile.create(names.uriOf(file), { ignoreIfExists: true })),
          ...files.map((file) =>
            TextDocumentEdit.create({ uri: names.uriOf(file), version: names.versionOf(file) }, edits(file, all)),
          ),
        ],
      };
    },
  };
}
