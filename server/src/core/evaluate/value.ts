// What evaluation yields. A value is known (exactly what real Nix computes) or unknown with a reason; never a guess.
import type {
  AttrBinding,
  AttrsetExpr,
  Expr,
  FunctionExpr,
  InheritBinding,
  LetExpr,
  SourceFile,
} from "../syntax/ast.js";
import type { FilePath, Location } from "../text/range.js";

export type Value =
  | NullValue
  | BoolValue
  | IntValue
  | FloatValue
  | StringValue
  | PathValue
  | ListValue
  | AttrsValue
  | FunctionValue
  | UnknownValue;

/** What every value carries: where it was written. */
interface Provenance {
  /** The expression that made the value: a literal, an operator, a call. Undefined for values the product supplies. */
  readonly origin?: Location;
  /** Values that `origin` was computed from, so a finding can name each definition on the way. */
  readonly sources?: readonly Location[];
  /** True if a formal's default stands in for an argument that no caller in sight gives. */
  readonly assumed?: boolean;
}
export interface NullValue extends Provenance {
  readonly kind: "null";
}
export interface BoolValue extends Provenance {
  readonly kind: "bool";
  readonly value: boolean;
}
/** Nix integers: 64-bit signed, exact. */
export interface IntValue extends Provenance {
  readonly kind: "int";
  readonly value: bigint;
}
export interface FloatValue extends Provenance {
  readonly kind: "float";
  readonly value: number;
}
export interface StringValue extends Provenance {
  readonly kind: "string";
  readonly value: string;
}
/** `path` is relative to the workspace root if inside it (FilePath), else absolute, `~/…` or `../…`. */
export interface PathValue extends Provenance {
  readonly kind: "path";
  readonly path: FilePath;
  readonly inside: boolean;
}
/**
 * `openTail`: further elements may follow that are not known, with the reason. `rest` are the values that add them, as far as
 * they can be named: lists behind an unknown condition, lists after an unknown one, unknown values.
 */
export interface ListValue extends Provenance {
  readonly kind: "list";
  readonly items: readonly Thunk[];
  readonly openTail?: string;
  readonly rest?: readonly Value[];
}
/**
 * `open`: further attributes may exist that are not known, with the reason; those in `entries` are certain. `rest` are the
 * values that add them, as far as they can be named: sets behind an unknown condition, unknown sets merged by `//`.
 */
export interface AttrsValue extends Provenance {
  readonly kind: "attrs";
  readonly entries: ReadonlyMap<string, Attr>;
  readonly open?: string;
  readonly rest?: readonly Value[];
  /** True for the arguments of a function with no caller in sight: what only a caller could add is assumed to be absent. */
  readonly unseen?: boolean;
}
export interface FunctionValue extends Provenance {
  readonly kind: "function";
  /** Apply to an argument. Total: errors of the program are unknown values. */
  readonly call: (argument: Thunk) => Value;
  /** Of the function that a whole file is: who holds it hangs on the file's text only where he looks into it or calls it. */
  readonly file?: FilePath;
  /** Set for functions of the program (not for builtins). */
  readonly definition?: { readonly source: SourceFile; readonly expr: FunctionExpr };
}
/**
 * Not known. `alternatives` are all values it can be, where those are limited (an unknown condition);
 * `inside` are values that an unknown function swallowed (`mkDerivation { … }`, `mkFlake { … }`), kept so that settings in them are found.
 */
export interface UnknownValue extends Provenance {
  readonly kind: "unknown";
  readonly reason: string;
  readonly alternatives?: readonly Value[];
  readonly inside?: readonly Thunk[];
  /** What was called, as an attribute path where it can be read (`["pkgs","rustPlatform","buildRustPackage"]`). */
  readonly callee?: readonly string[];
  /** How the program reaches it, from an argument or an input on: `["inputs","nixpkgs"]`. Unset where it was computed. */
  readonly name?: readonly string[];
  /** Of text or a path that begins with such a value: its name, and the text after it (`modulesPath + "/profiles/minimal.nix"`). */
  readonly below?: { readonly name: readonly string[]; readonly text: string };
  /** Set for text that is not known itself but names this file or folder of the workspace (`"${self}/x.nix"`, `toString ./x`). */
  readonly path?: FilePath;
  /** With `path`: true if the text is that of a copy in the Nix store. */
  readonly stored?: boolean;
  /** Of a string with interpolations: the text of each part in order, undefined for those that are not known. */
  readonly parts?: readonly (string | undefined)[];
  /** With `parts`: the file or folder of the workspace whose path such a part is. */
  readonly files?: readonly (FilePath | undefined)[];
  /** In `rest` of a set: one attribute (its value in `inside`) whose name is not known but for these parts in order. */
  readonly attribute?: readonly (string | undefined)[];
  /** In `rest` of a set: whether it may have an attribute of this name, where that is known. */
  readonly mayHave?: (name: string) => boolean;
  /** True if real Nix would fail here for certain (a type error, a missing attribute, `throw`, a failed assert). */
  readonly error?: boolean;
  /** For an error: true if `builtins.tryEval` catches it (`throw`, `assert`). */
  readonly catchable?: boolean;
}

/** A lazy value. `force` is memoised and total: infinite recursion and bounds give unknown. */
export interface Thunk {
  force(): Value;
  /** The expression behind it, where there is one; its file is `source`. */
  readonly expr?: Expr;
  readonly source?: SourceFile;
}

/** One attribute of a set. Several sites where Nix merges `a.b = 1; a.c = 2;`. */
export interface Attr {
  readonly thunk: Thunk;
  readonly sites: readonly AttrSite[];
}

/** Where an attribute is written: element `depth` of the path of `binding` in `set`. For `inherit`, the name at `depth` of `names`. */
export interface AttrSite {
  readonly source: SourceFile;
  readonly set: AttrsetExpr | LetExpr;
  readonly binding: AttrBinding | InheritBinding;
  readonly depth: number;
}

/** Plain data of a value that is known all the way down; path values are `{_path}`. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };
