// Lists by their items.

/** True for lists of the same items; both may be missing. */
export function sameItems(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((item, i) => item === b?.[i]) === true);
}
