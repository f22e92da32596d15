// Lazy values with memory. A thunk that is read while it is being computed is infinite recursion.
import type { Expr, SourceFile } from "../syntax/ast.js";
import { evaluate } from "./expression.js";
import { type Run, Unknowable } from "./run.js";
import type { FileContext, Scope } from "./scope.js";
import type { Attr, Thunk, Value } from "./value.js";
import { failure, unknown, withDetails } from "./values.js";

/** Computes a value with the run's notes (assumed, incomplete) kept apart for it. Total. */
export function guarded(run: Run, compute: () => Value): Value {
  const assumed = run.assumed;
  const incomplete = run.incomplete;
  const depth = run.depth;
  run.assumed = false;
  run.incomplete = false;
  let value: Value;
  try {
    value = compute();
  } catch (error) {
    value = recover(run, error, depth);
  }
  if (run.assumed) value = assume(run, value);
  run.assumed = assumed || value.assumed === true;
  run.incomplete = incomplete || run.incomplete;
  return value;
}

/** The value that an exception stands for; a full JavaScript stack counts as "too deep". */
export function recover(run: Run, error: unknown, depth: number): Value {
  run.depth = depth;
  if (error instanceof Unknowable) return error.value;
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    run.incomplete = true;
    return unknown("too deep");
  }
  throw error;
}

abstract class Memo implements Thunk {
  /** The value once it is computed. */
  value: Value | undefined;
  #busy = false;

  protected abstract compute(): Value;
  protected abstract readonly run: Run;

  force(): Value {
    const run = this.run;
    if (this.value !== undefined) {
      if (this.value.assumed) run.assumed = true;
      return this.value;
    }
    if (this.#busy) {
      if (run.speculating === 0 && run.early === 0) return failure("infinite recursion");
      run.incomplete = true;
      return unknown("infinite recursion");
    }
    const { assumed, incomplete, depth } = run;
    run.assumed = false;
    run.incomplete = false;
    this.#busy = true;
    let value: Value;
    try {
      value = this.compute();
    } catch (error) {
      value = recover(run, error, depth);
    } finally {
      this.#busy = false;
    }
    if (run.assumed) value = assume(run, value);
    if (!run.incomplete) {
      this.value = value;
      this.release();
    }
    run.assumed = assumed || value.assumed === true;
    run.incomplete = incomplete || run.incomplete;
    return value;
  }

  /** Lets go of what was needed for computing. */
  protected release(): void {}
}

/** An expression in its scope, which it lets go of once it is computed. */
export class ExprThunk extends Memo {
  readonly #file: FileContext;
  #scope: Scope | undefined;

  constructor(
    readonly expr: Expr,
    scope: Scope,
  ) {
    super();
    this.#file = scope.file;
    this.#scope = scope;
  }
  get source(): SourceFile {
    return this.#file.source;
  }
  protected get run(): Run {
    return this.#file.run;
  }
  protected compute(): Value {
    const { run, source, asker } = this.#file;
    const before = { file: run.file, asker: run.asker };
    run.file = source.path;
    run.asker = asker;
    try {
      return this.#scope ? evaluate(this.expr, this.#scope) : unknown("released");
    } finally {
      run.file = before.file;
      run.asker = before.asker;
    }
  }
  protected override release(): void {
    this.#scope = undefined;
  }
}

/** The value of a thunk that was forced before; forces nothing. */
export function settled(thunk: Thunk): Value | undefined {
  return (thunk as { value?: Value }).value;
}

class LazyThunk extends Memo {
  #compute: (() => Value) | undefined;
  constructor(
    protected readonly run: Run,
    compute: () => Value,
    readonly expr?: Expr,
    readonly source?: SourceFile,
  ) {
    super();
    this.#compute = compute;
  }
  protected compute(): Value {
    this.run.enter();
    const value = this.#compute?.() ?? unknown("released");
    this.run.depth--;
    return value;
  }
  protected override release(): void {
    this.#compute = undefined;
  }
}

/** Made by code of the program, which hangs on what is asked for here, whoever reads it first. */
class OwnThunk extends LazyThunk {
  readonly #file = this.run.file;
  readonly #asker = this.run.asker;

  protected override compute(): Value {
    const { run } = this;
    const { file, asker } = run;
    run.file = this.#file;
    run.asker = this.#asker;
    try {
      return super.compute();
    } finally {
      run.file = file;
      run.asker = asker;
    }
  }
}

export function lazy(run: Run, compute: () => Value): Thunk {
  return new OwnThunk(run, compute);
}
/** A computed value that stands where the program wrote `like`. */
export function lazyAt(run: Run, like: Thunk, compute: () => Value): Thunk {
  return new OwnThunk(run, compute, like.expr, like.source);
}
/** One that belongs to nobody's code: what it asks for is a question of who reads it first. */
export function lazyOfNobody(run: Run, compute: () => Value): Thunk {
  return new LazyThunk(run, compute);
}

/** Reads through to another thunk and marks what it yields as assumed. */
class AssumedThunk implements Thunk {
  constructor(
    readonly run: Run,
    readonly inner: Thunk,
  ) {}
  get expr(): Expr | undefined {
    return this.inner.expr;
  }
  get source(): SourceFile | undefined {
    return this.inner.source;
  }
  force(): Value {
    const value = assume(this.run, this.inner.force());
    this.run.assumed = true;
    return value;
  }
}

export function assumedThunk(run: Run, inner: Thunk): Thunk {
  return new AssumedThunk(run, inner);
}

/** The same value, it and everything read out of it marked as assumed. */
export function assume(run: Run, value: Value): Value {
  if (value.assumed) return value;
  switch (value.kind) {
    case "attrs": {
      const entries = new Map<string, Attr>();
      for (const [name, attr] of value.entries)
        entries.set(name, { thunk: new AssumedThunk(run, attr.thunk), sites: attr.sites });
      return { ...value, entries, rest: value.rest?.map((more) => assume(run, more)), assumed: true };
    }
    case "list":
      return {
        ...value,
        items: value.items.map((item) => new AssumedThunk(run, item)),
        rest: value.rest?.map((more) => assume(run, more)),
        assumed: true,
      };
    case "function":
      return {
        kind: "function",
        origin: value.origin,
        get definition() {
          return value.definition;
        },
        call: (argument) => assume(run, value.call(argument)),
        assumed: true,
      };
    default:
      // What fails under an assumption does not fail for certain.
      return withDetails(value, { assumed: true, error: undefined, catchable: undefined } as Partial<Value>);
  }
}
