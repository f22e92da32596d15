// The tree of options that a host's modules define and declare: lazy sets, each attribute worked out where something reads it.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import { Attributes } from "./attributes.js";
import { Deferred, type Piece, plainPiece, type PushedDown } from "./configPieces.js";
import type { Sight } from "./configReads.js";
import type { Module } from "./module.js";
import type { Shape } from "./moduleSyntax.js";
import { type DeclaredType, declaredType } from "./optionTypes.js";

export interface OptionTree {
  readonly evaluator: Evaluator;
  /** The value of a place; `element` is its type where the set above gives one. */
  readonly valueOf: (node: Node, element: DeclaredType | undefined) => Value;
  /** Hears of all that is seen of the tree. */
  readonly note: (path: readonly string[], sight: Sight) => void;
  /** The root of the tree that took this one's place after an edit; undefined as long as none did. */
  readonly successor: () => Value | undefined;
}

/** A place in the option tree with all that modules define there. */
export interface Node {
  readonly path: readonly string[];
  readonly pieces: readonly Piece[];
  /** Definitions of modules that are evaluated only if this place is read. */
  readonly deferred: readonly Deferred[];
  /** Why more may be defined here, at which strongest priority. */
  readonly obscured: PushedDown["obscured"];
  readonly declarations: readonly Declaration[];
  /** True below an option of the workspace's own: nobody else defines anything here. */
  readonly own: boolean;
  /** The type of what is defined here if nobody declares it; undefined if none is told. */
  readonly freeform: DeclaredType | undefined;
}

/** An option, or a set of options; the latter for certain where its syntax tells a shape. */
export interface Declaration {
  readonly thunk: Thunk;
  readonly shape: Shape | undefined;
}

export const OUTSIDE = "may be set outside the workspace";

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

export function moduleNode(path: readonly string[], modules: readonly Module[], own: boolean): Node {
  return {
    path,
    obscured: [],
    pieces: [],
    deferred: modules.map(deferredOf),
    declarations: modules.flatMap(({ options, syntax }) =>
      options === undefined ? [] : [{ thunk: options, shape: syntax?.options }],
    ),
    own,
    freeform: own ? freeformOf(modules) : undefined,
  };
}

function freeformOf(modules: readonly Module[]): DeclaredType | undefined {
  const [type, ...others] = modules.flatMap(({ freeformType }) => freeformType ?? []);
  if (type === undefined) return undefined;
  return others.length === 0 ? declaredType(type.force()) : { kind: "unknown" };
}

/** By module: after an edit all others stand in a new tree too. */
const DEFERRED = new WeakMap<Module, { readonly rank: number; readonly deferred: Deferred }>();

export function deferredOf(module: Module, rank: number): Deferred {
  const known = DEFERRED.get(module);
  if (known?.rank === rank) return known.deferred;
  const { config, applies, syntax, displaced = false } = module;
  const piece: Piece = { ...plainPiece(config, rank), applies, displaced };
  const deferred = new Deferred(
    () => syntax?.config,
    () => ({ pieces: [piece], obscured: [], sites: [] }),
  );
  DEFERRED.set(module, { rank, deferred });
  return deferred;
}

/** What the type of a set says of its attributes. */
export interface Elements {
  readonly type: DeclaredType;
  /** True if an attribute whose definitions do not apply is there all the same (`lazyAttrsOf`). */
  readonly lazy: boolean;
}

/**
 * The set of everything below a node; `elements` is undefined where each attribute has a declaration of its own. It stays open
 * where others may define more.
 */
export function setOf(node: Node, tree: OptionTree, elements: Elements | undefined): AttrsValue {
  const noted = (path: readonly string[], value: Thunk) => attributeNow(path, value, tree);
  let below: Attributes | undefined;
  const read = (): Pick<AttrsValue, "entries" | "open" | "rest"> => {
    const now = successorOf(node.path, tree);
    if (now?.kind === "attrs" && TREE_SETS.has(now)) return now;
    below ??= new Attributes(node, tree, elements, noted);
    return below;
  };
  const value: AttrsValue = {
    kind: "attrs",
    get open() {
      if (!node.own) return OUTSIDE;
      const { open } = read();
      tree.note(node.path, { open });
      return open;
    },
    get entries() {
      return read().entries;
    },
    get rest() {
      return read().rest;
    },
  };
  TREE_SETS.add(value);
  return value;
}

/** What took the place of a node after an edit. */
function successorOf(path: readonly string[], { successor }: OptionTree): Value | undefined {
  const root = successor();
  return root && valueAt(root, path);
}

/** The value of an attribute, as it is now. */
function attributeNow(path: readonly string[], value: Thunk, tree: OptionTree): Value {
  const now = successorOf(path, tree);
  if (now !== undefined) return now;
  const found = value.force();
  tree.note(path, TREE_SETS.has(found) ? { isSet: true } : { value: found });
  return found;
}

/** Sets of the tree: what is read in them is noted there, not where they stand. */
const TREE_SETS = new WeakSet<Value>();
