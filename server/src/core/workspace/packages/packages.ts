// Calls of builders and overrides to packages: what this workspace builds from source.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { ApplyExpr, AttrsetExpr, Expr, FunctionExpr, SourceFile } from "../../syntax/ast.js";
import type { FilePath, TextRange } from "../../text/range.js";
import { type BuilderCall, builderCall, kindByAttributes } from "./builders.js";
import type { CallSighting } from "../modules/collect.js";
import type { BuilderKind, Package, PackageFacts } from "../model.js";
import { packageFacts } from "./packageFacts.js";
import { baseName, folderOf } from "../paths.js";
import { enclosing } from "../places/syntaxPath.js";

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
  for (const { value, path, thunk } of calls) {
    const { callee, inside, origin } = value;
    const source = inside?.at(-1)?.source ?? thunk.source;
    if (callee === undefined || inside === undefined || source?.path !== file || origin?.file !== file) continue;
    const written = callAt(source, origin.range);
    if (written === undefined) continue;
    for (const found of packageChain({ callee, inside, written, path, source }, evaluator, access)) {
      const key = `${found.form} ${found.range.start} ${found.range.end}`;
      if (!packages.has(key)) packages.set(key, found);
    }
  }
  return [...packages.values()];
}

/** A call of a builder, or of an override on the way out from one. */
interface Call {
  readonly callee: readonly string[];
  /** Arguments of all calls of the chain, the outermost last. */
  readonly inside: readonly Thunk[];
  readonly written: ApplyExpr;
  readonly path: readonly string[];
  readonly source: SourceFile;
}

/** The packages of `(mkDerivation { … }).overrideAttrs (old: { … })`: what is defined, then each override of it. */
function packageChain(call: Call, evaluator: Evaluator, access: FileAccess): PackageSighting[] {
  const { fn } = call.written;
  const builder = isOverriddenBuilder(call) ? overriddenBuilder(call) : builderCall(call.callee);
  const argument = call.inside.at(-1);
  if (builder === undefined || argument === undefined) return [];
  const base = fn.kind === "select" && fn.path.length === 1 && fn.base.kind === "apply" ? fn.base : undefined;
  const inner =
    builder.form === "definition" || base === undefined
      ? []
      : packageChain(
          { ...call, callee: call.callee.slice(0, -1), inside: call.inside.slice(0, -1), written: base },
          evaluator,
          access,
        );
  return [...inner, packageOf(call, builder, argument, inner.at(-1), evaluator, access)];
}

/** True for `buildGoModule.override { go = …; }`: no package is overridden there. */
function isOverriddenBuilder({ callee, written }: Call): boolean {
  let fn: Expr = written;
  while (fn.kind === "apply") fn = fn.fn;
  const isOverride = fn.kind === "select" && fn.base.kind !== "apply" && callee.at(-1) === "override";
  return isOverride && builderCall(callee.slice(0, -1))?.form === "definition";
}

/** What such a builder builds where it is called, as in `(buildGoModule.override { … }) { … }`. */
function overriddenBuilder({ callee, written }: Call): BuilderCall | undefined {
  return written.fn.kind === "apply" ? builderCall(callee.slice(0, -1)) : undefined;
}

function packageOf(
  { callee, written, path, source }: Call,
  { kind, form }: BuilderCall,
  argument: Thunk,
  overridden: PackageSighting | undefined,
  evaluator: Evaluator,
  access: FileAccess,
): PackageSighting {
  const attributes = evaluator.open(argument.force());
  const { set, parameter } = literalArgument(argument.expr);
  const text = (name: string) => {
    const value = evaluator.select(attributes, [name]);
    return value.kind === "string" ? value.value : undefined;
  };
  const called = written.fn.kind === "select" && written.fn.base.kind === "apply" && written.fn.path.length === 1;
  const subject = form === "definition" || called ? undefined : subjectOf(callee);
  const name = overridden?.name ?? subject ?? text("pname") ?? text("name") ?? nameByPlace(path, source.path);
  const facts = packageFacts({ attributes, argument, source, evaluator, access });
  return {
    name,
    file: source.path,
    range: overridden?.range ?? nameRange(written, form),
    builder: kindOf(overridden?.builder ?? kind, name, attributes, facts, evaluator),
    form,
    attributes,
    argumentSet: set,
    parameter,
    source,
    formalsOwner: formalsOwner(source, written),
    facts,
  };
}

/** What is overridden, by the last part of the callee that says more than "a package": `inputs.helix.packages.${system}.default`. */
function subjectOf(callee: readonly string[]): string | undefined {
  const parts = callee.slice(0, -1);
  // Before `callPackage` stands the package set, not the package.
  return parts
    .slice(parts.lastIndexOf("callPackage") + 1)
    .findLast((part) => !SAYS_NOTHING.has(part) && !/^(\$\{…\}|[\w]+-(linux|darwin))$/.test(part));
}
const SAYS_NOTHING = new Set([
  ...["override", "overrideAttrs", "default", "package", "finalPackage", "packages", "legacyPackages"],
  ...["pkgs", "final", "prev", "self", "super", "inputs", "config", "cfg"],
]);

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
  if (/-(bin|prebuilt|appimage)(-unwrapped)?$/.test(name) || isTrue("dontBuild") || isTrue("dontNpmBuild"))
    return "prebuilt";
  if (kind === "c" && facts.cuda) return "cuda";
  if (kind !== "unknown" || attributes.kind !== "attrs") return kind;
  const environment = evaluator.select(attributes, ["env"]);
  const names = [...attributes.entries.keys(), ...(environment.kind === "attrs" ? environment.entries.keys() : [])];
  return kindByAttributes(names);
}

/** The call expression that made a value, by its place. */
function callAt(source: SourceFile, range: TextRange): ApplyExpr | undefined {
  return enclosing(source, range)
    .map(({ expr }) => expr)
    .findLast(
      (expr): expr is ApplyExpr => expr.kind === "apply" && expr.start === range.start && expr.end === range.end,
    );
}

/** The builder's name in the call; for an override the name of the package, or the file that it is called from. */
function nameRange(call: ApplyExpr, form: Package["form"]): TextRange {
  const at = ({ start, end }: TextRange) => ({ start, end });
  let fn: Expr = call;
  while (fn.kind === "apply") fn = fn.fn;
  if (fn.kind !== "select") return at(fn);
  const last = fn.path.at(-1);
  const isLast = form === "definition" && !(last?.kind === "name" && last.text === "override");
  if (isLast || fn.path.length > 1) return at(fn.path.at(isLast ? -1 : -2) ?? fn.base);
  return fn.base.kind === "apply" ? nameOfCall(fn.base) : at(fn.base);
}

/** Of `callPackage ./x.nix { }` the file, of other calls the function. */
function nameOfCall(call: ApplyExpr): TextRange {
  let fn: Expr = call;
  let first = call.arg;
  while (fn.kind === "apply") {
    first = fn.arg;
    fn = fn.fn;
  }
  const { start, end } = first.kind === "path" ? first : fn;
  return { start, end };
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
