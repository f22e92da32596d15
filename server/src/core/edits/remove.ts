// Taking a binding away without leaving a hole: with its line, and the comment behind it.
import type { Binding, SourceFile } from "../syntax/ast.js";
import type { TextEdit } from "../text/edit.js";
import { firstOnLine, pastTrailingComments } from "./style.js";

function endsLine(text: string, offset: number): boolean {
  return /^[ \t]*(\r?\n|$)/.test(text.slice(offset, offset + 200));
}

/** The whole of the lines from `start` to `end`, their last newline included. */
function wholeLines(text: string, start: number, end: number): { start: number; end: number } {
  const first = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  return { start: first, end: newline < 0 ? text.length : newline + 1 };
}

/** Removes a binding: with its line and the comment behind it where it stands alone, else with the blank before it. */
export function removeBinding(source: SourceFile, binding: Binding): TextEdit {
  const { text, path: file } = source;
  const end = pastTrailingComments(source, binding.end);
  if (firstOnLine(text, binding.start) && endsLine(text, end))
    return { file, range: wholeLines(text, binding.start, end), newText: "" };
  let { start } = binding;
  while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  if (!/\s/.test(text[binding.end] ?? "")) start = binding.start;
  return { file, range: { start, end: binding.end }, newText: "" };
}
