// The names that every file sees: `builtins` and the few that stand on their own.
import { constants, CORE_BUILTINS } from "./builtins/core.js";
import { FILE_BUILTINS } from "./builtins/files.js";
import { LIST_BUILTINS } from "./builtins/lists.js";
import { SET_BUILTINS } from "./builtins/sets.js";
import { STRING_BUILTINS } from "./builtins/strings.js";
import { primitive } from "./functions.js";
import type { Run } from "./run.js";
import { lazy } from "./thunk.js";
import type { Attr, Thunk, Value } from "./value.js";
import { attr, ready, unknown } from "./values.js";

const TABLES = [CORE_BUILTINS, LIST_BUILTINS, SET_BUILTINS, STRING_BUILTINS, FILE_BUILTINS];

/** Builtins that need no `builtins.` before them. */
const GLOBAL_NAMES: ReadonlySet<string> = new Set([
  "abort",
  "baseNameOf",
  "break",
  "builtins",
  "derivation",
  "derivationStrict",
  "dirOf",
  "false",
  "fetchGit",
  "fetchMercurial",
  "fetchTarball",
  "fetchTree",
  "fromTOML",
  "import",
  "isNull",
  "map",
  "null",
  "placeholder",
  "removeAttrs",
  "scopedImport",
  "throw",
  "toString",
  "true",
]);

/** All builtins as thunks; each function is made when first read. */
export function builtinThunks(run: Run): ReadonlyMap<string, Thunk> {
  const all = new Map<string, Thunk>();
  for (const table of TABLES)
    for (const [name, implementation] of Object.entries(table))
      all.set(
        name,
        lazy(run, () => primitive(run, name, implementation)),
      );
  for (const [name, value] of constants()) all.set(name, ready(value));
  const entries = new Map<string, Attr>();
  for (const [name, thunk] of all) entries.set(name, attr(thunk));
  // Newer and experimental builtins are not all here; none has the name of another function of lib.
  const open = "a builtin that is not modelled";
  const rest = [unknown(open, { mayHave: (name) => !run.lib().entries.has(name) })];
  const set: Value = { kind: "attrs", entries, open, rest };
  all.set("builtins", ready(set));
  entries.set("builtins", attr(ready(set)));
  return all;
}

/** The outermost scope of every file: global names, and every builtin with `__` before it. */
export function globalNames(builtins: ReadonlyMap<string, Thunk>): ReadonlyMap<string, Thunk> {
  const names = new Map<string, Thunk>();
  for (const [name, thunk] of builtins) {
    if (GLOBAL_NAMES.has(name)) names.set(name, thunk);
    else names.set(`__${name}`, thunk);
  }
  return names;
}
