// The attributes of a set of options: which there are, each made when it is asked for.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { Attr, AttrSite, AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import type { Applies } from "./collect.js";
import { attributeOf, type Deferred, type Piece, type PushedDown, pushDown, settle } from "./configPieces.js";
import { LazyEntries, type LazySource } from "./lazyEntries.js";
import type { Shape } from "./moduleSyntax.js";
import type { Declaration, Elements, Node, OptionTree } from "./optionTree.js";
import type { DeclaredType } from "./optionTypes.js";
import { property } from "./properties.js";

const MAX_DEPTH = 64;

/** Forces the attribute at a path, and notes what was seen. */
type Noted = (path: readonly string[], value: Thunk) => Value;

export class Attributes implements LazySource {
  readonly entries = new LazyEntries(this);
  /** What modules define whose syntax does not tell its attributes. */
  readonly #known: PushedDown;
  readonly #shaped: readonly Deferred[];
  readonly #evaluated: readonly Declaration[];
  readonly #declared: readonly Declaration[];
  #definedBy: ReadonlyMap<string, readonly Deferred[]> | undefined;
  #declaredBy: ReadonlyMap<string, readonly Declaration[]> | undefined;
  #possible: ReadonlyMap<string, Attr> | undefined;

  constructor(
    readonly node: Node,
    readonly tree: OptionTree,
    readonly elements: Elements | undefined,
    readonly noted: Noted,
  ) {
    this.#shaped = node.deferred.filter(({ shape }) => shape !== undefined);
    const others = node.deferred.filter(({ shape }) => shape === undefined);
    this.#known = settle({ ...node, deferred: others });
    this.#evaluated = node.declarations.filter(
      ({ shape, thunk }) => shape === undefined && isSetOfOptions(thunk.force()),
    );
    this.#declared = node.declarations.filter(({ shape }) => shape !== undefined);
  }

  get open(): string | undefined {
    const [hidden] = this.#known.obscured;
    if (hidden !== undefined) return hidden.reason;
    const unsure = [...this.#mayBeThere().keys()];
    return unsure.length === 0 ? undefined : `${unsure.join(", ")}: set under a condition that is not known`;
  }

  get rest(): readonly AttrsValue[] | undefined {
    const entries = this.#mayBeThere();
    return entries.size === 0 ? undefined : [{ kind: "attrs", entries }];
  }

  names(): Iterable<string> {
    const all = [
      ...this.#known.sets.flatMap(({ set }) => [...set.entries.keys()]),
      ...[...this.#shaped, ...this.#declared].flatMap(({ shape }) => [...(shape?.names ?? [])]),
      ...this.#evaluated.flatMap(({ thunk }) => [...namesOf(thunk.force())]),
    ];
    // What `_module` holds is no option's value.
    return all.filter((name) => name !== "_module");
  }

  make(name: string): Attr | undefined {
    return this.#presence(name) === "yes" ? this.#attribute(name) : undefined;
  }

  asked(name: string, isThere: boolean): void {
    this.tree.note([...this.node.path, name], { isThere });
  }

  listed(names: readonly string[]): void {
    this.tree.note(this.node.path, { names });
  }

  #attribute(name: string): Attr | undefined {
    const { node, tree, elements } = this;
    const { pieces, sites } = attributeOf(this.#known, name);
    const deferred = this.#deferredOf(name);
    const declarations = this.#declarationsOf(name);
    if (pieces.length + deferred.length + declarations.length === 0 || node.path.length > MAX_DEPTH) return undefined;
    const path = [...node.path, name];
    const freeform = freeformBelow(node.freeform, name);
    const child: Node = {
      path,
      pieces,
      deferred,
      declarations,
      obscured: this.#known.obscured,
      own: node.own,
      freeform,
    };
    const value = tree.evaluator.lazy(() => tree.valueOf(child, elements?.type));
    return attributeAt(path, value, sites, deferred, this.noted);
  }

  #deferredOf(name: string): readonly Deferred[] {
    this.#definedBy ??= byAttribute(this.#shaped);
    return (this.#definedBy.get(name) ?? []).flatMap((one) => one.at(name) ?? []);
  }

  #declarationsOf(name: string): readonly Declaration[] {
    this.#declaredBy ??= byAttribute(this.#declared);
    return [...(this.#declaredBy.get(name) ?? []), ...this.#evaluated].flatMap((declaration) =>
      optionsAt(declaration, name, this.tree.evaluator),
    );
  }

  /** Whether an attribute is there: where its type tells, it hangs on its definitions. */
  #presence(name: string): Applies {
    const { elements } = this;
    const type = elements === undefined ? this.node.freeform : undefined;
    const isTyped = elements !== undefined || (type !== undefined && this.#declarationsOf(name).length === 0);
    if (!isTyped || name === "_module") return "yes";
    const { pieces } = attributeOf(this.#known, name);
    const all = [...pieces, ...this.#deferredOf(name).flatMap((one) => one.expand().pieces)];
    const isLazy = elements?.lazy ?? (type?.kind !== "attrsOf" || type.lazy);
    return appliesOf(isLazy ? all : defined(pushDown({ pieces: all, obscured: [] })));
  }

  #mayBeThere(): ReadonlyMap<string, Attr> {
    if (this.#possible !== undefined) return this.#possible;
    const isTyped = this.elements !== undefined || this.node.freeform !== undefined;
    const possible = new Map<string, Attr>();
    for (const name of isTyped ? new Set(this.names()) : []) {
      const attr = this.#presence(name) === "maybe" ? this.#attribute(name) : undefined;
      if (attr !== undefined) possible.set(name, attr);
    }
    this.#possible = possible;
    return possible;
  }
}

function attributeAt(
  path: readonly string[],
  value: Thunk,
  sites: readonly AttrSite[],
  deferred: readonly Deferred[],
  noted: Noted,
): Attr {
  return {
    thunk: { force: () => noted(path, value) },
    get sites() {
      return [...sites, ...deferred.flatMap((one) => one.expand().sites)];
    },
  };
}

/** Of what stands in a set of a freeform type. */
function freeformBelow(type: DeclaredType | undefined, name: string): DeclaredType | undefined {
  if (type === undefined || name === "_module") return undefined;
  if (type.kind === "attrsOf") return type.element;
  if (type.kind === "attrs") return { kind: "last" };
  return type.kind === "anything" ? type : { kind: "unknown" };
}

function defined({ sets, leaves }: PushedDown): readonly Piece[] {
  return [...sets, ...leaves].map(({ piece }) => piece);
}

/** Whether any of some definitions counts. */
function appliesOf(pieces: readonly Piece[]): Applies {
  if (pieces.some(({ applies }) => applies === "yes")) return "yes";
  return pieces.some(({ applies }) => applies === "maybe") ? "maybe" : "no";
}

/** For each attribute, the definitions or declarations whose syntax names it: few of the hundreds that a host has. */
function byAttribute<T extends { readonly shape: Shape | undefined }>(
  shaped: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const named = new Map<string, T[]>();
  for (const one of shaped)
    for (const name of one.shape?.names ?? []) {
      const known = named.get(name);
      if (known === undefined) named.set(name, [one]);
      else known.push(one);
    }
  return named;
}

function optionsAt({ thunk, shape }: Declaration, name: string, evaluator: Evaluator): Declaration[] {
  if (shape !== undefined) {
    if (!shape.has(name)) return [];
    return [{ thunk: evaluator.lazy(() => evaluator.select(thunk.force(), [name])), shape: shape.child(name) }];
  }
  const value = thunk.force();
  const attr = value.kind === "attrs" ? value.entries.get(name) : undefined;
  return attr === undefined ? [] : [{ thunk: attr.thunk, shape: undefined }];
}

function isSetOfOptions(value: Value): boolean {
  return value.kind === "attrs" && property(value) === undefined;
}

function namesOf(value: Value): Iterable<string> {
  return value.kind === "attrs" ? value.entries.keys() : [];
}
