// lib/meta.nix and lib/strings-with-deps.nix, and what lib/customisation.nix makes of folders of packages.
import { equal } from "../compare.js";
import { calledSet, overridable } from "../callPackage.js";
import { call, fn, type Primitives } from "../functions.js";
import { workspacePath, appendToPath, relativePath } from "../paths.js";
import type { FilePath } from "../../text/range.js";
import type { Run } from "../run.js";
import { selectAttr, update } from "../select.js";
import { lazy } from "../thunk.js";
import type { Thunk, UnknownValue, Value } from "../value.js";
import {
  bool,
  attrs,
  attrsOf,
  compareText,
  EMPTY_LIST,
  EMPTY_SET,
  giveUp,
  int,
  knownOf,
  ready,
  string,
  unknown,
} from "../values.js";

function entry(text: Thunk, deps: Thunk): Value {
  return attrs([
    ["text", text],
    ["deps", deps],
  ]);
}

/** `addMetaAttrs`: an unknown package stays what it was called with. */
function withMeta(run: Run, fresh: Thunk, thunk: Thunk): Value {
  const value = thunk.force();
  if (value.kind === "unknown") return asOverridden(value, fresh);
  const meta = selectAttr(run, knownOf(thunk), "meta") ?? EMPTY_SET;
  return update(run, value, attrs([["meta", ready(update(run, meta, fresh.force()))]]));
}

function asOverridden(value: UnknownValue, fresh: Thunk): Value {
  return unknown(value.reason, { ...value, inside: [...(value.inside ?? []), fresh], alternatives: undefined });
}

function withPriority(run: Run, priority: number, thunk: Thunk): Value {
  return withMeta(run, ready(attrs([["priority", ready(int(priority))]])), thunk);
}

/** `packagesFromDirectoryRecursive`: each `x.nix` and `x/package.nix` is called by `callPackage`. */
function packagesOf(run: Run, callPackage: Thunk, folder: FilePath): Value {
  const entries = run.files.folder(folder) ?? giveUp("a folder that is not listed");
  const callFile = (file: string) =>
    call(run, callPackage, ready(appendToPath(relativePath(folder), `/${file}`)), ready(EMPTY_SET));
  if (entries.has("package.nix")) return callFile("package.nix");
  const packages: [string, Thunk][] = [];
  for (const name of [...entries.keys()].sort(compareText)) {
    const type = entries.get(name);
    if (type === "directory")
      packages.push([name, lazy(run, () => packagesOf(run, callPackage, `${folder}/${name}`.replace(/^\//, "")))]);
    else if (type === "regular" && name.endsWith(".nix"))
      packages.push([name.slice(0, -".nix".length), lazy(run, () => callFile(name))]);
  }
  return attrs(packages);
}

/** `makeScope newScope f`: f's fixed point, with `callPackage` and the like beside its attributes. */
function makeScope(run: Run, newScope: Thunk, f: Thunk): Value {
  const self: Thunk = lazy(run, () =>
    update(
      run,
      call(run, f, self),
      attrs([
        [
          "newScope",
          ready(
            fn(run, "newScope", (scope) =>
              call(
                run,
                newScope,
                lazy(run, () => update(run, self.force(), scope.force())),
              ),
            ),
          ),
        ],
        ["callPackage", ready(unknown("`callPackage` is decided by nixpkgs", { name: ["callPackage"] }))],
        [
          "overrideScope",
          ready(fn(run, "overrideScope", (overlay) => makeScope(run, newScope, extended(run, overlay, f)))),
        ],
        ["packages", f],
      ]),
    ),
  );
  return self.force();
}

function extended(run: Run, overlay: Thunk, f: Thunk): Thunk {
  return ready(
    fn(run, "extends", (final) => {
      const previous = lazy(run, () => call(run, f, final));
      return update(run, previous.force(), call(run, overlay, final, previous));
    }),
  );
}

export const CUSTOMISATION: Primitives = {
  makeScope,
  makeOverridable: (run, f, args) => overridable(run, call(run, f, args)) ?? giveUp("a package, or a function"),
  callPackageWith: (run, scope, file, args) =>
    calledSet(run, attrsOf(scope), file, args) ?? giveUp("a package, or a function"),
};

/** lib/types.nix, so far as it marks sets. */
export const MARKS: Primitives = {
  isType: (run, type, thunk) => {
    const value = knownOf(thunk);
    const mark = selectAttr(run, value, "_type");
    return bool(equal(run, mark ?? string(""), type.force()));
  },
  setType: (run, type, set) => update(run, set.force(), attrs([["_type", type]])),
};

export const META: Primitives = {
  addMetaAttrs: withMeta,
  setPrio: (run, priority, thunk) => withMeta(run, ready(attrs([["priority", priority]])), thunk),
  hiPrio: (run, thunk) => withPriority(run, -10, thunk),
  lowPrio: (run, thunk) => withPriority(run, 10, thunk),
  setName: (run, name, thunk) => update(run, thunk.force(), attrs([["name", name]])),
  stringAfter: (_run, deps, text) => entry(text, deps),
  fullDepEntry: (_run, text, deps) => entry(text, deps),
  noDepEntry: (_run, text) => entry(text, ready(EMPTY_LIST)),
  packEntry: (_run, deps) => entry(ready(string("")), deps),
  packagesFromDirectoryRecursive: (run, argument) => {
    const set = attrsOf(argument);
    const folder = workspacePath(selectAttr(run, set, "directory") ?? EMPTY_SET);
    const callPackage = selectAttr(run, set, "callPackage");
    if (folder === undefined || !callPackage) return giveUp("a folder outside the workspace");
    return packagesOf(run, ready(callPackage), folder);
  },
};
