// A list of texts as it stands in a value.
import type { Value } from "../../evaluate/value.js";

/** The texts of a list, if all of it is known; of none if there is no list. */
export function textsIn(value: Value | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (value.kind !== "list" || value.openTail !== undefined) return undefined;
  const items = value.items.map((item) => item.force());
  return items.every((item) => item.kind === "string") ? items.map((item) => item.value) : undefined;
}
