// The `config` argument of a host's modules: options that the workspace declares or sets, read lazily while modules are evaluated.
import type { Evaluator } from "../evaluate/evaluator.js";
import type { Attr, AttrSite, AttrsValue, Thunk, Value } from "../evaluate/value.js";
import type { Applies } from "./collect.js";
import { sameValue } from "./merge.js";
import type { Module } from "./moduleList.js";
import { property } from "./properties.js";

/** One definition on its way down to an option. */
interface Piece {
  readonly thunk: Thunk;
  readonly priority: number;
  readonly order: number;
  readonly applies: Applies;
}

/** A place in the option tree with all that modules define there. */
interface Node {
  readonly path: readonly string[];
  readonly pieces: readonly Piece[];
  /** Why more may be defined here, at which strongest priority. */
  readonly obscured: readonly { readonly reason: string; readonly priority: number }[];
  readonly declarations: readonly Thunk[];
  readonly sites: readonly AttrSite[];
}

/** Options of nixpkgs whose value is one plain string, so that a definition at normal priority is the value. */
const PLAIN_STRINGS = new Set([
  ...["networking.hostName", "networking.domain", "networking.hostId", "system.stateVersion", "time.timeZone"],
  ...["nixpkgs.system", "home.username", "home.homeDirectory", "home.stateVersion", "i18n.defaultLocale"],
]);
const OUTSIDE = "may be set outside the workspace";
const MAX_DEPTH = 64;

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
}

/** `config` as modules see it, computed where something reads it. */
export function configArgument(input: ConfigInput): Thunk {
  let value: Value | undefined;
  return {
    force() {
      const modules = input.modules();
      if (modules === undefined) return input.evaluator.unknown("the list of modules hangs on `config`");
      value ??= setValue(
        {
          path: [],
          obscured: [],
          pieces: modules.map(({ config, applies }) => ({ thunk: config, priority: 100, order: 1000, applies })),
          declarations: modules.flatMap(({ options }) => options ?? []),
          sites: [],
        },
        input,
      );
      return value;
    },
  };
}

/** The set of everything below a node. Its names are read when somebody asks; it stays open, since nixpkgs declares more. */
function setValue(node: Node, input: ConfigInput): AttrsValue {
  let entries: Map<string, Attr> | undefined;
  return {
    kind: "attrs",
    open: OUTSIDE,
    get entries() {
      entries ??= children(node, input);
      return entries;
    },
  };
}

function children(node: Node, input: ConfigInput): Map<string, Attr> {
  const result = new Map<string, Attr>();
  if (node.path.length > MAX_DEPTH) return result;
  const { pieces, obscured } = pushDown(node);
  const parts = new Map<string, { pieces: Piece[]; declarations: Thunk[]; sites: AttrSite[] }>();
  const part = (name: string) => {
    const known = parts.get(name) ?? { pieces: [], declarations: [], sites: [] };
    parts.set(name, known);
    return known;
  };
  for (const { set, piece } of pieces)
    for (const [name, attr] of set.entries) {
      const { pieces: below, sites } = part(name);
      below.push({ ...piece, thunk: attr.thunk });
      sites.push(...attr.sites);
    }
  for (const declaration of node.declarations) {
    const value = declaration.force();
    if (value.kind !== "attrs" || property(value) !== undefined) continue;
    for (const [name, attr] of value.entries) part(name).declarations.push(attr.thunk);
  }
  for (const [name, { pieces: below, declarations, sites }] of parts) {
    const child: Node = { path: [...node.path, name], pieces: below, obscured, declarations, sites };
    result.set(name, { thunk: input.evaluator.lazy(() => nodeValue(child, input)), sites });
  }
  return result;
}

/** Takes the marks off a node's pieces: sets with their priority and condition, leaves, and what is not known. */
function pushDown(node: Node): {
  pieces: { set: AttrsValue; piece: Piece }[];
  leaves: { value: Value; piece: Piece }[];
  obscured: Node["obscured"];
} {
  const pieces: { set: AttrsValue; piece: Piece }[] = [];
  const leaves: { value: Value; piece: Piece }[] = [];
  const obscured = [...node.obscured];
  const todo = node.pieces.map((piece) => ({ value: undefined as Value | undefined, piece })).reverse();
  for (let next = todo.pop(), steps = 0; next !== undefined && steps < 10_000; next = todo.pop(), steps++) {
    const { piece } = next;
    if (piece.applies === "no") continue;
    const value = next.value ?? piece.thunk.force();
    const mark = value.kind === "attrs" ? property(value) : undefined;
    if (mark?.kind === "if") {
      const applies = mark.applies === "yes" ? piece.applies : mark.applies;
      todo.push({ value: undefined, piece: { ...piece, thunk: mark.content, applies } });
    } else if (mark?.kind === "merge") {
      for (const thunk of mark.contents.toReversed()) todo.push({ value: undefined, piece: { ...piece, thunk } });
    } else if (mark?.kind === "override") {
      todo.push({ value: undefined, piece: { ...piece, thunk: mark.content, priority: mark.priority } });
    } else if (mark?.kind === "order") {
      todo.push({ value: undefined, piece: { ...piece, thunk: mark.content, order: mark.priority } });
    } else if (value.kind === "attrs") {
      pieces.push({ set: value, piece });
      for (const rest of value.rest ?? []) todo.push({ value: rest, piece: { ...piece, applies: "maybe" } });
      if (value.open !== undefined && value.rest === undefined)
        obscured.push({ reason: value.open, priority: piece.priority });
    } else {
      if (value.kind === "unknown") {
        for (const one of value.alternatives ?? []) todo.push({ value: one, piece: { ...piece, applies: "maybe" } });
        if (value.alternatives === undefined) obscured.push({ reason: value.reason, priority: piece.priority });
      }
      leaves.push({ value, piece });
    }
  }
  return { pieces, leaves, obscured };
}

function nodeValue(node: Node, input: ConfigInput): Value {
  const { evaluator } = input;
  for (const declaration of node.declarations) {
    const value = declaration.force();
    if (value.kind === "attrs" && property(value)?.kind === "other") return optionValue(node, value, input);
    if (value.kind === "unknown") return evaluator.unknown(value.reason);
  }
  if (node.declarations.length > 0) return setValue(node, input);
  const shape = input.shapeOf(node.path);
  if (shape === "module") return moduleValue(node, evaluator);
  const { pieces, leaves, obscured } = pushDown(node);
  const [single, ...more] = [...pieces.map(({ set }) => set), ...leaves.map(({ value }) => value)];
  if (shape === "raw" && single !== undefined && more.length === 0) return single;
  if (pieces.length > 0) return setValue(node, input);
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

/** An option that the workspace declares: its definitions merged, else its default. */
function optionValue(node: Node, option: AttrsValue, input: ConfigInput): Value {
  const { evaluator } = input;
  if (option.entries.has("apply")) return evaluator.unknown("the option's `apply` changes it");
  const { pieces, leaves, obscured } = pushDown(node);
  if (pieces.length > 0 && leaves.every(({ value }) => value.kind === "unknown")) return setValue(node, input);
  const value = strongest(leaves, obscured, evaluator);
  if (value !== undefined) return value;
  const hidden = obscured[0];
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  const fallback = option.entries.get("default")?.thunk.force();
  if (fallback === undefined) return evaluator.unknown("the option has no value and no default");
  return fallback.kind === "attrs" ? { ...fallback, open: OUTSIDE } : fallback;
}

/** The value of the strongest definitions; undefined if there is none at all. */
function strongest(
  leaves: readonly { value: Value; piece: Piece }[],
  obscured: Node["obscured"],
  evaluator: Evaluator,
): Value | undefined {
  const [first] = leaves;
  if (first === undefined) return undefined;
  const certain = leaves.filter(({ piece }) => piece.applies === "yes");
  const priority = Math.min(...certain.map(({ piece }) => piece.priority));
  const hidden = obscured.find((part) => part.priority <= priority);
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  if (leaves.some(({ piece }) => piece.applies === "maybe" && piece.priority <= priority))
    return evaluator.unknown("hangs on a condition that is not known");
  const used = certain.filter(({ piece }) => piece.priority === priority);
  const value = used[0]?.value;
  if (value === undefined) return undefined;
  if (used.length === 1) return value;
  if (used.every((one) => one.value.kind === "list")) {
    const ordered = used.toSorted((a, b) => a.piece.order - b.piece.order);
    return { kind: "list", items: ordered.flatMap((one) => (one.value.kind === "list" ? one.value.items : [])) };
  }
  return used.every((one) => sameValue(one.value, value)) ? value : evaluator.unknown("conflicting definitions");
}
