// Lists of words as settings take them: a Nix list of strings, or one string with blanks between, as nix.conf reads it; and as
// messages name them.
import type { Value } from "../../evaluate/value.js";
import type { Host } from "../../workspace/model.js";

/** All words of a value; undefined if one of them is not known. */
export function wordsOf(value: Value): readonly string[] | undefined {
  if (value.kind === "string") return value.value.split(/\s+/).filter((word) => word !== "");
  if (value.kind !== "list" || value.openTail !== undefined) return undefined;
  const words: string[] = [];
  for (const item of value.items) {
    const word = item.force();
    if (word.kind !== "string") return undefined;
    words.push(word.value);
  }
  return words;
}

/** The words of a list setting and of its `extra-` form together; none where neither is set, undefined if they are not all known. */
export function wordsOfSetting(host: Host, name: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const each of [name, `extra-${name}`]) {
    const state = host.setting(each);
    if (state.state === "unset") continue;
    const more = state.state === "known" ? wordsOf(state.value) : undefined;
    if (!more) return undefined;
    words.push(...more);
  }
  return words;
}

/** `a, b, c and 10 more`. */
export function someOf(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.slice(0, 3).join(", ") + more;
}
