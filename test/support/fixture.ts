// Small workspaces as one text: each file stands after a line `#- path/of/file.nix`. Without such a line the text is `module.nix`.
import type { FolderEntries, Snapshot, SnapshotFile } from "../../server/src/core/workspace/snapshot.js";

/** The files of a fixture by path, in order. A header is a whole line, so `#-` within Nix text stays content. */
export function fixtureFiles(text: string): Map<string, string> {
  const files = new Map<string, string>();
  const headers = [...text.matchAll(/^#- (\S+)\r?\n?/gm)];
  if (headers.length === 0) return files.set("module.nix", text);
  for (const [i, header] of headers.entries()) {
    const start = header.index + header[0].length;
    files.set(header[1] ?? "", text.slice(start, headers[i + 1]?.index ?? text.length));
  }
  return files;
}

/** A snapshot in which every file is loaded and every folder listed. Versions are the texts themselves. */
export function snapshotOf(files: string | ReadonlyMap<string, string>): Snapshot {
  const texts = typeof files === "string" ? fixtureFiles(files) : files;
  const loaded = new Map<string, SnapshotFile>();
  const folders = new Map<string, Map<string, "regular" | "directory">>([["", new Map()]]);
  for (const [path, text] of texts) {
    loaded.set(path, { text, version: text });
    const parts = path.split("/");
    for (const [i, part] of parts.entries()) {
      const folder = parts.slice(0, i).join("/");
      if (!folders.has(folder)) folders.set(folder, new Map());
      folders.get(folder)?.set(part, i === parts.length - 1 ? "regular" : "directory");
    }
  }
  return { files: loaded, folders: folders as ReadonlyMap<string, FolderEntries> };
}

/** The same after edits. Files and listings that did not change keep their objects, as they do where a host loads them. */
export function laterSnapshot(before: Snapshot, texts: ReadonlyMap<string, string>): Snapshot {
  const next = snapshotOf(texts);
  const same = [...next.files.keys()].every((path) => before.files.has(path)) && next.files.size === before.files.size;
  const kept = [...next.files].map(([path, file]) => {
    const old = before.files.get(path);
    return [path, old?.version === file.version ? old : file] as const;
  });
  return { files: new Map(kept), folders: same ? before.folders : next.folders };
}
