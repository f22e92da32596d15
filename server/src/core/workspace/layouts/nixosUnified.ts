// srid/nixos-unified, a module of flake-parts: `flakeModules.autoWire` makes hosts out of folders; `lib.mkFlake` calls flake-parts
// with the modules of a folder. Source: its autowire.nix, lib.nix and flake.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import { type Entries, type Layout } from "./layout.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

/** Where `mkFlake` looks for modules: in the first of these folders that there is. */
const MODULE_FOLDERS = ["nix/modules/flake", "modules/flake", "nix/modules/flake-parts", "modules/flake-parts"];

/** flakeModules.autoWire: configurations/{nixos,darwin}/<name>, modules/{nixos,darwin,home}/<name>; and the functions it calls. */
export function nixosUnified(layout: Layout): Entries {
  const { evaluator } = layout;
  const at = (path: string) => joinPath(layout.root, path) ?? path;
  const system = (module: Thunk): Thunk => {
    const { self } = layout;
    const inputs = evaluator.lazy(() => evaluator.select(self.force(), ["inputs"]));
    const flake = layout.set(
      [
        ["self", self],
        ["inputs", inputs],
      ],
      "`config` of flake-parts",
    );
    return layout.system([module], [["flake", flake]]);
  };
  const wired = (folder: string, make: (path: Thunk) => Thunk) =>
    layout.lazySet(() =>
      [...layout.modulesIn(at(folder))]
        .filter(([, path]) => path.endsWith(".nix") || layout.has(path, "default.nix"))
        .map(([name, path]) => [name, make(layout.path(path))]),
    );
  const maker = layout.function(() => layout.function((module) => system(module).force()).force());
  const library = layout.set(
    [
      ["mkLinuxSystem", maker],
      ["mkMacosSystem", maker],
    ],
    "nixos-unified.lib",
  );
  const outputs: Entries = [
    ["nixosConfigurations", wired("configurations/nixos", system)],
    ["darwinConfigurations", wired("configurations/darwin", system)],
    // In truth one of each system's `legacyPackages`.
    ["homeConfigurations", wired("configurations/home", system)],
    ...["nixos", "darwin", "home"].map((kind) => [`${kind}Modules`, wired(`modules/${kind}`, (path) => path)] as const),
  ];
  const modules: Entries = [
    ["default", layout.set([["flake", layout.set([["nixos-unified", layout.set([["lib", library]])]])]])],
    ["autoWire", layout.set([["flake", layout.set(outputs)]])],
  ];
  return [
    ["lib", layout.set([["mkFlake", layout.function((given) => mkFlake(layout, given.force()))]], "nixos-unified.lib")],
    ["flakeModules", layout.set(modules)],
    [
      "flakeModule",
      layout.set([["imports", evaluator.of({ kind: "list", items: modules.map(([, module]) => module) })]]),
    ],
  ];
}

function mkFlake(layout: Layout, given: Value): Value {
  const { evaluator } = layout;
  const read = (name: string) => layout.given(given, name);
  const root = workspacePath(read("root")?.force() ?? evaluator.unknown("no root"));
  if (root === undefined) return outsideValue(["nixos-unified"]);
  const folders = MODULE_FOLDERS.map((path) => joinPath(root, path) ?? path);
  const folder = folders.find((path) => layout.folder(path).length > 0) ?? "";
  const modules = layout.folder(folder).map(([name]) => layout.path(`${folder}/${name}`));
  const args: Entries = [
    ["inputs", read("inputs") ?? layout.set([])],
    ["specialArgs", read("specialArgs") ?? layout.set([])],
  ];
  const ofFlake = layout.set([["args", layout.set([["root", layout.path(root)]])]]);
  const module = layout.set([
    ["_module", ofFlake],
    ["imports", layout.items(modules)],
  ]);
  const parts = outsideValue(["inputs", "flake-parts", "lib", "mkFlake"]);
  return evaluator.call(evaluator.call(parts, layout.set(args)), module);
}
