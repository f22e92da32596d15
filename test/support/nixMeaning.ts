// What `nix-instantiate --parse` prints, in a form that two texts of one meaning share. Nix prints the attributes of a
// set in the order of their addresses, and indented strings in the pieces that its lexer cut.
import type { Expr } from "../../server/src/core/syntax/ast.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { printNix } from "./printNix.js";

export function meaningOf(parser: NixParser, printed: string): string {
  const { root, problems } = parser.parse("printed.nix", printed);
  if (!root || problems.length > 0) throw new Error(`cannot read what Nix printed: ${printed.slice(0, 200)}`);
  return JSON.stringify(normal(root));
}

/** Plain data without ranges: bindings and formals sorted, chains of `+` flattened. */
function normal(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const node = value as Expr;
  if (node.kind === "string" || (node.kind === "binary" && node.operator === "+")) {
    const operands = joined(node, []);
    return operands.length === 1 ? operands[0] : { plus: operands };
  }
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(node)) {
    if (key === "start" || key === "end") continue;
    result[key] = normal(inner);
    if (key === "bindings" || key === "entries") result[key] = (result[key] as object[]).toSorted(byText);
  }
  return result;
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function literalText(expr: Expr): string | undefined {
  if (expr.kind !== "string" || expr.parts.some((part) => part.kind === "interpolation")) return undefined;
  return printNix(expr).slice(1, -1);
}

/** The operands of a chain of `+`, with adjacent literals joined and empty ones left out. */
function joined(expr: Expr, operands: unknown[]): unknown[] {
  if (expr.kind === "binary" && expr.operator === "+") return joined(expr.right, joined(expr.left, operands));
  const last = operands.at(-1);
  const text = literalText(expr);
  if (text === undefined) operands.push(expr.kind === "string" ? { parts: normal(expr.parts) } : normal(expr));
  else if (Array.isArray(last)) last[0] += text;
  else if (text !== "") operands.push([text]);
  return operands;
}
