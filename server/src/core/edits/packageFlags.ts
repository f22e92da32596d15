// Appending to what a package has already: compiler flags in a variable, and packages that its file must be able to name.
import { type CodegenOption, codegenPattern } from "../builds/rustProfile.js";
import type { Expr, FunctionExpr } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";
import type { Package } from "../workspace/model.js";
import { type Edits, replaceText } from "./definitions.js";
import { findBinding, previousName, requireFormal, setEnv } from "./packages.js";
import { pathTo } from "./tree.js";

/**
 * Appends a flag to an environment variable that holds flags (RUSTFLAGS, NIX_CFLAGS_COMPILE), wherever it is written.
 * In `overrideAttrs` the old flags are kept. `flag` is plain text without quotes, `$` or backslashes.
 */
export function appendEnvFlag(pkg: Package, name: string, flag: string): Edits {
  const set = pkg.argumentSet;
  if (!set) return undefined;
  const present = findBinding(set, [name]) ?? findBinding(set, ["env", name]);
  if (present) {
    const { value } = present;
    if (value.kind !== "string" || value.style !== "quoted") return undefined;
    const at = value.end - 1;
    return [replaceText(pkg.file, { start: at, end: at }, value.end - value.start > 2 ? ` ${flag}` : flag)];
  }
  if (pkg.form !== "overrideAttrs") return setEnv(pkg, name, `"${flag}"`);
  const old = previousName(pkg, set);
  return old === undefined ? undefined : setEnv(pkg, name, `"\${${old}.env.${name} or ""} ${flag}"`);
}

/** Writes another value for an option of rustc's `-C` in a variable that holds flags; the last one counts, so that is the one. */
export function replaceCodegenFlag(pkg: Package, name: string, option: CodegenOption, value: string): Edits {
  const set = pkg.argumentSet;
  const present = set && (findBinding(set, ["env", name]) ?? findBinding(set, [name]));
  if (!present) return undefined;
  const { start, end } = present.value;
  const found = [...pkg.source.text.slice(start, end).matchAll(codegenPattern(option))].at(-1);
  if (!found) return undefined;
  const at = start + found.index;
  return [replaceText(pkg.file, { start: at, end: at + found[0].length }, `-C ${option}=${value}`)];
}

/** A package as Nix text that names it where `pkg` is written, with the edits that make the name available. */
export interface NamedInput {
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/** How `pkg`'s file can name a package of nixpkgs: a formal of its own, `final.x` of the overlay, `pkgs.x`. Undefined: it cannot. */
export function inputNamed(pkg: Package, name: string): NamedInput | undefined {
  if (pkg.form === "definition" && pkg.formalsOwner) {
    const edits = requireFormal(pkg, name);
    if (edits) return { text: name, edits };
  }
  if (!pkg.argumentSet) return undefined;
  const functions = pathTo(pkg.source, pkg.argumentSet).flatMap(({ expr }) => (expr.kind === "function" ? [expr] : []));
  const set = packageSet(functions);
  return set === undefined ? undefined : { text: `${set}.${name}`, edits: [] };
}

/** The name of the package set in scope: the `final` of an overlay around, or a `pkgs` that some function takes. */
function packageSet(functions: readonly FunctionExpr[]): string | undefined {
  for (const [i, outer] of functions.entries()) {
    const inner = functions[i + 1];
    if (
      outer.parameter &&
      !outer.formals &&
      inner?.parameter &&
      isBody(outer, inner) &&
      isOverlayName(outer.parameter.name)
    )
      return outer.parameter.name;
    if (outer.parameter?.name === "pkgs" || outer.formals?.entries.some((f) => f.name === "pkgs")) return "pkgs";
  }
  return undefined;
}

function isBody(outer: FunctionExpr, inner: Expr): boolean {
  return outer.body === inner;
}

function isOverlayName(name: string): boolean {
  return name === "final" || name === "self";
}
