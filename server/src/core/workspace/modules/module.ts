// One module of a host: called with its arguments and taken apart into definitions and declarations.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import type { Expr } from "../../syntax/ast.js";
import type { FilePath } from "../../text/range.js";
import type { Applies } from "./collect.js";
import { type ModuleSyntax, moduleSyntax } from "./moduleSyntax.js";
import { folderOf, joinPath } from "../paths.js";

/** One module, called and taken apart. */
export interface Module {
  /** The file it is the top of; undefined for one written inline. */
  readonly file: FilePath | undefined;
  /** The file that it is written in, as far as known: its own, or the one that lists it. */
  readonly writtenIn: FilePath;
  /** Its option definitions: `config`, or the whole set in shorthand form. */
  readonly config: Thunk;
  /** Path of `config` in the module. */
  readonly configPath: readonly string[];
  readonly options: Thunk | undefined;
  /** The type of what is defined and not declared. */
  readonly freeformType?: Thunk | undefined;
  readonly applies: Applies;
  /** True if its place among others hangs on a condition that is not known: what it adds to lists is somewhere in them. */
  readonly displaced?: boolean;
  /** What the syntax tells; undefined where none shows its form. */
  readonly syntax: ModuleSyntax | undefined;
}

/** What calls a module. */
export interface ModuleCaller {
  readonly evaluator: Evaluator;
  /** The argument of a module function, by the names of its formals. */
  readonly argumentsFor: (formals: readonly string[]) => Thunk;
}

export const NOTHING: Value = { kind: "attrs", entries: new Map() };
/** Attributes of a shorthand module that are no options. */
const NOT_CONFIG = new Set(["imports", "disabledModules", "_class", "_file", "key", "require", "freeformType", "meta"]);

/** A module file of plain form: called when something reads its definitions or its options. */
export function deferredModule(file: FilePath, syntax: ModuleSyntax, applies: Applies, input: ModuleCaller): Module {
  const { evaluator } = input;
  const top = evaluator.lazy(() => calledModule(evaluator.importFile(file), input));
  const at = (name: string) => evaluator.lazy(() => evaluator.select(top.force(), [name]));
  const definitions = syntax.imports.length === 0 ? top : evaluator.lazy(() => shorthand(top.force()));
  return {
    file,
    writtenIn: file,
    config: syntax.explicit ? (syntax.hasConfig ? at("config") : evaluator.of(NOTHING)) : definitions,
    configPath: syntax.explicit ? ["config"] : [],
    options: syntax.hasOptions ? at("options") : undefined,
    applies,
    syntax,
  };
}

/** What a module function gives; other values as they are. */
export function calledModule(value: Value, { evaluator, argumentsFor }: ModuleCaller): Value {
  if (value.kind !== "function") return value;
  const formals = value.definition?.expr.formals?.entries.map(({ name }) => name) ?? [];
  return evaluator.call(value, argumentsFor(formals));
}

/** What module files import by plain paths: the same for every host. */
const IMPORTS = new WeakMap<ModuleSyntax, readonly Thunk[]>();

export function importsOf(file: FilePath, syntax: ModuleSyntax, evaluator: Evaluator): readonly Thunk[] {
  let thunks = IMPORTS.get(syntax);
  if (thunks === undefined) {
    const folder = folderOf(file);
    thunks = syntax.imports.map((written) => {
      const path = joinPath(folder, written);
      return evaluator.of({ kind: "path", path: path ?? written, inside: path !== undefined });
    });
    IMPORTS.set(syntax, thunks);
  }
  return thunks;
}

/** What the syntax of a module written inline tells: a set in a list of modules, or a function. */
export function inlineSyntax(written: { readonly expr?: Expr } | undefined): ModuleSyntax | undefined {
  const expr = written?.expr;
  return expr?.kind === "attrset" || expr?.kind === "function" ? moduleSyntax(expr) : undefined;
}

/** The file that a set is written in. */
export function placeOf(value: AttrsValue): FilePath | undefined {
  for (const { sites } of value.entries.values()) if (sites[0] !== undefined) return sites[0].source.path;
  return value.origin?.file;
}

/** The definitions of a module that has no `config` of its own. */
export function shorthand(value: Value): Value {
  if (value.kind !== "attrs") return value;
  return { ...value, entries: new Map([...value.entries].filter(([name]) => !NOT_CONFIG.has(name))) };
}
