// Tree -> expressions, in one walk with a cursor and a stack of its own, so that no input is nested too deeply for it.
// Each cursor step crosses into WASM and costs more than what is done here: nodes that their text tells are not entered.
import type { AttrName, Expr } from "./ast.js";
import { addBindings, Builder, Frame, isGroup, putOffGroup } from "./build.js";
import { type Cursor, isExpression, type Kind, type KindTable, kind } from "./grammar.js";
import { plainBinding, plainFormals, plainInherit, plainNames, plainPath } from "./names.js";
import type { PipeOperators } from "./pipes.js";

/** Expressions nested deeper than this stand as error expressions, so that readers of the result may recurse. */
export const MAX_DEPTH = 500;

export interface LowerInput {
  /** The text as the user wrote it; the tree may stem from a changed one, whose offsets the cursor maps back. */
  readonly text: string;
  /** On the tree's root. */
  readonly cursor: Cursor;
  readonly kinds: KindTable;
  /** The tree is that of the text itself, and has no error. */
  readonly exact: boolean;
  /** Where the tree has `->` for a pipe operator. */
  readonly pipes: PipeOperators;
  /** In how many expressions the tree lies. */
  readonly depth?: number | undefined;
  /** Where groups begin whose contents the tree is without, and what reads them then. */
  readonly putOff?: ReadonlyMap<number, (depth: number) => Expr | undefined> | undefined;
}

/** Nodes that end with an expression, and with which. */
const LAST_EXPRESSION: ReadonlyMap<Kind, number> = new Map([
  [kind.binding, 1],
  [kind.let_expression, 1],
  [kind.function_expression, 1],
  [kind.unary_expression, 1],
  [kind.parenthesized_expression, 1],
  [kind.apply_expression, 2],
  [kind.binary_expression, 2],
  [kind.assert_expression, 2],
  [kind.with_expression, 2],
  [kind.if_expression, 3],
]);

/** The lowered root; undefined if there is no expression. */
export function lower({ text, cursor, kinds, pipes, exact, depth: above = 0, putOff }: LowerInput): Expr | undefined {
  const builder = new Builder(text, pipes);
  const root = new Frame(kind.source_code, 0, text.length);
  const stack: Frame[] = [];
  let frame = root;
  /** How many of the open frames are expressions. */
  let depth = above;

  /** Takes the cursor's node into `frame`, at once or by entering it; true if it was entered. */
  const take = (): boolean => {
    const type = cursor.nodeTypeId;
    const k = kinds.of(type);
    if (k === kind.other) {
      if (frame.kind === kind.binary_expression) {
        const token = kinds.name(type);
        if (token !== "comment") frame.operator = builder.operator(token, cursor);
      }
      return false;
    }
    if (k === kind.ellipses) {
      frame.ellipsis = true;
      return false;
    }
    // The place of a set of bindings is never asked for.
    const start = k === kind.binding_set ? 0 : cursor.startIndex;
    const end = k === kind.binding_set ? 0 : cursor.endIndex;
    if (isExpression(k)) {
      if (depth >= MAX_DEPTH) {
        frame.exprs.push({ kind: "error", start, end, children: [] });
        return false;
      }
      const read = putOff?.get(start);
      if (read && isGroup(k)) {
        const here = depth;
        builder.addExpr(
          frame,
          putOffGroup(k, start, end, () => read(here)),
        );
        return false;
      }
      const leaf = builder.leaf(k, start, end);
      if (leaf) {
        builder.addExpr(frame, leaf);
        return false;
      }
    } else if (k === kind.identifier) {
      builder.addIdentifier(frame, start, end);
      return false;
    } else if (takePlain(k, start, end)) return false;
    const binding = exact && k === kind.binding ? plainBinding(text, start, end) : undefined;
    const value = binding?.value && builder.leaf(kind[binding.value.node], binding.value.start, binding.value.end);
    if (binding && value) {
      addBindings(frame, [{ kind: "binding", start, end, path: binding.path, value }]);
      return false;
    }
    if (!cursor.gotoFirstChild()) {
      builder.close(new Frame(k, start, end), frame);
      return false;
    }
    stack.push(frame);
    frame = new Frame(k, start, end);
    if (binding) {
      // Past the path and `=` to the value.
      cursor.gotoNextSibling();
      cursor.gotoNextSibling();
      frame.names = binding.path;
    }
    if (isExpression(k)) depth++;
    return true;
  };

  /** True if nothing of interest follows in a node, which takes a tree without errors. */
  const isComplete = ({ kind: k, exprs, bindings }: Frame): boolean => {
    if (!exact) return false;
    if (k === kind.attrset_expression || k === kind.rec_attrset_expression) return bindings !== undefined;
    return exprs.length > 0 && exprs.length === LAST_EXPRESSION.get(k);
  };

  const takePlain = (k: Kind, start: number, end: number): boolean => {
    let names: AttrName[] | undefined;
    if (k === kind.attrpath) names = plainPath(text, start, end);
    else if (k === kind.inherited_attrs) names = plainNames(text, start, end);
    else if (k === kind.formals) frame.formals = plainFormals(text, start, end);
    else if (k === kind.inherit) {
      const binding = plainInherit(text, start, end);
      if (binding) addBindings(frame, [binding]);
      return binding !== undefined;
    }
    if (names) frame.names = names;
    return names !== undefined || (k === kind.formals && frame.formals !== undefined);
  };

  if (!cursor.gotoFirstChild()) return undefined;
  for (;;) {
    if (take()) continue;
    while (isComplete(frame) || !cursor.gotoNextSibling()) {
      const closed = frame;
      const parent = stack.pop();
      if (!parent) return builder.root(closed);
      cursor.gotoParent();
      if (isExpression(closed.kind)) depth--;
      frame = parent;
      builder.close(closed, parent);
    }
  }
}
