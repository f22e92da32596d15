// Taking another package where an input is named: `pkgs.mold`, `mold` of the file's formals, `mold` of a `with`.
import type { Expr, SourceFile } from "../syntax/ast.js";
import { type Edits, replaceText } from "./definitions.js";
import { binderOf, countMentions, pathTo } from "./tree.js";

/** `to` may be a path (`llvmPackages.bintools`); of formals its first name is asked for, in place of the one no longer used. */
export function renameInput(source: SourceFile, item: Expr, to: string): Edits {
  if (item.kind === "select") {
    const [first] = item.path;
    const last = item.path.at(-1);
    return first && last && [replaceText(source.path, { start: first.start, end: last.end }, to)];
  }
  if (item.kind !== "variable") return undefined;
  const replaced = replaceText(source.path, item, to);
  const steps = pathTo(source, item);
  const binder = binderOf(item.name, steps);
  if (binder.kind === "free") return steps.some(({ expr }) => expr.kind === "with") ? [replaced] : undefined;
  if (binder.kind !== "parameter" || countMentions(binder.owner, item.name) !== 1) return undefined;
  const { formals } = binder.owner;
  const formal = formals?.entries.find((entry) => entry.name === item.name);
  const name = to.split(".")[0] ?? to;
  if (!formals || !formal || formal.fallback) return undefined;
  if (formals.entries.some((entry) => entry.name === name)) return undefined;
  return [replaceText(source.path, { start: formal.start, end: formal.start + item.name.length }, name), replaced];
}
