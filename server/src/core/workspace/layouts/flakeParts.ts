// flake-parts: a flake whose outputs are the `flake` option of modules (`flake-parts.lib.mkFlake { inherit inputs; } ./module.nix`).
import type { FunctionValue, Thunk, Value } from "../../evaluate/value.js";
import { denHandling } from "./den.js";
import { lightOutputs } from "./flakelight.js";
import type { Entries, Layout, LayoutEvaluator } from "./layout.js";
import type { Handling } from "../modules/moduleConfig.js";
import type { ModuleSystem } from "../modules/moduleSystem.js";
import { outsideValue } from "../outside.js";

/** `lib.mkFlake args module`, and `lib.evalFlakeModule` whose `config.flake` is the same. */
export function flakeParts(layout: Layout): Entries {
  const { evaluator } = layout;
  const lib = evaluator.select(outsideValue(["inputs", "flake-parts"]), ["lib"]);
  const curried = (make: (given: Thunk, module: Thunk) => Value) =>
    layout.function((given) => layout.function((module) => make(given, module)).force());
  const own: Entries = [
    ["mkFlake", curried((given, module) => flakeOf(layout, given, module))],
    [
      "evalFlakeModule",
      curried((given, module) => {
        const flake = evaluator.lazy(() => flakeOf(layout, given, module));
        const config = layout.set([["flake", flake]], "`config` of flake-parts");
        return layout.set([["config", config]], "a configuration of flake-parts").force();
      }),
    ],
  ];
  return [["lib", layout.with(lib, own)]];
}

/** The outputs, if `value` is what a call of some `mkFlake` gave that takes what flake-parts' does, or flakelight's (a folder first). */
export function partsOutputs(value: Value, layout: Layout): Value | undefined {
  if (value.kind !== "unknown" || value.inside?.length !== 2) return undefined;
  const [given, module] = value.inside as [Thunk, Thunk];
  const isFolder = given.force().kind === "path";
  // `import "${inputs.flakelight}" { … }` has no name, but says where it comes from.
  if (isFolder && /\bflakelight\b/.test(value.reason)) return lightOutputs(layout, given, module);
  return !isFolder && value.callee?.at(-1) === "mkFlake" ? flakeOf(layout, given, module) : undefined;
}

function flakeOf(layout: Layout, given: Thunk, module: Thunk): Value {
  const { evaluator } = layout;
  const system = partsModules(layout, given, [module]);
  const flake: Thunk = evaluator.lazy(() => evaluator.select(whole.config.force(), ["flake"]));
  const functions = system.modules.flatMap(({ config }) => {
    const definition = evaluator.select(config.force(), ["flake"]);
    return definition.kind === "function" ? [definition] : [];
  });
  // `flake` is a submodule: what is defined by a function of its configuration is called with that.
  const args = layout.set([
    ["config", flake],
    ["lib", evaluator.of(evaluator.lib)],
  ]);
  const called = functions.map((definition) =>
    layout.set([["flake", evaluator.lazy(() => evaluator.call(definition, args))]]),
  );
  const whole = called.length === 0 ? system : partsModules(layout, given, [module, ...called]);
  return flake.force();
}

function partsModules(layout: Layout, given: Thunk, roots: readonly Thunk[]): ModuleSystem {
  const { evaluator, self } = layout;
  const outer = (name: string) => layout.given(given.force(), name);
  return layout.modules({
    roots,
    args: new Map<string, Thunk>([
      ["inputs", outer("inputs") ?? evaluator.lazy(() => evaluator.select(self.force(), ["inputs"]))],
      ["self", self],
      ["withSystem", evaluator.of(withSystem(evaluator))],
      ["moduleWithSystem", evaluator.of(moduleWithSystem(evaluator))],
      ["flake-parts-lib", evaluator.of(partsLib(evaluator))],
      ...["getSystem", "options"].map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]),
      ...layout.entries(outer("specialArgs")?.force()),
    ]),
    handlingOf,
  });
}

/** Outputs and arguments are raw values; sets of modules hold deferred modules. */
function handlingOf(path: readonly string[]): Handling {
  const [first, second, ...more] = path;
  if (first === "den") return denHandling(path);
  if (first === "_module" && second === "args" && more.length === 1) return "raw";
  if (first !== "flake" || second === undefined) return undefined;
  const depth = second === "modules" ? 2 : second === "nixosModules" ? 1 : 0;
  if (depth === 0 || more.length > depth) return "raw";
  return more.length === depth ? "module" : undefined;
}

/** `flake-parts-lib`: what modules use of it to declare outputs and to import one another. */
function partsLib(evaluator: LayoutEvaluator): Value {
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
function perSystemArguments(system: Value, evaluator: LayoutEvaluator): Thunk {
  const names = ["pkgs", "config", "inputs'", "self'"];
  const entries = names.map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]);
  return evaluator.of(evaluator.attrs([...entries, ["system", evaluator.of(system)]], "arguments of perSystem"));
}

/** `withSystem "x86_64-linux" ({ pkgs, ... }: …)`. */
function withSystem(evaluator: LayoutEvaluator): FunctionValue {
  const inSystem = (system: Value): FunctionValue => ({
    kind: "function",
    call: (body) => evaluator.call(body.force(), perSystemArguments(system, evaluator)),
  });
  return { kind: "function", call: (system) => inSystem(system.force()) };
}

/** `moduleWithSystem ({ pkgs, ... }: { config, ... }: …)`: a module that is given the values of its system. */
function moduleWithSystem(evaluator: LayoutEvaluator): FunctionValue {
  return {
    kind: "function",
    call: (body) => evaluator.call(body.force(), perSystemArguments(evaluator.unknown("the host's system"), evaluator)),
  };
}
