// Where the grammar could not read a text: the ERROR and MISSING nodes of its tree.
import type { TextRange } from "../text/range.js";
import type { SyntaxProblem } from "./ast.js";

/** What is needed of a tree cursor here. */
export interface DamageCursor {
  readonly currentNode: { readonly isError: boolean; readonly isMissing: boolean; readonly hasError: boolean };
  readonly nodeType: string;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** The outermost ERROR and all MISSING nodes, in order. */
export function damageOf(cursor: DamageCursor): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  for (;;) {
    const { isError, isMissing, hasError } = cursor.currentNode;
    if (isError || isMissing) {
      const { startIndex: start, endIndex: end, nodeType } = cursor;
      const missing = nodeType === "identifier" ? "A name or value is missing." : `Missing "${nodeType}".`;
      problems.push({ start, end, message: isMissing ? missing : "Unexpected text." });
    } else if (hasError && cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return problems;
  }
}

/** How much of a text is lost, to compare two readings of it. What was only inserted costs little. */
export function weigh(ranges: readonly TextRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + (start === end ? 0.5 : 1 + end - start), 0);
}
