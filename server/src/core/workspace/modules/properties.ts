// The module system's marks on values: mkIf, mkMerge, mkOverride, mkOrder, as nixpkgs' lib writes them (`_type`).
import type { Evaluator } from "../../evaluate/evaluator.js";
import { cutList } from "./joinedLists.js";
import type { Attr, AttrsValue, ListValue, Thunk, UnknownValue, Value } from "../../evaluate/value.js";

export type Property =
  | { readonly kind: "if"; readonly applies: "yes" | "maybe" | "no"; readonly content: Thunk }
  | { readonly kind: "merge"; readonly contents: readonly Thunk[] }
  | { readonly kind: "override" | "order"; readonly priority: number; readonly content: Thunk }
  /** Marked otherwise: an option's declaration, a type, a package set. No definition lies in it. */
  | { readonly kind: "other"; readonly type: string };

/**
 * How far the marks of a definition have been taken off. At an option the module system looks for `mkIf` and `mkMerge`, then for one
 * `mkOverride`, then for one `mkOrder`; a mark that stands further in (`mkForce (mkIf …)`) is left in the value, which no type takes.
 * Source: nixpkgs lib/modules.nix, `mergeDefinitions`.
 */
export type MarksOff = "none" | "override" | "order";

/** What is taken off once this mark is; undefined if nobody looks for it any more. */
export function takenOff(mark: "if" | "merge" | "override" | "order", before: MarksOff): MarksOff | undefined {
  if (mark === "if" || mark === "merge") return before === "none" ? "none" : undefined;
  if (mark === "override") return before === "none" ? "override" : undefined;
  return before === "order" ? undefined : "order";
}

/** What a definition is whose marks stand so that the module system does not see them. */
export const MISPLACED: UnknownValue = {
  kind: "unknown",
  reason: "marked (mkIf, mkForce …) where the module system does not look",
  error: true,
};

/** Why a list is not known whose definitions come in an order that is not. */
export const DISPLACED = "the order hangs on a condition that is not known";

/** Priority of a definition without mkDefault, mkForce and the like. Source: nixpkgs lib/modules.nix, `defaultOverridePriority`. */
export const PLAIN_PRIORITY = 100;

/** What a set is marked as; undefined for a plain one. */
export function property(value: AttrsValue): Property | undefined {
  const mark = value.entries.get("_type")?.thunk.force();
  if (mark?.kind !== "string") return undefined;
  const content = value.entries.get("content")?.thunk;
  switch (mark.value) {
    case "if": {
      const condition = value.entries.get("condition")?.thunk.force();
      if (content === undefined) return undefined;
      return { kind: "if", applies: condition?.kind === "bool" ? (condition.value ? "yes" : "no") : "maybe", content };
    }
    case "merge": {
      const contents = value.entries.get("contents")?.thunk.force();
      return { kind: "merge", contents: contents === undefined ? [] : listed(contents) };
    }
    case "override":
    case "order": {
      const priority = value.entries.get("priority")?.thunk.force();
      if (content === undefined) return undefined;
      return {
        kind: mark.value,
        priority: priority?.kind === "int" ? Number(priority.value) : PLAIN_PRIORITY,
        content,
      };
    }
    default:
      return { kind: "other", type: mark.value };
  }
}

/** The items of a list, and what may be in it besides. */
function listed(value: Value): readonly Thunk[] {
  if (value.kind === "list") return [...value.items, ...(value.rest ?? []).map((rest) => ({ force: () => rest }))];
  return [{ force: () => value }];
}

/**
 * The value with its marks resolved, as the module system hands it on, where that needs no other definition;
 * what hangs on an unknown condition or on a merge is unknown.
 */
export function plainValue(value: Value, evaluator: Evaluator): Value {
  return resolve(value, evaluator) ?? evaluator.unknown("not set under a condition that is false");
}

/** Undefined if the value is not there at all (`mkIf false`). Sets below are resolved when they are read. */
function resolve(value: Value, evaluator: Evaluator): Value | undefined {
  if (value.kind === "list") {
    const present = presentElements(value);
    return { ...present, items: present.items.map((item) => later(item, evaluator)) };
  }
  if (value.kind !== "attrs") return value;
  const mark = property(value);
  switch (mark?.kind) {
    case undefined: {
      const entries = new Map<string, Attr>();
      for (const [name, attr] of value.entries)
        if (!isLeftOut(attr.thunk.force())) entries.set(name, { ...attr, thunk: later(attr.thunk, evaluator) });
      return { ...value, entries };
    }
    case "if":
      if (mark.applies === "maybe") return evaluator.unknown("hangs on a condition that is not known");
      return mark.applies === "no" ? undefined : resolve(mark.content.force(), evaluator);
    case "override":
    case "order":
      return resolve(mark.content.force(), evaluator);
    case "merge": {
      const present = mark.contents.filter((content) => !isLeftOut(content.force()));
      const [only, ...others] = present;
      if (only === undefined) return undefined;
      return others.length === 0
        ? resolve(only.force(), evaluator)
        : evaluator.unknown("merged from several definitions");
    }
    case "other":
      return value;
  }
}

/**
 * A list as `types.listOf` takes it: elements under a false condition are not there, the marks of others are taken off. It ends
 * where it is not known whether an element is there.
 */
export function presentElements(list: ListValue): ListValue {
  if (!list.items.some(isMarked)) return list;
  const items: Thunk[] = [];
  for (const [i, item] of list.items.entries()) {
    const found = isMarked(item) ? elementsOf(item) : [item];
    if (found === undefined) return cutList(list, items, i, "an element hangs on a condition that is not known");
    items.push(...found);
  }
  return { ...list, items };
}

function isMarked(item: Thunk): boolean {
  const value = item.force();
  const mark = value.kind === "attrs" ? property(value) : undefined;
  return mark !== undefined && mark.kind !== "other";
}

/** The element that a marked one stands for; undefined where it is not known whether there is one. */
function elementsOf(item: Thunk): readonly Thunk[] | undefined {
  let thunk = item;
  let marksOff: MarksOff | undefined = "none";
  for (let depth = 0; depth < 16; depth++) {
    const value = thunk.force();
    const mark = value.kind === "attrs" ? property(value) : undefined;
    if (mark === undefined || mark.kind === "other") return [thunk];
    marksOff = takenOff(mark.kind, marksOff);
    if (marksOff === undefined) return [{ force: () => MISPLACED }];
    if (mark.kind === "if" && mark.applies !== "yes") return mark.applies === "no" ? [] : undefined;
    if (mark.kind === "merge") {
      const [only, ...others] = mark.contents.filter((content) => !isLeftOut(content.force()));
      if (only === undefined) return [];
      if (others.length > 0) return [{ force: () => MERGED }];
      thunk = only;
    } else thunk = mark.content;
  }
  return undefined;
}
const MERGED: UnknownValue = { kind: "unknown", reason: "merged from several definitions" };

function later(thunk: Thunk, evaluator: Evaluator): Thunk {
  const resolved = evaluator.lazy(() => plainValue(thunk.force(), evaluator));
  return { force: () => resolved.force(), expr: thunk.expr, source: thunk.source };
}

function isLeftOut(value: Value): boolean {
  let inner = value;
  for (let depth = 0; depth < 16 && inner.kind === "attrs"; depth++) {
    const mark = property(inner);
    if (mark?.kind === "if" && mark.applies === "no") return true;
    if (mark === undefined || !("content" in mark)) return false;
    inner = mark.content.force();
  }
  return false;
}
