// The lowered form of a Nix file: plain data with ranges, made once from the tree-sitter tree. Everything above `syntax/`
// sees only this; grammar quirks and repairs end here. Parentheses are dropped (ranges are those of the inside).
// Kinds are named after tree-sitter-nix's nodes, without the `_expression`.
import type { LineIndex } from "../text/lineIndex.js";
import type { FilePath, TextRange } from "../text/range.js";

export interface Comment extends TextRange {
  /** The comment with its delimiters. */
  readonly text: string;
}

/** Where the parser had to guess; empty for every file that Nix accepts. */
export interface SyntaxProblem extends TextRange {
  readonly message: string;
}

export interface SourceFile {
  readonly path: FilePath;
  readonly text: string;
  readonly lines: LineIndex;
  /** Undefined for an empty or comment-only file. */
  readonly root: Expr | undefined;
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

export type Expr =
  | IntegerExpr
  | FloatExpr
  | StringExpr
  | PathExpr
  | VariableExpr
  | ListExpr
  | AttrsetExpr
  | LetExpr
  | FunctionExpr
  | ApplyExpr
  | SelectExpr
  | HasAttrExpr
  | UnaryExpr
  | BinaryExpr
  | IfExpr
  | AssertExpr
  | WithExpr
  | ErrorExpr;

export interface IntegerExpr extends TextRange {
  readonly kind: "integer";
  readonly value: bigint;
}
export interface FloatExpr extends TextRange {
  readonly kind: "float";
  readonly value: number;
}

/** `"…"`, `''…''` (indentation already stripped as Nix does) or a bare URI; escapes are resolved. */
export interface StringExpr extends TextRange {
  readonly kind: "string";
  readonly style: "quoted" | "indented" | "uri";
  readonly parts: readonly StringPart[];
}
/** `text` is the value; its range is that of the source it came from (escapes and indentation included). */
export type StringPart =
  | (TextRange & { readonly kind: "text"; readonly text: string })
  | (TextRange & { readonly kind: "interpolation"; readonly expr: Expr });

/** `form` search is `<nixpkgs>`; home is `~/x`. `parts` join to the path's text as written, `<` and `>` included. */
export interface PathExpr extends TextRange {
  readonly kind: "path";
  readonly form: "relative" | "absolute" | "home" | "search";
  readonly parts: readonly StringPart[];
}
export interface VariableExpr extends TextRange {
  readonly kind: "variable";
  readonly name: string;
}
export interface ListExpr extends TextRange {
  readonly kind: "list";
  readonly items: readonly Expr[];
}
/** `{ }` or `rec { }`; the range covers the keyword and both braces. */
export interface AttrsetExpr extends TextRange {
  readonly kind: "attrset";
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
}
export interface LetExpr extends TextRange {
  readonly kind: "let";
  readonly bindings: readonly Binding[];
  readonly body: Expr;
}

export type Binding = AttrBinding | InheritBinding;
/** `a.b = value;` including the semicolon. Of a half-typed one, `value` is an error expression without width. */
export interface AttrBinding extends TextRange {
  readonly kind: "binding";
  readonly path: readonly AttrName[];
  readonly value: Expr;
}
export interface InheritBinding extends TextRange {
  readonly kind: "inherit";
  readonly from: Expr | undefined;
  readonly names: readonly AttrName[];
}
export type AttrName =
  | (TextRange & { readonly kind: "name"; readonly text: string; readonly quoted: boolean })
  | (TextRange & { readonly kind: "dynamic"; readonly expr: Expr });

export interface Formal extends TextRange {
  readonly name: string;
  readonly fallback: Expr | undefined;
}
/** `x: body`, `{ a, b ? 1, ... }: body`, `args@{ … }: body`. */
export interface FunctionExpr extends TextRange {
  readonly kind: "function";
  /** The name that the whole argument is bound to. */
  readonly parameter: (TextRange & { readonly name: string }) | undefined;
  readonly formals: (TextRange & { readonly entries: readonly Formal[]; readonly ellipsis: boolean }) | undefined;
  readonly body: Expr;
}
export interface ApplyExpr extends TextRange {
  readonly kind: "apply";
  readonly fn: Expr;
  readonly arg: Expr;
}
export interface SelectExpr extends TextRange {
  readonly kind: "select";
  readonly base: Expr;
  readonly path: readonly AttrName[];
  readonly fallback: Expr | undefined;
}
export interface HasAttrExpr extends TextRange {
  readonly kind: "has_attr";
  readonly base: Expr;
  readonly path: readonly AttrName[];
}
export interface UnaryExpr extends TextRange {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Expr;
}
export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "++"
  | "//"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "&&"
  | "||"
  | "->"
  | "|>"
  | "<|";
export interface BinaryExpr extends TextRange {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}
export interface IfExpr extends TextRange {
  readonly kind: "if";
  readonly condition: Expr;
  readonly consequence: Expr;
  readonly alternative: Expr;
}
export interface AssertExpr extends TextRange {
  readonly kind: "assert";
  readonly condition: Expr;
  readonly body: Expr;
}
export interface WithExpr extends TextRange {
  readonly kind: "with";
  readonly environment: Expr;
  readonly body: Expr;
}
/** Half-typed or broken code; evaluates to unknown. `children` are the intact parts inside it. */
export interface ErrorExpr extends TextRange {
  readonly kind: "error";
  readonly children: readonly Expr[];
}
