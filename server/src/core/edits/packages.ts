// Changing a package: environment variables, attributes, lists and the inputs that a file asks callPackage for.
import type { AttrBinding, AttrsetExpr, Expr, FunctionExpr, SourceFile } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";
import type { Value } from "../evaluate/value.js";
import type { Package } from "../workspace/model.js";
import { type Edits, replaceText } from "./definitions.js";
import { insertAttributes } from "./insert.js";
import { firstOnLine, indentOf, indentUnit, isParenthesized, lineEnd, pastTrailingComments } from "./style.js";
import { mentions, pathTo, staticPath } from "./tree.js";

export type { Edits } from "./definitions.js";

/** An attribute of the builder's argument along a path, as far as it can be seen; undefined if it certainly isn't there. */
function attributeOf(pkg: Package, path: readonly string[]): Value | undefined {
  let value: Value = pkg.attributes;
  for (const name of path) {
    if (value.kind !== "attrs") return value.kind === "unknown" ? value : undefined;
    const attr = value.entries.get(name);
    if (!attr) return value.open ? { kind: "unknown", reason: value.open } : undefined;
    value = attr.thunk.force();
  }
  return value;
}

/** The binding of `set` for a path, written dotted or nested in literal sets; undefined if there is none. */
export function findBinding(set: AttrsetExpr, path: readonly string[]): AttrBinding | undefined {
  for (const binding of set.bindings) {
    if (binding.kind !== "binding") continue;
    const names = staticPath(binding.path);
    if (!names || names.length > path.length || names.some((name, i) => path[i] !== name)) continue;
    if (names.length === path.length) return binding;
    const inner = binding.value.kind === "attrset" ? findBinding(binding.value, path.slice(names.length)) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

function inherits(set: AttrsetExpr, name: string): boolean {
  return set.bindings.some((b) => b.kind === "inherit" && b.names.some((n) => n.kind === "dynamic" || n.text === name));
}

/** The rightmost operand of a chain of one operator; in `a // { }` the part that a new attribute goes into. */
function lastOperand(expr: Expr, operator: "//" | "++"): Expr {
  let last = expr;
  while (last.kind === "binary" && last.operator === operator) last = last.right;
  return last;
}

/** Kinds that can stand beside `//` and `++` without parentheses. */
const TIGHT: ReadonlySet<Expr["kind"]> = new Set(["variable", "select", "apply", "attrset", "list"]);

function canAppend(expr: Expr, operator: "//" | "++"): boolean {
  return TIGHT.has(expr.kind) || (expr.kind === "binary" && expr.operator === operator);
}

/** A way to name the package as it was, and the edits that make the name available. */
interface Previous {
  readonly name: string;
  readonly edits: readonly TextEdit[];
}

/** In `overrideAttrs`: the parameter in use, `_` given a name, a plain set turned into a function. */
export function previous(pkg: Package, set: AttrsetExpr): Previous | undefined {
  const steps = pathTo(pkg.source, set);
  const names = ["old", "previousAttrs", "oldAttrs"];
  for (let i = steps.length - 2; i >= 0; i--) {
    const expr = steps[i]?.expr;
    if (expr?.kind === "let" || expr?.kind === "with" || expr?.kind === "assert") continue;
    if (expr?.kind === "function") {
      if (!expr.parameter) return undefined;
      const isUsed = !expr.parameter.name.startsWith("_") || mentions(expr.body, expr.parameter.name);
      if (isUsed) return { name: expr.parameter.name, edits: [] };
      const name = names.find((candidate) => !mentions(expr.body, candidate));
      return name ? { name, edits: [replaceText(pkg.file, parameterName(pkg.source, expr), name)] } : undefined;
    }
    if (expr?.kind !== "apply" || i !== steps.length - 2) return undefined;
    const name = names.find((candidate) => !mentions(set, candidate));
    return name ? { name, edits: intoFunction(pkg, set, name) } : undefined;
  }
  return undefined;
}

/** `{ … }` -> `(old: { … })`; parentheses that are there serve. */
function intoFunction(pkg: Package, set: AttrsetExpr, name: string): readonly TextEdit[] {
  const at = (offset: number, newText: string): TextEdit => ({
    file: pkg.file,
    range: { start: offset, end: offset },
    newText,
  });
  const enclosed = isParenthesized(pkg.source, set);
  return enclosed ? [at(set.start, `${name}: `)] : [at(set.start, `(${name}: `), at(set.end, ")")];
}

function parameterName(source: SourceFile, fn: FunctionExpr): { start: number; end: number } {
  const { start, end, name } = fn.parameter ?? { ...fn, name: "" };
  const at = source.text.indexOf(name, start);
  return at >= 0 && at + name.length <= end ? { start: at, end: at + name.length } : { start, end };
}

/** The name of the package as it was, where the override has one in use already. */
export function previousName(pkg: Package, set: AttrsetExpr): string | undefined {
  const old = previous(pkg, set);
  return old && old.edits.length === 0 ? old.name : undefined;
}

/** True if `set` is the builder's whole argument, so that nothing beside it can hold more attributes. */
function isWholeArgument(pkg: Package, set: AttrsetExpr): boolean {
  const parent = pathTo(pkg.source, set).at(-2)?.expr;
  return parent?.kind !== "binary";
}

/**
 * Sets an environment variable of a package. A variable that is there already, at top level or under `env`, gets the new
 * value in place; else it goes under `env`, joined to the old one in `overrideAttrs`. `valueText` is Nix.
 */
export function setEnv(pkg: Package, name: string, valueText: string): Edits {
  const set = pkg.argumentSet;
  if (!set || pkg.form === "override" || (set.recursive && (mentions(set, "env") || mentions(set, name))))
    return undefined;
  const present = findBinding(set, [name]) ?? findBinding(set, ["env", name]);
  if (present) return [replaceText(pkg.file, present.value, valueText)];
  if (inherits(set, name) || inherits(set, "env")) return undefined;
  const whole = findBinding(set, ["env"]);
  if (whole && whole.value.kind !== "attrset") return extendEnv(pkg, whole.value, name, valueText);
  const dotted = set.bindings.some(
    (b) => b.kind === "binding" && b.path.length > 1 && staticPath(b.path)?.[0] === "env",
  );
  if (!whole && !dotted) {
    if (pkg.form === "overrideAttrs") return joinToOld(pkg, set, "env", `// { ${name} = ${valueText}; }`, "{ }");
    const elsewhere = isWholeArgument(pkg, set) ? undefined : attributeOf(pkg, ["env"]);
    if (elsewhere) return undefined;
  }
  return insertAttributes(pkg.source, set, [{ path: ["env", name], value: valueText }]);
}

/** `env = <not a literal>`: into the literal set at its right end, or one more `// { … }`. */
function extendEnv(pkg: Package, value: Expr, name: string, valueText: string): Edits {
  const last = lastOperand(value, "//");
  if (last.kind === "attrset" && value.kind === "binary") {
    const present = findBinding(last, [name]);
    if (present) return [replaceText(pkg.file, present.value, valueText)];
    return insertAttributes(pkg.source, last, [{ path: [name], value: valueText }]);
  }
  if (!canAppend(value, "//")) return undefined;
  return [{ file: pkg.file, range: { start: value.end, end: value.end }, newText: ` // { ${name} = ${valueText}; }` }];
}

/** `name = (old.name or <empty>) <rest>;`, with `old` named as it is in use. */
function joinToOld(pkg: Package, set: AttrsetExpr, name: string, rest: string, empty: string): Edits {
  const old = previous(pkg, set);
  if (!old) return undefined;
  const value = `(${old.name}.${name} or ${empty}) ${rest}`;
  const inserted = insertAttributes(pkg.source, set, [{ path: [name], value }]);
  return inserted && [...old.edits, ...inserted];
}

/** Sets an attribute of the builder's argument: replaces its value where it is written, else inserts it. */
export function setAttribute(pkg: Package, path: readonly string[], valueText: string): Edits {
  const set = pkg.argumentSet;
  const [first] = path;
  if (!set || first === undefined) return undefined;
  const present = findBinding(set, path);
  if (present) return [replaceText(pkg.file, present.value, valueText)];
  return insertAttributes(pkg.source, set, [{ path, value: valueText }]);
}

/** Appends an item to a list attribute (`nativeBuildInputs`); no edits if it is there. `itemText` is Nix, one list item. */
export function appendToList(pkg: Package, attribute: string, itemText: string): Edits {
  const set = pkg.argumentSet;
  if (!set || pkg.form === "override" || inherits(set, attribute)) return undefined;
  const present = findBinding(set, [attribute]);
  if (!present) {
    if (pkg.form === "overrideAttrs") return joinToOld(pkg, set, attribute, `++ [ ${itemText} ]`, "[ ]");
    if (!isWholeArgument(pkg, set) && attributeOf(pkg, [attribute])) return undefined;
    return insertAttributes(pkg.source, set, [{ path: [attribute], value: `[ ${itemText} ]` }]);
  }
  let list = lastOperand(present.value, "++");
  if (list.kind === "with") list = list.body;
  if (list.kind === "list") return [appendItem(pkg.source, list, itemText)].flat();
  if (!canAppend(present.value, "++")) return undefined;
  const { end } = present.value;
  return [{ file: pkg.file, range: { start: end, end }, newText: ` ++ [ ${itemText} ]` }];
}

/** Adds an item to a list literal; no edits if it is there. `itemText` is Nix. */
export function appendItem(
  source: SourceFile,
  list: Extract<Expr, { kind: "list" }>,
  itemText: string,
): readonly TextEdit[] {
  const { text, path: file } = source;
  if (list.items.some((item) => text.slice(item.start, item.end) === itemText)) return [];
  const close = list.end - 1;
  const last = list.items.at(-1);
  const insert = (at: number, newText: string): readonly TextEdit[] => [
    { file, range: { start: at, end: at }, newText },
  ];
  if (!text.slice(list.start, list.end).includes("\n") || !firstOnLine(text, close)) {
    const blank = /\s/.test(text[close - 1] ?? "");
    return insert(close, `${blank ? "" : " "}${itemText} `);
  }
  const indent =
    last && firstOnLine(text, last.start) ? indentOf(text, last.start) : indentOf(text, close) + indentUnit(text);
  return insert(text.lastIndexOf("\n", close - 1) + 1, indent + itemText + lineEnd(text));
}

/** Adds a name to the formals of the package's file (`{ lib, stdenv }:`); no edits if it is there. */
export function requireFormal(pkg: Package, name: string): Edits {
  const fn = pkg.formalsOwner;
  if (fn?.kind !== "function" || !fn.formals) return undefined;
  const { formals } = fn;
  const { text } = pkg.source;
  if (formals.entries.some((entry) => entry.name === name)) return [];
  const last = formals.entries.at(-1);
  const insert = (at: number, newText: string): Edits => [{ file: pkg.file, range: { start: at, end: at }, newText }];
  if (!last) {
    const at = formals.start + 1;
    const blank = /\s/.test(text[at] ?? "") ? "" : " ";
    return insert(at, ` ${name}${formals.ellipsis ? "," : ""}${blank}`);
  }
  // `a,` at the ends of lines, `, a` at their starts, or all on one line.
  const eol = lineEnd(text);
  const indent = indentOf(text, last.start);
  const ownLine = firstOnLine(text, last.start) && text.slice(formals.start, last.start).includes("\n");
  const lineBegin = text.lastIndexOf("\n", last.start - 1) + 1;
  const leadingComma = /^\s*,\s*$/.test(text.slice(lineBegin, last.start));
  if (leadingComma) return insert(last.end, `${eol}${indent}, ${name}`);
  const comma = commaAfter(pkg.source, last.end);
  if (!ownLine) return insert(last.end, `, ${name}`);
  if (comma === undefined) return insert(last.end, `,${eol}${indent}${name}`);
  return insert(pastTrailingComments(pkg.source, comma + 1), `${eol}${indent}${name},`);
}

/** Where the comma behind a formal stands; undefined if there is none. */
function commaAfter(source: SourceFile, offset: number): number | undefined {
  let position = offset;
  for (;;) {
    while (/\s/.test(source.text[position] ?? "")) position++;
    const comment = source.comments.find((c) => c.start === position);
    if (!comment) return source.text[position] === "," ? position : undefined;
    position = comment.end;
  }
}
