// Walking lowered expressions: all of them, or those around an offset (for hover and completion).
import type { TextRange } from "../text/range.js";
import type { AttrName, Binding, Expr, Formal, SourceFile, StringPart } from "./ast.js";

/** What has a place in the text and may hold more. */
export type SyntaxNode = Expr | Binding | AttrName | StringPart | (Formal & { readonly kind?: undefined });

/** The nodes directly in a node, in source order. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.kind) {
    case undefined:
      return node.fallback ? [node.fallback] : [];
    case "string":
    case "path":
      return node.parts;
    case "interpolation":
    case "dynamic":
      return [node.expr];
    case "list":
      return node.items;
    case "attrset":
      return node.bindings;
    case "let":
      return [...node.bindings, node.body];
    case "binding":
      return [...node.path, node.value];
    case "inherit":
      return node.from ? [node.from, ...node.names] : node.names;
    case "function":
      return [...(node.formals?.entries ?? []), node.body];
    case "apply":
      return [node.fn, node.arg];
    case "select":
      return node.fallback ? [node.base, ...node.path, node.fallback] : [node.base, ...node.path];
    case "has_attr":
      return [node.base, ...node.path];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "if":
      return [node.condition, node.consequence, node.alternative];
    case "assert":
      return [node.condition, node.body];
    case "with":
      return [node.environment, node.body];
    case "error":
      return node.children;
    case "integer":
    case "float":
    case "variable":
    case "text":
    case "name":
      return [];
  }
}

/** The expressions directly inside a node: of a set those of its bindings, of a string those that it interpolates. */
export function expressionsIn(node: SyntaxNode): readonly Expr[] {
  const found: Expr[] = [];
  for (const child of childrenOf(node)) {
    if (isExpression(child)) found.push(child);
    else if (child.kind !== "name" && child.kind !== "text") found.push(...expressionsIn(child));
  }
  return found;
}

function isExpression(node: SyntaxNode): node is Expr {
  switch (node.kind) {
    case undefined:
    case "binding":
    case "inherit":
    case "name":
    case "dynamic":
    case "text":
    case "interpolation":
      return false;
    default:
      return true;
  }
}

/** Visits a node and all below it, parents first, in source order; below a node only if `visit` does not give false. */
export function walk(root: SyntaxNode, visit: (node: SyntaxNode) => boolean | void): void {
  const open: SyntaxNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (visit(node) === false) continue;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) open.push(children[i] as SyntaxNode);
  }
}

function touches(range: TextRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

/**
 * The nodes around an offset, innermost first; empty outside of all code. An offset at a node's end belongs to it, so
 * that a cursor behind a word finds it; between two nodes the later one wins, but an empty one (a missing value) last.
 */
export function nodesAt(file: SourceFile, offset: number): readonly SyntaxNode[] {
  const chain: SyntaxNode[] = [];
  let node: SyntaxNode | undefined = file.root && touches(file.root, offset) ? file.root : undefined;
  while (node) {
    chain.unshift(node);
    const touched: readonly SyntaxNode[] = childrenOf(node).filter((child) => touches(child, offset));
    node = touched.findLast((child) => child.start < child.end) ?? touched.at(-1);
  }
  return chain;
}
