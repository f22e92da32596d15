// nix.conf text to settings: for nix.conf files, `nix.extraOptions` and NIX_CONFIG. Nix's own reader (configuration.cc,
// `applyConfig`) is followed: `#` starts a comment anywhere, words are split at blanks, a later line wins.
import type { TextRange } from "../../text/range.js";

/** Stands in a text for what is not known (an interpolation); never part of Nix source. */
export const UNKNOWN_TEXT = "\uFFFC";

/** One line that sets something or includes a file. Ranges are offsets into the text that was read. */
export interface ConfLine extends TextRange {
  readonly kind: "setting" | "include" | "malformed";
  /** As written: an alias and the `extra-` prefix stay. For includes `include` or `!include`. */
  readonly name: string;
  /** Words joined by one blank, as Nix keeps them. */
  readonly value: string;
  readonly nameRange: TextRange;
  /** From the first word of the value to the last; empty at the line's end where there is no value. */
  readonly valueRange: TextRange;
  /** False if `value` holds a part that is not known. */
  readonly known: boolean;
}

export interface ConfText {
  readonly lines: readonly ConfLine[];
  /** True if an unknown part could hold whole lines, so that any setting may be set. */
  readonly open: boolean;
}

/** Reads a text. Lines that Nix refuses are `malformed`; blank lines and comments are left out. */
export function parseNixConf(text: string): ConfText {
  const lines: ConfLine[] = [];
  let open = false;
  let start = 0;
  while (start <= text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = confLine(text, start, end);
    if (line === "open") open = true;
    else if (line !== undefined) lines.push(line);
    start = end + 1;
  }
  return { lines, open };
}

function confLine(text: string, start: number, end: number): ConfLine | "open" | undefined {
  const raw = text.slice(start, end);
  const hash = raw.indexOf("#");
  const words: TextRange[] = [];
  for (const word of (hash < 0 ? raw : raw.slice(0, hash)).matchAll(/[^ \t\r\n]+/g))
    words.push({ start: start + word.index, end: start + word.index + word[0].length });
  const [first, second] = words;
  if (first === undefined) return undefined;
  const word = (range: TextRange | undefined) => (range === undefined ? "" : text.slice(range.start, range.end));
  const name = word(first);
  if (name.includes(UNKNOWN_TEXT)) return "open";
  const last = words.at(-1) ?? first;
  const whole = { start: first.start, end: last.end, nameRange: first };
  if (name === "include" || name === "!include") {
    const path = word(second);
    const known = words.length === 2 && !path.includes(UNKNOWN_TEXT);
    const valueRange = second ?? { start: first.end, end: first.end };
    return { ...whole, kind: words.length === 2 ? "include" : "malformed", name, value: path, valueRange, known };
  }
  if (second === undefined || word(second) !== "=")
    return {
      ...whole,
      kind: "malformed",
      name,
      value: "",
      valueRange: { start: first.end, end: last.end },
      known: false,
    };
  const values = words.slice(2);
  const value = values.map(word).join(" ");
  const valueRange = { start: values[0]?.start ?? second.end, end: last.end };
  return { ...whole, kind: "setting", name, value, valueRange, known: !value.includes(UNKNOWN_TEXT) };
}
