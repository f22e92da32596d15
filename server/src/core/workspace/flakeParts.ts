// flake-parts: a flake whose outputs are the `flake` option of modules (`flake-parts.lib.mkFlake { inherit inputs; } ./module.nix`).
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { FunctionValue, Thunk, Value } from "../evaluate/value.js";
import type { FilePath } from "../text/range.js";
import type { Handling } from "./moduleConfig.js";
import { evaluateModules } from "./moduleSystem.js";
import { outsideValue } from "./outside.js";

export interface PartsContext {
  readonly flake: FilePath;
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
  /** The unit that hangs on the modules' files. */
  readonly owner: string;
  readonly inputs: Thunk;
  readonly self: Thunk;
}

/** The outputs, if `value` is what a call of `mkFlake` gave. */
export function partsOutputs(value: Value, context: PartsContext): Value | undefined {
  if (value.kind !== "unknown" || value.callee?.at(-1) !== "mkFlake" || value.inside?.length !== 2) return undefined;
  const { evaluator, access, owner, flake, inputs, self } = context;
  const [given, module] = value.inside as [Thunk, Thunk];
  const specialArgs = evaluator.select(given.force(), ["specialArgs"]);
  const system = evaluateModules({
    evaluator,
    access,
    owner,
    roots: [module],
    writtenIn: flake,
    args: new Map<string, Thunk>([
      ["inputs", inputs],
      ["self", self],
      ["withSystem", evaluator.of(withSystem(evaluator))],
      ["moduleWithSystem", evaluator.of(moduleWithSystem(evaluator))],
      ["flake-parts-lib", evaluator.of(partsLib(evaluator))],
      ...["getSystem", "options"].map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]),
      ...(specialArgs.kind === "attrs" ? [...specialArgs.entries].map(([n, a]): [string, Thunk] => [n, a.thunk]) : []),
    ]),
    handlingOf,
  });
  return evaluator.select(system.config.force(), ["flake"]);
}

/** Outputs are raw values; sets of modules hold deferred modules. */
function handlingOf([first, second, ...more]: readonly string[]): Handling {
  if (first !== "flake" || second === undefined) return undefined;
  if (second === "modules" && more.length === 2) return "module";
  if (/^(nixos|darwin|home|homeManager|flake)Modules$/.test(second) && more.length === 1) return "module";
  return second === "modules" && more.length < 2 ? undefined : "raw";
}

/** `flake-parts-lib`: what modules use of it to declare outputs and to import one another. */
function partsLib(evaluator: Evaluator): Value {
  // A submodule of the options, which merges with others at that place: the same as the options written there.
  const mkSubmoduleOptions: FunctionValue = { kind: "function", call: (options) => options.force() };
  const importApply = evaluator.select(evaluator.lib, ["modules", "importApply"]);
  const known: [string, Value][] = [
    ["mkSubmoduleOptions", mkSubmoduleOptions],
    ["importApply", importApply],
  ];
  const { reason } = outsideValue(["flake-parts-lib"]);
  return evaluator.attrs(
    known.map(([name, value]) => [name, evaluator.of(value)]),
    reason,
  );
}

/** What `perSystem` modules are given, for one system. */
function perSystemArguments(system: Value, evaluator: Evaluator): Thunk {
  const names = ["pkgs", "config", "inputs'", "self'"];
  const entries = names.map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]);
  return evaluator.of(evaluator.attrs([...entries, ["system", evaluator.of(system)]], "arguments of perSystem"));
}

/** `withSystem "x86_64-linux" ({ pkgs, ... }: …)`. */
function withSystem(evaluator: Evaluator): FunctionValue {
  const inSystem = (system: Value): FunctionValue => ({
    kind: "function",
    call: (body) => evaluator.call(body.force(), perSystemArguments(system, evaluator)),
  });
  return { kind: "function", call: (system) => inSystem(system.force()) };
}

/** `moduleWithSystem ({ pkgs, ... }: { config, ... }: …)`: a module that is given the values of its system. */
function moduleWithSystem(evaluator: Evaluator): FunctionValue {
  return {
    kind: "function",
    call: (body) => evaluator.call(body.force(), perSystemArguments(evaluator.unknown("the host's system"), evaluator)),
  };
}
