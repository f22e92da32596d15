// Functions with no caller in sight: what can be said of their arguments by name alone.
import type { FilePath } from "../text/range.js";
import { Lambda, call, readFunction } from "./functions.js";
import type { Run } from "./run.js";
import { type FileContext, Scope } from "./scope.js";
import { assumedThunk, ExprThunk, guarded, lazy } from "./thunk.js";
import type { Attr, Thunk, Value } from "./value.js";
import { attr, ready, unknown } from "./values.js";

/** Why an argument is not known, for names whose meaning is fixed by convention. */
const REASONS: Readonly<Record<string, string>> = {
  config: "`config` is decided by the host",
  options: "`options` is decided by the host",
  osConfig: "`osConfig` is decided by the host",
  pkgs: "`pkgs` is decided by nixpkgs",
  inputs: "inputs of the flake",
  self: "the flake itself",
  "self'": "the flake itself, for one system",
  "inputs'": "inputs of the flake, for one system",
  modulesPath: "`modulesPath` is decided by nixpkgs",
  final: "the final package set",
  prev: "the package set before this overlay",
  super: "the package set before this overlay",
  old: "the attributes before this override",
  oldAttrs: "the attributes before this override",
  previousAttrs: "the attributes before this override",
  finalAttrs: "the final attributes of the package",
};

function argumentNamed(run: Run, name: string): Value {
  if (name === "lib") return run.lib();
  return unknown(REASONS[name] ?? `argument \`${name}\`, with no caller in sight`, { name: [name] });
}

/** Arguments that stay what they are by convention, whatever default a formal has. */
const CONVENTIONAL: ReadonlySet<string> = new Set(["lib", "pkgs", "config", "inputs", "self", "options"]);

/** At most this many functions in a row are opened (`a: b: c: …`). */
const MAX_CURRIED = 16;

export function open(run: Run, value: Value): Value {
  let current = value;
  for (let i = 0; i < MAX_CURRIED; i++) {
    const opened = openOnce(run, current);
    if (!opened) return current;
    current = opened;
  }
  return current;
}

function openOnce(run: Run, given: Value): Value | undefined {
  const value = readFunction(given);
  if (value instanceof Lambda) return openLambda(run, value);
  if (value.kind === "function" && value.definition)
    return value.call(ready(unknown("an argument, with no caller in sight")));
  if (value.kind !== "attrs" || !value.entries.has("__functor")) return undefined;
  const functor = value.entries.get("__functor");
  return functor && guarded(run, () => call(run, functor.thunk, ready(value)));
}

function openLambda(run: Run, { expr, scope }: Lambda): Value {
  if (!expr.formals) return callWith(run, expr.parameter?.name ?? "_", { expr, scope });
  const names = new Map<string, Thunk>();
  const inner = new Scope(contextOf(run, scope), scope, names);
  const entries = new Map<string, Attr>();
  for (const { name, fallback } of expr.formals.entries) {
    if (fallback && !CONVENTIONAL.has(name)) {
      // What a default stands in for is no attribute of `args` in `{ name ? 1, ... }@args`.
      names.set(name, assumedThunk(run, new ExprThunk(fallback, inner)));
      continue;
    }
    const thunk = lazy(run, () => argumentNamed(run, name));
    names.set(name, thunk);
    entries.set(name, attr(thunk));
  }
  if (expr.parameter) {
    const { name } = expr.parameter;
    const reason = REASONS[name] ?? "other arguments, with no caller in sight";
    names.set(
      name,
      ready({ kind: "attrs", entries, open: reason, rest: [unknown(reason, { name: [name] })], unseen: true }),
    );
  }
  return new ExprThunk(expr.body, inner).force();
}

function callWith(run: Run, name: string, { expr, scope }: Pick<Lambda, "expr" | "scope">): Value {
  const names = new Map<string, Thunk>([[name, ready(argumentNamed(run, name))]]);
  return new ExprThunk(expr.body, new Scope(contextOf(run, scope), scope, names)).force();
}

/** Nobody shares the values of an opened function, so only the unit that opens it hangs on what they ask for. */
function contextOf(run: Run, { file }: Scope): FileContext {
  return run.unit === undefined ? file : { ...file, asker: run.unit };
}

export function openFile(run: Run, path: FilePath): Value {
  return open(run, run.importFile(path));
}
