// Modules and their `config`, tied together: what nixpkgs' `evalModules` does, as far as the workspace tells.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Thunk } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { configArgument, type Handling } from "./moduleConfig.js";
import { ConfigReads, type Touched } from "./configReads.js";
import { deferredModule, listModules, type Module, type ModuleList } from "./moduleList.js";
import { moduleSyntax } from "./moduleSyntax.js";

export interface ModuleSystemInput {
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
  /** The unit that hangs on the modules' files. */
  readonly owner: string;
  readonly roots: readonly Thunk[];
  /** The file that lists the modules. */
  readonly writtenIn: FilePath;
  /** What every module function is given besides `config` and `lib`. */
  readonly args: ReadonlyMap<string, Thunk>;
  readonly handlingOf?: (path: readonly string[]) => Handling;
}

export interface ModuleSystem extends ModuleList {
  readonly config: Thunk;
  /**
   * Puts the edited text of a module file in the place of the old one. Undefined where other modules may hang on what changed;
   * then, and if `reads.violated` is true afterwards, the modules must be evaluated anew.
   */
  replace(file: FilePath): Module | undefined;
  readonly reads: ConfigReads;
}

export function evaluateModules(input: ModuleSystemInput): ModuleSystem {
  const { evaluator, access, owner, handlingOf = () => undefined } = input;
  let list: ModuleList | undefined;
  let modules: readonly Module[] | undefined;
  const reads = new ConfigReads();
  /** For each tree of `config` that some module holds, the modules that were replaced since. */
  const trees: Touched[][] = [];
  const listSubmodule = (roots: readonly Thunk[], own: Thunk, name: string): ModuleList => {
    const args = new Map([
      ["name", evaluator.of(evaluator.text(name))],
      ["options", evaluator.of(evaluator.unknown("`options` of a submodule"))],
    ]);
    return listModules({ ...input, roots, argumentsFor: argumentsOf(evaluator, own, args) });
  };
  const newTree = (): Thunk => {
    const outdated: Touched[] = [];
    trees.push(outdated);
    const note = (path: readonly string[]) => reads.note(path, evaluator.file, outdated);
    return configArgument({ evaluator, modules: () => modules, handlingOf, note, listSubmodule });
  };
  const config = newTree();
  list = listModules({ ...input, argumentsFor: argumentsOf(evaluator, config, input.args) });
  modules = list.modules;
  return {
    ...list,
    get modules() {
      return modules ?? [];
    },
    config,
    reads,
    replace(file) {
      const [old, ...others] = (modules ?? []).filter((module) => module.file === file);
      const source = access.source(file, owner);
      if (old?.syntax === undefined || others.length > 0 || "missing" in source || trees.length > MAX_TREES)
        return undefined;
      const syntax = moduleSyntax(source.root);
      if (syntax.structural || old.syntax.structural || syntax.imports.join("\0") !== old.syntax.imports.join("\0"))
        return undefined;
      const shapes = [old.syntax.config, syntax.config, old.syntax.options, syntax.options];
      const touched: Touched = { file, shapes };
      if (reads.anyoneElseReads(touched)) return undefined;
      for (const outdated of trees) outdated.push(touched);
      const argumentsFor = argumentsOf(evaluator, newTree(), input.args);
      const module = deferredModule(file, syntax, old.applies, { evaluator, argumentsFor });
      modules = modules?.map((one) => (one === old ? module : one));
      return module;
    },
  };
}

/** After so many edits everything is evaluated anew, to let go of what the old trees hold. */
const MAX_TREES = 100;

/** The argument of module functions. As nixpkgs does: formals that nobody gives come from `_module.args`. */
function argumentsOf(
  evaluator: Evaluator,
  config: Thunk,
  args: ReadonlyMap<string, Thunk>,
): (formals: readonly string[]) => Thunk {
  const given = new Map([["config", config], ["lib", evaluator.of(evaluator.lib)], ...args]);
  const argumentWith = (others: readonly (readonly [string, Thunk])[]) =>
    evaluator.of(evaluator.attrs([...given, ...others], "arguments of the module system"));
  const plain = argumentWith([]);
  return (formals) => {
    const others = formals
      .filter((name) => !given.has(name))
      .map((name): [string, Thunk] => [
        name,
        evaluator.lazy(() => evaluator.select(config.force(), ["_module", "args", name])),
      ]);
    return others.length === 0 ? plain : argumentWith(others);
  };
}
