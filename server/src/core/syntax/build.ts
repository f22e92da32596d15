// From what a syntax node holds to the expression, binding or name that it means. `lower.ts` walks, this builds.
import type {
  AttrName,
  BinaryOperator,
  Binding,
  ErrorExpr,
  Expr,
  Formal,
  FunctionExpr,
  PathExpr,
  StringExpr,
} from "./ast.js";
import { type Cursor, type Kind, kind } from "./grammar.js";
import { plainList, plainSelection } from "./names.js";
import { type Parenthesized, type PipeOperators, turnPipes } from "./pipes.js";
import { indentedParts, type Interpolation, quotedParts, type Segment, segmentsBetween } from "./strings.js";

const MAX_INTEGER = 2n ** 63n - 1n;

/** A node whose children are being lowered, with what they gave so far. */
export class Frame {
  readonly exprs: Expr[] = [];
  bindings: Binding[] | undefined;
  names: AttrName[] | undefined;
  interpolations: Interpolation[] | undefined;
  /** Of a function: `x:` or `x@`. Of a formal: its name. */
  parameter: FunctionExpr["parameter"];
  formals: FunctionExpr["formals"];
  entries: Formal[] | undefined;
  ellipsis = false;
  operator: BinaryOperator | undefined;
  /** The parser skipped text directly in this node. */
  broken = false;

  constructor(
    readonly kind: Kind,
    readonly start: number,
    readonly end: number,
  ) {}
}

export class Builder {
  readonly #text: string;
  readonly #pipes: PipeOperators;
  /** For the places where operators have to be regrouped. */
  readonly #parenthesized: Parenthesized = new WeakMap();

  constructor(text: string, pipes: PipeOperators) {
    this.#text = text;
    this.#pipes = pipes;
  }

  root(frame: Frame): Expr | undefined {
    const { exprs, bindings, broken } = frame;
    if (exprs.length === 1 && !bindings) return exprs[0];
    return exprs.length > 0 || broken ? this.#error(frame) : undefined;
  }

  operator(token: string, cursor: Cursor): BinaryOperator {
    if (token === "->" && this.#pipes.size > 0) return this.#pipes.get(cursor.startIndex) ?? token;
    return token as BinaryOperator;
  }

  /** The expression of a node whose text tells all; undefined if its children are needed. */
  leaf(k: Kind, start: number, end: number): Expr | undefined {
    switch (k) {
      case kind.variable_expression:
        // The parser invents an empty name where an expression is missing.
        if (start === end) return { kind: "error", start, end, children: [] };
        return { kind: "variable", start, end, name: this.#text.slice(start, end) };
      case kind.integer_expression: {
        const value = BigInt(this.#text.slice(start, end));
        return value > MAX_INTEGER
          ? { kind: "error", start, end, children: [] }
          : { kind: "integer", start, end, value };
      }
      case kind.float_expression:
        return { kind: "float", start, end, value: Number(this.#text.slice(start, end)) };
      case kind.uri_expression: {
        const text = this.#text.slice(start, end);
        return { kind: "string", start, end, style: "uri", parts: [{ kind: "text", start, end, text }] };
      }
      case kind.spath_expression:
      case kind.path_expression:
      case kind.hpath_expression:
        return this.#hasInterpolation(start, end) ? undefined : this.#path(start, end, undefined);
      case kind.string_expression:
      case kind.indented_string_expression:
        return this.#hasInterpolation(start, end) ? undefined : this.#string(k, start, end, undefined);
      case kind.select_expression:
        return plainSelection(this.#text, start, end);
      case kind.list_expression:
        return plainList(this.#text, start, end);
      default:
        return undefined;
    }
  }

  #hasInterpolation(start: number, end: number): boolean {
    return this.#text.slice(start, end).includes("${");
  }

  addExpr(frame: Frame, expr: Expr): void {
    const isName = frame.kind === kind.attrpath || frame.kind === kind.inherited_attrs;
    if (isName) this.#addName(frame, computedName(expr.start, expr.end, expr));
    else frame.exprs.push(expr);
  }

  addIdentifier(frame: Frame, start: number, end: number): void {
    if (start === end) return;
    const name = this.#text.slice(start, end);
    if (frame.kind === kind.function_expression || frame.kind === kind.formal) frame.parameter = { start, end, name };
    else if (frame.kind === kind.attrpath || frame.kind === kind.inherited_attrs)
      this.#addName(frame, { kind: "name", start, end, text: name, quoted: false });
  }

  #addName(frame: Frame, name: AttrName): void {
    frame.names ??= [];
    frame.names.push(name);
  }

  /** Adds to its parent what a finished node means. */
  close(frame: Frame, parent: Frame): void {
    const { kind: k, start, end, exprs } = frame;
    switch (k) {
      case kind.ERROR:
        parent.broken = true;
        parent.exprs.push(...exprs);
        addBindings(parent, frame.bindings);
        break;
      case kind.binding_set:
        addBindings(parent, frame.bindings);
        break;
      case kind.binding:
      case kind.inherit:
      case kind.inherit_from: {
        const binding = k === kind.binding ? this.#binding(frame) : inheritBinding(frame);
        if (binding) addBindings(parent, [binding]);
        break;
      }
      case kind.attrpath:
      case kind.inherited_attrs:
        parent.names = frame.names;
        break;
      case kind.interpolation: {
        const [only] = exprs;
        const expr = only && exprs.length === 1 && !frame.broken ? only : this.#error(frame);
        if (parent.kind === kind.attrpath || parent.kind === kind.inherited_attrs)
          this.#addName(parent, computedName(start, end, expr));
        else {
          parent.interpolations ??= [];
          parent.interpolations.push({ start, end, expr });
        }
        break;
      }
      case kind.formals:
        parent.formals = { start, end, entries: frame.entries ?? [], ellipsis: frame.ellipsis };
        break;
      case kind.formal: {
        const name = frame.parameter?.name;
        parent.entries ??= [];
        if (name !== undefined) parent.entries.push({ start, end, name, fallback: exprs[0] });
        break;
      }
      default:
        this.addExpr(parent, this.#expr(frame));
    }
  }

  #error(frame: Frame): ErrorExpr {
    const { start, end, exprs, bindings } = frame;
    const [first] = bindings ?? [];
    const last = bindings?.at(-1);
    const children = [...exprs];
    if (bindings && first && last)
      children.push({ kind: "attrset", start: first.start, end: last.end, recursive: false, bindings });
    return { kind: "error", start, end, children };
  }

  #expr(frame: Frame): Expr {
    const { kind: k, start, end, exprs, broken } = frame;
    const [first, second, third] = exprs;
    switch (k) {
      case kind.string_expression:
      case kind.indented_string_expression:
        return broken ? this.#error(frame) : this.#string(k, start, end, frame.interpolations);
      case kind.path_expression:
      case kind.hpath_expression:
        return broken ? this.#error(frame) : this.#path(start, end, frame.interpolations);
      case kind.attrset_expression:
      case kind.rec_attrset_expression:
      case kind.let_attrset_expression: {
        const recursive = k !== kind.attrset_expression;
        const base: Expr = { kind: "attrset", start, end, recursive, bindings: frame.bindings ?? [] };
        if (k !== kind.let_attrset_expression) return base;
        const body: AttrName = { kind: "name", start: end, end, text: "body", quoted: false };
        return { kind: "select", start, end, base, path: [body], fallback: undefined };
      }
      case kind.list_expression:
        return { kind: "list", start, end, items: this.#items(frame) };
      case kind.let_expression:
        if (!first || second) break;
        return { kind: "let", start, end, bindings: frame.bindings ?? [], body: first };
      case kind.function_expression:
        if (!first || second) break;
        return { kind: "function", start, end, parameter: frame.parameter, formals: frame.formals, body: first };
      case kind.select_expression:
        if (!first || third || !frame.names || broken) break;
        return { kind: "select", start, end, base: first, path: frame.names, fallback: second };
      case kind.has_attr_expression:
        if (!first || second || !frame.names || broken) break;
        return { kind: "has_attr", start, end, base: first, path: frame.names };
      case kind.unary_expression:
        if (!first || second || broken) break;
        return { kind: "unary", start, end, operator: this.#text[start] === "!" ? "!" : "-", operand: first };
      case kind.parenthesized_expression:
        if (!first || second || broken) break;
        this.#parenthesized.set(first, { start, end });
        return first;
      case kind.binary_expression: {
        if (!first || !second || third || !frame.operator || broken) break;
        const expr: Expr = { kind: "binary", start, end, operator: frame.operator, left: first, right: second };
        return this.#pipes.size > 0 ? turnPipes(expr, this.#parenthesized) : expr;
      }
      case kind.apply_expression:
        if (!first || !second || third || broken) break;
        return this.#apply(start, end, first, second);
      case kind.assert_expression:
        if (!first || !second || third || broken) break;
        return { kind: "assert", start, end, condition: first, body: second };
      case kind.with_expression:
        if (!first || !second || third || broken) break;
        return { kind: "with", start, end, environment: first, body: second };
      case kind.if_expression:
        if (!first || !second || !third || exprs.length > 3 || broken) break;
        return { kind: "if", start, end, condition: first, consequence: second, alternative: third };
    }
    return this.#error(frame);
  }

  /** `[ f or ]` has one item, the call `f or`. What could not be read leaves an error item. */
  #items(frame: Frame): Expr[] {
    const items: Expr[] = [];
    for (const item of frame.exprs) {
      const fn = items.at(-1);
      if (fn && this.#isBareOr(item))
        items[items.length - 1] = { kind: "apply", start: fn.start, end: item.end, fn, arg: item };
      else items.push(item);
    }
    if (frame.broken) items.push({ kind: "error", start: frame.end, end: frame.end, children: [] });
    return items;
  }

  /** `f x or` is `f (x or)` to Nix: a variable named `or` binds to the operand before it. */
  #apply(start: number, end: number, fn: Expr, arg: Expr): Expr {
    if (!this.#isBareOr(arg) || fn.kind !== "apply" || this.#parenthesized.has(fn))
      return { kind: "apply", start, end, fn, arg };
    const call: Expr = { kind: "apply", start: fn.arg.start, end, fn: fn.arg, arg };
    return { kind: "apply", start, end, fn: fn.fn, arg: call };
  }

  #isBareOr(expr: Expr): boolean {
    return expr.kind === "variable" && expr.name === "or" && !this.#parenthesized.has(expr);
  }

  #binding(frame: Frame): Binding | undefined {
    const { start, end, exprs, names, broken } = frame;
    const [value] = exprs;
    if (!names) return undefined;
    if (value && exprs.length === 1 && !broken) return { kind: "binding", start, end, path: names, value };
    const span = { start: value?.start ?? end, end: exprs.at(-1)?.end ?? end };
    return { kind: "binding", start, end, path: names, value: { kind: "error", ...span, children: exprs } };
  }

  #string(
    k: Kind,
    start: number,
    end: number,
    interpolations: readonly Interpolation[] | undefined,
  ): StringExpr | ErrorExpr {
    const quoted = k === kind.string_expression;
    const delimiter = quoted ? '"' : "''";
    const from = start + delimiter.length;
    const to = end - delimiter.length;
    // A string whose end the parser made up has no delimiter there. With a NUL, Nix does not say what it means.
    const closed = to >= from && this.#text.startsWith(delimiter, to);
    const segments = segmentsBetween(from, to, interpolations);
    if (!closed || this.#hasNul(segments)) {
      const children = interpolations?.map(({ expr }) => expr) ?? [];
      return { kind: "error", start, end, children };
    }
    const parts = quoted ? quotedParts(this.#text, segments) : indentedParts(this.#text, segments);
    return { kind: "string", start, end, style: quoted ? "quoted" : "indented", parts };
  }

  #hasNul(segments: readonly Segment[]): boolean {
    return segments.some(({ start, end }) => this.#text.slice(start, end).includes("\0"));
  }

  #path(start: number, end: number, interpolations: readonly Interpolation[] | undefined): PathExpr {
    const first = this.#text[start];
    const form = first === "<" ? "search" : first === "~" ? "home" : first === "/" ? "absolute" : "relative";
    const parts = segmentsBetween(start, end, interpolations).map((segment): PathExpr["parts"][number] =>
      "expr" in segment
        ? { kind: "interpolation", ...segment }
        : { kind: "text", ...segment, text: this.#text.slice(segment.start, segment.end) },
    );
    return { kind: "path", start, end, form, parts };
  }
}

/** True for the kinds of nodes that `putOffGroup` takes. */
export function isGroup(k: Kind): boolean {
  return k === kind.attrset_expression || k === kind.rec_attrset_expression || k === kind.list_expression;
}

/** A set or list that is read once somebody looks into it. */
export function putOffGroup(k: Kind, start: number, end: number, read: () => Expr | undefined): Expr {
  let known: Expr | undefined;
  const group = (): Expr | undefined => (known ??= read());
  if (k === kind.list_expression)
    return {
      kind: "list",
      start,
      end,
      get items() {
        const list = group();
        return list?.kind === "list" ? list.items : unreadable(start, end);
      },
    };
  return {
    kind: "attrset",
    start,
    end,
    recursive: k === kind.rec_attrset_expression,
    get bindings(): readonly Binding[] {
      const set = group();
      if (set?.kind === "attrset") return set.bindings;
      const [expr] = unreadable(start, end);
      return [{ kind: "binding", start, end, path: [{ kind: "dynamic", start, end, expr }], value: expr }];
    },
  };
}

function unreadable(start: number, end: number): [ErrorExpr] {
  return [{ kind: "error", start, end, children: [] }];
}

export function addBindings(frame: Frame, bindings: Binding[] | undefined): void {
  if (!bindings) return;
  if (frame.bindings) for (const binding of bindings) frame.bindings.push(binding);
  else frame.bindings = bindings;
}

function inheritBinding(frame: Frame): Binding {
  const { start, end, exprs, names } = frame;
  return { kind: "inherit", start, end, from: exprs[0], names: names ?? [] };
}

/** `"abc"` and `${"abc"}` are names like any other to Nix; with an interpolation a name is computed. */
function computedName(start: number, end: number, expr: Expr): AttrName {
  if (expr.kind !== "string" || expr.parts.some((part) => part.kind === "interpolation"))
    return { kind: "dynamic", start, end, expr };
  const text = expr.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  return { kind: "name", start, end, text, quoted: true };
}
