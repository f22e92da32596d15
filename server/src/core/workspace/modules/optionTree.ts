// The tree of options that a host's modules define and declare: lazy sets, each attribute worked out where something reads it.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { Attr, AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import type { Applies } from "./collect.js";
import { attributeOf, Deferred, type Piece, type PushedDown, pushDown } from "./configPieces.js";
import type { Sight } from "./configReads.js";
import { LazyEntries } from "./lazyEntries.js";
import type { Module } from "./module.js";
import type { Shape } from "./moduleSyntax.js";
import type { DeclaredType } from "./optionTypes.js";
import { PLAIN_PRIORITY, property } from "./properties.js";

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
}

/** An option, or a set of options; the latter for certain where its syntax tells a shape. */
interface Declaration {
  readonly thunk: Thunk;
  readonly shape: Shape | undefined;
}

export const OUTSIDE = "may be set outside the workspace";
const MAX_DEPTH = 64;

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
  };
}

/** By module: after an edit all others stand in a new tree too. */
const DEFERRED = new WeakMap<Module, { readonly rank: number; readonly deferred: Deferred }>();

function deferredOf(module: Module, rank: number): Deferred {
  const known = DEFERRED.get(module);
  if (known?.rank === rank) return known.deferred;
  const { config, applies, syntax } = module;
  const piece: Piece = { thunk: config, priority: PLAIN_PRIORITY, order: 1000, rank, applies, marksOff: "none" };
  const deferred = new Deferred(
    () => syntax?.config,
    () => ({ pieces: [piece], obscured: [], sites: [] }),
  );
  DEFERRED.set(module, { rank, deferred });
  return deferred;
}

/** All definitions at a place, evaluated as far as needed to tell sets from values. */
export function settle(node: Node): PushedDown {
  const expanded = node.deferred.map((one) => one.expand());
  return pushDown({
    pieces: [...node.pieces, ...expanded.flatMap(({ pieces }) => pieces)],
    obscured: [...node.obscured, ...expanded.flatMap(({ obscured }) => obscured)],
  });
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
  let below: Below | undefined;
  const read = (): Pick<AttrsValue, "entries" | "open" | "rest"> => {
    const now = successorOf(node.path, tree);
    if (now?.kind === "attrs" && TREE_SETS.has(now)) return now;
    below ??= belowOf(node, tree, elements);
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

/** Sets of the tree: what is read in them is noted there, not where they stand. */
const TREE_SETS = new WeakSet<Value>();

interface Below {
  readonly entries: LazyEntries;
  readonly open: string | undefined;
  readonly rest: readonly AttrsValue[] | undefined;
}

function belowOf(node: Node, tree: OptionTree, elements: Elements | undefined): Below {
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
      optionsAt(declaration, name, tree.evaluator),
    );
    if (pieces.length + deferred.length + declarations.length === 0 || node.path.length > MAX_DEPTH) return undefined;
    const path = [...node.path, name];
    const child: Node = { path, pieces, deferred, declarations, obscured, own: node.own };
    const value = tree.evaluator.lazy(() => tree.valueOf(child, elements?.type));
    const force = () => {
      const now = successorOf(path, tree);
      if (now !== undefined) return now;
      const found = value.force();
      tree.note(path, TREE_SETS.has(found) ? { isSet: true } : { value: found });
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
  const presence = (name: string): Applies => {
    if (elements === undefined) return "yes";
    const { pieces } = attributeOf({ sets, obscured, leaves: [] }, name);
    return appliesOf(elements.lazy ? pieces : defined(pushDown({ pieces, obscured: [] })));
  };
  const entries = new LazyEntries(
    names,
    (name) => (presence(name) === "yes" ? make(name) : undefined),
    (name, isThere) => tree.note([...node.path, name], { isThere }),
    (all) => tree.note(node.path, { names: all }),
  );
  let possible: ReadonlyMap<string, Attr> | undefined;
  const mayBeThere = () => {
    possible ??= new Map(
      elements === undefined
        ? []
        : [...new Set(names())].flatMap((name): [string, Attr][] => {
            const attr = presence(name) === "maybe" ? make(name) : undefined;
            return attr === undefined ? [] : [[name, attr]];
          }),
    );
    return possible;
  };
  return {
    entries,
    get open(): string | undefined {
      if (obscured[0] !== undefined) return obscured[0].reason;
      const unsure = [...mayBeThere().keys()];
      return unsure.length === 0 ? undefined : `${unsure.join(", ")}: set under a condition that is not known`;
    },
    get rest(): readonly AttrsValue[] | undefined {
      return mayBeThere().size === 0 ? undefined : [{ kind: "attrs", entries: mayBeThere() }];
    },
  };
}

function defined({ sets, leaves }: PushedDown): readonly Piece[] {
  return [...sets, ...leaves].map(({ piece }) => piece);
}

/** Whether any of some definitions counts. */
function appliesOf(pieces: readonly Piece[]): Applies {
  if (pieces.some(({ applies }) => applies === "yes")) return "yes";
  return pieces.some(({ applies }) => applies === "maybe") ? "maybe" : "no";
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
