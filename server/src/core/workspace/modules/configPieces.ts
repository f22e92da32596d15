// Definitions on their way down to an option: the marks of the module system taken off, the strongest picked.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrSite, AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import type { Applies } from "./collect.js";
import { sameValue } from "./merge.js";
import type { Shape } from "./moduleSyntax.js";
import { property } from "./properties.js";

/** One definition, at whatever depth it stands now. */
export interface Piece {
  readonly thunk: Thunk;
  readonly priority: number;
  readonly order: number;
  /** Place of its module in the host's list. */
  readonly rank: number;
  readonly applies: Applies;
}

/** Definitions as they stand in modules, and where. */
export interface Expanded extends Pick<PushedDown, "obscured"> {
  readonly pieces: readonly Piece[];
  readonly sites: readonly AttrSite[];
}

/** A module's definitions at a place, evaluated where the place is read: once, for all trees that hold the module. */
export class Deferred {
  #expanded: Expanded | undefined;
  #pushed: PushedDown | undefined;
  #shape: { readonly known: Shape | undefined } | undefined;
  #below: Map<string, Deferred> | undefined;

  /** `shapeOf` tells the attributes that the syntax says there are; it may have to read what was put off. */
  constructor(
    readonly shapeOf: () => Shape | undefined,
    readonly find: () => Expanded,
  ) {}

  get shape(): Shape | undefined {
    this.#shape ??= { known: this.shapeOf() };
    return this.#shape.known;
  }

  expand(): Expanded {
    this.#expanded ??= this.find();
    return this.#expanded;
  }

  pushed(): PushedDown {
    this.#pushed ??= pushDown(this.expand());
    return this.#pushed;
  }

  /** Those of an attribute; undefined where the shape has none. */
  at(name: string): Deferred | undefined {
    const { shape } = this;
    if (shape?.has(name) !== true) return undefined;
    this.#below ??= new Map();
    let below = this.#below.get(name);
    if (below === undefined) {
      below = new Deferred(
        () => shape.child(name),
        () => attributeOf(this.pushed(), name),
      );
      this.#below.set(name, below);
    }
    return below;
  }
}

/** The definitions of one attribute among those of a set. */
export function attributeOf({ sets, obscured }: PushedDown, name: string): Expanded {
  const pieces: Piece[] = [];
  const sites: AttrSite[] = [];
  for (const { set, piece } of sets) {
    const attr = set.entries.get(name);
    if (attr === undefined) continue;
    pieces.push({ ...piece, thunk: attr.thunk });
    sites.push(...attr.sites);
  }
  return { pieces, obscured, sites };
}

export interface PushedDown {
  readonly sets: readonly { readonly set: AttrsValue; readonly piece: Piece }[];
  readonly leaves: readonly { readonly value: Value; readonly piece: Piece }[];
  /** Why more may be defined here, at which strongest priority. */
  readonly obscured: readonly { readonly reason: string; readonly priority: number }[];
}

const MAX_STEPS = 10_000;

/** Takes the marks off: sets and leaves with their priority and condition, and what is not known. */
export function pushDown(node: Pick<PushedDown, "obscured"> & { readonly pieces: readonly Piece[] }): PushedDown {
  const sets: { set: AttrsValue; piece: Piece }[] = [];
  const leaves: { value: Value; piece: Piece }[] = [];
  const obscured = [...node.obscured];
  const todo: Piece[] = node.pieces.toReversed();
  for (let piece = todo.pop(), steps = 0; piece !== undefined && steps < MAX_STEPS; piece = todo.pop(), steps++) {
    if (piece.applies === "no") continue;
    const value = piece.thunk.force();
    const mark = value.kind === "attrs" ? property(value) : undefined;
    if (mark?.kind === "if") {
      todo.push({ ...piece, thunk: mark.content, applies: mark.applies === "yes" ? piece.applies : mark.applies });
    } else if (mark?.kind === "merge") {
      for (const thunk of mark.contents.toReversed()) todo.push({ ...piece, thunk });
    } else if (mark?.kind === "override") {
      todo.push({ ...piece, thunk: mark.content, priority: mark.priority });
    } else if (mark?.kind === "order") {
      todo.push({ ...piece, thunk: mark.content, order: mark.priority });
    } else if (value.kind === "attrs") {
      sets.push({ set: value, piece });
      for (const rest of value.rest ?? []) todo.push({ ...piece, thunk: { force: () => rest }, applies: "maybe" });
      if (value.open !== undefined && value.rest === undefined)
        obscured.push({ reason: value.open, priority: piece.priority });
    } else {
      if (value.kind === "unknown") {
        for (const one of value.alternatives ?? [])
          todo.push({ ...piece, thunk: { force: () => one }, applies: "maybe" });
        if (value.alternatives === undefined) obscured.push({ reason: value.reason, priority: piece.priority });
      }
      leaves.push({ value, piece });
    }
  }
  return { sets, leaves, obscured };
}

/** The value of the strongest definitions; undefined if there is none at all. */
export function strongest(
  leaves: PushedDown["leaves"],
  obscured: PushedDown["obscured"],
  evaluator: Evaluator,
  joinsLines = false,
): Value | undefined {
  if (leaves.length === 0) return undefined;
  const certain = leaves.filter(({ piece }) => piece.applies === "yes");
  const priority = Math.min(...certain.map(({ piece }) => piece.priority));
  const used = certain.filter(({ piece }) => piece.priority === priority);
  const value = used[0]?.value;
  // An unknown value obscures its own place; said so, it keeps what it was called with.
  if (used.length === 1 && leaves.length === 1 && value?.kind === "unknown") return value;
  const hidden = obscured.find((part) => part.priority <= priority);
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  if (leaves.some(({ piece }) => piece.applies === "maybe" && piece.priority <= priority))
    return evaluator.unknown("hangs on a condition that is not known");
  if (value === undefined || used.length === 1) return value;
  const ordered = used
    .toSorted((a, b) => a.piece.order - b.piece.order || a.piece.rank - b.piece.rank)
    .map((one) => one.value);
  if (ordered.every((one) => one.kind === "list"))
    return { kind: "list", items: ordered.flatMap(({ items }) => items) };
  if (joinsLines && ordered.every((one) => one.kind === "string"))
    return evaluator.text(ordered.map((one) => one.value).join("\n"));
  return used.every((one) => sameValue(one.value, value)) ? value : evaluator.unknown("conflicting definitions");
}
