// The `config` argument of modules: options that the workspace declares or sets, merged where something reads them.
import type { AttrsValue, Value } from "../../evaluate/value.js";
import { settle, strongest } from "./configPieces.js";
import type { Module } from "./module.js";
import { moduleNode, type Node, OUTSIDE, setOf } from "./optionTree.js";
import { PLAIN_PRIORITY, property } from "./properties.js";
import { moduleValue, optionValue, type TypedTree, typedValue } from "./typedValue.js";

/** How the option at a path takes its definitions where nobody in the workspace declares it. */
export type Handling =
  /** A value that is handed on as it is written (outputs of a flake). */
  | "raw"
  /** Modules: several definitions become one module that imports them all. */
  | "module"
  /** A tree of values: sets are merged, all else is handed on as it is written. */
  | "tree"
  | undefined;

export interface ConfigInput extends Omit<TypedTree, "valueOf"> {
  readonly modules: readonly Module[];
  /** True if nobody else declares or defines anything. */
  readonly own: boolean;
  readonly handlingOf: (path: readonly string[]) => Handling;
}

/** The tree, and what its values are made by. */
type Config = TypedTree & Pick<ConfigInput, "handlingOf">;

/** Options of nixpkgs whose value is one plain string, so that a definition at normal priority is the value. */
const PLAIN_STRINGS = new Set([
  ...["networking.hostName", "networking.domain", "networking.hostId", "system.stateVersion", "time.timeZone"],
  ...["nixpkgs.system", "home.username", "home.homeDirectory", "home.stateVersion", "i18n.defaultLocale"],
]);

/** `config` as modules see it, computed where something reads it. */
export function configTree({ modules, own, ...input }: ConfigInput): Value {
  const config: Config = {
    ...input,
    valueOf: (node, element) => (element === undefined ? nodeValue(node, config) : typedValue(node, element, config)),
  };
  return setOf(moduleNode([], modules, own), config, undefined);
}

function nodeValue(node: Node, config: Config): Value {
  const { evaluator } = config;
  const options: AttrsValue[] = [];
  for (const { thunk, shape } of node.declarations) {
    if (shape !== undefined) continue;
    const value = thunk.force();
    if (value.kind === "attrs" && property(value)?.kind === "other") options.push(value);
    if (value.kind === "unknown") return evaluator.unknown(value.reason);
  }
  const [option, ...others] = options;
  if (others.length > 0) return evaluator.unknown("declared more than once");
  if (option !== undefined) return optionValue(node, option, config);
  if (node.declarations.length > 0) return setOf(node, config, undefined);
  if (node.own && node.freeform !== undefined) return typedValue(node, node.freeform, config);
  const handling = node.own ? "raw" : config.handlingOf(node.path);
  if (handling === "module") return moduleValue(node, config);
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
