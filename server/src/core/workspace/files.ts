// FileAccess over snapshots that follow one another. Every question is recorded with the file whose code asked it, so that after
// a change it is known which values are stale.
import type { FileAccess } from "../evaluate/evaluator.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { editedFiles } from "./editedFiles.js";
import { baseName, folderOf } from "./paths.js";
import type { FolderEntries, Snapshot } from "./snapshot.js";

type Missing = { readonly missing: "absent" | "needs" | "unreadable"; readonly reason: string };
type Parse = (path: FilePath, text: string, previous?: SourceFile) => SourceFile;

export interface Changes {
  /** Every file, folder and unit that hangs on something which changed, directly or through the files that its code asked for. */
  readonly stale: ReadonlySet<FilePath>;
  /** For each stale unit, what it hangs on directly that is stale. */
  readonly reasons: ReadonlyMap<string, readonly FilePath[]>;
}

/** Units are told from files by how their names begin. */
const NOBODY = "\0";

export class WorkspaceFiles {
  #snapshot: Snapshot = { files: new Map(), folders: new Map() };
  #parse: Parse = () => {
    throw new Error("no snapshot yet");
  };
  readonly #sources = new Map<FilePath, SourceFile>();
  /** The answers given, as stamps: a file's version, or why it could not be read. */
  readonly #fileStamps = new Map<FilePath, number | string>();
  readonly #folders = new Map<FilePath, FolderEntries | undefined>();
  /** Files that somebody imported who was told no more than that they are functions, with their versions. */
  readonly #functions = new Map<FilePath, number | string>();
  /** Who asked for a file or folder: files whose code did, or units. */
  readonly #askers = new Map<FilePath, Set<FilePath>>();
  readonly #needs = new Set<FilePath>();
  #unit: string = NOBODY;

  readonly access: FileAccess = {
    source: (path, from) => {
      const answer = this.#read(path, from);
      return "missing" in answer ? answer : this.source(path, answer.text);
    },
    isFunction: (path, from) => {
      const file = this.#snapshot.files.get(path);
      if (file === undefined || !("text" in file)) return false;
      const known = this.#functions.get(path);
      const isFunction = known !== undefined || isFunctionFile(this.source(path, file.text));
      if (!isFunction) return false;
      if (known === undefined) this.#functions.set(path, file.version);
      this.#note(functionKey(path), from);
      return true;
    },
    text: (path, from) => {
      const answer = this.#read(path, from);
      return "missing" in answer ? answer : answer.text;
    },
    folder: (path, from) => {
      // Listings are told from files of the same path: a text may change where a folder does not.
      this.#note(`${path}/`, from);
      if (!this.#folders.has(path)) this.#folders.set(path, this.#snapshot.folders.get(path));
      return this.#folders.get(path);
    },
  };

  /** Questions from now on that no file's code asks belong to this unit. */
  enter(unit: string): void {
    this.#unit = unit;
  }

  /** Notes that a unit hangs on a file or another unit although it may not ask for it again. */
  note(unit: string, path: FilePath): void {
    this.#note(path, unit);
  }

  /** True if some file's code asked for this file: then it is more than a module that hosts list. */
  isAskedByCode(path: FilePath): boolean {
    for (const asker of this.#askers.get(path) ?? []) if (!asker.startsWith("\0")) return true;
    return false;
  }

  source(path: FilePath, text: string): SourceFile {
    const known = this.#sources.get(path);
    if (known?.text === text) return known;
    const source = this.#parse(path, text, known);
    this.#sources.set(path, source);
    return source;
  }

  get sources(): ReadonlyMap<FilePath, SourceFile> {
    return this.#sources;
  }

  /** Paths that were asked for and are not loaded. */
  get needs(): readonly FilePath[] {
    return [...this.#needs].filter((path) => !this.#snapshot.files.has(path));
  }

  /** Goes over to another snapshot. */
  update(snapshot: Snapshot, parse: Parse): Changes {
    const edited = editedFiles(this.#snapshot, snapshot);
    this.#snapshot = snapshot;
    this.#parse = parse;
    const stale = new Set<FilePath>();
    const reasons = new Map<string, FilePath[]>();
    // As long as none comes or goes and folders are listed the same, what was missing is missing still.
    for (const path of edited ?? this.#fileStamps.keys())
      if (this.#fileStamps.has(path) && this.#stamp(path) !== this.#fileStamps.get(path)) stale.add(path);
    for (const [path, entries] of edited === undefined ? this.#folders : [])
      if (!sameEntries(entries, snapshot.folders.get(path))) stale.add(`${path}/`);
    for (const path of edited ?? this.#functions.keys()) {
      const version = this.#functions.get(path);
      const file = snapshot.files.get(path);
      if (version === undefined || file?.version === version) continue;
      if (file !== undefined && "text" in file && isFunctionFile(this.source(path, file.text)))
        this.#functions.set(path, file.version);
      else {
        this.#functions.delete(path);
        stale.add(functionKey(path));
      }
    }
    const todo = [...stale];
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      this.#fileStamps.delete(path);
      if (path.endsWith("/")) this.#folders.delete(path.slice(0, -1));
      this.#needs.delete(path);
      for (const asker of this.#askers.get(path) ?? []) {
        if (asker.startsWith("\0")) reasons.set(asker, [...(reasons.get(asker) ?? []), path]);
        if (stale.has(asker)) continue;
        stale.add(asker);
        todo.push(asker);
      }
    }
    for (const path of stale) {
      const askers = this.#askers.get(path);
      if (askers !== undefined) for (const asker of askers) if (stale.has(asker)) askers.delete(asker);
    }
    for (const path of edited ?? this.#sources.keys()) {
      const file = snapshot.files.get(path);
      if (file === undefined || !("text" in file)) this.#sources.delete(path);
    }
    return { stale, reasons };
  }

  #note(path: FilePath, from: FilePath | undefined): void {
    const asker = from ?? this.#unit;
    if (asker === path) return;
    const askers = this.#askers.get(path);
    if (askers === undefined) this.#askers.set(path, new Set([asker]));
    else askers.add(asker);
  }

  #read(path: FilePath, from: FilePath | undefined): { readonly text: string } | Missing {
    this.#note(path, from);
    if (!this.#fileStamps.has(path)) this.#fileStamps.set(path, this.#stamp(path));
    return this.#find(path);
  }

  #find(path: FilePath): { readonly text: string } | Missing {
    const { files, folders } = this.#snapshot;
    if (path.startsWith("/") || path.startsWith("~") || path === ".." || path.startsWith("../"))
      return { missing: "unreadable", reason: `${path} lies outside the workspace` };
    const file = files.get(path);
    if (file !== undefined)
      return "text" in file ? file : { missing: "unreadable", reason: `${path} can't be read: ${file.unreadable}` };
    const kind = folders.get(folderOf(path))?.get(baseName(path));
    if (kind === undefined) return { missing: "absent", reason: `${path} does not exist` };
    if (kind === "directory" || folders.has(path)) return { missing: "absent", reason: `${path} is a folder` };
    this.#needs.add(path);
    return { missing: "needs", reason: `needs ${path}` };
  }

  #stamp(path: FilePath): number | string {
    const file = this.#snapshot.files.get(path);
    if (file !== undefined) return file.version;
    const found = this.#find(path);
    return "missing" in found ? `\0${found.missing}` : "";
  }
}

function isFunctionFile({ root }: SourceFile): boolean {
  return root?.kind === "function";
}

/** Stands among files for a file's being a function; no path ends so. */
function functionKey(path: FilePath): string {
  return `${path}\0`;
}

function sameEntries(a: FolderEntries | undefined, b: FolderEntries | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [name, kind] of a) if (b.get(name) !== kind) return false;
  return true;
}
