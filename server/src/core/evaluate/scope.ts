// Scopes and the lookup of names: lexical scopes first, then `with` environments from the inside out.
import type { SourceFile } from "../syntax/ast.js";
import type { Run } from "./run.js";
import { selectAttr } from "./select.js";
import type { Thunk, Value } from "./value.js";
import { failure, unknown } from "./values.js";

/** A file under evaluation. */
export interface FileContext {
  readonly run: Run;
  readonly source: SourceFile;
  /** Who hangs on what its code asks for: the file, whose values all units share, or the unit that opened a function of it. */
  readonly asker: string;
}

export class Scope {
  readonly file: FileContext;
  /** The nearest scope, this one included, that a `with` opened. */
  readonly nearestWith: Scope | undefined;

  constructor(
    file: FileContext,
    readonly parent: Scope | undefined,
    readonly names: ReadonlyMap<string, Thunk> | undefined,
    /** The set of a `with`. */
    readonly environment?: Thunk,
    /** A name bound besides, that of a function's parameter: most functions bind no other. */
    readonly parameter?: string,
    readonly argument?: Thunk,
  ) {
    this.file = file;
    this.nearestWith = environment ? this : parent?.nearestWith;
  }
}

export function fileScope(file: FileContext): Scope {
  return new Scope(file, undefined, file.run.globals);
}

/** The thunk that a name is bound to lexically. */
export function boundThunk(scope: Scope, name: string): Thunk | undefined {
  for (let s: Scope | undefined = scope; s; s = s.parent) {
    const thunk = s.names?.get(name);
    if (thunk) return thunk;
    if (s.parameter === name) return s.argument;
  }
  return undefined;
}

export function lookup(scope: Scope, name: string): Value {
  return boundThunk(scope, name)?.force() ?? lookupInWiths(scope, name);
}

function lookupInWiths(scope: Scope, name: string): Value {
  const run = scope.file.run;
  for (let s = scope.nearestWith; s; s = s.parent?.nearestWith) {
    const environment = s.environment?.force();
    if (environment === undefined) continue;
    if (environment.kind !== "attrs" && environment.kind !== "unknown")
      return failure("the environment of `with` is not a set");
    const value = selectAttr(run, environment, name);
    if (value) return value;
  }
  return scope.file.source.problems.length > 0
    ? unknown(`\`${name}\` is not defined`)
    : failure(`\`${name}\` is not defined`);
}
