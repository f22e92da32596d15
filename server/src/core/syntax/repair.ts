// Same-length substitutions that let the grammar read what Nix reads: every offset stays valid, and meanings are taken
// from the text as written.
import type { PipeOperators } from "./pipes.js";
import { Lexer } from "./lexer.js";

export interface Repaired {
  /** As long as the text as written. */
  readonly text: string;
  readonly pipes: PipeOperators;
}

const LONE_CR_IN_COMMENT = /#[^\r\n]*\r(?!\n)/;

/**
 * Characters that the grammar cannot take. A lone CR ends a `#` comment for Nix but not for the grammar, which would
 * swallow the next line in silence; a NUL ends the text for the grammar.
 */
export function repairCharacters(text: string): string {
  const lines = LONE_CR_IN_COMMENT.test(text) ? text.replace(/\r(?!\n)/g, "\n") : text;
  return lines.replaceAll("\0", " ");
}

/**
 * Writes over what the grammar does not know: a trailing comma in formals, the pipe operators, a home path that begins
 * with an interpolation. Undefined if there is none of these.
 */
export function repairGrammarGaps(text: string): Repaired | undefined {
  const pipes = new Map<number, "|>" | "<|">();
  const pieces: string[] = [];
  let position = 0;
  const overwrite = (start: number, replacement: string) => {
    pieces.push(text.slice(position, start), replacement);
    position = start + replacement.length;
  };
  /** Where a comma stands that nothing but `...` follows so far. */
  let comma = -1;
  const lexer = new Lexer(text);
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    if (kind === "blank" || kind === "comment") continue;
    const { start, end } = lexer;
    const token = end - start <= 3 ? text.slice(start, end) : "";
    if (token === "}" && comma >= 0) overwrite(comma, " ");
    if (token === ",") comma = start;
    else if (token !== "...") comma = -1;
    if (token === "|>" || token === "<|") {
      pipes.set(start, token);
      overwrite(start, "->");
    } else if (kind === "literal" && text.startsWith("~/${", start)) overwrite(start, ".");
  }
  if (pieces.length === 0) return undefined;
  pieces.push(text.slice(position));
  return { text: pieces.join(""), pipes };
}
