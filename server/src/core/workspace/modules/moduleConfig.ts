// The `config` argument of modules: options that the workspace declares or sets, merged where something reads them.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import { type Piece, type PushedDown, strongest } from "./configPieces.js";
import type { Module } from "./module.js";
import type { ModuleList } from "./moduleList.js";
import { type DeclaredType, declaredType } from "./optionTypes.js";
import { moduleNode, type Node, OUTSIDE, type OptionTree, setOf, settle } from "./optionTree.js";
import { PLAIN_PRIORITY, property } from "./properties.js";

/** How the option at a path takes its definitions where nobody in the workspace declares it. */
export type Handling =
  /** A value that is handed on as it is written (outputs of a flake). */
  | "raw"
  /** Modules: several definitions become one module that imports them all. */
  | "module"
  /** A tree of values: sets are merged, all else is handed on as it is written. */
  | "tree"
  | undefined;

export interface ConfigInput extends Pick<OptionTree, "evaluator" | "note" | "successor"> {
  readonly modules: readonly Module[];
  readonly handlingOf: (path: readonly string[]) => Handling;
  /** Lists the modules of a submodule, whose `config` is given. */
  readonly listSubmodule: (modules: readonly Thunk[], config: Thunk, name: string) => ModuleList;
}

/** The tree, and what its values are made by. */
type Config = OptionTree & Pick<ConfigInput, "handlingOf" | "listSubmodule">;

/** Options of nixpkgs whose value is one plain string, so that a definition at normal priority is the value. */
const PLAIN_STRINGS = new Set([
  ...["networking.hostName", "networking.domain", "networking.hostId", "system.stateVersion", "time.timeZone"],
  ...["nixpkgs.system", "home.username", "home.homeDirectory", "home.stateVersion", "i18n.defaultLocale"],
]);

/** `config` as modules see it, computed where something reads it. */
export function configTree({ modules, ...input }: ConfigInput): Value {
  const config: Config = {
    ...input,
    valueOf: (node, element) => (element === undefined ? nodeValue(node, config) : typedValue(node, element, config)),
  };
  return setOf(moduleNode([], modules, false), config, undefined);
}

function nodeValue(node: Node, config: Config): Value {
  const { evaluator } = config;
  for (const { thunk, shape } of node.declarations) {
    if (shape !== undefined) continue;
    const value = thunk.force();
    if (value.kind === "attrs" && property(value)?.kind === "other") return optionValue(node, value, config);
    if (value.kind === "unknown") return evaluator.unknown(value.reason);
  }
  if (node.declarations.length > 0) return setOf(node, config, undefined);
  const handling = node.own ? "raw" : config.handlingOf(node.path);
  if (handling === "module") return moduleValue(node, evaluator);
  if (handling === "raw") return typedValue(node, { kind: "raw" }, config);
  // The shape of a function is that of what it gives, which is no set of the tree.
  if (handling !== "tree" && node.deferred.some(({ shape }) => shape !== undefined))
    return setOf(node, config, undefined);
  const { sets, leaves, obscured } = settle(node);
  if (sets.length > 0) return setOf(node, config, undefined);
  const value = strongest(leaves, obscured, evaluator);
  if (value === undefined) return evaluator.unknown(OUTSIDE);
  if (handling === "tree") return value;
  const weakest = Math.max(...leaves.map(({ piece }) => piece.priority));
  const plain =
    value.kind === "bool" ||
    value.kind === "int" ||
    (value.kind === "string" && PLAIN_STRINGS.has(node.path.join(".")));
  return value.kind === "unknown" || (plain && weakest <= PLAIN_PRIORITY) ? value : evaluator.unknown(OUTSIDE);
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
function optionValue(node: Node, option: AttrsValue, config: Config): Value {
  const { evaluator } = config;
  const type = declaredType(option.entries.get("type")?.thunk.force());
  const fallback = option.entries.get("default")?.thunk;
  // A default is a definition like others, only weaker.
  const own: Node = { ...node, own: true };
  const pieces: readonly Piece[] = fallback
    ? [{ thunk: fallback, priority: 1500, order: 1000, rank: 0, applies: "yes" }]
    : [];
  const value = typedValue({ ...own, pieces: [...own.pieces, ...pieces] }, type, config);
  const apply = option.entries.get("apply")?.thunk.force();
  return apply === undefined ? value : evaluator.call(apply, evaluator.of(value));
}

/** The definitions of a node, merged as its type does. */
function typedValue(node: Node, type: DeclaredType, config: Config): Value {
  const { evaluator } = config;
  if (type.kind === "module") return moduleValue(node, evaluator);
  if (type.kind === "submodule") return submoduleValue(node, type.modules, config);
  if (type.kind === "coerced") return evaluator.unknown("its type (coercedTo) may change it");
  const whole = type.kind === "raw" ? onlyDefinition(node) : undefined;
  if (whole !== undefined) return whole;
  const pushed = settle(node);
  const strongestSets = strongestPieces(pushed);
  const isSet = pushed.sets.length > 0 && pushed.leaves.every(({ value }) => value.kind === "unknown");
  switch (type.kind) {
    case "attrsOf":
      if (pushed.leaves.length > 0 && pushed.sets.length === 0) break;
      return setOf({ ...node, pieces: strongestSets, deferred: [] }, config, type.element);
    case "anything":
      if (isSet) return setOf({ ...node, pieces: strongestSets, deferred: [] }, config, type);
      break;
    case "nullOr": {
      const value = pushed.sets.length === 0 ? strongest(pushed.leaves, pushed.obscured, evaluator) : undefined;
      return value?.kind === "null" ? value : typedValue(node, type.element, config);
    }
    case "raw":
    case "single":
    case "unknown": {
      const [only, ...others] = [...pushed.sets.map(({ set, piece }) => ({ value: set, piece })), ...pushed.leaves];
      if (only !== undefined && others.length === 0 && only.piece.applies === "yes" && pushed.obscured.length === 0)
        return type.kind === "unknown" && !isScalar(only.value) ? opened(only.value) : only.value;
      if (isSet) return setOf({ ...node, pieces: strongestSets, deferred: [] }, config, type);
      break;
    }
  }
  const value = strongest(pushed.leaves, pushed.obscured, evaluator, type.kind === "lines");
  if (value === undefined) return evaluator.unknown("the option has no value and no default");
  if (type.kind !== "listOf" || value.kind !== "list") return value;
  const items = value.items.map((item): Thunk => {
    const element: Node = {
      ...node,
      pieces: [{ thunk: item, priority: PLAIN_PRIORITY, order: 1000, rank: 0, applies: "yes" }],
      deferred: [],
      obscured: [],
    };
    const typed = evaluator.lazy(() => typedValue(element, type.element, config));
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

function submoduleValue(node: Node, modules: readonly Thunk[], config: Config): Value {
  const { evaluator } = config;
  const { leaves, sets, obscured } = settle(node);
  if (sets.length === 0 && leaves.length > 0) {
    const functions = leaves.filter(({ value }) => value.kind === "function").map(({ piece }) => piece.thunk);
    if (functions.length < leaves.length) return strongest(leaves, obscured, evaluator) ?? evaluator.unknown(OUTSIDE);
    return submoduleValue({ ...node, pieces: [], deferred: [] }, [...modules, ...functions], config);
  }
  const name = node.path.at(-1) ?? "";
  const value: Thunk = evaluator.lazy(() => {
    const list = config.listSubmodule(modules, value, name);
    const below = moduleNode(node.path, list.modules, true);
    const unresolved = list.unresolved.map(({ reason }) => ({ reason, priority: PLAIN_PRIORITY }));
    const pieces = sets.map(({ set, piece }) => ({ ...piece, thunk: { force: (): Value => set } }));
    return setOf(
      { ...below, pieces: [...below.pieces, ...pieces], obscured: [...obscured, ...unresolved] },
      config,
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
