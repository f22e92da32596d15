// Texts that are open in the editor over those on disk.
import { CONFIGURATION_FILE } from "../core/machine/parseConfiguration.js";
import type { FilePath } from "../core/text/range.js";
import type { FolderEntries, Snapshot, SnapshotFile } from "../core/workspace/snapshot.js";

export interface OpenText {
  readonly file: FilePath;
  readonly text: string;
  /** Differs from every other text that the file had. */
  readonly version: string;
}

export function overlaid(disk: Snapshot | undefined, open: readonly OpenText[]): Pick<Snapshot, "files" | "folders"> {
  const files = new Map<FilePath, SnapshotFile>(disk?.files);
  const folders = new Map<FilePath, FolderEntries>(disk?.folders);
  for (const { file, text, version } of open) {
    files.set(file, { text, version });
    listFile(folders, file);
  }
  return { files, folders };
}

/** Adds a file, and the folders above it, to listings that may not have it yet (a new file that was never saved). */
function listFile(folders: Map<FilePath, FolderEntries>, file: FilePath): void {
  const parts = file.split("/");
  for (const [i, part] of parts.entries()) {
    const folder = parts.slice(0, i).join("/");
    const entries = folders.get(folder);
    if (entries?.has(part)) continue;
    folders.set(folder, new Map(entries).set(part, i === parts.length - 1 ? "regular" : "directory"));
  }
}

/** A name that says what a document outside of every folder holds; undefined for what is neither Nix nor ours. */
export function loneName(path: string, language: string | undefined): FilePath | undefined {
  const name = path.replace(/^.*[/\\:]/, "");
  if (name.endsWith(".nix") || name === "nix.conf" || name === CONFIGURATION_FILE) return name;
  if (language === "nix-conf") return "nix.conf";
  return language === "nix" ? `${name}.nix` : undefined;
}
