// Functions of the program, builtins, and calls, of unknown functions too.
import type { Expr, FunctionExpr, SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { type Run, Unknowable } from "./run.js";
import { Scope } from "./scope.js";
import { attrOf, hasAlternatives, hasAttr } from "./select.js";
import { evaluate, originOf } from "./expression.js";
import { recalled, remember } from "./recall.js";
import { ExprThunk, guarded, lazy, settled } from "./thunk.js";
import type { AttrsValue, FunctionValue, Thunk, UnknownValue, Value } from "./value.js";
import { failure, madeAt, mismatch, oneOf, ready, sourcesOf, unknown } from "./values.js";

/** A function of the program with the scope it closes over. */
export class Lambda implements FunctionValue {
  readonly kind = "function";

  constructor(
    readonly expr: FunctionExpr,
    readonly scope: Scope,
  ) {}
  get origin(): FunctionValue["origin"] {
    return originOf(this.expr, this.scope);
  }
  get definition(): { readonly source: SourceFile; readonly expr: FunctionExpr } {
    return { source: this.scope.file.source, expr: this.expr };
  }
  get call(): (argument: Thunk) => Value {
    return (argument) => guarded(this.scope.file.run, () => this.apply(argument));
  }
  apply(argument: Thunk): Value {
    const known = recalled(this, argument);
    if (known !== undefined) return known;
    const { run } = this.scope.file;
    const { steps, assumed, granted } = run;
    run.assumed = false;
    try {
      const value = this.#evaluate(argument);
      if (!run.incomplete && !run.assumed && run.granted === granted)
        remember(this, argument, value, run.steps - steps);
      return value;
    } finally {
      run.assumed ||= assumed;
    }
  }
  #evaluate(argument: Thunk): Value {
    const { run, source, asker } = this.scope.file;
    const before = { file: run.file, asker: run.asker };
    run.file = source.path;
    run.asker = asker;
    try {
      return evaluate(this.expr.body, argumentScope(this.expr, this.scope, argument));
    } finally {
      run.file = before.file;
      run.asker = before.asker;
    }
  }
}

/** The function that a file is, which outlives edits of the file: its text is asked for where somebody looks into it or calls it. */
export class FileFunction implements FunctionValue {
  readonly kind = "function";

  constructor(
    readonly run: Run,
    readonly file: FilePath,
    readonly read: () => Value,
  ) {}
  get origin(): FunctionValue["origin"] {
    return { file: this.file, range: { start: 0, end: 0 } };
  }
  get definition(): FunctionValue["definition"] {
    const value = this.read();
    return value.kind === "function" ? value.definition : undefined;
  }
  get call(): (argument: Thunk) => Value {
    return (argument) => guarded(this.run, () => callValue(this.run, this.read(), argument));
  }
}

/** The value itself, where it is a file's function what the file holds now. */
export function readFunction(value: Value): Value {
  return value instanceof FileFunction ? value.read() : value;
}

export function makeLambda(expr: FunctionExpr, scope: Scope): Value {
  return new Lambda(expr, scope);
}

/** The body's scope. @throws Unknowable if the argument does not fit the formals. */
function argumentScope(expr: FunctionExpr, scope: Scope, argument: Thunk): Scope {
  if (!expr.formals) return new Scope(scope.file, scope, undefined, undefined, expr.parameter?.name, argument);
  const names = new Map<string, Thunk>();
  const inner = new Scope(scope.file, scope, names, undefined, expr.parameter?.name, argument);
  const value = argument.force();
  if (value.kind === "unknown") {
    if (value.error) throw new Unknowable(value);
    for (const { name } of expr.formals.entries) names.set(name, ready(unnamedArgument(value, name)));
    return inner;
  }
  if (value.kind !== "attrs") mismatch(value, "a set");
  const { run } = scope.file;
  for (const { name, fallback } of expr.formals.entries) {
    const given = value.entries.get(name);
    if (given) names.set(name, given.thunk);
    else if (value.open === undefined) {
      if (!fallback) throw new Unknowable(failure(`the function is called without the argument \`${name}\``));
      names.set(name, new ExprThunk(fallback, inner));
    } else names.set(name, openArgument(run, value, name, fallback && new ExprThunk(fallback, inner)));
  }
  if (!expr.formals.ellipsis)
    refuseOthers(
      expr.formals.entries.map((formal) => formal.name),
      value,
    );
  return inner;
}

function unnamedArgument(value: UnknownValue, name: string): UnknownValue {
  return unknown(value.reason, { name: value.name ? [...value.name, name] : [name], sources: value.sources });
}

/** A formal that an open argument set may or may not give. */
function openArgument(run: Run, value: AttrsValue, name: string, fallback: Thunk | undefined): Thunk {
  const given = attrOf(run, value, name)?.thunk;
  if (!fallback) return given ?? ready(unknown(value.open ?? ""));
  if (hasAttr(value, name) === false) return fallback;
  return ready(oneOf(value.open ?? "", () => [given?.force() ?? unknown(""), fallback.force()], { name: [name] }));
}

function refuseOthers(known: readonly string[], value: AttrsValue): void {
  if (value.entries.size <= known.length && value.open === undefined && known.every((name) => value.entries.has(name)))
    return;
  const names = new Set(known);
  for (const name of value.entries.keys())
    if (!names.has(name))
      throw new Unknowable(failure(`the function is called with the unexpected argument \`${name}\``));
}

type Implementation = (run: Run, ...args: Thunk[]) => Value;

/** A function of Nix or lib, curried; `arity` arguments make it run. */
export class Primitive implements FunctionValue {
  readonly kind = "function";
  constructor(
    readonly run: Run,
    readonly name: string,
    readonly arity: number,
    readonly implementation: Implementation,
    readonly given: readonly Thunk[],
  ) {}
  get call(): (argument: Thunk) => Value {
    return (argument) => guarded(this.run, () => this.apply(argument));
  }
  apply(argument: Thunk): Value {
    const args = [...this.given, argument];
    if (args.length < this.arity) return new Primitive(this.run, this.name, this.arity, this.implementation, args);
    const { run } = this;
    run.enter();
    const { depth } = run;
    let value: Value;
    try {
      value = this.implementation(run, ...args);
    } catch (error) {
      if (!(error instanceof Unknowable)) throw error;
      run.depth = depth;
      value = this.swallow(error.value, args);
    }
    run.depth--;
    return value.origin || value.sources ? value : restingOn(value, args);
  }
  private bare(): Primitive {
    return new Primitive(this.run, this.name, this.arity, this.implementation, []);
  }
  /** The result where an argument is not known: what the arguments hold can still be looked into. */
  private swallow(value: UnknownValue, args: readonly Thunk[]): UnknownValue {
    if (value.error || this.run.incomplete) return value;
    const varying = args.findIndex((argument) => settled(argument) === value);
    if (varying >= 0 && hasAlternatives(value) && this.run.speculating < MAX_SPECULATION)
      return oneOf(value.reason, () =>
        (value.alternatives ?? []).map((one) =>
          guarded(this.run, () => call(this.run, this.bare(), ...args.with(varying, ready(one)))),
        ),
      );
    return unknown(value.reason, {
      inside: args,
      callee: [this.name],
      sources: value.sources,
      assumed: value.assumed,
    });
  }
}

/** Beyond so many guesses within guesses, alternatives are no longer followed. */
const MAX_SPECULATION = 3;

/** A plain result with the places of the plain arguments that were read for it. */
function restingOn(value: Value, args: readonly Thunk[]): Value {
  if (!isScalar(value)) return value;
  const read = args.map(settled).filter((one) => one !== undefined && (isScalar(one) || one.kind === "list"));
  const sources = sourcesOf(...(read as Value[]));
  return sources ? madeAt(value, value.origin, sources) : value;
}

function isScalar(value: Value): boolean {
  return value.kind === "int" || value.kind === "string" || value.kind === "bool" || value.kind === "float";
}

/** A table of functions by name; the number of arguments is that of the implementation's, without the run. */
export type Primitives = Readonly<Record<string, Implementation>>;

export function primitive(run: Run, name: string, implementation: Implementation): FunctionValue {
  return new Primitive(run, name, implementation.length - 1, implementation, []);
}

/** A function made on the way by another: `f = prefix: text: …` after its first argument. */
export function fn(run: Run, name: string, implementation: (argument: Thunk) => Value): FunctionValue {
  return new Primitive(run, name, 1, (_run, argument) => implementation(argument ?? ready(unknown(""))), []);
}

/** Calls with any number of arguments, one after the other. */
export function call(run: Run, callee: Thunk | Value, ...args: readonly Thunk[]): Value {
  let value = "kind" in callee ? callee : callee.force();
  for (const argument of args) value = callValue(run, value, argument);
  return value;
}

/** A call that is written at `expr`. */
export function callAt(expr: Expr, scope: Scope, callee: Value, argument: Thunk): Value {
  const value = callValue(scope.file.run, callee, argument);
  return value.origin ? value : madeAt(value, originOf(expr, scope), value.sources);
}

export function callValue(run: Run, callee: Value, argument: Thunk): Value {
  if (callee instanceof Lambda || callee instanceof Primitive) return callee.apply(argument);
  if (callee instanceof FileFunction) return callValue(run, callee.read(), argument);
  if (callee.kind === "function") return callee.call(argument);
  if (callee.kind === "unknown") return callUnknown(run, callee, argument);
  if (callee.kind === "attrs") {
    const functor = attrOf(run, callee, "__functor");
    if (functor) return callValue(run, callValue(run, functor.thunk.force(), ready(callee)), argument);
  }
  return failure("a value that is not a function is called");
}

export function callUnknown(run: Run, callee: UnknownValue, argument: Thunk): UnknownValue {
  if (callee.error) return callee;
  const details = {
    callee: callee.name ?? callee.callee,
    inside: [...(callee.inside ?? []), argument],
    sources: callee.sources,
    assumed: callee.assumed,
    ...(callee.below && { below: callee.below }),
  };
  if (!hasAlternatives(callee)) return unknown(callee.reason, details);
  return oneOf(
    callee.reason,
    () => (callee.alternatives ?? []).map((one) => lazy(run, () => callValue(run, one, argument)).force()),
    details,
  );
}
