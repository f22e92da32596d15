// Builtins about files and the outside: known inside the workspace, unknown elsewhere.
import { callUnknown, type Primitives } from "../functions.js";
import { fileScope, Scope } from "../scope.js";
import { folderOf, normalise, relativePath, workspacePath } from "../paths.js";
import type { Run } from "../run.js";
import { selectAttr } from "../select.js";
import { ExprThunk } from "../thunk.js";
import type { FilePath } from "../../text/range.js";
import type { Attr, Thunk, Value } from "../value.js";
import { attr, attrsOf, bool, failure, giveUp, mismatch, path, ready, string, stringOf, unknown } from "../values.js";

/** The workspace file that an argument names. @throws Unknowable if it lies elsewhere or is not known. */
function fileOf(thunk: Thunk): FilePath {
  const value = thunk.force();
  const file = workspacePath(value);
  if (file !== undefined) return file;
  if (value.kind === "path" || value.kind === "string") return giveUp("a file outside the workspace");
  return value.kind === "unknown" || value.kind === "attrs" ? giveUp(reasonOf(value)) : mismatch(value, "a path");
}

function reasonOf(value: Value): string {
  return value.kind === "unknown" ? value.reason : "a path that is not known";
}

/** `import x`: workspace files are read, `<nixpkgs/lib>` is lib, anything else stays unknown under its name. */
export function importValue(run: Run, thunk: Thunk): Value {
  const value = thunk.force();
  const file = workspacePath(value);
  if (file !== undefined) return run.importFile(file);
  const name = nameOfInput(value);
  if (name && name.length > 1 && name.at(-1) === "lib" && /nixpkgs/.test(name.at(-2) ?? "")) return run.lib();
  if (value.kind === "unknown")
    return value.error ? value : unknown(value.reason, { name, sources: value.sources, below: value.below });
  if (value.kind === "attrs") return unknown("an import of a set", { name });
  if (value.kind === "path" || value.kind === "string") return unknown("an import of a file outside the workspace");
  return mismatch(value, "a path");
}

/** The name of an input behind `input` or `"${input}/lib"`. */
function nameOfInput(value: Value): readonly string[] | undefined {
  return value.kind === "unknown" ? (value.name ?? value.callee) : undefined;
}

function scopedImport(run: Run, names: Thunk, target: Thunk): Value {
  const file = fileOf(target);
  const source = run.files.source(importedFile(run, file));
  if ("missing" in source) return unknown(source.reason);
  const given = attrsOf(names);
  if (given.open !== undefined) return giveUp(given.open);
  if (!source.root) return failure("the file holds no expression");
  const bound = new Map<string, Thunk>();
  for (const [name, { thunk }] of given.entries) bound.set(name, thunk);
  const outer = fileScope(run, source);
  return new ExprThunk(source.root, new Scope(outer.file, outer, bound)).force();
}

/** A folder is imported by its default.nix. */
export function importedFile(run: Run, file: FilePath): FilePath {
  if (run.files.folder(file) === undefined) return file;
  return file === "" ? "default.nix" : `${file}/default.nix`;
}

function readDir(run: Run, thunk: Thunk): Value {
  const entries = run.files.folder(fileOf(thunk));
  if (!entries) return giveUp("a folder that is not in the workspace");
  const map = new Map<string, Attr>();
  for (const [name, type] of entries) map.set(name, attr(ready(string(type))));
  return { kind: "attrs", entries: map };
}

function fileType(run: Run, file: FilePath): string | undefined {
  if (run.files.folder(file) !== undefined) return "directory";
  const parent = run.files.folder(folderOf(file));
  return parent?.get(file.slice(file.lastIndexOf("/") + 1));
}

function pathExists(run: Run, thunk: Thunk): Value {
  const file = fileOf(thunk);
  if (fileType(run, file) !== undefined) return bool(true);
  // A folder that is not listed may be ignored rather than absent, so only a listed parent can deny.
  return run.files.folder(folderOf(file)) ? bool(false) : absentBelow(run, folderOf(file));
}

function absentBelow(run: Run, folder: FilePath): Value {
  for (let at = folder; at !== ""; at = folderOf(at)) {
    const parent = run.files.folder(folderOf(at));
    if (parent)
      return parent.has(at.slice(at.lastIndexOf("/") + 1)) ? unknown("a folder that is not listed") : bool(false);
  }
  return unknown("a folder that is not listed");
}

function readFile(run: Run, thunk: Thunk): Value {
  const text = run.files.text(fileOf(thunk));
  return typeof text === "string" ? string(text) : unknown(text.reason);
}

function dirOf(_run: Run, thunk: Thunk): Value {
  const value = thunk.force();
  if (value.kind === "path") {
    if (value.inside && value.path === "") return giveUp("the folder above the workspace");
    return value.inside ? relativePath(folderOf(value.path)) : path(normalise(`${value.path}/..`), false);
  }
  if (value.kind === "unknown" && value.path && !value.stored)
    return unknown(value.reason, { path: folderOf(value.path) });
  const text = stringOf(thunk);
  const slash = text.lastIndexOf("/");
  return string(slash < 0 ? "." : slash === 0 ? "/" : text.slice(0, slash));
}

function outside(reason: string, name: string) {
  return (run: Run, argument: Thunk): Value =>
    callUnknown(run, { kind: "unknown", reason, name: ["builtins", name] }, argument);
}

/** What is fetched from an address is none of the workspace's files. */
function download(name: string) {
  const fetch = outside("a download", name);
  return (run: Run, argument: Thunk): Value => {
    const given = argument.force();
    const [url, type] = given.kind === "attrs" ? ["url", "type"].map((key) => selectAttr(run, given, key)) : [given];
    const isRemote =
      (url?.kind === "string" && /^(git\+)?(https?|ssh):\/\//.test(url.value)) ||
      (type?.kind === "string" && /^(github|gitlab|sourcehut)$/.test(type.value));
    return isRemote
      ? unknown("a download from outside the workspace", { callee: ["builtins", name] })
      : fetch(run, argument);
  };
}

/** `builtins.path { path = ./x; }` and the like: a store path that still names the workspace folder. */
function stored(run: Run, argument: Thunk): Value {
  const set = attrsOf(argument);
  const source = selectAttr(run, set, "path");
  const file = source && workspacePath(source);
  return unknown("a path in the Nix store", set.entries.has("filter") ? {} : { path: file, stored: true });
}

export const FILE_BUILTINS: Primitives = {
  import: importValue,
  scopedImport,
  readFile,
  readDir,
  readFileType: (run, thunk) => {
    const type = fileType(run, fileOf(thunk));
    return type === undefined ? giveUp("a file that is not in the workspace") : string(type);
  },
  pathExists,
  dirOf,
  toPath: (_run, thunk) => {
    const value = thunk.force();
    return value.kind === "unknown" ? value : giveUp("a path given as text");
  },
  path: stored,
  filterSource: (_run, _filter, source) =>
    unknown("a path in the Nix store", { path: workspacePath(source.force()), stored: true }),
  storePath: outside("a path in the Nix store", "storePath"),
  findFile: () => giveUp("a file that is found through NIX_PATH"),
  fetchurl: download("fetchurl"),
  fetchTarball: download("fetchTarball"),
  fetchGit: download("fetchGit"),
  fetchMercurial: download("fetchMercurial"),
  fetchTree: download("fetchTree"),
  fetchClosure: download("fetchClosure"),
  getFlake: outside("a flake outside the workspace", "getFlake"),
  parseFlakeRef: () => giveUp("a flake reference"),
  flakeRefToString: () => giveUp("a flake reference"),
};
