// Tree -> expressions: one pass with a cursor. Every function starts on its node and leaves the cursor there.
// Each cursor step crosses into WASM and costs more than the work done here, hence the care to take few of them.
import type { TextRange } from "../text/range.js";
import type {
  AttrBinding,
  AttrName,
  AttrsetExpr,
  BinaryOperator,
  Binding,
  ErrorExpr,
  Expr,
  Formal,
  FunctionExpr,
  PathExpr,
  StringExpr,
} from "./ast.js";
import { type Cursor, isExpression, type Kind, type KindTable, kind } from "./grammar.js";
import { plainFormals, plainNames, plainPath } from "./names.js";
import { type Parenthesized, type PipeOperators, turnPipes } from "./pipes.js";
import { indentedParts, quotedParts, type Segment } from "./strings.js";

/** Nesting below this depth is not lowered but stands as an error expression, so that no reader needs a deep stack. */
export const MAX_DEPTH = 1000;

const MAX_INTEGER = 2n ** 63n - 1n;

export interface LowerInput {
  /** The text as the user wrote it; the tree may stem from a repaired text of the same length. */
  readonly text: string;
  readonly cursor: Cursor;
  readonly kinds: KindTable;
  /** Where the repaired text has `->` for a pipe operator. */
  readonly pipes: PipeOperators;
}

/** The lowered root, from a cursor on the tree's root; undefined if there is no expression. */
export function lower(input: LowerInput): Expr | undefined {
  return new Lowering(input).root();
}

class Lowering {
  readonly #text: string;
  readonly #cursor: Cursor;
  readonly #kinds: KindTable;
  readonly #pipes: PipeOperators;
  /** For the places where operators have to be regrouped. */
  readonly #parenthesized: Parenthesized = new WeakMap();
  #depth = 0;

  constructor(input: LowerInput) {
    this.#text = input.text;
    this.#cursor = input.cursor;
    this.#kinds = input.kinds;
    this.#pipes = input.pipes;
  }

  root(): Expr | undefined {
    const { exprs, bindings, broken } = this.#parts();
    const [only] = exprs;
    if (only && exprs.length === 1 && bindings.length === 0) return only;
    if (!broken && exprs.length === 0) return undefined;
    return { kind: "error", start: 0, end: this.#text.length, children: this.#intact(exprs, bindings) };
  }

  // Steps

  #kind(): Kind {
    return this.#kinds.of(this.#cursor.nodeTypeId);
  }
  #range(): TextRange {
    return { start: this.#cursor.startIndex, end: this.#cursor.endIndex };
  }
  #slice(range: TextRange): string {
    return this.#text.slice(range.start, range.end);
  }

  /** Calls `visit` on each child with the cursor there. */
  #children(visit: (child: Kind) => void): void {
    if (!this.#cursor.gotoFirstChild()) return;
    do visit(this.#kind());
    while (this.#cursor.gotoNextSibling());
    this.#cursor.gotoParent();
  }

  /** The expressions and bindings directly under a node; `broken` if the parser skipped text there. */
  #parts(): { exprs: Expr[]; bindings: Binding[]; broken: boolean } {
    const exprs: Expr[] = [];
    const bindings: Binding[] = [];
    let broken = false;
    this.#children((child) => {
      if (isExpression(child)) exprs.push(this.#expr(child));
      else if (child === kind.binding_set) bindings.push(...this.#bindings());
      else if (child === kind.binding || child === kind.inherit || child === kind.inherit_from)
        bindings.push(this.#binding(child));
      else if (child === kind.ERROR) {
        broken = true;
        const inner = this.#parts();
        exprs.push(...inner.exprs);
        bindings.push(...inner.bindings);
      }
    });
    return { exprs, bindings, broken };
  }

  #intact(exprs: readonly Expr[], bindings: readonly Binding[]): Expr[] {
    const [first] = bindings;
    const last = bindings.at(-1);
    if (!first || !last) return [...exprs];
    return [...exprs, { kind: "attrset", start: first.start, end: last.end, recursive: false, bindings }];
  }

  #error(range: TextRange, children: readonly Expr[] = []): ErrorExpr {
    return { kind: "error", start: range.start, end: range.end, children };
  }

  // Expressions

  #expr(k: Kind): Expr {
    if (this.#depth >= MAX_DEPTH) return this.#error(this.#range());
    this.#depth++;
    const expr = this.#exprOf(k);
    this.#depth--;
    return expr;
  }

  #exprOf(k: Kind): Expr {
    const range = this.#range();
    const { start, end } = range;
    switch (k) {
      case kind.variable_expression:
        // The parser invents an empty name where an expression is missing.
        return start === end ? this.#error(range) : { kind: "variable", start, end, name: this.#slice(range) };
      case kind.integer_expression: {
        const value = BigInt(this.#slice(range));
        return value > MAX_INTEGER ? this.#error(range) : { kind: "integer", start, end, value };
      }
      case kind.float_expression:
        return { kind: "float", start, end, value: Number(this.#slice(range)) };
      case kind.string_expression:
      case kind.indented_string_expression:
        return this.#string(range, k === kind.string_expression ? "quoted" : "indented");
      case kind.uri_expression:
        return {
          kind: "string",
          start,
          end,
          style: "uri",
          parts: [{ kind: "text", start, end, text: this.#slice(range) }],
        };
      case kind.path_expression:
      case kind.hpath_expression:
      case kind.spath_expression:
        return this.#path(range);
      case kind.attrset_expression:
        return this.#attrset(range, false);
      case kind.rec_attrset_expression:
        return this.#attrset(range, true);
      case kind.let_attrset_expression: {
        const path: AttrName[] = [{ kind: "name", start: end, end, text: "body", quoted: false }];
        return { kind: "select", start, end, base: this.#attrset(range, true), path, fallback: undefined };
      }
      case kind.function_expression:
        return this.#function(range);
      case kind.select_expression:
      case kind.has_attr_expression:
        return this.#selection(range, k);
      case kind.binary_expression:
        return this.#binary(range);
      case kind.unary_expression:
        return this.#unary(range);
      default:
        return this.#compound(range, k);
    }
  }

  /** The kinds that are told by their sub-expressions alone. */
  #compound(range: TextRange, k: Kind): Expr {
    const { start, end } = range;
    const { exprs, bindings, broken } = this.#parts();
    const [first, second, third] = exprs;
    if (k === kind.list_expression) {
      const items = joinOr(exprs, this.#parenthesized);
      if (broken || bindings.length > 0) items.push(this.#error({ start: end, end }, this.#intact([], bindings)));
      return { kind: "list", start, end, items };
    }
    if (!broken && first) {
      if (k === kind.parenthesized_expression && !second) {
        this.#parenthesized.set(first, range);
        return first;
      }
      if (k === kind.let_expression && !second) return { kind: "let", start, end, bindings, body: first };
      if (second && !third) {
        if (k === kind.apply_expression) return this.#apply(range, first, second);
        if (k === kind.assert_expression) return { kind: "assert", start, end, condition: first, body: second };
        if (k === kind.with_expression) return { kind: "with", start, end, environment: first, body: second };
      }
      if (second && third && k === kind.if_expression)
        return { kind: "if", start, end, condition: first, consequence: second, alternative: third };
    }
    return this.#error(range, this.#intact(exprs, bindings));
  }

  /** `f x or` is `f (x or)` to Nix: a variable named `or` binds to the operand before it. */
  #apply(range: TextRange, fn: Expr, arg: Expr): Expr {
    const { start, end } = range;
    const bare = arg.kind === "variable" && arg.name === "or" && !this.#parenthesized.has(arg);
    if (!bare || fn.kind !== "apply" || this.#parenthesized.has(fn)) return { kind: "apply", start, end, fn, arg };
    const inner: Expr = { kind: "apply", start: fn.arg.start, end, fn: fn.arg, arg };
    return { kind: "apply", start, end, fn: fn.fn, arg: inner };
  }

  #binary(range: TextRange): Expr {
    const operands: Expr[] = [];
    let operator = "";
    let broken = false;
    this.#children((child) => {
      if (isExpression(child)) operands.push(this.#expr(child));
      else if (child === kind.ERROR) broken = true;
      else {
        const name = this.#kinds.name(this.#cursor.nodeTypeId);
        if (name === "comment") return;
        operator = name;
        if (name === "->" && this.#pipes.size > 0) operator = this.#pipes.get(this.#cursor.startIndex) ?? name;
      }
    });
    const [left, right] = operands;
    if (!left || !right || operands.length > 2 || broken) return this.#error(range, operands);
    const expr: Expr = {
      kind: "binary",
      start: range.start,
      end: range.end,
      operator: operator as BinaryOperator,
      left,
      right,
    };
    return this.#pipes.size > 0 ? turnPipes(expr, this.#parenthesized) : expr;
  }

  #unary(range: TextRange): Expr {
    const { exprs, broken } = this.#parts();
    const [operand] = exprs;
    if (!operand || exprs.length > 1 || broken) return this.#error(range, exprs);
    const operator = this.#text[range.start] === "!" ? "!" : "-";
    return { kind: "unary", start: range.start, end: range.end, operator, operand };
  }

  #selection(range: TextRange, k: Kind): Expr {
    const exprs: Expr[] = [];
    let path: AttrName[] = [];
    let broken = false;
    this.#children((child) => {
      if (isExpression(child)) exprs.push(this.#expr(child));
      else if (child === kind.attrpath) path = this.#attrpath();
      else if (child === kind.ERROR) broken = true;
    });
    const [base, fallback] = exprs;
    const { start, end } = range;
    if (!base || path.length === 0 || broken) return this.#error(range, exprs);
    return k === kind.has_attr_expression
      ? { kind: "has_attr", start, end, base, path }
      : { kind: "select", start, end, base, path, fallback };
  }

  // Strings and paths

  /** The spans of text between the interpolations; `from` and `to` are the literal's inside. */
  #segments(from: number, to: number): Segment[] | undefined {
    if (!this.#text.slice(from, to).includes("${")) return [{ start: from, end: to }];
    const segments: Segment[] = [];
    let position = from;
    let broken = false;
    this.#children((child) => {
      if (child === kind.ERROR) broken = true;
      if (child !== kind.interpolation) return;
      const { start, end } = this.#range();
      if (start > position) segments.push({ start: position, end: start });
      segments.push({ start, end, expr: this.#interpolated({ start, end }) });
      position = end;
    });
    if (to > position) segments.push({ start: position, end: to });
    return broken ? undefined : segments;
  }

  #interpolated(range: TextRange): Expr {
    const { exprs, bindings, broken } = this.#parts();
    const [only] = exprs;
    return only && exprs.length === 1 && !broken ? only : this.#error(range, this.#intact(exprs, bindings));
  }

  #string(range: TextRange, style: "quoted" | "indented"): StringExpr | ErrorExpr {
    const { start, end } = range;
    const delimiter = style === "quoted" ? '"' : "''";
    const inside = end - delimiter.length;
    // An unclosed string at the end of the text has no delimiter there. A NUL has no defined value in Nix.
    if (inside < start + delimiter.length || !this.#text.startsWith(delimiter, inside)) return this.#error(range);
    const segments = this.#segments(start + delimiter.length, inside);
    if (!segments || this.#slice(range).includes("\0")) return this.#error(range);
    const parts = style === "quoted" ? quotedParts(this.#text, segments) : indentedParts(this.#text, segments);
    return { kind: "string", start, end, style, parts };
  }

  #path(range: TextRange): PathExpr | ErrorExpr {
    const { start, end } = range;
    const segments = this.#segments(start, end);
    if (!segments) return this.#error(range);
    const first = this.#text[start];
    const form = first === "<" ? "search" : first === "~" ? "home" : first === "/" ? "absolute" : "relative";
    const parts = segments.map((segment): PathExpr["parts"][number] =>
      "expr" in segment
        ? { kind: "interpolation", start: segment.start, end: segment.end, expr: segment.expr }
        : { kind: "text", start: segment.start, end: segment.end, text: this.#slice(segment) },
    );
    return { kind: "path", start, end, form, parts };
  }

  // Bindings and names

  #attrset(range: TextRange, recursive: boolean): AttrsetExpr {
    const { bindings } = this.#parts();
    return { kind: "attrset", start: range.start, end: range.end, recursive, bindings };
  }

  #bindings(): Binding[] {
    const bindings: Binding[] = [];
    this.#children((child) => {
      if (child === kind.binding || child === kind.inherit || child === kind.inherit_from)
        bindings.push(this.#binding(child));
      else if (child === kind.ERROR) bindings.push(...this.#parts().bindings);
    });
    return bindings;
  }

  #binding(k: Kind): Binding {
    const { start, end } = this.#range();
    if (k === kind.binding) return this.#attrBinding({ start, end });
    let from: Expr | undefined;
    let names: AttrName[] = [];
    this.#children((child) => {
      if (isExpression(child)) from = this.#expr(child);
      else if (child === kind.inherited_attrs) names = this.#attrNames(plainNames);
    });
    return { kind: "inherit", start, end, from, names };
  }

  #attrBinding(range: TextRange): AttrBinding {
    const values: Expr[] = [];
    let path: AttrName[] = [];
    let broken = false;
    this.#children((child) => {
      if (isExpression(child)) values.push(this.#expr(child));
      else if (child === kind.attrpath) path = this.#attrpath();
      else if (child === kind.ERROR) broken = true;
    });
    const { start, end } = range;
    const [value] = values;
    if (value && values.length === 1 && !broken) return { kind: "binding", start, end, path, value };
    const span = { start: value?.start ?? end, end: values.at(-1)?.end ?? end };
    return { kind: "binding", start, end, path, value: this.#error(span, values) };
  }

  #attrpath(): AttrName[] {
    return this.#attrNames(plainPath);
  }

  #attrNames(plain: typeof plainPath): AttrName[] {
    const range = this.#range();
    const shortcut = plain(this.#slice(range), range.start);
    if (shortcut) return shortcut;
    const names: AttrName[] = [];
    this.#children((child) => {
      const { start, end } = this.#range();
      if (child === kind.identifier) {
        if (end > start) names.push({ kind: "name", start, end, text: this.#slice({ start, end }), quoted: false });
      } else if (child === kind.string_expression) names.push(this.#quotedName({ start, end }));
      else if (child === kind.interpolation)
        names.push({ kind: "dynamic", start, end, expr: this.#interpolated({ start, end }) });
    });
    return names;
  }

  #quotedName(range: TextRange): AttrName {
    const { start, end } = range;
    const expr = this.#string(range, "quoted");
    if (expr.kind === "error" || expr.parts.some((part) => part.kind === "interpolation"))
      return { kind: "dynamic", start, end, expr };
    const text = expr.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
    return { kind: "name", start, end, text, quoted: true };
  }

  // Functions

  #function(range: TextRange): Expr {
    const exprs: Expr[] = [];
    let parameter: FunctionExpr["parameter"];
    let formals: FunctionExpr["formals"];
    let broken = false;
    this.#children((child) => {
      if (isExpression(child)) exprs.push(this.#expr(child));
      else if (child === kind.identifier) {
        const name = this.#range();
        parameter = { start: name.start, end: name.end, name: this.#slice(name) };
      } else if (child === kind.formals) formals = this.#formals();
      else if (child === kind.ERROR) broken = true;
    });
    const [body] = exprs;
    if (!body || exprs.length > 1 || broken) return this.#error(range, exprs);
    return { kind: "function", start: range.start, end: range.end, parameter, formals, body };
  }

  #formals(): FunctionExpr["formals"] {
    const range = this.#range();
    const shortcut = plainFormals(this.#slice(range), range.start);
    if (shortcut) return shortcut;
    const entries: Formal[] = [];
    let ellipsis = false;
    this.#children((child) => {
      if (child === kind.ellipses) ellipsis = true;
      else if (child === kind.formal) {
        const entry = this.#formal();
        if (entry.name !== "") entries.push(entry);
      }
    });
    return { start: range.start, end: range.end, entries, ellipsis };
  }

  #formal(): Formal {
    const { start, end } = this.#range();
    let name = "";
    let fallback: Expr | undefined;
    this.#children((child) => {
      if (child === kind.identifier) name = this.#slice(this.#range());
      else if (isExpression(child)) fallback = this.#expr(child);
    });
    return { start, end, name, fallback };
  }
}

/** `[ f or ]` has one item, the call `f or`. */
function joinOr(items: readonly Expr[], parenthesized: Parenthesized): Expr[] {
  const joined: Expr[] = [];
  for (const item of items) {
    const fn = joined.at(-1);
    if (fn && item.kind === "variable" && item.name === "or" && !parenthesized.has(item))
      joined[joined.length - 1] = { kind: "apply", start: fn.start, end: item.end, fn, arg: item };
    else joined.push(item);
  }
  return joined;
}
