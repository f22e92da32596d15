// Random texts that look like Nix, whole or broken, and random edits of them.
import fc from "fast-check";

const PIECES = [
  ..."{}()[];=.,:@?!-+*/<>\"'$\\# \n\r\t~0a",
  "''",
  "${",
  "''${",
  "''\\n",
  "$$",
  "...",
  "++",
  "//",
  "==",
  "!=",
  "<=",
  "&&",
  "||",
  "->",
  "|>",
  "<|",
  "/*",
  "*/",
  "\r\n",
  "\n  ",
  " = ",
  "; ",
  ", }",
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
  "nix.settings",
  "max-jobs",
  "x",
  "toString",
  "1.5",
  "42",
  "./a",
  "~/b",
  "<nixpkgs>",
  "http://x.y/z",
  "{ a = 1; b.c = [ x ]; }",
  "{ pkgs, lib, ... }: ",
  '"s${x}t"',
  "''\n  i\n    j ${k}\n''",
  "ä",
  "😀",
  "\0",
  "\uFEFF",
];

/** A text of tokens in any order; about one in ten is valid Nix. */
export function nixText(): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(""));
}

/** Replaces a span of the text it is given. */
export function editsOfText(): fc.Arbitrary<(text: string) => string> {
  return fc
    .tuple(fc.nat(), fc.nat({ max: 6 }), fc.oneof(fc.constantFrom(...PIECES), nixText()))
    .map(([at, length, inserted]) => (text) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + inserted + text.slice(start + length);
    });
}
