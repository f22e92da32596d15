// What the type of an option that the workspace declares makes of its definitions.
import type { AttrsValue, ListValue, Thunk, Value } from "../../evaluate/value.js";
import {
  type Counting,
  counting,
  type Defined,
  expanded,
  inOption,
  type Piece,
  plainPiece,
  pushDown,
  settle,
} from "./configPieces.js";
import { cutList, joinedLists } from "./joinedLists.js";
import { sameValue } from "./merge.js";
import type { ModuleList } from "./moduleList.js";
import { accepts, type DeclaredType, declaredType } from "./optionTypes.js";
import { type Elements, moduleNode, type Node, type OptionTree, setOf } from "./optionTree.js";
import { PLAIN_PRIORITY, property } from "./properties.js";

/** The tree, and what its typed values are made by. */
export interface TypedTree extends OptionTree {
  /** Lists the modules of a submodule, whose `config` is given. */
  readonly listSubmodule: (modules: readonly Thunk[], config: Thunk, name: string) => ModuleList;
  /** Why a module that hands on definitions of another option (`mkRenamedOptionModule`) may set one; undefined if none does. */
  readonly forwardedTo: (path: readonly string[]) => string | undefined;
}

/** Source: nixpkgs lib/modules.nix, `mkOptionDefault`. */
const DEFAULT_PRIORITY = 1500;
const CONDITION = "hangs on a condition that is not known";

/** An option that the workspace declares: its definitions merged by type, else its default; then its `apply`. */
export function optionValue(node: Node, option: AttrsValue, tree: TypedTree): Value {
  const { evaluator } = tree;
  const forwarded = tree.forwardedTo(node.path);
  if (forwarded !== undefined) return evaluator.unknown(forwarded);
  const type = declaredType(option.entries.get("type")?.thunk.force());
  const fallback = option.entries.get("default")?.thunk;
  const pieces = fallback ? [defaultPiece(fallback)] : [];
  const value = typedValue({ ...node, own: true, pieces: [...node.pieces, ...pieces] }, type, tree);
  const apply = option.entries.get("apply")?.thunk.force();
  return apply === undefined ? value : evaluator.call(apply, evaluator.of(value));
}

/** A default is a definition like others, only weaker. */
function defaultPiece(thunk: Thunk): Piece {
  return { ...plainPiece(thunk), priority: DEFAULT_PRIORITY, marksOff: "override" };
}

/** The definitions of a node, merged as its type does. */
export function typedValue(node: Node, type: DeclaredType, tree: TypedTree): Value {
  const { evaluator } = tree;
  switch (type.kind) {
    case "unknown":
      return evaluator.unknown("its type may change it");
    case "module":
      return moduleValue(node, tree);
    case "last":
      return lastDefinition(node, tree);
    case "checked":
      return typedValue(node, type.element, tree);
    case "raw":
    case "attrs":
    case "unspecified":
    case "single":
      return onlySet(node) ?? mergedValue(node, type, tree);
    default:
      return mergedValue(node, type, tree);
  }
}

function mergedValue(node: Node, type: DeclaredType, tree: TypedTree): Value {
  const found = counting(settle(node));
  const known = found.definitions.filter(({ value }) => value.kind !== "unknown");
  const [first, ...others] = known;
  const isSettled = found.certain && known.length === found.definitions.length;
  const unsettled = () => whyUnsettled(found, tree);
  if (found.definitions.length === 0) return emptyValue(node, type, found, tree);
  if (first === undefined) return unsettled();
  const values = known.map(({ value }) => value);
  const areSets = values.every((value) => value.kind === "attrs");
  const below = (elements: Elements) => setOf(within(node, known, found), tree, elements);
  const agreed = () =>
    isSettled && others.every(({ value }) => sameValue(value, first.value)) ? first.value : unsettled();
  switch (type.kind) {
    case "attrsOf":
      return areSets ? below({ type: type.element, lazy: type.lazy }) : unsettled();
    case "submodule":
      return submoduleValue(node, type, known, found, tree) ?? unsettled();
    case "listOf": {
      const list = isSettled ? joined(values) : undefined;
      return list === undefined ? unsettled() : elementsValue(node, list, type.element, tree);
    }
    case "nullOr":
      if (isSettled && values.every(({ kind }) => kind === "null")) return first.value;
      return typedValue(node, type.element, tree);
    case "either": {
      const chosen = isSettled || areSets ? chosenType(type.types, values) : undefined;
      return chosen === undefined ? unsettled() : typedValue(node, chosen, tree);
    }
    case "joined":
      return isSettled ? (joinedStrings(values, type.separator, tree) ?? unsettled()) : unsettled();
    case "boolByOr":
      return isSettled ? (anyTrue(values) ?? unsettled()) : unsettled();
    case "raw":
      // No option of this type takes several; those that are handed on raw are lists or sets of raw values.
      if (areSets && others.length > 0) return below({ type, lazy: true });
      return (isSettled && others.length > 0 ? joined(values) : undefined) ?? agreed();
    case "attrs":
      return areSets ? below({ type: { kind: "last" }, lazy: true }) : unsettled();
    case "unspecified":
      if (isSettled && others.length === 0) return first.value;
      if (areSets) return below({ type: { kind: "last" }, lazy: true });
      return isSettled ? (untyped(values, tree) ?? agreed()) : unsettled();
    case "anything":
      if (areSets && !values.some(isStringLike)) return below({ type, lazy: false });
      return values.some(hasMarkedElement) ? unsettled() : agreed();
    default:
      return agreed();
  }
}

/** Why definitions make no value, as the value. */
function whyUnsettled({ definitions, obscured }: Counting, { evaluator }: TypedTree): Value {
  const [first, ...others] = definitions;
  // An unknown value obscures its own place; said so, it keeps what it was called with.
  if (others.length === 0 && first?.value.kind === "unknown" && first.piece.applies === "yes") return first.value;
  const [hidden] = obscured;
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  const isCertain = definitions.every(({ piece }) => piece.applies === "yes");
  return evaluator.unknown(isCertain ? "conflicting definitions" : CONDITION);
}

/** What an option is that nobody defines. */
function emptyValue(node: Node, type: DeclaredType, found: Counting, tree: TypedTree): Value {
  const { evaluator } = tree;
  const [hidden] = found.obscured;
  if (type.kind === "attrsOf") return setOf(within(node, [], found), tree, { type: type.element, lazy: type.lazy });
  if (type.kind === "submodule")
    return submoduleValue(node, type, [], found, tree) ?? evaluator.unknown("defined by nobody");
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  if (type.kind === "listOf") return { kind: "list", items: [] };
  if (type.kind === "nullOr") return { kind: "null" };
  return type.kind === "attrs"
    ? { kind: "attrs", entries: new Map() }
    : evaluator.unknown("the option has no value and no default");
}

/** The node with its definitions as those of the attributes in them. */
function within(node: Node, definitions: readonly Defined[], { obscured }: Counting): Node {
  return { ...node, pieces: definitions.map(inOption), deferred: [], obscured };
}

/** The one definition of a place as it is written, be it a set that is known in part; undefined if there are more, or marks on it. */
function onlySet(node: Node): Value | undefined {
  const { pieces: all, obscured } = expanded(node);
  const defined = all.filter(({ priority }) => priority < DEFAULT_PRIORITY);
  const [only, ...others] = defined.length > 0 ? defined : all;
  if (only === undefined || others.length > 0 || only.applies !== "yes") return undefined;
  const value = obscured.length === 0 ? only.thunk.force() : undefined;
  return value?.kind === "attrs" && property(value) === undefined ? value : undefined;
}

/** What `types.deferredModule` makes of its definitions: a module that imports them. */
export function moduleValue(node: Node, { evaluator }: OptionTree): Value {
  const items = expanded(node).pieces.map(({ thunk }) => thunk);
  return evaluator.attrs([["imports", evaluator.of({ kind: "list", items })]]);
}

/** What stands at an attribute after sets were updated one by the other. */
function lastDefinition(node: Node, { evaluator }: TypedTree): Value {
  const { pieces, obscured } = expanded(node);
  const [last] = pieces.toSorted((a, b) => b.rank - a.rank);
  const [hidden] = obscured;
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  return last?.applies === "yes" ? last.thunk.force() : evaluator.unknown(CONDITION);
}

type Submodule = DeclaredType & { readonly kind: "submodule" };

/** Undefined where a definition is no module. */
function submoduleValue(
  node: Node,
  type: Submodule,
  definitions: readonly Defined[],
  { obscured }: Counting,
  tree: TypedTree,
): Value | undefined {
  const { evaluator } = tree;
  // nixpkgs fails on an order here: its function of a definition takes no other attributes.
  if (definitions.some(({ value, piece }) => accepts(type, value) !== true || piece.marksOff === "order"))
    return undefined;
  const sets = definitions.filter(({ value }) => value.kind === "attrs" && type.shorthand);
  const modules = definitions.filter((one) => !sets.includes(one));
  if (modules.some(({ piece }) => piece.applies !== "yes")) return undefined;
  const name = node.path.at(-1) ?? "";
  const value: Thunk = evaluator.lazy(() => {
    const roots = [...type.modules, ...modules.map((one) => evaluator.of(one.value))];
    const list = tree.listSubmodule(roots, value, name);
    const below = moduleNode(node.path, list.modules, true);
    const unresolved = list.unresolved.map(({ reason }) => ({ reason, priority: PLAIN_PRIORITY }));
    // Modules are merged from the last to the first, and those that the type imports come after definitions.
    const pieces = sets.map((one, i) => inOption(one, list.modules.length + sets.length - i));
    return setOf(
      { ...below, pieces: [...below.pieces, ...pieces], obscured: [...obscured, ...unresolved] },
      tree,
      undefined,
    );
  });
  return value.force();
}

/** One list after the other; undefined if not all are lists. */
function joined(values: readonly Value[]): ListValue | undefined {
  const lists = values.filter((value) => value.kind === "list");
  return lists.length === values.length ? joinedLists(lists) : undefined;
}

/** A list whose elements are options of a type. */
function elementsValue(node: Node, list: ListValue, type: DeclaredType, tree: TypedTree): Value {
  const items: Thunk[] = [];
  for (const [i, item] of list.items.entries()) {
    const piece = plainPiece(item);
    const value = item.force();
    if (value.kind === "attrs" && property(value) !== undefined) {
      const { definitions, certain } = counting(pushDown({ pieces: [piece], obscured: [] }));
      if (definitions.length === 0) continue;
      if (!certain) return cutList(list, items, i, CONDITION);
    }
    const element: Node = { ...node, pieces: [piece], deferred: [], obscured: [], freeform: undefined };
    const typed = tree.evaluator.lazy(() => typedValue(element, type, tree));
    items.push({ force: () => typed.force(), expr: item.expr, source: item.source });
  }
  return { ...list, items };
}

/** Of the types that a value may have, the one that all definitions are; undefined where that is not known. */
function chosenType(types: readonly DeclaredType[], values: readonly Value[]): DeclaredType | undefined {
  for (const [i, type] of types.entries()) {
    const verdicts = values.map((value) => accepts(type, value));
    if (verdicts.every((verdict) => verdict === true)) return type;
    if (verdicts.includes(false)) continue;
    const others = types.slice(i + 1).filter((other) => values.every((value) => accepts(other, value) !== false));
    return type.kind === "single" && others.every(({ kind }) => kind === "single") ? type : undefined;
  }
  return undefined;
}

function joinedStrings(values: readonly Value[], separator: string, { evaluator }: TypedTree): Value | undefined {
  const [first, ...others] = values;
  if (others.length === 0 && first?.kind === "string") return first;
  const strings = values.flatMap((value) => (value.kind === "string" ? [value.value] : []));
  return strings.length === values.length ? evaluator.text(strings.join(separator)) : undefined;
}

function anyTrue(values: readonly Value[]): Value | undefined {
  const bools = values.flatMap((value) => (value.kind === "bool" ? [value.value] : []));
  return bools.length === values.length ? { kind: "bool", value: bools.includes(true) } : undefined;
}

/** Several definitions of an option without a type, that are no sets. Source: nixpkgs lib/options.nix, `mergeDefaultOption`. */
function untyped(values: readonly Value[], tree: TypedTree): Value | undefined {
  return joined(values) ?? joinedStrings(values, "", tree) ?? anyTrue(values);
}

/** Derivations, flakes and the like, which `types.anything` does not look into. */
function isStringLike(value: Value): boolean {
  return value.kind === "attrs" && (value.entries.has("outPath") || value.entries.has("__toString"));
}

function hasMarkedElement(value: Value): boolean {
  return (
    value.kind === "list" &&
    value.items.some((item) => {
      const element = item.force();
      return element.kind === "attrs" && property(element) !== undefined;
    })
  );
}
