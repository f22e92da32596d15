// All comments of a text, taken from its tokens: cheaper than asking the tree, and independent of repairs.
import type { Comment } from "./ast.js";
import { Lexer } from "./lexer.js";

export function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  if (!text.includes("#") && !text.includes("/*")) return comments;
  const lexer = new Lexer(text);
  for (let kind = lexer.next(); kind !== undefined; kind = lexer.next()) {
    const { start, end } = lexer;
    if (kind === "comment") comments.push({ start, end, text: text.slice(start, end) });
  }
  return comments;
}
