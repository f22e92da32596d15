// Moving, renaming and removing attributes of a package, and items of its lists.
import type { AttrBinding, Expr, ListExpr, SourceFile } from "../syntax/ast.js";
import { editsOverlap } from "../text/edit.js";
import type { Package } from "../workspace/model.js";
import { type Edits, replaceText } from "./definitions.js";
import { findBinding, previous, setEnv } from "./packages.js";
import { removeBinding } from "./remove.js";
import { mentions, pathTo } from "./tree.js";

/** The binding of a top-level attribute in the package's own set; undefined where moving it could change what others read. */
function ownBinding(pkg: Package, name: string): AttrBinding | undefined {
  const set = pkg.argumentSet;
  if (!set || pkg.form === "override" || (set.recursive && (mentions(set, name) || mentions(set, "env"))))
    return undefined;
  return findBinding(set, [name]);
}

/** Gives a top-level attribute another name; its value stays. */
export function renameAttribute(pkg: Package, name: string, newName: string): Edits {
  const binding = ownBinding(pkg, name);
  const last = binding?.path.at(-1);
  if (!last || !pkg.argumentSet || findBinding(pkg.argumentSet, [newName])) return undefined;
  return [replaceText(pkg.file, last, newName)];
}

export function removeAttribute(pkg: Package, name: string): Edits {
  const binding = ownBinding(pkg, name);
  return binding && [removeBinding(pkg.source, binding)];
}

/**
 * Moves a variable from the top level into `env`, joined to the old one in `overrideAttrs`; with `newName` under another
 * name, with `valueText` (Nix) with another value. Refused for what may be a list, which no `env` takes.
 */
export function moveToEnv(pkg: Package, name: string, newName = name, valueText?: string): Edits {
  const set = pkg.argumentSet;
  const binding = ownBinding(pkg, name);
  const [first] = binding?.path ?? [];
  if (!set || !binding || !first) return undefined;
  if (valueText === undefined && !isScalar(binding.value)) return undefined;
  const value = valueText ?? pkg.source.text.slice(binding.value.start, binding.value.end);
  const rest = { ...pkg, argumentSet: { ...set, bindings: set.bindings.filter((b) => b !== binding) } };
  const hasEnv = rest.argumentSet.bindings.some((b) => {
    const names = b.kind === "binding" ? b.path.slice(0, 1) : b.names;
    return names.some((each) => each.kind === "dynamic" || each.text === "env");
  });
  if (hasEnv) return both([removeBinding(pkg.source, binding)], setEnv(rest, newName, value));
  if (pkg.form === "overrideAttrs") {
    const old = previous(pkg, set);
    const joined = `env = (${old?.name}.env or { }) // { ${newName} = ${value}; };`;
    return old && [...old.edits, replaceText(pkg.file, binding, joined)];
  }
  if (pathTo(pkg.source, set).at(-2)?.expr.kind === "binary") return undefined;
  return [replaceText(pkg.file, { start: first.start, end: binding.end }, `env.${newName} = ${value};`)];
}

/** Whether the value is certainly no list, which `env` would refuse. */
function isScalar(expr: Expr): boolean {
  if (expr.kind === "binary") return expr.operator === "+";
  if (expr.kind === "variable") return expr.name === "true" || expr.name === "false";
  return expr.kind === "string" || expr.kind === "integer";
}

/** Two groups of edits as one; undefined if one was refused or they get into each other's way. */
export function both(first: Edits, second: Edits): Edits {
  if (!first || !second || first.some((a) => second.some((b) => editsOverlap(a, b)))) return undefined;
  return [...first, ...second];
}

/** Takes neighbouring items out of a list literal. Refused where a comment stands between them. */
export function removeItems(source: SourceFile, list: ListExpr, items: readonly Expr[]): Edits {
  const [first] = items;
  const last = items.at(-1);
  if (!first || !last) return undefined;
  const before = list.items[list.items.indexOf(first) - 1];
  const range = { start: before ? before.end : list.start + 1, end: last.end };
  const isCommented = source.comments.some((c) => c.start >= range.start && c.end <= range.end);
  return isCommented ? undefined : [replaceText(source.path, range, "")];
}
