// `{ … }`, `rec { … }` and `let`: bindings merged by attribute path as Nix's parser does, then bound to a scope.
// The merged shape of a set is worked out once; each evaluation only binds it.
import type {
  AttrBinding,
  AttrName,
  AttrsetExpr,
  Binding,
  Expr,
  InheritBinding,
  LetExpr,
  SourceFile,
} from "../syntax/ast.js";
import { boundThunk, lookup, Scope } from "./scope.js";
import { selectAttr } from "./select.js";
import { ExprThunk, lazy } from "./thunk.js";
import type { Attr, AttrSite, AttrsValue, Thunk, Value } from "./value.js";
import { failure, mismatch, ready, unknown } from "./values.js";

type Content =
  | { readonly kind: "value"; readonly expr: Expr }
  | { readonly kind: "set"; readonly shape: Shape }
  | { readonly kind: "inherit" }
  | { readonly kind: "inheritFrom"; readonly from: number }
  | { readonly kind: "duplicate" };

interface Slot {
  content: Content;
  readonly sites: AttrSite[];
}
interface Dynamic {
  readonly name: Expr;
  readonly content: Content;
  readonly site: AttrSite;
}
export interface Shape {
  readonly recursive: boolean;
  readonly slots: Map<string, Slot>;
  readonly dynamic: Dynamic[];
  /** The expressions behind `inherit (…)`. */
  readonly froms: Expr[];
}

const shapes = new WeakMap<AttrsetExpr | LetExpr, Shape>();

export function shapeOf(set: AttrsetExpr | LetExpr, source: SourceFile): Shape {
  let shape = shapes.get(set);
  if (!shape) {
    shape = emptyShape(set.kind === "let" || set.recursive);
    addBindings(shape, set, set.bindings, source);
    shapes.set(set, shape);
  }
  return shape;
}

function emptyShape(recursive: boolean): Shape {
  return { recursive, slots: new Map(), dynamic: [], froms: [] };
}

function addBindings(shape: Shape, set: AttrsetExpr | LetExpr, bindings: readonly Binding[], source: SourceFile): void {
  for (const binding of bindings) {
    if (binding.kind === "binding") addPath(shape, set, binding, 0, source);
    else addInherit(shape, set, binding, source);
  }
}

/** The name where it is written out (`a`, `"a"`, `${"a"}`). */
export function staticName(name: AttrName): string | undefined {
  if (name.kind === "name") return name.text;
  const { expr } = name;
  if (expr.kind !== "string" || expr.parts.some((part) => part.kind !== "text")) return undefined;
  return expr.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

function addInherit(shape: Shape, set: AttrsetExpr | LetExpr, binding: InheritBinding, source: SourceFile): void {
  let content: Content = { kind: "inherit" };
  if (binding.from) {
    content = { kind: "inheritFrom", from: shape.froms.length };
    shape.froms.push(binding.from);
  }
  for (const [depth, name] of binding.names.entries()) {
    const text = staticName(name);
    if (text === undefined) continue;
    const site: AttrSite = { source, set, binding, depth };
    const slot = shape.slots.get(text);
    if (slot) {
      slot.content = { kind: "duplicate" };
      slot.sites.push(site);
    } else shape.slots.set(text, { content, sites: [site] });
  }
}

function addPath(
  shape: Shape,
  set: AttrsetExpr | LetExpr,
  binding: AttrBinding,
  from: number,
  source: SourceFile,
): void {
  let target = shape;
  for (let depth = from; depth < binding.path.length; depth++) {
    const name = binding.path[depth];
    if (!name) return;
    const last = depth === binding.path.length - 1;
    const site: AttrSite = { source, set, binding, depth };
    const text = staticName(name);
    const slot = text === undefined ? undefined : target.slots.get(text);
    if (!slot) {
      const content: Content = last
        ? { kind: "value", expr: binding.value }
        : { kind: "set", shape: emptyShape(false) };
      if (text !== undefined) target.slots.set(text, { content, sites: [site] });
      else target.dynamic.push({ name: name.kind === "dynamic" ? name.expr : binding.value, content, site });
      if (content.kind !== "set") return;
      target = content.shape;
      continue;
    }
    slot.sites.push(site);
    const inner = asShape(slot, source);
    if (!inner || (last && binding.value.kind !== "attrset")) {
      slot.content = { kind: "duplicate" };
      return;
    }
    if (last && binding.value.kind === "attrset") addBindings(inner, binding.value, binding.value.bindings, source);
    target = inner;
  }
}

/** The shape of a slot that further paths are merged into; undefined if it is no set literal. */
function asShape(slot: Slot, source: SourceFile): Shape | undefined {
  const { content } = slot;
  if (content.kind === "set") return content.shape;
  if (content.kind !== "value" || content.expr.kind !== "attrset") return undefined;
  const shape = emptyShape(content.expr.recursive);
  addBindings(shape, content.expr, content.expr.bindings, source);
  slot.content = { kind: "set", shape };
  return shape;
}

/** The scope of a `let`'s body. */
export function letScope(expr: LetExpr, scope: Scope): Scope {
  const shape = shapeOf(expr, scope.file.source);
  const names = new Map<string, Thunk>();
  const inner = new Scope(scope.file, scope, names);
  const froms = shape.froms.map((from) => new ExprThunk(from, inner));
  for (const [name, slot] of shape.slots) names.set(name, bind(slot.content, name, inner, scope, froms));
  return inner;
}

/** The set that a shape makes in a scope. @throws Unknowable where a dynamic name is an error. */
export function makeSet(shape: Shape, scope: Scope, origin?: Value["origin"]): AttrsValue {
  const entries = new Map<string, Attr>();
  let inner = scope;
  let names: Map<string, Thunk> | undefined;
  if (shape.recursive) {
    names = new Map();
    inner = new Scope(scope.file, scope, names);
  }
  const froms = shape.froms.map((from) => new ExprThunk(from, inner));
  for (const [name, slot] of shape.slots) {
    const thunk = bind(slot.content, name, inner, scope, froms);
    entries.set(name, { thunk, sites: slot.sites });
    names?.set(name, thunk);
  }
  if (names && shape.slots.has("__overrides"))
    return { kind: "attrs", entries: new Map(), open: "`__overrides` changes every attribute", origin };
  return shape.dynamic.length > 0 ? addDynamic(shape, inner, entries, origin) : { kind: "attrs", entries, origin };
}

function addDynamic(shape: Shape, scope: Scope, entries: Map<string, Attr>, origin: Value["origin"]): AttrsValue {
  let open: string | undefined;
  const rest: Value[] = [];
  for (const { name, content, site } of shape.dynamic) {
    const value = new ExprThunk(name, scope).force();
    const thunk = bind(content, "", scope, scope, []);
    if (value.kind === "null") continue;
    if (value.kind === "string") {
      const taken = entries.has(value.value);
      entries.set(value.value, {
        thunk: taken ? ready(failure(`attribute \`${value.value}\` is defined twice`)) : thunk,
        sites: [site],
      });
    } else {
      if (value.kind !== "unknown" || value.error) mismatch(value, "a string");
      open ??= value.reason;
      rest.push(unknown(open, { inside: [thunk], attribute: value.parts ?? [undefined] }));
    }
  }
  return open === undefined ? { kind: "attrs", entries, origin } : { kind: "attrs", entries, open, rest, origin };
}

function bind(content: Content, name: string, inner: Scope, outer: Scope, froms: readonly Thunk[]): Thunk {
  const run = inner.file.run;
  switch (content.kind) {
    case "value":
      return new ExprThunk(content.expr, inner);
    case "set": {
      const { shape } = content;
      return lazy(run, () => makeSet(shape, inner));
    }
    case "inherit":
      return boundThunk(outer, name) ?? lazy(run, () => lookup(outer, name));
    case "inheritFrom": {
      const from = froms[content.from];
      return lazy(run, () => {
        const base = from?.force() ?? unknown("");
        return selectAttr(run, base, name) ?? failure(`attribute \`${name}\` missing`);
      });
    }
    case "duplicate":
      return ready(failure(`attribute \`${name}\` is defined twice`));
  }
}
