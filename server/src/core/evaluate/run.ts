// The state of one evaluation: bounds, and what the value being computed now was built on.
import type { Bounds, FileAccess, ModuleEvaluation } from "./evaluator.js";
import { RememberedCalls } from "./recall.js";
import type { FilePath } from "../text/range.js";
import type { AttrsValue, Thunk, UnknownValue, Value } from "./value.js";

/** Thrown where a computation cannot go on: its whole result is `value`. Caught at the next thunk or call. */
export class Unknowable {
  constructor(readonly value: UnknownValue) {}
}

/** Longest list and largest set that is made. */
const MAX_ELEMENTS = 250_000;

/** Steps between two looks at the cancellation token. */
const POLL = 4096;

export class Run {
  steps = 0;
  depth = 0;
  /** True once the value being computed was built on an assumed one. */
  assumed = false;
  /** True once a bound cut the value being computed short: it must not be memoised. */
  incomplete = false;
  /** How often it was taken for granted that something not known does not fail: an assertion holds, `seq` goes on. */
  granted = 0;
  /** Above zero while a branch is evaluated that real Nix perhaps never enters. */
  speculating = 0;
  /** Above zero while an argument is read before the function asks for it. */
  early = 0;
  #stopped: string | undefined;
  #nextPoll = POLL;
  /** Steps of the running unit. */
  #most: number;

  /** Calls that are remembered (recall.ts). */
  readonly calls = new RememberedCalls();

  /** Set by create.ts once all parts are there. */
  globals: ReadonlyMap<string, Thunk> = new Map();
  /** nixpkgs' lib; `input` is the name of the flake input that it is taken from. */
  lib!: (input?: readonly string[]) => AttrsValue;
  /** True for a value of `lib`. */
  isLib!: (value: AttrsValue) => boolean;
  importFile!: (path: string) => Value;
  /** `lib.evalModules`, if somebody can tell what it gives. */
  evalModules: ModuleEvaluation | undefined;

  /** The file whose code is being evaluated. */
  file: FilePath | undefined;
  /** Who hangs on what that code asks for (`FileContext.asker`); undefined: the running unit. */
  asker: string | undefined;
  /** The running unit. */
  unit: string | undefined;
  readonly files: FileAccess;

  constructor(
    files: FileAccess,
    readonly bounds: Bounds,
  ) {
    this.#most = bounds.steps;
    this.files = {
      source: (path) => files.source(path, this.asker),
      isFunction: (path) => files.isFunction(path, this.asker),
      text: (path) => files.text(path, this.asker),
      folder: (path) => files.folder(path, this.asker),
    };
  }

  restart(unit?: string, most = this.bounds.steps): void {
    this.unit = unit;
    this.steps = 0;
    this.#most = most;
    this.#nextPoll = POLL;
    this.#stopped = undefined;
  }

  /** Counts one step. @throws Unknowable past the bound or after cancellation. */
  step(): void {
    this.steps++;
    if (this.steps >= this.#nextPoll) {
      this.#nextPoll = this.steps + POLL;
      if (this.bounds.cancelled?.()) this.#stopped = "cancelled";
    }
    if (this.#stopped === undefined && this.steps > this.#most) this.#stopped = "bounded";
    if (this.#stopped !== undefined) this.cut(this.#stopped);
  }

  /** Counts the making of a list or set of `count` elements. */
  charge(count: number): void {
    if (count > MAX_ELEMENTS) this.cut("bounded");
    this.steps += count >> 1;
    this.step();
  }

  enter(): void {
    this.step();
    if (this.depth >= this.bounds.depth) this.cut("too deep");
    this.depth++;
  }

  cut(reason: string): never {
    this.incomplete = true;
    throw new Unknowable({ kind: "unknown", reason });
  }
}
