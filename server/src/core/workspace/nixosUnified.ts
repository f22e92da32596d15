// srid/nixos-unified, a module of flake-parts: `flakeModules.autoWire` makes hosts out of folders. Source: its autowire.nix and lib.nix.
import type { Thunk } from "../evaluate/value.js";
import { type Entries, type Layout } from "./layout.js";
import { joinPath } from "./paths.js";

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
    ...["nixos", "darwin", "home"].map((kind) => [`${kind}Modules`, wired(`modules/${kind}`, (path) => path)] as const),
  ];
  const modules: Entries = [
    ["default", layout.set([["flake", layout.set([["nixos-unified", layout.set([["lib", library]])]])]])],
    ["autoWire", layout.set([["flake", layout.set(outputs)]])],
  ];
  return [
    ["flakeModules", layout.set(modules)],
    [
      "flakeModule",
      layout.set([["imports", evaluator.of({ kind: "list", items: modules.map(([, module]) => module) })]]),
    ],
  ];
}
