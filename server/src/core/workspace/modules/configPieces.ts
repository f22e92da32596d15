// Definitions on their way down to an option: the marks of the module system taken off, the strongest picked.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrSite, AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import { type Applies, both } from "./collect.js";
import { joinedLists } from "./joinedLists.js";
import { sameValue } from "./merge.js";
import type { Shape } from "./moduleSyntax.js";
import {
  DISPLACED,
  type MarksOff,
  MISPLACED,
  PLAIN_PRIORITY,
  type Property,
  property,
  takenOff,
} from "./properties.js";

/** One definition, at whatever depth it stands now. */
export interface Piece {
  readonly thunk: Thunk;
  readonly priority: number;
  readonly order: number;
  /** Place of its module in the host's list. */
  readonly rank: number;
  readonly applies: Applies;
  readonly marksOff: MarksOff;
  /** As of its module. */
  readonly displaced?: boolean;
}

/** A definition as it is written, of normal priority and order. */
export function plainPiece(thunk: Thunk, rank = 0): Piece {
  return { thunk, priority: PLAIN_PRIORITY, order: 1000, rank, applies: "yes", marksOff: "none" };
}

/** A definition without marks. */
export interface Defined {
  readonly value: Value;
  readonly piece: Piece;
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
  readonly leaves: readonly Defined[];
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
    if (mark !== undefined && mark.kind !== "other") {
      const marksOff = takenOff(mark.kind, piece.marksOff);
      if (marksOff === undefined) {
        leaves.push({ value: MISPLACED, piece });
        obscured.push({ reason: MISPLACED.reason, priority: piece.priority });
      } else todo.push(...without(mark, { ...piece, marksOff }));
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

/** What is known of a place: definitions, those that are evaluated if it is read, and why there may be more. */
export interface Place extends Pick<Expanded, "pieces" | "obscured"> {
  readonly deferred: readonly Deferred[];
}

/** All definitions at a place with their marks still on. */
export function expanded({ pieces, obscured, deferred }: Place): Pick<Expanded, "pieces" | "obscured"> {
  const others = deferred.map((one) => one.expand());
  return {
    pieces: [...pieces, ...others.flatMap((one) => one.pieces)],
    obscured: [...obscured, ...others.flatMap((one) => one.obscured)],
  };
}

/** The same without, evaluated as far as needed to tell sets from values. */
export function settle(place: Place): PushedDown {
  return pushDown(expanded(place));
}

function without(mark: Exclude<Property, { readonly kind: "other" }>, piece: Piece): readonly Piece[] {
  switch (mark.kind) {
    case "if":
      return [{ ...piece, thunk: mark.content, applies: both(piece.applies, mark.applies) }];
    case "merge":
      return mark.contents.toReversed().map((thunk) => ({ ...piece, thunk }));
    case "override":
      return [{ ...piece, thunk: mark.content, priority: mark.priority }];
    case "order":
      return [{ ...piece, thunk: mark.content, order: mark.priority }];
  }
}

/** The definitions of an option that count, in the order in which they are merged. */
export interface Counting {
  readonly definitions: readonly Defined[];
  /** Why more may count, at which priority within the option. */
  readonly obscured: PushedDown["obscured"];
  /** True if these definitions are all and count for certain. */
  readonly certain: boolean;
}

/** Of definitions at several priorities only the strongest count; one that a stronger one may override may count. */
export function counting({ sets, leaves, obscured }: PushedDown): Counting {
  const all: readonly Defined[] = [...sets.map(({ set, piece }) => ({ value: set, piece })), ...leaves];
  const priorities = (applies: Applies) =>
    all.filter(({ piece }) => piece.applies === applies).map(({ piece }) => piece.priority);
  const strongest = Math.min(...priorities("yes"));
  const rival = Math.min(...priorities("maybe"), ...obscured.map(({ priority }) => priority));
  const definitions = all
    .filter(({ piece }) => piece.priority <= strongest)
    .map((one) => (rival < strongest ? { ...one, piece: { ...one.piece, applies: "maybe" as const } } : one))
    .toSorted((a, b) => a.piece.order - b.piece.order || a.piece.rank - b.piece.rank);
  const others = obscured
    .filter(({ priority }) => priority <= strongest)
    .map(({ reason, priority }) => ({ reason, priority: priority < strongest ? 0 : PLAIN_PRIORITY }));
  const isPlaced = definitions.length < 2 || !definitions.some(({ piece }) => piece.displaced);
  const certain = others.length === 0 && isPlaced && definitions.every(({ piece }) => piece.applies === "yes");
  return { definitions, obscured: others, certain };
}

/** The same as definitions of what stands in them: marks and places count anew below an option. */
export function inOption({ value, piece }: Defined, rank: number): Piece {
  return { ...plainPiece({ force: () => value }, rank), applies: piece.applies };
}

/** The value of the strongest definitions; undefined if there is none at all. */
export function strongest(
  leaves: PushedDown["leaves"],
  obscured: PushedDown["obscured"],
  evaluator: Evaluator,
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
    return used.some(({ piece }) => piece.displaced) ? evaluator.unknown(DISPLACED) : joinedLists(ordered);
  return used.every((one) => sameValue(one.value, value)) ? value : evaluator.unknown("conflicting definitions");
}
