// Lists of several definitions as one, with what may follow.
import type { ListValue, Thunk, Value } from "../../evaluate/value.js";

/** One list after the other. */
export function joinedLists(lists: readonly ListValue[]): ListValue {
  const items: Thunk[] = [];
  for (const [i, list] of lists.entries()) {
    items.push(...list.items);
    if (list.openTail !== undefined)
      return { kind: "list", items, openTail: list.openTail, rest: [...restOf(list), ...lists.slice(i + 1)] };
  }
  return { kind: "list", items };
}

/** A list up to an element of which it is not known whether it is there. */
export function cutList(list: ListValue, items: readonly Thunk[], from: number, reason: string): ListValue {
  const others: ListValue = { kind: "list", items: list.items.slice(from) };
  return { ...list, items, openTail: reason, rest: [others, ...restOf(list)] };
}

/** What may follow in a list after its items. */
function restOf({ openTail, rest }: ListValue): readonly Value[] {
  return rest ?? (openTail === undefined ? [] : [{ kind: "unknown", reason: openTail }]);
}
