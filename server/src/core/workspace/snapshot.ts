// What the core is given: texts and listings, as data. The host (disk, the editor's unsaved texts, a browser) makes it.
import type { FilePath } from "../text/range.js";

export type SnapshotFile =
  | { readonly text: string; readonly version: number | string }
  | { readonly unreadable: string; readonly version: number | string };

export type FolderEntries = ReadonlyMap<string, "regular" | "directory" | "symlink" | "unknown">;

export interface Snapshot {
  /** Loaded files. The host loads every `*.nix`, `nix.conf` and `nix-build-budget.json` that is not ignored; others when needed. */
  readonly files: ReadonlyMap<FilePath, SnapshotFile>;
  /** Listings of every folder that is not ignored; `""` is the root. What is in no listing does not exist. */
  readonly folders: ReadonlyMap<FilePath, FolderEntries>;
  /** If given, only findings and definitions in these files or folders are reported (all files still count as context). */
  readonly targets?: readonly FilePath[];
}
