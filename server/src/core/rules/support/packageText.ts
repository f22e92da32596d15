// What a package's own set says in its text: bindings by name, lists, and how an override is written.
import { findBinding } from "../../edits/packages.js";
import type { AttrBinding, Expr, ListExpr } from "../../syntax/ast.js";
import type { Package } from "../../workspace/model.js";

/** A top-level binding of the package's own set. */
export function ownAttribute(pkg: Package, name: string): AttrBinding | undefined {
  return pkg.argumentSet && findBinding(pkg.argumentSet, [name]);
}

/** A variable of the build as the package writes it: under `env`, or at top level. */
export function ownVariable(
  pkg: Package,
  name: string,
): { readonly binding: AttrBinding; readonly inEnv: boolean } | undefined {
  const nested = pkg.argumentSet && findBinding(pkg.argumentSet, ["env", name]);
  const binding = nested ?? ownAttribute(pkg, name);
  return binding && { binding, inEnv: nested !== undefined };
}

/** The function that overrides it: `overrideAttrs`, `overridePythonAttrs`; undefined for a definition, or where that can't be read off. */
export function overrideFunction(pkg: Package): { readonly name: string; readonly start: number } | undefined {
  const after = /^[\s)]*\.\s*(override\w*)/.exec(pkg.source.text.slice(pkg.range.end, pkg.range.end + 200));
  const name = after?.[1];
  if (!after || name === undefined || pkg.form === "definition") return undefined;
  return { name, start: pkg.range.end + after[0].length - name.length };
}

/** What the overridden package is taken from, as written: `python3Packages`, `prev.haskellPackages`. */
export function overriddenFrom(pkg: Package): string {
  const before = pkg.source.text.slice(Math.max(0, pkg.range.start - 120), pkg.range.start);
  return /([\w.'-]+)\.\s*$/.exec(before)?.[1] ?? "";
}

/** The list literals that a value is joined from. */
export function* listsOf(expr: Expr): Generator<ListExpr> {
  if (expr.kind === "list") yield expr;
  else if (expr.kind === "with") yield* listsOf(expr.body);
  else if (expr.kind === "binary" && expr.operator === "++") {
    yield* listsOf(expr.left);
    yield* listsOf(expr.right);
  }
}

/** The text of a string literal without interpolation. */
export function plainText(expr: Expr | undefined): string | undefined {
  if (expr?.kind !== "string" || expr.parts.length > 1) return undefined;
  const [part] = expr.parts;
  return part === undefined ? "" : part.kind === "text" ? part.text : undefined;
}

/** A whole number as a literal, in quotes or not. */
export function numberText(expr: Expr | undefined): string | undefined {
  if (expr?.kind === "integer") return String(expr.value);
  const text = plainText(expr);
  return text !== undefined && /^\d{1,4}$/.test(text) ? text : undefined;
}
