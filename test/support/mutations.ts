// What happens to texts while people type, merge and paste, and what happens to files on broken disks.
import type { Pickers } from "./random.js";

const PIECES = [
  ..."{}()[];=.,:@?!-+*/<>\"'$\\# \n\r\t~0a",
  ...[
    "''",
    "${",
    "''${",
    "...",
    "++",
    "//",
    "==",
    "&&",
    "->",
    "|>",
    "/*",
    "*/",
    "\r\n",
    " = ",
    "; ",
    ", }",
    "\0",
    "\uFEFF",
  ],
  ...[
    "ä",
    "😀",
    "\ud800",
    "\u2028",
    "9223372036854775808",
    "1.5e309",
    "-1",
    "null",
    "true",
    '"auto"',
    "./.",
    "<nixpkgs>",
  ],
  ...[
    "if ",
    " then ",
    " else ",
    "let ",
    " in ",
    "with ",
    "assert ",
    "rec ",
    "inherit ",
    " or ",
    "import ",
    "builtins.",
  ],
  ...["nix.settings.cores = 99;", "config.", "lib.mkIf x ", "(lib.mkForce 3)", "nix-build-budget: ignore", "max-jobs"],
  ...[
    "let x = x; in x",
    "{ a = 1; b.c = [ x ]; }",
    "{ pkgs, lib, ... }: ",
    "''\n  i\n    j ${k}\n''",
    "imports = [ ./. ];",
  ],
] as const;

/** One edit: replaces a span of the text. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A random edit of a text, most of them small. */
export function randomChange(text: string, random: Pickers): Change {
  const at = random.below(text.length + 1);
  const span = (): number => Math.min(text.length, at + (random.chance(0.7) ? random.below(8) : random.below(400)));
  switch (random.below(8)) {
    case 0:
      return { start: at, end: span(), text: "" };
    case 1: {
      const [from, to] = [at, span()];
      return { start: to, end: to, text: text.slice(from, to) };
    }
    case 2: {
      const from = random.below(text.length + 1);
      return { start: at, end: span(), text: text.slice(from, from + random.below(80)) };
    }
    case 3: {
      const lines = text.split("\n");
      const line = random.below(lines.length);
      const start = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
      const end = start + (lines[line] ?? "").length;
      return { start, end, text: random.chance(0.5) ? "" : `${lines[line]}\n${lines[line]}` };
    }
    case 4:
      return random.chance(0.2) ? { start: at, end: text.length, text: "" } : { start: at, end: at, text: " " };
    default:
      return { start: at, end: random.chance(0.5) ? at : span(), text: random.pick(PIECES) };
  }
}

export function changed(text: string, { start, end, text: inserted }: Change): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** A text after some random edits. */
export function mutated(text: string, random: Pickers, edits = 1 + random.below(4)): string {
  let result = text;
  for (let i = 0; i < edits; i++) result = changed(result, randomChange(result, random));
  return result;
}

/** One to four pieces of Nix again and again, up to `length`: whatever takes quadratic time is slow on one of these. */
export function repeated(random: Pickers, length: number): string {
  const unit = Array.from({ length: 1 + random.below(4) }, () => random.pick(PIECES)).join(random.pick(["", " "]));
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}
