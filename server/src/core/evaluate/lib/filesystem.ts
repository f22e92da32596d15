// lib/filesystem.nix, lib/path, lib/sources.nix: files of the workspace.
import type { Primitives } from "../functions.js";
import { appendToPath, relativePath, workspacePath } from "../paths.js";
import type { Run } from "../run.js";
import { selectAttr } from "../select.js";
import type { FilePath } from "../../text/range.js";
import type { Thunk, Value } from "../value.js";
import {
  attrsOf,
  bool,
  compareText,
  fail,
  giveUp,
  list,
  mismatch,
  ready,
  string,
  stringOf,
  unknown,
} from "../values.js";

function fileOf(thunk: Thunk): FilePath {
  const value = thunk.force();
  const file = workspacePath(value);
  return file ?? (value.kind === "unknown" ? mismatch(value, "a path") : giveUp("a file outside the workspace"));
}

function typeOf(run: Run, file: FilePath): string | undefined {
  if (run.files.folder(file) !== undefined) return "directory";
  const slash = file.lastIndexOf("/");
  const parent = run.files.folder(slash < 0 ? "" : file.slice(0, slash));
  if (!parent) return giveUp("a folder that is not listed");
  return parent.get(file.slice(slash + 1));
}

/** All files below a folder, each folder's entries in the order of their names. */
function filesBelow(run: Run, folder: FilePath): Value[] {
  run.enter();
  const entries = run.files.folder(folder) ?? giveUp("a folder that is not listed");
  const found: Value[] = [];
  for (const name of [...entries.keys()].sort(compareText)) {
    run.step();
    const file = folder === "" ? name : `${folder}/${name}`;
    if (entries.get(name) === "directory") found.push(...filesBelow(run, file));
    else found.push(relativePath(file));
  }
  run.depth--;
  return found;
}

/** A copy of a folder in the store, which still stands for that folder. */
function sourceOf(thunk: Thunk): Value {
  return unknown("a path in the Nix store", { path: workspacePath(thunk.force()), stored: true });
}

function withSource(run: Run, argument: Thunk): Value {
  const src = selectAttr(run, attrsOf(argument), "src") ?? fail("`src` is missing");
  return unknown("a path in the Nix store", { path: workspacePath(src), stored: true });
}

export const FILESYSTEM: Primitives = {
  pathType: (run, thunk) => string(typeOf(run, fileOf(thunk)) ?? fail("no such file")),
  pathIsDirectory: (run, thunk) => bool(typeOf(run, fileOf(thunk)) === "directory"),
  pathIsRegularFile: (run, thunk) => bool(typeOf(run, fileOf(thunk)) === "regular"),
  listFilesRecursive: (run, thunk) => list(filesBelow(run, fileOf(thunk)).map(ready)),
  locateDominatingFile: (_run, _name, _path) => giveUp("a search above the workspace"),
};

export const SOURCES: Primitives = {
  cleanSource: (_run, thunk) => sourceOf(thunk),
  cleanSourceWith: withSource,
  sourceByRegex: (_run, thunk, _patterns) => sourceOf(thunk),
  sourceFilesBySuffices: (_run, thunk, _suffixes) => sourceOf(thunk),
  pathHasContext: (_run, thunk) =>
    thunk.force().kind === "unknown" ? giveUp("string contexts are not followed") : bool(false),
};

/** lib/fileset: which files a set holds is not followed, only the folder that it is taken from. */
export const FILESETS: Primitives = {
  toSource: (run, argument) => {
    const root = selectAttr(run, attrsOf(argument), "root") ?? fail("`root` is missing");
    return unknown("a path in the Nix store", { path: workspacePath(root), stored: true });
  },
};

export const PATHS: Primitives = {
  append: (_run, base, text) => {
    const value = base.force();
    if (value.kind !== "path") return mismatch(value, "a path");
    return appendToPath(value, `/${stringOf(text)}`);
  },
  hasPrefix: (_run, base, thunk) => {
    const [a, b] = [fileOf(base), fileOf(thunk)];
    return bool(a === "" || a === b || b.startsWith(`${a}/`));
  },
  removePrefix: (_run, base, thunk) => {
    const [a, b] = [fileOf(base), fileOf(thunk)];
    if (a !== "" && a !== b && !b.startsWith(`${a}/`)) return fail("not below that path", true);
    const rest = a === "" ? b : b.slice(a.length + 1);
    return string(rest === "" ? "./." : `./${rest}`);
  },
};
