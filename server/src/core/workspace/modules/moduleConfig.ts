// The `config` argument of modules: options that the workspace declares or sets, merged lazily where something reads them.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { Attr, AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import { attributeOf, Deferred, type Piece, type PushedDown, pushDown, strongest } from "./configPieces.js";
import type { Sight } from "./configReads.js";
import { LazyEntries } from "./lazyEntries.js";
import type { Module, ModuleList } from "./moduleList.js";
import type { Shape } from "./moduleSyntax.js";
import { type DeclaredType, declaredType } from "./optionTypes.js";
import { property } from "./properties.js";

/** How the option at a path takes its definitions where nobody in the workspace declares it. */
export type Handling =
  /** A value that is handed on as it is written (outputs of a flake). */
  | "raw"
  /** Modules: several definitions become one module that imports them all. */
  | "module"
  /** A tree of values: sets are merged, all else is handed on as it is written. */
  | "tree"
  | undefined;

export interface ConfigInput {
  readonly evaluator: Evaluator;
  readonly modules: readonly Module[];
  readonly handlingOf: (path: readonly string[]) => Handling;
  /** Hears of all that is seen of the tree. */
  readonly note: (path: readonly string[], sight: Sight) => void;
  /** The root of the tree that took this one's place after an edit; undefined as long as none did. */
  readonly successor: () => Value | undefined;
  /** Lists the modules of a submodule, whose `config` is given. */
  readonly listSubmodule: (modules: readonly Thunk[], config: Thunk, name: string) => ModuleList;
}

/** A place in the option tree with all that modules define there. */
interface Node {
  readonly path: readonly string[];
  readonly pieces: readonly Piece[];
  /** Definitions of modules that are evaluated only if this place is read. */
  readonly deferred: readonly Deferred[];
  /** Why more may be defined here, at which strongest priority. */
  readonly obscured: PushedDown["obscured"];
  readonly declarations: readonly Declaration[];
  /** True below an option of the workspace's own: nobody else defines anything here. */
  readonly own: boolean;
}

/** An option, or a set of options; the latter for certain where its syntax tells a shape. */
interface Declaration {
  readonly thunk: Thunk;
  readonly shape: Shape | undefined;
}

/** Options of nixpkgs whose value is one plain string, so that a definition at normal priority is the value. */
const PLAIN_STRINGS = new Set([
  ...["networking.hostName", "networking.domain", "networking.hostId", "system.stateVersion", "time.timeZone"],
  ...["nixpkgs.system", "home.username", "home.homeDirectory", "home.stateVersion", "i18n.defaultLocale"],
]);
const OUTSIDE = "may be set outside the workspace";
const MAX_DEPTH = 64;

/** `config` as modules see it, computed where something reads it. */
export function configTree(input: ConfigInput): Value {
  return setOf(moduleNode([], input.modules, false), input, undefined);
}

/** What stands at a path of a tree now; undefined if nothing does. */
function valueAt(root: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = root;
  for (const name of path) value = value?.kind === "attrs" ? value.entries.get(name)?.thunk.force() : undefined;
  return value;
}

/** The same facets as were seen at a path before, as they are in this tree. */
export function sightAt(root: Value, path: readonly string[], facets: Sight): Sight {
  const above = path.length === 0 ? undefined : valueAt(root, path.slice(0, -1));
  const isThere = path.length === 0 || (above?.kind === "attrs" && above.entries.has(path.at(-1) ?? ""));
  const needsValue = "value" in facets || "isSet" in facets || "names" in facets || "open" in facets;
  const value = needsValue ? valueAt(root, path) : undefined;
  const set = value?.kind === "attrs" && TREE_SETS.has(value) ? value : undefined;
  return {
    ...("value" in facets && { value: set === undefined ? value : undefined }),
    ...("isSet" in facets && { isSet: set !== undefined }),
    ...("names" in facets && { names: set && [...set.entries.keys()] }),
    ...("isThere" in facets && { isThere }),
    ...("open" in facets && { open: set?.open }),
  };
}

function moduleNode(path: readonly string[], modules: readonly Module[], own: boolean): Node {
  return {
    path,
    obscured: [],
    pieces: [],
    deferred: modules.map(deferredOf),
    declarations: modules.flatMap(({ options, syntax }) =>
      options === undefined ? [] : [{ thunk: options, shape: syntax?.options }],
    ),
    own,
  };
}

/** By module: after an edit all others stand in a new tree too. */
const DEFERRED = new WeakMap<Module, { readonly rank: number; readonly deferred: Deferred }>();

function deferredOf(module: Module, rank: number): Deferred {
  const known = DEFERRED.get(module);
  if (known?.rank === rank) return known.deferred;
  const { config, applies, syntax } = module;
  const piece: Piece = { thunk: config, priority: 100, order: 1000, rank, applies };
  const deferred = new Deferred(
    () => syntax?.config,
    () => ({ pieces: [piece], obscured: [], sites: [] }),
  );
  DEFERRED.set(module, { rank, deferred });
  return deferred;
}

/** All definitions at a place, evaluated as far as needed to tell sets from values. */
function settle(node: Node): PushedDown {
  const expanded = node.deferred.map((one) => one.expand());
  return pushDown({
    pieces: [...node.pieces, ...expanded.flatMap(({ pieces }) => pieces)],
    obscured: [...node.obscured, ...expanded.flatMap(({ obscured }) => obscured)],
  });
}

/**
 * The set of everything below a node; `element` is the type of its attributes, undefined where each has a declaration of its
 * own. It stays open where others may define more.
 */
function setOf(node: Node, input: ConfigInput, element: DeclaredType | undefined): AttrsValue {
  let below: Below | undefined;
  const read = (): Pick<AttrsValue, "entries" | "open"> => {
    const now = successorOf(node.path, input);
    if (now?.kind === "attrs" && TREE_SETS.has(now)) return now;
    below ??= belowOf(node, input, element);
    return below;
  };
  const value: AttrsValue = {
    kind: "attrs",
    get open() {
      if (!node.own) return OUTSIDE;
      const { open } = read();
      input.note(node.path, { open });
      return open;
    },
    get entries() {
      return read().entries;
    },
  };
  TREE_SETS.add(value);
  return value;
}

/** What took the place of a node after an edit. */
function successorOf(path: readonly string[], { successor }: ConfigInput): Value | undefined {
  const root = successor();
  return root && valueAt(root, path);
}

/** Sets of the tree: what is read in them is noted there, not where they stand. */
const TREE_SETS = new WeakSet<Value>();

interface Below {
  readonly entries: LazyEntries;
  readonly open: string | undefined;
}

function belowOf(node: Node, input: ConfigInput, element: DeclaredType | undefined): Below {
  const shaped = node.deferred.filter(({ shape }) => shape !== undefined);
  const { sets, obscured } = settle({ ...node, deferred: node.deferred.filter(({ shape }) => shape === undefined) });
  const evaluated = node.declarations.filter(
    ({ shape, thunk }) => shape === undefined && isSetOfOptions(thunk.force()),
  );
  const declared = node.declarations.filter(({ shape }) => shape !== undefined);
  let definedBy: ReadonlyMap<string, readonly Deferred[]> | undefined;
  let declaredBy: ReadonlyMap<string, readonly Declaration[]> | undefined;
  const make = (name: string): Attr | undefined => {
    definedBy ??= byAttribute(shaped);
    declaredBy ??= byAttribute(declared);
    const { pieces, sites } = attributeOf({ sets, obscured, leaves: [] }, name);
    const deferred = (definedBy.get(name) ?? []).flatMap((one) => one.at(name) ?? []);
    const declarations = [...(declaredBy.get(name) ?? []), ...evaluated].flatMap((declaration) =>
      optionsAt(declaration, name, input.evaluator),
    );
    if (pieces.length + deferred.length + declarations.length === 0 || node.path.length > MAX_DEPTH) return undefined;
    const path = [...node.path, name];
    const child: Node = { path, pieces, deferred, declarations, obscured, own: node.own };
    const value = input.evaluator.lazy(() =>
      element === undefined ? nodeValue(child, input) : typedValue(child, element, input),
    );
    const force = () => {
      const now = successorOf(path, input);
      if (now !== undefined) return now;
      const found = value.force();
      input.note(path, TREE_SETS.has(found) ? { isSet: true } : { value: found });
      return found;
    };
    return {
      thunk: { force },
      get sites() {
        return [...sites, ...deferred.flatMap((one) => one.expand().sites)];
      },
    };
  };
  const names = () => [
    ...sets.flatMap(({ set }) => [...set.entries.keys()]),
    ...[...shaped, ...declared].flatMap(({ shape }) => [...(shape?.names ?? [])]),
    ...evaluated.flatMap(({ thunk }) => [...namesOf(thunk.force())]),
  ];
  const entries = new LazyEntries(
    names,
    make,
    (name, isThere) => input.note([...node.path, name], { isThere }),
    (all) => input.note(node.path, { names: all }),
  );
  return { entries, open: obscured[0]?.reason };
}

/** For each attribute, the definitions or declarations whose syntax names it: few of the hundreds that a host has. */
function byAttribute<T extends { readonly shape: Shape | undefined }>(
  shaped: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const named = new Map<string, T[]>();
  for (const one of shaped)
    for (const name of one.shape?.names ?? []) {
      const known = named.get(name);
      if (known === undefined) named.set(name, [one]);
      else known.push(one);
    }
  return named;
}

function optionsAt({ thunk, shape }: Declaration, name: string, evaluator: Evaluator): Declaration[] {
  if (shape !== undefined) {
    if (!shape.has(name)) return [];
    return [{ thunk: evaluator.lazy(() => evaluator.select(thunk.force(), [name])), shape: shape.child(name) }];
  }
  const value = thunk.force();
  const attr = value.kind === "attrs" ? value.entries.get(name) : undefined;
  return attr === undefined ? [] : [{ thunk: attr.thunk, shape: undefined }];
}

function isSetOfOptions(value: Value): boolean {
  return value.kind === "attrs" && property(value) === undefined;
}

function namesOf(value: Value): Iterable<string> {
  return value.kind === "attrs" ? value.entries.keys() : [];
}

function nodeValue(node: Node, input: ConfigInput): Value {
  const { evaluator } = input;
  for (const { thunk, shape } of node.declarations) {
    if (shape !== undefined) continue;
    const value = thunk.force();
    if (value.kind === "attrs" && property(value)?.kind === "other") return optionValue(node, value, input);
    if (value.kind === "unknown") return evaluator.unknown(value.reason);
  }
  if (node.declarations.length > 0) return setOf(node, input, undefined);
  const handling = node.own ? "raw" : input.handlingOf(node.path);
  if (handling === "module") return moduleValue(node, evaluator);
  if (handling === "raw") return typedValue(node, { kind: "raw" }, input);
  // The shape of a function is that of what it gives, which is no set of the tree.
  if (handling !== "tree" && node.deferred.some(({ shape }) => shape !== undefined))
    return setOf(node, input, undefined);
  const { sets, leaves, obscured } = settle(node);
  if (sets.length > 0) return setOf(node, input, undefined);
  const value = strongest(leaves, obscured, evaluator);
  if (value === undefined) return evaluator.unknown(OUTSIDE);
  if (handling === "tree") return value;
  const weakest = Math.max(...leaves.map(({ piece }) => piece.priority));
  const plain =
    value.kind === "bool" ||
    value.kind === "int" ||
    (value.kind === "string" && PLAIN_STRINGS.has(node.path.join(".")));
  return value.kind === "unknown" || (plain && weakest <= 100) ? value : evaluator.unknown(OUTSIDE);
}

/** The definitions at a place with their marks still on. */
function settledPieces(node: Node): readonly Piece[] {
  return [...node.pieces, ...node.deferred.flatMap((one) => one.expand().pieces)];
}

/** What `types.deferredModule` makes of its definitions: a module that imports them. */
function moduleValue(node: Node, evaluator: Evaluator): Value {
  const items = settledPieces(node).map(({ thunk }) => thunk);
  return evaluator.attrs([["imports", evaluator.of({ kind: "list", items })]]);
}

/** An option that the workspace declares: its definitions merged by type, else its default; then its `apply`. */
function optionValue(node: Node, option: AttrsValue, input: ConfigInput): Value {
  const { evaluator } = input;
  const type = declaredType(option.entries.get("type")?.thunk.force());
  const fallback = option.entries.get("default")?.thunk;
  // A default is a definition like others, only weaker.
  const own: Node = { ...node, own: true };
  const pieces: readonly Piece[] = fallback
    ? [{ thunk: fallback, priority: 1500, order: 1000, rank: 0, applies: "yes" }]
    : [];
  const value = typedValue({ ...own, pieces: [...own.pieces, ...pieces] }, type, input);
  const apply = option.entries.get("apply")?.thunk.force();
  return apply === undefined ? value : evaluator.call(apply, evaluator.of(value));
}

/** The definitions of a node, merged as its type does. */
function typedValue(node: Node, type: DeclaredType, input: ConfigInput): Value {
  const { evaluator } = input;
  if (type.kind === "module") return moduleValue(node, evaluator);
  if (type.kind === "submodule") return submoduleValue(node, type.modules, input);
  const whole = type.kind === "raw" ? onlyDefinition(node) : undefined;
  if (whole !== undefined) return whole;
  const pushed = settle(node);
  const strongestSets = strongestPieces(pushed);
  const isSet = pushed.sets.length > 0 && pushed.leaves.every(({ value }) => value.kind === "unknown");
  switch (type.kind) {
    case "attrsOf":
      if (pushed.leaves.length > 0 && pushed.sets.length === 0) break;
      return setOf({ ...node, pieces: strongestSets, deferred: [] }, input, type.element);
    case "anything":
      if (isSet) return setOf({ ...node, pieces: strongestSets, deferred: [] }, input, type);
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
      if (isSet) return setOf({ ...node, pieces: strongestSets, deferred: [] }, input, type);
      break;
    }
  }
  const value = strongest(pushed.leaves, pushed.obscured, evaluator, type.kind === "lines");
  if (value === undefined) return evaluator.unknown("the option has no value and no default");
  if (type.kind !== "listOf" || value.kind !== "list") return value;
  const items = value.items.map((item): Thunk => {
    const element: Node = {
      ...node,
      pieces: [{ thunk: item, priority: 100, order: 1000, rank: 0, applies: "yes" }],
      deferred: [],
      obscured: [],
    };
    const typed = evaluator.lazy(() => typedValue(element, type.element, input));
    return { force: () => typed.force(), expr: item.expr, source: item.source };
  });
  return { ...value, items };
}

/** The one definition of a place as it is written, be it a set that is known in part; undefined if there are more, or marks on it. */
function onlyDefinition(node: Node): Value | undefined {
  const [only, ...others] = settledPieces(node);
  if (only === undefined || others.length > 0 || only.applies !== "yes") return undefined;
  const obscured = [...node.obscured, ...node.deferred.flatMap((one) => one.expand().obscured)];
  const value = obscured.length === 0 ? only.thunk.force() : undefined;
  return value?.kind === "attrs" && property(value) === undefined ? value : undefined;
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
  const { leaves, sets, obscured } = settle(node);
  if (sets.length === 0 && leaves.length > 0) {
    const functions = leaves.filter(({ value }) => value.kind === "function").map(({ piece }) => piece.thunk);
    if (functions.length < leaves.length) return strongest(leaves, obscured, evaluator) ?? evaluator.unknown(OUTSIDE);
    return submoduleValue({ ...node, pieces: [], deferred: [] }, [...modules, ...functions], input);
  }
  const name = node.path.at(-1) ?? "";
  const value: Thunk = evaluator.lazy(() => {
    const list = input.listSubmodule(modules, value, name);
    const below = moduleNode(node.path, list.modules, true);
    const unresolved = list.unresolved.map(({ reason }) => ({ reason, priority: 100 }));
    const pieces = sets.map(({ set, piece }) => ({ ...piece, thunk: { force: (): Value => set } }));
    return setOf(
      { ...below, pieces: [...below.pieces, ...pieces], obscured: [...obscured, ...unresolved] },
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
