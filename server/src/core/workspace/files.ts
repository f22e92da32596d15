// FileAccess over a snapshot. Every question is recorded, so a unit's result can be kept while the answers stay the same.
import type { FileAccess } from "../evaluate/evaluator.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { baseName, folderOf } from "./paths.js";
import type { FolderEntries, Snapshot } from "./snapshot.js";

/** What a unit (a file on its own, a host) has seen of the workspace. */
export interface Dependencies {
  /** Version of each file that was read, or why it could not be. */
  readonly files: Map<FilePath, number | string>;
  readonly folders: Map<FilePath, FolderEntries | undefined>;
}

export interface WorkspaceFiles {
  /** Access that records into `dependencies`. */
  access(dependencies: Dependencies): FileAccess;
  /** True if everything that was seen then is the same now. */
  unchanged(dependencies: Dependencies): boolean;
  /** Paths that were asked for and are not loaded. */
  readonly needs: ReadonlySet<FilePath>;
}

type Missing = { readonly missing: "absent" | "needs" | "unreadable"; readonly reason: string };

export function newDependencies(): Dependencies {
  return { files: new Map(), folders: new Map() };
}

/** `parse` is asked at most once a path; it may keep trees between snapshots. */
export function workspaceFiles(
  snapshot: Snapshot,
  parse: (path: FilePath, text: string) => SourceFile,
): WorkspaceFiles {
  const needs = new Set<FilePath>();

  const read = (path: FilePath): { text: string } | Missing => {
    if (path.startsWith("/") || path.startsWith("~") || path === ".." || path.startsWith("../"))
      return { missing: "unreadable", reason: `${path} lies outside the workspace` };
    const file = snapshot.files.get(path);
    if (file !== undefined)
      return "text" in file ? file : { missing: "unreadable", reason: `${path} can't be read: ${file.unreadable}` };
    const kind = snapshot.folders.get(folderOf(path))?.get(baseName(path));
    if (kind === undefined) return { missing: "absent", reason: `${path} does not exist` };
    if (kind === "directory" || snapshot.folders.has(path)) return { missing: "absent", reason: `${path} is a folder` };
    needs.add(path);
    return { missing: "needs", reason: `needs ${path}` };
  };

  const stamp = (path: FilePath): number | string => {
    const file = snapshot.files.get(path);
    if (file !== undefined) return file.version;
    const answer = read(path);
    return "missing" in answer ? `\0${answer.missing}` : 0;
  };

  return {
    needs,
    access(dependencies) {
      const noted = (path: FilePath) => {
        if (!dependencies.files.has(path)) dependencies.files.set(path, stamp(path));
        return read(path);
      };
      return {
        source(path) {
          const answer = noted(path);
          return "missing" in answer ? answer : parse(path, answer.text);
        },
        text(path) {
          const answer = noted(path);
          return "missing" in answer ? answer : answer.text;
        },
        folder(path) {
          const entries = snapshot.folders.get(path);
          dependencies.folders.set(path, entries);
          return entries;
        },
      };
    },
    unchanged({ files, folders }) {
      for (const [path, version] of files) if (stamp(path) !== version) return false;
      for (const [path, entries] of folders) if (!sameEntries(entries, snapshot.folders.get(path))) return false;
      return true;
    },
  };
}

function sameEntries(a: FolderEntries | undefined, b: FolderEntries | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [name, kind] of a) if (b.get(name) !== kind) return false;
  return true;
}
