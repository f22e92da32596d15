// nix.conf text, in a file of its own or inside a Nix string: where the line of a definition stands, and edits of it.
import type { TextEdit } from "../text/edit.js";
import type { TextRange } from "../text/range.js";
import type { Definition } from "../workspace/model.js";
import { firstOnLine } from "./style.js";

interface TextLine {
  /** From the name to the end of the value. */
  readonly whole: TextRange;
  readonly name: TextRange;
  readonly value: TextRange;
}

/**
 * The line of a definition that came out of text. Inside a Nix string it is looked for, since escapes and indentation
 * move offsets; undefined where it is not there exactly once.
 */
export function textLine(def: Definition): TextLine | undefined {
  if (!def.source) return { whole: def.range, name: def.nameRange, value: def.valueRange };
  const name = def.attrPath.at(-1) ?? "";
  const text = def.source.text.slice(def.range.start, def.range.end);
  // A line begins after the opening quote or a newline, written out or escaped, and ends before one.
  const pattern =
    /(?:^(?:"|'')?|\n|\\n)[ \t]*([\w-]+)([ \t]*=[ \t]*)([^\n\r#\\"$']*?)(?=[ \t]*(?:#[^\n]*)?(?:\r?\n|\\n|"|''|$))/g;
  const [match, second] = [...text.matchAll(pattern)].filter((found) => found[1] === name);
  if (!match || second) return undefined;
  const [all, , between = "", value = ""] = match;
  const end = def.range.start + match.index + all.length;
  const start = end - value.length - between.length - name.length;
  return {
    whole: { start, end },
    name: { start, end: start + name.length },
    value: { start: end - value.length, end },
  };
}

/** Removes the line, in a file of its own with what stands behind it; inside a one-line string with the `\n` behind it. */
export function removeTextLine(def: Definition): TextEdit | undefined {
  if (def.inText?.line) return { file: def.file, range: def.inText.line, newText: "" };
  const line = textLine(def);
  if (!line || !def.source) return undefined;
  const { start, end } = line.whole;
  const { text } = def.source;
  const newline = text.indexOf("\n", end);
  const rest = text.slice(end, newline < 0 ? text.length : newline);
  if (firstOnLine(text, start) && /^[ \t]*(#.*)?\r?$/.test(rest)) {
    const range = { start: text.lastIndexOf("\n", start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
    return { file: def.file, range, newText: "" };
  }
  return { file: def.file, range: { start, end: end + (text.startsWith("\\n", end) ? 2 : 0) }, newText: "" };
}

/** A value of Nix as nix.conf writes it: `"auto"` -> auto, `[ "a" "b" ]` -> a b. Undefined if it can't stand there. */
export function toConfText(valueText: string): string | undefined {
  const items = /^\[([^[\]]*)\]$/.exec(valueText.trim())?.[1] ?? valueText;
  const plain = items.trim().replace(/"([^"\\$]*)"/g, "$1");
  return /["'\\$\n#]/.test(plain) ? undefined : plain.replace(/\s+/g, " ");
}
