// The disk as the core wants it: a folder becomes a snapshot. The only reading of workspace files for terminal and server.
import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import picomatch from "picomatch";
import { CONFIGURATION_FILE } from "../core/machine/parseConfiguration.js";
import type { FilePath } from "../core/text/range.js";
import type { FolderEntries, Snapshot, SnapshotFile } from "../core/workspace/snapshot.js";

/** Bytes. The largest generated Nix files in public repositories have 1.4 MB. */
const LARGEST_TEXT = 16 * 1024 * 1024;
/** Version control keeps its own files there; Nix never sees them. */
const HIDDEN = new Set([".git", ".hg", ".jj", ".svn"]);

export interface LoadOptions {
  /** Globs relative to the root, from the configuration file or an editor's settings. */
  readonly exclude?: readonly string[];
  /** Only these files and folders are reported on; they are loaded even if ignored. Absent: everything. */
  readonly targets?: readonly FilePath[];
  /** List just the root and load just the targets; the rest comes when it is needed. For a lone file in a large folder. */
  readonly shallow?: boolean;
}

/** A folder on disk together with what has been read of it. */
export interface Workspace {
  /** Absolute path. */
  readonly root: string;
  readonly options: LoadOptions;
  readonly snapshot: Snapshot;
  /** True for what `.gitignore` or an exclude glob hides: it counts as context and is never reported on. */
  readonly isIgnored: (path: FilePath) => boolean;
}

/**
 * The root that a path belongs to: its nearest ancestor with a configuration file, else with flake.nix, else itself (its folder, for a file).
 * `within`: a folder around it beyond which nothing is looked at (an editor's workspace folder); it is then the root of last resort.
 */
export function findRoot(path: string, within?: string): string {
  const start = isFolder(path) ? resolve(path) : dirname(resolve(path));
  const top = within === undefined ? undefined : resolve(within);
  return ancestorWith(start, CONFIGURATION_FILE, top) ?? ancestorWith(start, "flake.nix", top) ?? top ?? start;
}

/** True if the folder's nature as a root is declared by a file in it; else it is just the folder that was named. */
export function isDeclaredRoot(root: string): boolean {
  return existsSync(join(root, CONFIGURATION_FILE)) || existsSync(join(root, "flake.nix"));
}

/** Reads everything under `root` that is not ignored. Never throws: what can't be read is marked so in the snapshot. */
export function loadWorkspace(root: string, options: LoadOptions = {}): Workspace {
  const reader = createReader(resolve(root), options.exclude ?? []);
  if (options.shallow) reader.list("");
  else reader.walk("");
  const named = options.targets ?? [];
  for (const target of named) reader.load(target, true);
  const isTarget = (path: FilePath) => named.some((target) => target !== "" && isInside(target, path));
  return {
    root: resolve(root),
    options,
    snapshot: reader.snapshot(options.targets),
    isIgnored: (path) => !isTarget(path) && reader.isIgnored(path),
  };
}

/**
 * Reads (again) the named files and folders: what the analysis needs, or what changed on disk.
 * Paths outside the root are refused. Returns the same workspace if nothing is different.
 */
export function loadPaths(workspace: Workspace, paths: Iterable<FilePath>): Workspace {
  const { root, options, snapshot } = workspace;
  const reader = createReader(root, options.exclude ?? [], snapshot);
  for (const path of paths) reader.load(path, false);
  if (!reader.changed()) return workspace;
  return { ...workspace, snapshot: reader.snapshot(options.targets) };
}

/** One text file, without its byte order mark. */
export function readTextFile(path: string): SnapshotFile {
  try {
    const stat = statSync(path);
    const version = `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
    if (!stat.isFile()) return { unreadable: "not a regular file", version };
    if (stat.size > LARGEST_TEXT) return { unreadable: `larger than ${LARGEST_TEXT / 1024 / 1024} MiB`, version };
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) return { unreadable: "not UTF-8", version };
    return { text: bytes.toString("utf8", hasBom(bytes) ? 3 : 0), version };
  } catch (error) {
    return { unreadable: errorCode(error), version: 0 };
  }
}

/** A byte order mark counts no column (editors hide it too), so texts are kept without; writers put it back. */
export function hasBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Why a system call failed, in words where the code is a common one. */
export function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    ENOENT: "no such file",
    ELOOP: "a symbolic link that leads back to itself",
    EISDIR: "a folder",
    ENOTDIR: "not a folder",
    EROFS: "read-only file system",
    ENOSPC: "no space left",
  };
  return (code && (words[code] ?? code)) || String(error);
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Undefined for what is not there or can't be reached (loops of symbolic links, forbidden folders). */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function ancestorWith(start: string, name: string, top?: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === top || dirname(folder) === folder) return undefined;
  }
}

/** True if `path` is `folder` or lies in it. */
export function isInside(folder: FilePath, path: FilePath): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

function parentOf(path: FilePath): FilePath {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function joinPath(folder: FilePath, name: string): FilePath {
  return folder === "" ? name : `${folder}/${name}`;
}

function isLoadedUnasked(name: string): boolean {
  return name.endsWith(".nix") || name === "nix.conf" || name === CONFIGURATION_FILE;
}

function createReader(root: string, exclude: readonly string[], base?: Snapshot) {
  const files = new Map<FilePath, SnapshotFile>(base?.files);
  const folders = new Map<FilePath, FolderEntries>(base?.folders);
  const gitignores = new Map<FilePath, Ignore | undefined>();
  const isExcluded = exclude.length > 0 ? picomatch([...exclude], { dot: true }) : () => false;
  const absolute = (path: FilePath) => join(root, path);
  let realRoot: string | undefined;
  let changes = 0;

  function gitignoreOf(folder: FilePath): Ignore | undefined {
    if (!gitignores.has(folder)) {
      const path = join(absolute(folder), ".gitignore");
      const file = existsSync(path) ? readTextFile(path) : undefined;
      gitignores.set(folder, file && "text" in file ? ignore({ allowRelativePaths: true }).add(file.text) : undefined);
    }
    return gitignores.get(folder);
  }

  /** Whether the entry itself is ignored, its folder being not. As in git, the nearest `.gitignore` that names it decides. */
  function isEntryIgnored(path: FilePath, directory: boolean): boolean {
    // The root's configuration counts though it may be nobody else's business, or excludes itself.
    if (path === CONFIGURATION_FILE) return false;
    if (isExcluded(path)) return true;
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      const rules = gitignoreOf(folder);
      if (rules) {
        const inFolder = folder === "" ? path : path.slice(folder.length + 1);
        const verdict = rules.test(directory ? `${inFolder}/` : inFolder);
        if (verdict.ignored || verdict.unignored) return verdict.ignored;
      }
      if (folder === "") return false;
    }
  }

  function isIgnored(path: FilePath, directory = false): boolean {
    if (path === "") return false;
    const parts = path.split("/");
    const isFolderAt = (i: number) => directory || i < parts.length - 1;
    return parts.some((_, i) => isEntryIgnored(parts.slice(0, i + 1).join("/"), isFolderAt(i)));
  }

  /** Symbolic links may lead out of the root; what they name is then not there for us. */
  function isOutside(path: FilePath): boolean {
    if (isAbsolute(path) || path.split("/").includes("..")) return true;
    try {
      realRoot ??= realpathSync(root);
      const real = realpathSync(absolute(path));
      return real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
    } catch {
      return false;
    }
  }

  function list(folder: FilePath): FolderEntries | undefined {
    const entries = new Map<string, "regular" | "directory" | "symlink" | "unknown">();
    try {
      for (const entry of readdirSync(absolute(folder), { withFileTypes: true })) {
        if (HIDDEN.has(entry.name)) continue;
        if (entry.isFile()) entries.set(entry.name, "regular");
        else if (entry.isDirectory()) entries.set(entry.name, "directory");
        else entries.set(entry.name, entry.isSymbolicLink() ? "symlink" : "unknown");
      }
    } catch {
      if (folders.delete(folder)) changes++;
      return undefined;
    }
    if (!sameEntries(folders.get(folder), entries)) {
      folders.set(folder, entries);
      changes++;
    }
    return entries;
  }

  function read(path: FilePath): void {
    const before = files.get(path);
    const now = readTextFile(absolute(path));
    if (before?.version === now.version && "text" in before === "text" in now) return;
    files.set(path, now);
    changes++;
  }

  /** Lists a folder and all below it, and reads the texts that every analysis wants. Symbolic links are not followed. */
  function walk(top: FilePath, evenIgnored = false): void {
    const pending = [top];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      for (const [name, kind] of list(folder) ?? []) {
        const path = joinPath(folder, name);
        if (kind === "directory") {
          if (evenIgnored || !isEntryIgnored(path, true)) pending.push(path);
        } else if (kind === "regular" && isLoadedUnasked(name) && (evenIgnored || !isEntryIgnored(path, false))) {
          read(path);
        }
      }
    }
  }

  function forget(path: FilePath): void {
    for (const known of [files, folders])
      for (const key of [...known.keys()]) if (isInside(path, key) && known.delete(key)) changes++;
  }

  /** One path, whatever it is. `whole`: a folder is walked even if ignored; else an ignored one is only listed. */
  function load(path: FilePath, whole: boolean): void {
    if (isOutside(path)) return;
    const stat = statOf(absolute(path));
    for (let folder = path; folder !== ""; ) {
      folder = parentOf(folder);
      if (folder === parentOf(path) || !folders.has(folder)) list(folder);
    }
    if (!stat) forget(path);
    else if (!stat.isDirectory()) read(path);
    else if (whole || (!folders.has(path) && !isIgnored(path, true))) walk(path, whole && isIgnored(path, true));
    else list(path);
  }

  return {
    list,
    walk,
    load,
    isIgnored,
    changed: () => changes > 0,
    snapshot: (targets: readonly FilePath[] | undefined): Snapshot => ({ files, folders, ...(targets && { targets }) }),
  };
}

function sameEntries(a: FolderEntries | undefined, b: FolderEntries): boolean {
  return a?.size === b.size && [...b].every(([name, kind]) => a.get(name) === kind);
}

/** An absolute path as the snapshot of `root` names it; undefined outside of it. */
export function pathInRoot(root: string, path: string): FilePath | undefined {
  const inside = relative(root, path);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return undefined;
  return sep === "/" ? inside : inside.split(sep).join("/");
}
