// Modules and their `config`, tied together: what nixpkgs' `evalModules` does, as far as the workspace tells.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { ConfigReads, type Touched } from "./configReads.js";
import { configTree, type Handling } from "./moduleConfig.js";
import type { Module } from "./module.js";
import { listModules, type ModuleList, type ModulesBefore, withEditedFiles } from "./moduleList.js";
import { sameItems } from "../../text/sameItems.js";
import { sightAt } from "./optionTree.js";
import { shapeOfValues } from "./valueShape.js";

export interface ModuleSystemInput {
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
  /** Who hangs on the modules' files; undefined: the running unit. */
  readonly owner: string | undefined;
  /** The same for files that are module functions and are handed on as such. */
  readonly functionFilesOf?: string;
  readonly roots: readonly Thunk[];
  /** The file that lists the modules. */
  readonly writtenIn: FilePath;
  /** `specialArgs`: what every module function is given besides `config` and `lib`. */
  readonly args: ReadonlyMap<string, Thunk>;
  /** `_module.args` of modules outside of the workspace: what functions are given that ask for it by name. */
  readonly moduleArgs?: ReadonlyMap<string, Thunk>;
  readonly handlingOf?: (path: readonly string[]) => Handling;
  /** True if nobody declares or defines anything but these modules. */
  readonly own?: boolean;
}

export interface ModuleSystem extends Omit<ModuleList, "made" | "aliases"> {
  readonly config: Thunk;
  /**
   * Goes over to what files hold now. `stale` are those that changed, or hang on one that did; `isShared` tells whose code others
   * import. Modules that read of `config` what is another now are evaluated anew, all others stay. Gives the other files whose
   * code read such a thing; undefined where it can't be told: then all must be evaluated anew.
   */
  update(stale: ReadonlySet<FilePath>, isShared: (file: FilePath) => boolean): ReadonlySet<FilePath> | undefined;
}

/** Modules that are found to hang on others' values, and others on theirs, in so many steps. */
const MAX_ROUNDS = 6;

export function evaluateModules(input: ModuleSystemInput): ModuleSystem {
  const { evaluator, access, owner, handlingOf = () => undefined } = input;
  const reads = new ConfigReads();
  /** Undefined as long as modules are being listed: what they import can't hang on `config`. */
  let list: ModuleList | undefined;
  let tree: Value | undefined;
  const listSubmodule = (roots: readonly Thunk[], own: Thunk, name: string): ModuleList => {
    const special = new Map([["options", evaluator.of(evaluator.unknown("`options` of a submodule"))]]);
    const others = new Map([["name", evaluator.of(evaluator.text(name))]]);
    const argumentsFor = argumentsOf(evaluator, own, special, others);
    const listed: ModuleList = listModules({
      ...{ ...input, roots, config: own, functionFilesOf: owner, argumentsFor },
      allModules: () => listed.modules,
    });
    return listed;
  };
  const treeOf = ({ modules, unresolved, aliases }: ModuleList): Value => {
    const forwarded = new Map(unresolved.flatMap(({ sets = [], reason }) => sets.map((path) => [path, reason])));
    for (const { to } of aliases.values()) forwarded.delete(to.join("."));
    const made: Value = configTree({
      evaluator,
      modules,
      own: input.own === true && unresolved.every(({ sets }) => sets !== undefined),
      forwardedTo: (path) => forwarded.get(path.join(".")),
      handlingOf,
      note: (path, sight) => reads.note(path, sight, evaluator.file),
      successor() {
        const now = list && config.force();
        return now === made ? undefined : now;
      },
      listSubmodule,
    });
    return made;
  };
  const config: Thunk = {
    force() {
      if (list === undefined) return evaluator.unknown("the list of modules hangs on `config`");
      tree ??= treeOf(list);
      return tree;
    },
  };
  const listInput = {
    ...input,
    config,
    allModules: () => list?.modules ?? [],
    functionFilesOf: input.functionFilesOf ?? owner,
    argumentsFor: argumentsOf(evaluator, config, input.args, input.moduleArgs ?? new Map()),
  };
  const listed = (before?: ModulesBefore): ModuleList => {
    list = undefined;
    tree = undefined;
    return (
      (before && withEditedFiles({ ...listInput, before })) ?? listModules({ ...listInput, ...(before && { before }) })
    );
  };
  let current = listed();
  list = current;

  /** True if a module of this file reads for itself alone, and does so again once it is called again. */
  const readsForItself = (file: FilePath, isShared: (file: FilePath) => boolean) => {
    if (isShared(file)) return false;
    const source = access.source(file, owner);
    return !("missing" in source) && source.root?.kind === "function";
  };
  return {
    config,
    get modules() {
      return current.modules;
    },
    get files() {
      return current.files;
    },
    get entered() {
      return current.entered;
    },
    get unresolved() {
      return current.unresolved;
    },
    update(changed, isShared) {
      const before = current;
      const stale = new Set([...changed].filter((file) => before.entered.has(file)));
      if (stale.size === 0) return stale;
      for (let round = 0; round < MAX_ROUNDS; round++) {
        current = listed({ list: before, stale });
        list = current;
        const touched = touchedBetween(before.modules, current.modules);
        if (touched === undefined) return undefined;
        reads.forget(stale);
        const readers = reads.readersOfChanged(touched, (path, sight) => sightAt(config.force(), path, sight));
        const others = [...readers].filter((file) => file === undefined || !stale.has(file));
        const here = others.filter((file) => file === undefined || before.entered.has(file));
        if (here.length === 0) {
          const elsewhere = new Set(others as FilePath[]);
          reads.forget(elsewhere);
          return elsewhere;
        }
        for (const file of here) {
          if (file === undefined || !readsForItself(file, isShared)) return undefined;
          stale.add(file);
        }
      }
      return undefined;
    },
  };
}

/** A unit's hanging on the functions that its modules are, as a unit of its own. */
export function modulesOf(unit: string): string {
  return `${unit}\0modules`;
}

/** All that may be another since modules were replaced; undefined where those that stay stand in another order. */
function touchedBetween(before: readonly Module[], now: readonly Module[]): Touched | undefined {
  const [old, made] = [new Set(before), new Set(now)];
  if (
    !sameItems(
      before.filter((module) => made.has(module)),
      now.filter((module) => old.has(module)),
    )
  )
    return undefined;
  const replaced = [...before.filter((module) => !made.has(module)), ...now.filter((module) => !old.has(module))];
  return replaced.flatMap(({ config, options, syntax }) => [
    syntax?.config ?? shapeOfValues([config]),
    ...(options ? [syntax?.options ?? shapeOfValues([options])] : []),
  ]);
}

/** The argument of module functions. As nixpkgs does: formals that nobody gives come from `_module.args`. */
function argumentsOf(
  evaluator: Evaluator,
  config: Thunk,
  args: ReadonlyMap<string, Thunk>,
  moduleArgs: ReadonlyMap<string, Thunk>,
): (formals: readonly string[]) => Thunk {
  const given = new Map([["config", config], ["lib", evaluator.of(evaluator.lib)], ...args]);
  const argumentWith = (others: readonly (readonly [string, Thunk])[]) =>
    evaluator.of(evaluator.attrs([...given, ...others], "arguments of the module system"));
  // What modules set in `_module.args` is read for each function that asks, so that an edit finds it.
  const shared = new Map<string, Thunk>();
  return (formals) => {
    const names = formals.filter((name) => !given.has(name));
    if (names.every((name) => moduleArgs.has(name))) {
      const key = names.join("\0");
      const argument = shared.get(key) ?? argumentWith(names.flatMap((name) => namedEntry(moduleArgs, name)));
      shared.set(key, argument);
      return argument;
    }
    return argumentWith(
      names.map((name): [string, Thunk] => [
        name,
        moduleArgs.get(name) ?? evaluator.lazy(() => evaluator.select(config.force(), ["_module", "args", name])),
      ]),
    );
  };
}

function namedEntry(args: ReadonlyMap<string, Thunk>, name: string): [string, Thunk][] {
  const thunk = args.get(name);
  return thunk === undefined ? [] : [[name, thunk]];
}
