// How a file is written: line ends, indentation, and where a new binding goes so that it looks like its neighbours.
import type { AttrsetExpr, Binding, Expr, SourceFile } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";

export function lineEnd(text: string): "\r\n" | "\n" {
  const newline = text.indexOf("\n");
  return newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The white space that a line begins with. */
export function indentOf(text: string, offset: number): string {
  const start = lineStart(text, offset);
  let end = start;
  while (text[end] === " " || text[end] === "\t") end++;
  return text.slice(start, end);
}

/** Indentation that brings a new line to the column of `offset`; tabs of the line's own indentation are kept. */
function columnOf(text: string, offset: number): string {
  const indent = indentOf(text, offset);
  return indent + " ".repeat(Math.max(0, offset - lineStart(text, offset) - indent.length));
}

/** One step of indentation as this file has it: a tab, or the smallest step between two lines. Two spaces if nothing tells. */
export function indentUnit(text: string): string {
  let smallest = 0;
  let previous = 0;
  for (const match of text.matchAll(/^([ \t]*)\S/gm)) {
    const indent = match[1] ?? "";
    if (indent.startsWith("\t")) return "\t";
    const step = indent.length - previous;
    if (step > 1 && step <= 8 && (smallest === 0 || step < smallest)) smallest = step;
    previous = indent.length;
  }
  return " ".repeat(smallest || 2);
}

/** True if only white space stands before `offset` on its line. */
export function firstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

/** Past the comments that follow on the same line, if nothing else does; else `offset` itself. */
export function pastTrailingComments(source: SourceFile, offset: number): number {
  const { text } = source;
  let position = offset;
  for (;;) {
    let next = position;
    while (text[next] === " " || text[next] === "\t") next++;
    const comment = source.comments.find((c) => c.start === next);
    if (!comment) return text[next] === "\n" || text[next] === "\r" || next >= text.length ? position : offset;
    position = comment.end;
    while (text[position - 1] === "\r" || text[position - 1] === "\n") position--;
  }
}

/** True if a new binding behind `anchor` goes on the line that is there: one-line sets, several bindings a line. */
export function staysOnLine(source: SourceFile, set: AttrsetExpr, anchor: Binding | undefined): boolean {
  if (!source.text.slice(set.start, set.end).includes("\n")) return true;
  return anchor !== undefined && anchor !== set.bindings[0] && !firstOnLine(source.text, anchor.start);
}

/**
 * Inserts bindings into a set: after `anchor` (one of the set's bindings), or at its end where it has none. Each of `lines`
 * is one binding ("a = 1;"), its lines after the first indented relative to it.
 */
export function insertBindings(
  source: SourceFile,
  set: AttrsetExpr,
  lines: readonly string[],
  anchor: Binding | undefined,
): TextEdit {
  const { text } = source;
  const eol = lineEnd(text);
  const insert = (offset: number, newText: string): TextEdit => ({
    file: source.path,
    range: { start: offset, end: offset },
    newText,
  });
  const sameLine = staysOnLine(source, set, anchor);
  if (anchor) {
    if (sameLine) return insert(anchor.end, lines.map((line) => ` ${line}`).join(""));
    const indent = columnOf(text, anchor.start);
    return insert(
      pastTrailingComments(source, anchor.end),
      lines.map((line) => eol + indent + indentLines(line, indent, eol)).join(""),
    );
  }
  const close = set.end - 1;
  if (sameLine) {
    const before = text[close - 1] === " " ? "" : " ";
    return insert(close, `${before}${lines.join(" ")} `);
  }
  const outer = indentOf(text, close);
  const indent = outer + indentUnit(text);
  if (firstOnLine(text, close)) {
    const start = lineStart(text, close);
    return insert(start, lines.map((line) => indent + indentLines(line, indent, eol) + eol).join(""));
  }
  return insert(close, lines.map((line) => eol + indent + indentLines(line, indent, eol)).join("") + eol + outer);
}

function indentLines(line: string, indent: string, eol: string): string {
  return line.split("\n").join(eol + indent);
}

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_'-]*$/;
const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);

/** An attribute's name as Nix text, quoted where it must be. */
export function attributeName(name: string): string {
  if (IDENTIFIER.test(name) && !KEYWORDS.has(name)) return name;
  return `"${name.replace(/[\\"]|\$(?=\{)/g, "\\$&")}"`;
}

export function attributePath(path: readonly string[]): string {
  return path.map(attributeName).join(".");
}

/** True if the expression stands in parentheses of its own (the lowered form drops them). */
export function isParenthesized(source: SourceFile, expr: Expr): boolean {
  let position = expr.start;
  for (;;) {
    while (/\s/.test(source.text[position - 1] ?? "")) position--;
    const comment = source.comments.find((c) => c.end === position);
    if (!comment) break;
    position = comment.start;
  }
  let end = expr.end;
  while (/\s/.test(source.text[end] ?? "")) end++;
  return source.text[position - 1] === "(" && source.text[end] === ")";
}
