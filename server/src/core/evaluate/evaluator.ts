// The evaluator's face towards the rest: what it needs from a workspace, and what it offers.
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import type { Json, Thunk, Value } from "./value.js";

/**
 * Access to workspace files. The implementer records each question as a dependency: of the file whose code asks (`from`), or of
 * the running unit where none does. A value that is memoised asks once, so what hangs on a file hangs on all it ever asked.
 */
export interface FileAccess {
  /** A Nix file, parsed; `absent` if there is none; `needs` if the host has not loaded it yet; `unreadable` with why. */
  source(
    path: FilePath,
    from?: FilePath,
  ): SourceFile | { readonly missing: "absent" | "needs" | "unreadable"; readonly reason: string };
  /** Whether a Nix file is a function by its syntax: all that somebody hangs on who imports it and hands it on. */
  isFunction(path: FilePath, from?: FilePath): boolean;
  /** Any text file (`builtins.readFile`, `fromJSON`, Cargo.lock). */
  text(
    path: FilePath,
    from?: FilePath,
  ): string | { readonly missing: "absent" | "needs" | "unreadable"; readonly reason: string };
  /** A folder's entries as `builtins.readDir` gives them; undefined if it is no folder of the workspace. */
  folder(
    path: FilePath,
    from?: FilePath,
  ): ReadonlyMap<string, "regular" | "directory" | "symlink" | "unknown"> | undefined;
}

/**
 * What `lib.evalModules` gives for its argument; undefined if that can't be told. `asker`: who hangs on the files of the modules;
 * undefined: the running unit.
 */
export type ModuleEvaluation = (argument: Value, asker: string | undefined) => Value | undefined;

export interface Bounds {
  /** Evaluation steps for one unit (a host). Past them every value is unknown("bounded"). */
  readonly steps: number;
  readonly depth: number;
  /** Polled every few thousand steps. */
  readonly cancelled?: () => boolean;
}

export interface Evaluator {
  /**
   * `import path`: the value of a file's top expression. A folder means its default.nix. Memoised; cycles give unknown.
   * `from`: who hangs on the file, where the value is kept longer than the question lasts.
   */
  importFile(path: FilePath, from?: string): Value;
  /**
   * The value of a file judged on its own: as long as it is a function, it is called with what can be said of its
   * arguments with no caller in sight (`lib` is lib; `pkgs`, `config`, `inputs`, … are unknown; a formal's default is
   * taken and marked `assumed`).
   */
  openFile(path: FilePath): Value;
  /** Calls a function value as `openFile` does; other values are returned as they are. */
  open(value: Value): Value;
  call(fn: Value, argument: Thunk): Value;
  /** A finished thunk. */
  of(value: Value): Thunk;
  /** An attribute of a set, along a path; unknown with a reason where it can't be had. */
  select(value: Value, path: readonly string[]): Value;
  /** Forces deeply. Undefined if anything in it is unknown. */
  json(value: Value): Json | undefined;
  /** The `lib` set that files judged on their own get. */
  readonly lib: Value;
  unknown(reason: string): Value;
  /** A known string, as the product supplies it. */
  text(value: string): Value;
  /** A set of given values, e.g. the arguments of a flake's outputs. `open` as in AttrsValue. */
  attrs(entries: Iterable<readonly [string, Thunk]>, open?: string): Value;
  /** A value computed when first read. */
  lazy(compute: () => Value): Thunk;
  /** The file whose code is being evaluated. */
  readonly file: FilePath | undefined;
  /**
   * Begins a new unit: its step count starts at zero and goes to `steps`, else to that of the bounds. Values that are known stay memoised. On what opened functions ask for
   * hangs the unit by this name; nobody else has their values.
   */
  restart(unit?: string, steps?: number): void;
  /** Drops the memoised values of files, which changed or import one that did. Values that were read out of them stay as they are. Calls are remembered anew. */
  forget(files: Iterable<FilePath>): void;
}
