// Modules and their `config`, tied together: what nixpkgs' `evalModules` does, as far as the workspace tells.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Thunk } from "../evaluate/value.js";
import type { FilePath } from "../text/range.js";
import { configArgument, type Handling } from "./moduleConfig.js";
import { listModules, type ModuleList } from "./moduleList.js";

export interface ModuleSystemInput {
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
  readonly roots: readonly Thunk[];
  /** The file that lists the modules. */
  readonly writtenIn: FilePath;
  /** What every module function is given besides `config` and `lib`. */
  readonly args: ReadonlyMap<string, Thunk>;
  readonly handlingOf?: (path: readonly string[]) => Handling;
}

export interface ModuleSystem extends ModuleList {
  readonly config: Thunk;
}

export function evaluateModules(input: ModuleSystemInput): ModuleSystem {
  const { evaluator, handlingOf = () => undefined } = input;
  let list: ModuleList | undefined;
  const listSubmodule = (modules: readonly Thunk[], own: Thunk, name: string): ModuleList => {
    const args = new Map([
      ["name", evaluator.of(evaluator.text(name))],
      ["options", evaluator.of(evaluator.unknown("`options` of a submodule"))],
    ]);
    return listModules({ ...input, roots: modules, argumentsFor: argumentsOf(evaluator, own, args) });
  };
  const config = configArgument({ evaluator, modules: () => list?.modules, handlingOf, listSubmodule });
  list = listModules({ ...input, argumentsFor: argumentsOf(evaluator, config, input.args) });
  return { ...list, config };
}

/** The argument of module functions. As nixpkgs does: formals that nobody gives come from `_module.args`. */
function argumentsOf(
  evaluator: Evaluator,
  config: Thunk,
  args: ReadonlyMap<string, Thunk>,
): (formals: readonly string[]) => Thunk {
  const given = new Map([["config", config], ["lib", evaluator.of(evaluator.lib)], ...args]);
  return (formals) => {
    const others = formals
      .filter((name) => !given.has(name))
      .map((name): [string, Thunk] => [
        name,
        evaluator.lazy(() => evaluator.select(config.force(), ["_module", "args", name])),
      ]);
    return evaluator.of(evaluator.attrs([...given, ...others], "arguments of the module system"));
  };
}
