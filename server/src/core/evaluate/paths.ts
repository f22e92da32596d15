// Path values: literals, joining, and what lies in the workspace.
import type { PathExpr } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { evaluate, originOf } from "./expression.js";
import { Unknowable } from "./run.js";
import type { Scope } from "./scope.js";
import type { PathValue, UnknownValue, Value } from "./value.js";
import { giveUp, mismatch, path, unknown } from "./values.js";

/** A step that is not a plain name. */
const UNRESOLVED = /(^|\/)\.{0,2}(\/|$)/;

/** `.`, `..` and doubled slashes resolved by text; a leading `..` stays where the path has no root. */
export function normalise(text: string): string {
  if (!UNRESOLVED.test(text)) return text;
  const absolute = text.startsWith("/");
  const kept: string[] = [];
  for (const step of text.split("/")) {
    if (step === "" || step === ".") continue;
    if (step === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (step !== ".." || !absolute) kept.push(step);
  }
  return (absolute ? "/" : "") + kept.join("/");
}

export function folderOf(file: FilePath): FilePath {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}
export function baseOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** A path relative to the workspace root as a value. */
export function relativePath(text: string): PathValue {
  const file = normalise(text);
  return path(file, file !== ".." && !file.startsWith("../"));
}

export function evaluatePath(expr: PathExpr, scope: Scope): Value {
  let text = "";
  for (const part of expr.parts) {
    if (part.kind === "text") {
      text += part.text;
      continue;
    }
    const value = evaluate(part.expr, scope);
    if (value.kind === "string") text += value.value;
    else if (value.kind === "path" && !value.inside && value.path.startsWith("/")) text += value.path;
    else if (value.kind === "path" || value.kind === "attrs") return giveUp("a path made of a set or another path");
    else mismatch(value, "a string");
  }
  return { ...pathLiteral(expr.form, text, scope), origin: originOf(expr, scope) };
}

function pathLiteral(form: PathExpr["form"], text: string, scope: Scope): PathValue | UnknownValue {
  switch (form) {
    case "search":
      return unknown(`${text} is found through NIX_PATH`, { name: searchName(text) });
    case "home":
      return path(text, false);
    case "absolute":
      return path(normalise(text), false);
    case "relative": {
      const { path: file } = scope.file.source;
      return relativePath(`${folderOf(file)}/${text}`.replace(/^\//, ""));
    }
  }
}

/** `<nixpkgs/lib>` -> `["<nixpkgs>","lib"]`. */
function searchName(text: string): readonly string[] {
  const [first = "", ...rest] = text.replace(/^<|>$/g, "").split("/");
  return [`<${first}>`, ...rest];
}

/** `path + text`: the texts are joined, then resolved. */
export function appendToPath(base: PathValue, text: string): PathValue {
  if (base.path.startsWith("~")) return path(base.path + text, false);
  if (base.path.startsWith("/")) return path(normalise(base.path + text), false);
  if (base.path === "" || base.path === ".." || base.path.endsWith("/..")) {
    if (text !== "" && !text.startsWith("/")) return giveUp("depends on the workspace folder's name");
  }
  return relativePath(`${base.path}${text}`.replace(/^\//, ""));
}

/** A file or folder of the workspace that a value names: a path, or text that is known to stand for one. */
export function workspacePath(value: Value): FilePath | undefined {
  if (value.kind === "path") return value.inside ? value.path : undefined;
  if (value.kind === "unknown") return value.path;
  if (value.kind === "attrs") {
    const out = value.entries.get("outPath")?.thunk.force();
    return out && workspacePath(out);
  }
  return undefined;
}

/** Text that stands for a workspace path: not known itself, its target is. */
export function pathText(file: FilePath, copied: boolean): UnknownValue {
  return copied
    ? unknown("a path in the Nix store", { path: file, stored: true })
    : unknown("depends on where the workspace lies", { path: file });
}

/** Text that is not known, but certainly is text: where a file of the workspace lies. */
export function isPathText(value: Value): boolean {
  return value.kind === "unknown" && value.path !== undefined && !value.stored && !value.error;
}

export function throwPathText(value: PathValue, copied: boolean): never {
  if (value.inside) throw new Unknowable(pathText(value.path, copied));
  return giveUp(copied ? "a path in the Nix store" : "depends on where the workspace lies");
}
