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

export function fileScope(run: Run, source: SourceFile): Scope {
  const file: FileContext = { run, source, asker: source.path };
  return new Scope(file, undefined, run.globals);
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
  let unsure: Value | undefined;
  for (let s = scope.nearestWith; s; s = s.parent?.nearestWith) {
    const environment = s.environment?.force();
    if (environment === undefined) continue;
    if (environment.kind !== "attrs" && environment.kind !== "unknown")
      return failure("the environment of `with` is not a set");
    if (isNoBuiltin(run, environment, name)) continue;
    const value = selectAttr(run, environment, name);
    if (!value) continue;
    if (!MARKS.has(name) || isOfLib(run, environment, name)) return value;
    if (value.kind !== "unknown" || value.error) return unsure ?? value;
    unsure ??= value;
  }
  if (unsure !== undefined) return unsure;
  return scope.file.source.problems.length > 0
    ? unknown(`\`${name}\` is not defined`)
    : failure(`\`${name}\` is not defined`);
}

/**
 * The module system's own names. Sets that are not known (`with pkgs`, a library of one's own) hold none of them, or lib's, so
 * a `with lib` further out decides.
 */
const MARKS: ReadonlySet<string> = new Set([
  ...[
    "mkIf",
    "mkMerge",
    "mkOverride",
    "mkDefault",
    "mkForce",
    "mkOptionDefault",
    "mkVMOverride",
    "mkImageMediaOverride",
  ],
  ...["mkOrder", "mkBefore", "mkAfter", "mkOption", "mkEnableOption"],
]);

function isOfLib(run: Run, environment: Value, name: string): boolean {
  const entry = environment.kind === "attrs" ? environment.entries.get(name) : undefined;
  return entry !== undefined && entry.thunk === run.lib().entries.get(name)?.thunk;
}

/** True for the builtins where one of that name is certain to be none. */
function isNoBuiltin(run: Run, environment: Value, name: string): boolean {
  if (environment.kind !== "attrs" || environment.entries.has(name)) return false;
  return environment === run.globals.get("builtins")?.force() && run.lib().entries.has(name);
}
