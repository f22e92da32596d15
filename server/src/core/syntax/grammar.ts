// The grammar's node kinds as dense numbers, and the small part of a tree cursor that lowering needs. Comparing numbers
// keeps strings out of the hot loop; the interface keeps web-tree-sitter's types inside `parser.ts`.

/** A cursor over the syntax tree. Offsets are UTF-16 units, as everywhere. */
export interface Cursor {
  readonly nodeTypeId: number;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** The kinds that lowering tells apart; everything else (punctuation, comments) is `other`. */
const KINDS = [
  "other",
  "ERROR",
  "variable_expression",
  "integer_expression",
  "float_expression",
  "string_expression",
  "indented_string_expression",
  "uri_expression",
  "path_expression",
  "hpath_expression",
  "spath_expression",
  "list_expression",
  "attrset_expression",
  "rec_attrset_expression",
  "let_attrset_expression",
  "let_expression",
  "function_expression",
  "apply_expression",
  "select_expression",
  "has_attr_expression",
  "unary_expression",
  "binary_expression",
  "if_expression",
  "assert_expression",
  "with_expression",
  "parenthesized_expression",
  "source_code",
  "binding_set",
  "binding",
  "inherit",
  "inherit_from",
  "inherited_attrs",
  "attrpath",
  "interpolation",
  "identifier",
  "formals",
  "formal",
  "ellipses",
] as const;

type KindName = (typeof KINDS)[number];
export type Kind = number;

/** The number of each kind, by name. */
export const kind = Object.fromEntries(KINDS.map((name, i) => [name, i])) as Readonly<Record<KindName, Kind>>;

const FIRST_EXPRESSION = kind.variable_expression;
const LAST_EXPRESSION = kind.parenthesized_expression;

export function isExpression(k: Kind): boolean {
  return k >= FIRST_EXPRESSION && k <= LAST_EXPRESSION;
}

/** web-tree-sitter's type id of an ERROR node. */
const ERROR_TYPE = 0xffff;

/** From a grammar's type ids to kinds. Aliases share a name, hence a kind. */
export class KindTable {
  readonly #kinds: Uint8Array;
  /** The token's text for type ids of anonymous nodes, e.g. `++`. */
  readonly #tokens: readonly string[];

  constructor(types: readonly string[], isNamed: (id: number) => boolean) {
    this.#tokens = types;
    this.#kinds = Uint8Array.from(types, (name, id) =>
      isNamed(id) ? Math.max(0, KINDS.indexOf(name as KindName)) : 0,
    );
  }

  of(typeId: number): Kind {
    return typeId === ERROR_TYPE ? kind.ERROR : (this.#kinds[typeId] ?? kind.other);
  }

  name(typeId: number): string {
    return this.#tokens[typeId] ?? "ERROR";
  }
}
