// Strings that someone opened and did not close yet. Such a string swallows the code up to the next quote, whose own
// string is then turned inside out, and so on; here each gets its closing quote where its author would have put it.
import type { SyntaxProblem } from "./ast.js";
import { Lexer } from "./lexer.js";
import type { Patch } from "./patch.js";

/** More open strings than this are not one person's typing. */
const MAX_STRINGS = 8;

/** The insertions that close the strings; none if all strings look closed. */
export function closeStrings(text: string): { patches: Patch[]; problems: SyntaxProblem[] } {
  const patches: Patch[] = [];
  const problems: SyntaxProblem[] = [];
  let from = 0;
  while (patches.length < MAX_STRINGS) {
    const found = firstUnclosed(text, from);
    if (!found) break;
    const { delimiter, open, limit } = found;
    const end = delimiter === '"' ? endOfQuoted(text, open + 1, limit) : endOfIndented(text, open, limit);
    const content = text.slice(open, end);
    const inner = content.split("${").length - content.split("}").length;
    patches.push({ start: end, end, text: "}".repeat(Math.max(0, inner)) + delimiter });
    problems.push({ start: open, end: open + delimiter.length, message: "The string is not closed." });
    from = end;
  }
  return { patches, problems };
}

interface Unclosed {
  readonly delimiter: string;
  readonly open: number;
  /** Where the next quote stands that was taken for its end; the text's end if there is none. */
  readonly limit: number;
}

/** The first string from an offset outside of strings on that does not end, or ends where another one seems to begin. */
function firstUnclosed(text: string, from: number): Unclosed | undefined {
  const open: { at: number; delimiter: string }[] = [];
  const lexer = new Lexer(text, from);
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    if (kind === "stringOpen") open.push({ at: lexer.start, delimiter: lexer.token });
    else if (kind === "stringClose") {
      const string = open.pop();
      if (string && opensAnother(text, lexer.start, lexer.end))
        return { delimiter: string.delimiter, open: string.at, limit: lexer.start };
    }
  }
  const [outermost] = open;
  return outermost && { delimiter: outermost.delimiter, open: outermost.at, limit: text.length };
}

/** A quote after `= ` or an opening bracket with text right behind it begins a string. */
function opensAnother(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 1);
  if (end - start === 1) return /[=[(+]\s*$|\s$/.test(before) && /[\w/.$~%@-]/.test(after);
  return /=\s+$/.test(before) && /[\r\n]/.test(after);
}

/** Before what closes the statement or brackets on the same line. */
function endOfQuoted(text: string, inside: number, limit: number): number {
  const line = text.slice(inside, limit).split(/[\r\n]/, 1)[0] ?? "";
  const semicolon = line.indexOf(";");
  const content = semicolon < 0 ? line : line.slice(0, semicolon);
  return inside + content.replace(/[\s)\]}]+$/, "").length;
}

/** Before the first line that is indented no more than the one where the string opens. */
function endOfIndented(text: string, open: number, limit: number): number {
  const indentOf = (offset: number) => text.slice(offset).search(/[^ \t]|$/);
  const indent = indentOf(text.lastIndexOf("\n", open - 1) + 1);
  let end = text.indexOf("\n", open);
  while (end >= 0 && end < limit) {
    const rest = text.slice(end + 1);
    if (!/^[ \t]*(?:\r?\n|$)/.test(rest) && indentOf(end + 1) <= indent) return end;
    end = text.indexOf("\n", end + 1);
  }
  return limit;
}
