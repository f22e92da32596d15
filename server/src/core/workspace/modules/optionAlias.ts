// Modules that make one option another name of a second: lib's `mkRenamedOptionModule` and `mkAliasOptionModule`.
// Source: nixpkgs lib/modules.nix, `doRename`.
import type { Evaluator } from "../../evaluate/evaluator.js";
import type { Thunk, UnknownValue, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { attributeOf, counting, type Deferred, type Expanded, type PushedDown, settle } from "./configPieces.js";
import type { Module } from "./module.js";
import type { ModuleSyntax, Shape } from "./moduleSyntax.js";
import { deferredOf } from "./optionTree.js";

/** Definitions of `from` are definitions of `to`, and who reads it reads that. */
export interface OptionAlias {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What the module that a call makes stands for; undefined for any other value, or where a path is not known. */
export function optionAlias({ callee, inside = [] }: UnknownValue): OptionAlias | undefined {
  const maker = callee?.[0] === "lib" ? (callee.at(-1) ?? "") : "";
  if (!/^mk(Renamed|Alias)OptionModule(MD)?$/.test(maker)) return undefined;
  const [from, to] = [optionPath(inside[0]), optionPath(inside[1])];
  return from && to && inside.length === 2 ? { from, to } : undefined;
}

function optionPath(thunk: Thunk | undefined): readonly string[] | undefined {
  const value = thunk?.force();
  if (value?.kind !== "list" || value.openTail !== undefined || value.items.length === 0) return undefined;
  const names = value.items.flatMap((item) => {
    const name = item.force();
    return name.kind === "string" ? [name.value] : [];
  });
  return names.length === value.items.length ? names : undefined;
}

/** What the modules of aliases hang on. */
export interface AliasCaller {
  readonly evaluator: Evaluator;
  /** All modules of the configuration. */
  readonly allModules: () => readonly Module[];
  /** Its value. */
  readonly config: Thunk;
}

/** The module itself, to be made anew where definitions change. */
export function aliasModule(
  { from, to }: OptionAlias,
  writtenIn: FilePath,
  { evaluator, allModules, config }: AliasCaller,
): Module {
  const read: Value = { kind: "function", call: () => evaluator.select(config.force(), to) };
  const option = evaluator.attrs([
    ["_type", evaluator.of(evaluator.text("option"))],
    ["apply", evaluator.of(read)],
  ]);
  return {
    file: undefined,
    writtenIn,
    config: nested(
      to,
      evaluator.lazy(() => handedOn(definitionsAt(allModules(), from), evaluator)),
      evaluator,
    ),
    configPath: ["config"],
    options: nested(from, evaluator.of(option), evaluator),
    applies: "yes",
    syntax: syntaxOf(from, to),
  };
}

/** What the syntax of such a module would tell. What is handed on has no place in any file: nothing is reported of it. */
function syntaxOf(from: readonly string[], to: readonly string[]): ModuleSyntax {
  return {
    config: shapeAlong(to),
    options: shapeAlong(from),
    explicit: true,
    hasConfig: true,
    hasOptions: true,
    structural: false,
    keyed: false,
    imports: [],
    mayDefine: false,
  };
}

/** Of a set that has one attribute at each level; undefined at the end. */
function shapeAlong([first, ...more]: readonly string[]): Shape | undefined {
  if (first === undefined) return undefined;
  const below = shapeAlong(more);
  return { has: (name) => name === first, names: [first], child: (name) => (name === first ? below : undefined) };
}

function nested(path: readonly string[], leaf: Thunk, evaluator: Evaluator): Thunk {
  return path.reduceRight((inner, name) => evaluator.of(evaluator.attrs([[name, inner]])), leaf);
}

function definitionsAt(modules: readonly Module[], path: readonly string[]): PushedDown {
  let deferred: readonly Deferred[] = modules.map(deferredOf);
  let at: Pick<Expanded, "pieces" | "obscured"> = { pieces: [], obscured: [] };
  for (const name of path) {
    // Modules whose syntax does not name the option are not evaluated.
    const unshaped = deferred.filter(({ shape }) => shape === undefined);
    at = attributeOf(settle({ ...at, deferred: unshaped }), name);
    deferred = deferred.flatMap((one) => one.at(name) ?? []);
  }
  return settle({ ...at, deferred });
}

/** The definitions that count, each at their priority. */
function handedOn(at: PushedDown, evaluator: Evaluator): Value {
  const { definitions, obscured, certain } = counting(at);
  const [hidden] = obscured;
  if (hidden !== undefined) return evaluator.unknown(hidden.reason);
  if (!certain) return evaluator.unknown("hangs on a condition that is not known");
  const marked = (type: string, entries: readonly (readonly [string, Thunk])[]): Value =>
    evaluator.attrs([["_type", evaluator.of(evaluator.text(type))], ...entries]);
  const contents = definitions.map(({ value, piece }) =>
    evaluator.of(
      marked("override", [
        ["priority", evaluator.of({ kind: "int", value: BigInt(piece.priority) })],
        ["content", evaluator.of(value)],
      ]),
    ),
  );
  return marked("merge", [["contents", evaluator.of({ kind: "list", items: contents })]]);
}
