// Workspace paths as text: relative to the root, `/`-separated, normalised (text/range.ts, FilePath).
import type { FilePath } from "../text/range.js";

export function folderOf(path: FilePath): FilePath {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function baseName(path: FilePath): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `folder/relative`, normalised; undefined if that leaves the workspace. */
export function joinPath(folder: FilePath, relative: string): FilePath | undefined {
  if (relative.startsWith("/") || relative.startsWith("~")) return undefined;
  const parts: string[] = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** True if `path` is `folder` or lies below it; everything lies below `""`. */
export function isWithin(path: FilePath, folder: FilePath): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
