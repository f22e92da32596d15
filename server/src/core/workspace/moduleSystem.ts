// Modules and their `config`, tied together: what nixpkgs' `evalModules` does, as far as the workspace tells.
import type { Evaluator } from "../evaluate/evaluator.js";
import type { Thunk } from "../evaluate/value.js";
import type { FilePath } from "../text/range.js";
import { configArgument, type Shape } from "./moduleConfig.js";
import { listModules, type ModuleList, type ReadFolder } from "./moduleList.js";

export interface ModuleSystemInput {
  readonly evaluator: Evaluator;
  readonly readFolder: ReadFolder;
  readonly roots: readonly Thunk[];
  /** The file that lists the modules. */
  readonly writtenIn: FilePath;
  /** What every module function is given besides `config` and `lib`. */
  readonly args: ReadonlyMap<string, Thunk>;
  readonly shapeOf?: (path: readonly string[]) => Shape;
}

export interface ModuleSystem extends ModuleList {
  readonly config: Thunk;
}

export function evaluateModules(input: ModuleSystemInput): ModuleSystem {
  const { evaluator, shapeOf = () => undefined } = input;
  let list: ModuleList | undefined;
  const config = configArgument({ evaluator, modules: () => list?.modules, shapeOf });
  const given = new Map([["config", config], ["lib", evaluator.of(evaluator.lib)], ...input.args]);
  // As nixpkgs does: a function's other formals come from `_module.args`.
  const argumentsFor = (formals: readonly string[]) => {
    const own = formals
      .filter((name) => !given.has(name))
      .map((name): [string, Thunk] => [
        name,
        evaluator.lazy(() => evaluator.select(config.force(), ["_module", "args", name])),
      ]);
    return evaluator.of(evaluator.attrs([...given, ...own], "arguments of the module system"));
  };
  list = listModules({ ...input, argumentsFor });
  return { ...list, config };
}
