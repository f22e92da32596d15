// The `config` argument of modules: options that the workspace declares or sets, merged lazily where something reads them.
import type { Evaluator } from "../evaluate/evaluator.js";
import type { Attr, AttrSite, AttrsValue, Thunk, Value } from "../evaluate/value.js";
import { type Piece, type PushedDown, pushDown, strongest } from "./configPieces.js";
import type { Module, ModuleList } from "./moduleList.js";
import { type DeclaredType, declaredType } from "./optionTypes.js";
import { property } from "./properties.js";

/** How the option at a path takes its definitions where nobody in the workspace declares it. */
export type Shape =
  /** A value that is handed on as it is written (outputs of a flake). */
  | "raw"
  /** Modules: several definitions become one module that imports them all. */
  | "module"
  | undefined;

export interface ConfigInput {
  readonly evaluator: Evaluator;
  /** Undefined as long as modules are being listed: what they import can't hang on `config`. */
  readonly modules: () => readonly Module[] | undefined;
  readonly shapeOf: (path: readonly string[]) => Shape;
  /** Lists the modules of a submodule, whose `config` is given. */
  readonly listSubmodule: (modules: readonly Thunk[], config: Thunk, name: string) => ModuleList;
}

/** A place in the option tree with all that modules define there. */
interface Node {
  readonly path: readonly string[];
  readonly pieces: readonly Piece[];
  /** Why more may be defined here, at which strongest priority. */
  readonly obscured: PushedDown["obscured"];
  readonly declarations: readonly Thunk[];
  readonly sites: readonly AttrSite[];
  /** True below an option of the workspace's own: nobody else defines anything here. */
  readonly own: boolean;
}

/** Options of nixpkgs whose value is one plain string, so that a definition at normal priority is the value. */
const PLAIN_STRINGS = new Set([
  ...["networking.hostName", "networking.domain", "networking.hostId", "system.stateVersion", "time.timeZone"],
  ...["nixpkgs.system", "home.username", "home.homeDirectory", "home.stateVersion", "i18n.defaultLocale"],
]);
const OUTSIDE = "may be set outside the workspace";
const MAX_DEPTH = 64;

/** `config` as modules see it, computed where something reads it. */
export function configArgument(input: ConfigInput): Thunk {
  let value: Value | undefined;
  return {
    force() {
      const modules = input.modules();
      if (modules === undefined) return input.evaluator.unknown("the list of modules hangs on `config`");
      value ??= setOf(moduleNode([], modules, false), input, undefined);
      return value;
    },
  };
}

function moduleNode(path: readonly string[], modules: readonly Module[], own: boolean): Node {
  return {
    path,
    obscured: [],
    pieces: modules.map(({ config, applies }) => ({ thunk: config, priority: 100, order: 1000, applies })),
    declarations: modules.flatMap(({ options }) => options ?? []),
    sites: [],
    own,
  };
}

/**
 * The set of everything below a node; `element` is the type of its attributes, undefined where each has a declaration of its
 * own. Names are read when somebody asks. It stays open where others may define more.
 */
function setOf(node: Node, input: ConfigInput, element: DeclaredType | undefined): AttrsValue {
  let below: { entries: Map<string, Attr>; open: string | undefined } | undefined;
  const read = () => {
    below ??= children(node, input, element);
    return below;
  };
  return {
    kind: "attrs",
    get open() {
      return node.own ? read().open : OUTSIDE;
    },
    get entries() {
      return read().entries;
    },
  };
}

function children(
  node: Node,
  input: ConfigInput,
  element: DeclaredType | undefined,
): { entries: Map<string, Attr>; open: string | undefined } {
  const entries = new Map<string, Attr>();
  if (node.path.length > MAX_DEPTH) return { entries, open: "too deep" };
  const { sets, obscured } = pushDown(node);
  const parts = new Map<string, { pieces: Piece[]; declarations: Thunk[]; sites: AttrSite[] }>();
  const part = (name: string) => {
    const known = parts.get(name) ?? { pieces: [], declarations: [], sites: [] };
    parts.set(name, known);
    return known;
  };
  for (const { set, piece } of sets)
    for (const [name, attr] of set.entries) {
      const { pieces, sites } = part(name);
      pieces.push({ ...piece, thunk: attr.thunk });
      sites.push(...attr.sites);
    }
  for (const declaration of node.declarations) {
    const value = declaration.force();
    if (value.kind !== "attrs" || property(value) !== undefined) continue;
    for (const [name, attr] of value.entries) part(name).declarations.push(attr.thunk);
  }
  for (const [name, found] of parts) {
    // What every definition of this attribute is bound to a condition that fails is not there.
    if (element !== undefined && found.pieces.every(({ applies }) => applies === "no")) continue;
    const child: Node = { ...found, path: [...node.path, name], obscured, own: node.own };
    const compute = () => (element === undefined ? nodeValue(child, input) : typedValue(child, element, input));
    entries.set(name, { thunk: input.evaluator.lazy(compute), sites: found.sites });
  }
  return { entries, open: obscured[0]?.reason };
}

function nodeValue(node: Node, input: ConfigInput): Value {
  const { evaluator } = input;
  for (const declaration of node.declarations) {
    const value = declaration.force();
    if (value.kind === "attrs" && property(value)?.kind === "other") return optionValue(node, value, input);
    if (value.kind === "unknown") return evaluator.unknown(value.reason);
  }
  if (node.declarations.length > 0) return setOf(node, input, undefined);
  const shape = node.own ? "raw" : input.shapeOf(node.path);
  if (shape === "module") return moduleValue(node, evaluator);
  if (shape === "raw") return typedValue(node, { kind: "raw" }, input);
  const { sets, leaves, obscured } = pushDown(node);
  if (sets.length > 0) return setOf(node, input, undefined);
  const value = strongest(leaves, obscured, evaluator);
  if (value === undefined) return evaluator.unknown(OUTSIDE);
  const weakest = Math.max(...leaves.map(({ piece }) => piece.priority));
  const plain =
    value.kind === "bool" ||
    value.kind === "int" ||
    (value.kind === "string" && PLAIN_STRINGS.has(node.path.join(".")));
  return value.kind === "unknown" || (plain && weakest <= 100) ? value : evaluator.unknown(OUTSIDE);
}

/** What `types.deferredModule` makes of its definitions: a module that imports them. */
function moduleValue(node: Node, evaluator: Evaluator): Value {
  const items = node.pieces.map(({ thunk }) => thunk);
  return evaluator.attrs([["imports", evaluator.of({ kind: "list", items })]]);
}

/** An option that the workspace declares: its definitions merged by type, else its default; then its `apply`. */
function optionValue(node: Node, option: AttrsValue, input: ConfigInput): Value {
  const { evaluator } = input;
  const type = declaredType(option.entries.get("type")?.thunk.force());
  const fallback = option.entries.get("default")?.thunk;
  // A default is a definition like others, only weaker; sets and lists of it do not join with stronger ones.
  const own: Node = { ...node, own: true };
  const defined = own.pieces.some(({ applies }) => applies !== "no") || own.obscured.length > 0;
  const pieces: readonly Piece[] = fallback ? [{ thunk: fallback, priority: 1500, order: 1000, applies: "yes" }] : [];
  const value = defined
    ? typedValue({ ...own, pieces: [...own.pieces, ...pieces] }, type, input)
    : typedValue({ ...own, pieces }, type, input);
  const apply = option.entries.get("apply")?.thunk.force();
  return apply === undefined ? value : evaluator.call(apply, evaluator.of(value));
}

/** The definitions of a node, merged as its type does. */
function typedValue(node: Node, type: DeclaredType, input: ConfigInput): Value {
  const { evaluator } = input;
  if (type.kind === "module") return moduleValue(node, evaluator);
  if (type.kind === "submodule") return submoduleValue(node, type.modules, input);
  const pushed = pushDown(node);
  const strongestSets = strongestPieces(pushed);
  const isSet = pushed.sets.length > 0 && pushed.leaves.every(({ value }) => value.kind === "unknown");
  switch (type.kind) {
    case "attrsOf":
      if (pushed.leaves.length > 0 && pushed.sets.length === 0) break;
      return setOf({ ...node, pieces: strongestSets }, input, type.element);
    case "anything":
      if (isSet) return setOf({ ...node, pieces: strongestSets }, input, type);
      break;
    case "nullOr": {
      const value = pushed.sets.length === 0 ? strongest(pushed.leaves, pushed.obscured, evaluator) : undefined;
      return value?.kind === "null" ? value : typedValue(node, type.element, input);
    }
    case "raw":
    case "single":
    case "unknown": {
      const [only, ...others] = [...pushed.sets.map(({ set, piece }) => ({ value: set, piece })), ...pushed.leaves];
      if (only !== undefined && others.length === 0 && only.piece.applies === "yes" && pushed.obscured.length === 0)
        return type.kind === "unknown" && !isScalar(only.value) ? opened(only.value) : only.value;
      if (isSet) return setOf({ ...node, pieces: strongestSets }, input, type);
      break;
    }
  }
  const value = strongest(pushed.leaves, pushed.obscured, evaluator, type.kind === "lines");
  if (value === undefined) return evaluator.unknown("the option has no value and no default");
  if (type.kind !== "listOf" || value.kind !== "list") return value;
  const items = value.items.map((item): Thunk => {
    const element: Node = {
      ...node,
      pieces: [{ thunk: item, priority: 100, order: 1000, applies: "yes" }],
      obscured: [],
    };
    const typed = evaluator.lazy(() => typedValue(element, type.element, input));
    return { force: () => typed.force(), expr: item.expr, source: item.source };
  });
  return { ...value, items };
}

/** Of sets at several priorities only the strongest count, each with what may apply. */
function strongestPieces({ sets }: PushedDown): readonly Piece[] {
  const certain = sets.filter(({ piece }) => piece.applies === "yes").map(({ piece }) => piece.priority);
  const priority = Math.min(...certain);
  return sets
    .filter(({ piece }) => piece.priority <= priority)
    .map(({ set, piece }) => ({ ...piece, thunk: { force: () => set } }));
}

function submoduleValue(node: Node, modules: readonly Thunk[], input: ConfigInput): Value {
  const { evaluator } = input;
  const { leaves, sets, obscured } = pushDown(node);
  if (sets.length === 0 && leaves.length > 0) {
    const functions = leaves.filter(({ value }) => value.kind === "function").map(({ piece }) => piece.thunk);
    if (functions.length < leaves.length) return strongest(leaves, obscured, evaluator) ?? evaluator.unknown(OUTSIDE);
    return submoduleValue({ ...node, pieces: [] }, [...modules, ...functions], input);
  }
  const name = node.path.at(-1) ?? "";
  const value: Thunk = evaluator.lazy(() => {
    const list = input.listSubmodule(modules, value, name);
    const below = moduleNode(node.path, list.modules, true);
    const unresolved = list.unresolved.map(({ reason }) => ({ reason, priority: 100 }));
    const pieces = sets.map(({ set, piece }) => ({ ...piece, thunk: { force: (): Value => set } }));
    return setOf(
      { ...below, pieces: [...below.pieces, ...pieces], obscured: [...obscured, ...unresolved], sites: node.sites },
      input,
      undefined,
    );
  });
  return value.force();
}

function isScalar(value: Value): boolean {
  return value.kind !== "attrs" && value.kind !== "list" && value.kind !== "function";
}

/** A set that its type may have given more attributes. */
function opened(value: Value): Value {
  return value.kind === "attrs" ? { ...value, open: value.open ?? "its type may add to it" } : value;
}
