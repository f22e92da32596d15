// What the syntax of a module file tells before it is evaluated: which options it names, and whether any is build-related.
// Most modules of a host are never evaluated, since nothing reads their options.
import type { AttrName, AttrsetExpr, Expr } from "../../syntax/ast.js";
import { advance, leadsOn, type PatternState, selected } from "../selectors.js";

/** The attributes that an expression of definitions has. What only evaluation tells is undefined, at any depth. */
export interface Shape {
  has(name: string): boolean;
  readonly names: Iterable<string>;
  child(name: string): Shape | undefined;
}

/** Whether definitions of a shape may be of an option, or of one above or below it. */
export function touches(shape: Shape | undefined, path: readonly string[]): boolean {
  let at = shape;
  for (const name of path) {
    if (at === undefined) return true;
    if (!at.has(name)) return false;
    at = at.child(name);
  }
  return true;
}

export interface ModuleSyntax {
  readonly config: Shape | undefined;
  readonly options: Shape | undefined;
  /** True if its definitions stand under `config` and not at its top. */
  readonly explicit: boolean;
  readonly hasConfig: boolean;
  readonly hasOptions: boolean;
  /** True if it must be evaluated to know the host's modules: its imports are computed, or its form can't be told. */
  readonly structural: boolean;
  /** True if it calls itself by a `key`, and not by its path. */
  readonly keyed: boolean;
  /** What it imports, if that is a list of plain paths: as written, relative to its folder. */
  readonly imports: readonly string[];
  /** False if nothing build-related can be set in it. */
  readonly mayDefine: boolean;
}

/** An expression, or what stands at the end of a binding's remaining path. */
interface Part {
  readonly path: readonly AttrName[];
  readonly expr: Expr | undefined;
}

const NO_PATH: readonly AttrName[] = [];

const OPAQUE: ModuleSyntax = {
  config: undefined,
  options: undefined,
  explicit: false,
  hasConfig: true,
  hasOptions: true,
  structural: true,
  keyed: false,
  imports: [],
  mayDefine: true,
};
const STRUCTURE = ["disabledModules", "key", "_class", "_file", "freeformType", "require", "__functor"];
/** Functions that hand their last argument on as definitions of the module system. */
const TRANSPARENT = /^(mkIf|mkDefault|mkForce|mkOverride|mkBefore|mkAfter|mkOrder|mkMerge|optionalAttrs|mkVMOverride)$/;
const MAX_DEPTH = 60;
const KNOWN = new WeakMap<Expr, ModuleSyntax>();

/** Of a module file's top expression, or of a module written inline. */
export function moduleSyntax(expr: Expr | undefined): ModuleSyntax {
  if (expr === undefined) return OPAQUE;
  let syntax = KNOWN.get(expr);
  if (syntax === undefined) {
    syntax = read(expr);
    KNOWN.set(expr, syntax);
  }
  return syntax;
}

function read(expr: Expr): ModuleSyntax {
  const body = bodyOf(expr);
  const top = body && shapeOf([{ path: [], expr: body }]);
  if (top === undefined) return OPAQUE;
  // `mkIf c { … }` as a whole module: nothing but definitions can stand in it.
  if (body?.kind !== "attrset" && [...STRUCTURE, "imports", "config", "options"].some((name) => top.has(name)))
    return OPAQUE;
  const imports = top.has("imports") && body?.kind === "attrset" ? literalPaths(body) : [];
  const structural = imports === undefined || STRUCTURE.some((name) => top.has(name));
  const hasConfig = top.has("config");
  const hasOptions = top.has("options");
  const explicit = hasConfig || hasOptions;
  const config = explicit ? (hasConfig ? top.child("config") : NO_SHAPE) : without(top, "imports");
  const options = hasOptions ? top.child("options") : NO_SHAPE;
  return {
    config,
    options,
    explicit,
    hasConfig,
    hasOptions,
    structural,
    keyed: top.has("key"),
    imports: imports ?? [],
    mayDefine: mayDefine(config, [], 0),
  };
}

/** `imports = [ ./a.nix ../b ];`: the paths, if nothing else is in the list. */
function literalPaths({ bindings }: AttrsetExpr): readonly string[] | undefined {
  const paths: string[] = [];
  for (const binding of bindings) {
    if (binding.kind === "inherit") {
      if (binding.names.some((name) => name.kind === "name" && name.text === "imports")) return undefined;
      continue;
    }
    const [first, ...more] = binding.path;
    if (first?.kind !== "name" || first.text !== "imports") continue;
    if (more.length > 0 || binding.value.kind !== "list") return undefined;
    for (const item of binding.value.items) {
      const [part, ...parts] = item.kind === "path" && item.form === "relative" ? item.parts : [];
      if (part?.kind !== "text" || parts.length > 0) return undefined;
      paths.push(part.text);
    }
  }
  return paths;
}

function without(shape: Shape, left: string): Shape {
  if (!shape.has(left)) return shape;
  return {
    has: (name) => name !== left && shape.has(name),
    names: [...shape.names].filter((name) => name !== left),
    child: (name) => shape.child(name),
  };
}

const NO_SHAPE: Shape = { has: () => false, names: [], child: () => undefined };

/** Inside functions, `let`, `with` and `assert`. */
function bodyOf(expr: Expr | undefined): Expr | undefined {
  let inner = expr;
  while (inner?.kind === "function" || inner?.kind === "let" || inner?.kind === "with" || inner?.kind === "assert")
    inner = inner.body;
  return inner;
}

/** The shape of what several definitions make together. */
function shapeOf(parts: readonly Part[]): Shape | undefined {
  const below = new Map<string, Part[]>();
  const todo = [...parts];
  for (let part = todo.pop(), steps = 0; part !== undefined; part = todo.pop(), steps++) {
    const [first] = part.path;
    if (first !== undefined) {
      if (first.kind === "dynamic") return undefined;
      const inside = { path: part.path.length === 1 ? NO_PATH : part.path.slice(1), expr: part.expr };
      const known = below.get(first.text);
      if (known === undefined) below.set(first.text, [inside]);
      else known.push(inside);
      continue;
    }
    const expr = bodyOf(part.expr);
    if (expr?.kind === "attrset") {
      for (const binding of expr.bindings)
        if (binding.kind === "binding") todo.push({ path: binding.path, expr: binding.value });
        else for (const name of binding.names) todo.push({ path: [name], expr: undefined });
      continue;
    }
    const joined = expr && joinedBy(expr);
    if (joined === undefined || steps > 20_000) return undefined;
    for (const one of joined) todo.push({ path: [], expr: one });
  }
  let children: Map<string, Shape | undefined> | undefined;
  return {
    has: (name) => below.has(name),
    get names() {
      return below.keys();
    },
    child(name) {
      children ??= new Map();
      if (!children.has(name)) children.set(name, shapeOf(below.get(name) ?? []));
      return children.get(name);
    },
  };
}

/** The expressions whose definitions an expression joins: `mkIf c a`, `mkMerge [ a b ]`, `a // b`, both branches of `if`. */
function joinedBy(expr: Expr): readonly Expr[] | undefined {
  switch (expr.kind) {
    case "apply": {
      let fn = expr.fn;
      while (fn.kind === "apply") fn = fn.fn;
      const last = fn.kind === "select" ? fn.path.at(-1) : undefined;
      const name = fn.kind === "variable" ? fn.name : last?.kind === "name" ? last.text : "";
      if (!TRANSPARENT.test(name)) return undefined;
      return name === "mkMerge" ? (expr.arg.kind === "list" ? expr.arg.items : undefined) : [expr.arg];
    }
    case "binary":
      return expr.operator === "//" ? [expr.left, expr.right] : undefined;
    case "if":
      return [expr.consequence, expr.alternative];
    default:
      return undefined;
  }
}

/** Whether something in a shape may match a pattern; `states` are the patterns that lead to it, none at the top. */
function mayDefine(shape: Shape | undefined, states: readonly PatternState[], depth: number): boolean {
  if (shape === undefined || depth > MAX_DEPTH) return depth === 0 || leadsOn(states);
  for (const name of shape.names) {
    const reached = advance(states, name, depth, depth === 0);
    if (reached.length === 0) continue;
    if (selected(reached, depth + 1) !== undefined || mayDefine(shape.child(name), reached, depth + 1)) return true;
  }
  return false;
}
