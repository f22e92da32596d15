// Texts that are open in the editor over those on disk.
import { CONFIGURATION_FILE } from "../core/machine/parseConfiguration.js";
import type { FilePath } from "../core/text/range.js";
import { baseName, folderOf } from "../core/workspace/paths.js";
import type { FolderEntries, Snapshot, SnapshotFile } from "../core/workspace/snapshot.js";

export interface OpenText {
  readonly file: FilePath;
  /** The same object as long as the text is the same; its version differs from every other text that the file had. */
  readonly content: SnapshotFile & { readonly text: string };
}

/** What is open with the text that is on disk stands there as it is on disk. Listings that name all open files stay the same. */
export function overlaid(disk: Snapshot | undefined, open: readonly OpenText[]): Pick<Snapshot, "files" | "folders"> {
  const files = new Map<FilePath, SnapshotFile>(disk?.files);
  let folders = disk?.folders ?? new Map<FilePath, FolderEntries>();
  for (const { file, content } of open) {
    const onDisk = files.get(file);
    if (onDisk === undefined || !("text" in onDisk) || onDisk.text !== content.text) files.set(file, content);
    if (!folders.get(folderOf(file))?.has(baseName(file))) folders = withFile(folders, file);
  }
  return { files, folders };
}

/** Adds a file, and the folders above it, to listings that do not have it yet (a new file that was never saved). */
function withFile(listed: Snapshot["folders"], file: FilePath): Snapshot["folders"] {
  const folders = new Map(listed);
  const parts = file.split("/");
  for (const [i, part] of parts.entries()) {
    const folder = parts.slice(0, i).join("/");
    const entries = folders.get(folder);
    if (entries?.has(part)) continue;
    folders.set(folder, new Map(entries).set(part, i === parts.length - 1 ? "regular" : "directory"));
  }
  return folders;
}

/** A name that says what a document outside of every folder holds; undefined for what is neither Nix nor ours. */
export function loneName(path: string, language: string | undefined): FilePath | undefined {
  const name = path.replace(/^.*[/\\:]/, "");
  if (name.endsWith(".nix") || name === "nix.conf" || name === CONFIGURATION_FILE) return name;
  if (language === "nix-conf") return "nix.conf";
  return language === "nix" ? `${name}.nix` : undefined;
}
