// The pipe operators, which the grammar does not know. The parser sees `->` in their place, which binds as loosely but
// groups to the right; here each chain gets the grouping that Nix gives it.
import type { TextRange } from "../text/range.js";
import type { BinaryExpr, BinaryOperator, Expr } from "./ast.js";

/** Which pipe operator stands at an offset. */
export type PipeOperators = ReadonlyMap<number, "|>" | "<|">;

/** The operands that stood in parentheses, with the range that includes these. */
export type Parenthesized = WeakMap<Expr, TextRange>;

function isPipe(operator: BinaryOperator): boolean {
  return operator === "|>" || operator === "<|";
}

/**
 * Regroups the chain whose outermost operator is `expr` and whose right operand is regrouped already. Pipes bind looser
 * than `->`; `|>` groups to the left, `<|` to the right.
 */
export function turnPipes(expr: BinaryExpr, parenthesized: Parenthesized): BinaryExpr {
  const { operator, left, right } = expr;
  const turns = right.kind === "binary" && !parenthesized.has(right) && isPipe(right.operator);
  if (!turns || !(operator === "->" || (operator === "|>" && right.operator === "|>"))) return expr;
  // `a op ((b |> c) |> d)` becomes `((a op b) |> c) |> d`.
  const spine: BinaryExpr[] = [];
  let leftmost: Expr = right;
  while (leftmost.kind === "binary" && isPipe(leftmost.operator) && !parenthesized.has(leftmost)) {
    spine.push(leftmost);
    leftmost = leftmost.left;
  }
  const { start } = expr;
  const { end } = parenthesized.get(leftmost) ?? leftmost;
  let turned: BinaryExpr = { kind: "binary", start, end, operator, left, right: leftmost };
  for (const node of spine.reverse())
    turned = { kind: "binary", start, end: node.end, operator: node.operator, left: turned, right: node.right };
  return turned;
}
