// Calls of builders and overrides to packages: what this workspace builds from source.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Value } from "../evaluate/value.js";
import type { AttrsetExpr, Expr, FunctionExpr, SourceFile } from "../syntax/ast.js";
import type { FilePath, TextRange } from "../text/range.js";
import { builderCall, kindByAttributes } from "./builders.js";
import type { CallSighting } from "./collect.js";
import type { BuilderKind, Package, PackageFacts } from "./model.js";
import { packageFacts } from "./packageFacts.js";
import { baseName, folderOf } from "./paths.js";
import { enclosing } from "./syntaxPath.js";

/** A package before it is known which hosts build it. */
export type PackageSighting = Omit<Package, "hosts">;

/** The packages among the unknown calls of a file, each call once. */
export function packagesOf(
  calls: readonly CallSighting[],
  file: FilePath,
  evaluator: Evaluator,
  access: FileAccess,
): PackageSighting[] {
  const packages = new Map<string, PackageSighting>();
  for (const call of calls) {
    const found = packageOf(call, file, evaluator, access);
    if (found === undefined) continue;
    const key = `${found.range.start} ${found.range.end}`;
    if (!packages.has(key)) packages.set(key, found);
  }
  return [...packages.values()];
}

function packageOf(
  call: CallSighting,
  file: FilePath,
  evaluator: Evaluator,
  access: FileAccess,
): PackageSighting | undefined {
  const { callee, inside, origin } = call.value;
  const argument = inside?.at(-1);
  if (callee === undefined || argument === undefined || origin?.file !== file) return undefined;
  const builder = builderCall(callee);
  const source = argument.source ?? call.thunk.source;
  if (builder === undefined || source?.path !== file) return undefined;
  const written = callAt(source, origin.range);
  if (written === undefined) return undefined;
  const { form } = builder;
  const attributes = evaluator.open(argument.force());
  const { set, parameter } = literalArgument(argument.expr);
  const overridden = form === "definition" ? undefined : callee.at(-2);
  const text = (name: string) => {
    const value = evaluator.select(attributes, [name]);
    return value.kind === "string" ? value.value : undefined;
  };
  const name = overridden ?? text("pname") ?? text("name") ?? nameByPlace(call.path, file);
  const facts = packageFacts({ attributes, argument, source, evaluator, access });
  return {
    name,
    file,
    range: nameRange(written, form),
    builder: kindOf(builder.kind, name, attributes, facts, evaluator),
    form,
    attributes,
    argumentSet: set,
    parameter,
    source,
    formalsOwner: formalsOwner(source, written),
    facts,
  };
}

/** What a package is bound to where it has no name of its own: the attribute, else the file or its folder. */
function nameByPlace(path: readonly string[], file: FilePath): string {
  const attribute = path.findLast((element) => element !== "[]" && element !== "default");
  if (attribute !== undefined) return attribute;
  const base = baseName(file).replace(/\.nix$/, "");
  return base === "default" || base === "package" ? baseName(folderOf(file)) || base : base;
}

function kindOf(
  kind: BuilderKind,
  name: string,
  attributes: Value,
  facts: PackageFacts,
  evaluator: Evaluator,
): BuilderKind {
  const isTrue = (attribute: string) => {
    const value = evaluator.select(attributes, [attribute]);
    return value.kind === "bool" && value.value;
  };
  if (/-(bin|prebuilt|appimage)$/.test(name) || isTrue("dontBuild") || isTrue("dontNpmBuild")) return "prebuilt";
  if (kind === "c" && facts.cuda) return "cuda";
  if (kind !== "unknown" || attributes.kind !== "attrs") return kind;
  const environment = evaluator.select(attributes, ["env"]);
  const names = [...attributes.entries.keys(), ...(environment.kind === "attrs" ? environment.entries.keys() : [])];
  return kindByAttributes(names);
}

/** The call expression that made a value, by its place. */
function callAt(source: SourceFile, range: TextRange): Expr | undefined {
  return enclosing(source, range)
    .map(({ expr }) => expr)
    .findLast((expr) => expr.kind === "apply" && expr.start === range.start && expr.end === range.end);
}

/** The builder's name in the call; for an override the name of the package. */
function nameRange(call: Expr, form: Package["form"]): TextRange {
  let fn = call;
  while (fn.kind === "apply") fn = fn.fn;
  const at = (range: TextRange) => ({ start: range.start, end: range.end });
  if (fn.kind !== "select") return at(fn);
  const index = form === "definition" ? -1 : -2;
  return at(fn.path.at(index) ?? fn.base);
}

/** The set literal that the argument ends in, and the parameter of the function around it. */
function literalArgument(expr: Expr | undefined): { set: AttrsetExpr | undefined; parameter: string | undefined } {
  let parameter: string | undefined;
  let inner = expr;
  for (;;) {
    switch (inner?.kind) {
      case "attrset":
        return { set: inner, parameter };
      case "function":
        parameter ??= inner.parameter?.name;
        inner = inner.body;
        break;
      case "let":
      case "with":
      case "assert":
        inner = inner.body;
        break;
      case "binary":
        // Attributes on the right of `//` win, so what is inserted there holds.
        if (inner.operator !== "//") return { set: undefined, parameter };
        inner = inner.right;
        break;
      default:
        return { set: undefined, parameter };
    }
  }
}

/** The function around the call whose formals `callPackage` fills: one that takes the builder itself by name. */
function formalsOwner(source: SourceFile, call: Expr): FunctionExpr | undefined {
  let fn = call;
  while (fn.kind === "apply" || fn.kind === "select") fn = fn.kind === "apply" ? fn.fn : fn.base;
  if (fn.kind !== "variable" || NOT_PACKAGES.has(fn.name)) return undefined;
  const { name } = fn;
  return enclosing(source, call)
    .map(({ expr }) => expr)
    .findLast(
      (expr): expr is FunctionExpr =>
        expr.kind === "function" && expr.formals?.entries.some((formal) => formal.name === name) === true,
    );
}
const NOT_PACKAGES = new Set(["pkgs", "final", "prev", "self", "super", "inputs", "nixpkgs"]);
