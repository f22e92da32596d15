// snowfallorg/lib: `inputs.snowfall-lib.mkFlake { inherit inputs; src = ./.; }`. Source: its snowfall-lib/{system,home,module}.
import type { Thunk, Value } from "../../evaluate/value.js";
import { type Entries, type Layout, rootOf } from "./layout.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

/** systems/<architecture>-<kernel>/<name>, homes/…, and all of modules/{nixos,darwin,home} in each. */
export function snowfall(layout: Layout): Entries {
  const { evaluator } = layout;
  const mkFlake = (options: Value, argument: Thunk): Value => {
    const flake = argument.force();
    const read = (...path: readonly string[]) => layout.given(flake, ...path);
    const own = (...path: readonly string[]) => read(...path) ?? layout.given(options, ...path);
    const root = rootOf(layout, own("snowfall", "root") ?? own("src"));
    if (root === undefined) return outsideValue(["snowfall-lib"]);
    const at = (path: string) => joinPath(root, path) ?? path;
    const args = (name: string, target: string): Entries => [
      ["inputs", own("inputs") ?? layout.set([])],
      ["namespace", own("snowfall", "namespace") ?? layout.text("internal")],
      ["lib", evaluator.of(evaluator.lib)],
      ["host", layout.text(name)],
      ["system", layout.text(target)],
      ["target", layout.text(target)],
      ["virtual", evaluator.of({ kind: "bool", value: false })],
    ];
    const shared = (kind: string) => layout.modulesBelow(at(`modules/${kind}`)).map(([, path]) => layout.path(path));
    const made = (folder: string, targets: RegExp, kind: string, options: string, one: string) => () =>
      layout.folder(at(folder)).flatMap(([target, entry]): Entries => {
        if (entry !== "directory" || !targets.test(target)) return [];
        const names = layout.folder(at(`${folder}/${target}`)).map(([name]) => name);
        return names.flatMap((name): Entries => {
          const path = at(`${folder}/${target}/${name}`);
          if (!layout.has(path, "default.nix")) return [];
          const extra = layout.given(flake, options, one, name, "specialArgs")?.force();
          const special: Entries =
            extra?.kind === "attrs" ? [...extra.entries].map(([n, { thunk }]) => [n, thunk]) : [];
          const everywhere = kind === "home" ? read("homes", "modules") : read("systems", "modules", kind);
          const modules = layout.list(read(options, one, name, "modules"), everywhere);
          return [
            [
              name,
              layout.system([layout.path(path), ...shared(kind), ...modules], [...special, ...args(name, target)]),
            ],
          ];
        });
      });
    const modules = (kind: string) =>
      layout.lazySet(() => layout.modulesBelow(at(`modules/${kind}`)).map(([name, path]) => [name, layout.path(path)]));
    const outputs: Entries = [
      ["nixosConfigurations", layout.lazySet(made("systems", /-linux$/, "nixos", "systems", "hosts"))],
      ["darwinConfigurations", layout.lazySet(made("systems", /-darwin$/, "darwin", "systems", "hosts"))],
      ["homeConfigurations", layout.lazySet(made("homes", /-(linux|darwin)$/, "home", "homes", "users"))],
      ["nixosModules", modules("nixos")],
      ["darwinModules", modules("darwin")],
      ["homeModules", modules("home")],
    ];
    return evaluator.attrs(outputs, "what snowfall-lib makes of other folders");
  };
  const mkLib = (options: Thunk): Value => {
    const own = layout.function((flake) => mkFlake(options.force(), flake));
    return layout.with(evaluator.lib, [["mkFlake", own]]).force();
  };
  return [
    ["mkFlake", layout.function((flake) => mkFlake(flake.force(), flake))],
    ["mkLib", layout.function(mkLib)],
  ];
}
