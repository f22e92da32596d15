// numtide/blueprint: `inputs.blueprint { inherit inputs; }` makes the outputs out of folders. Source: its lib/default.nix.
import type { Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { type Entries, type Layout, rootOf } from "./layout.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

/** hosts/<name>/configuration.nix and darwin-configuration.nix; modules/<kind>/<name>. */
export function blueprint(layout: Layout): Entries {
  const call = (argument: Thunk): Value => {
    const given = argument.force();
    const inputs = layout.given(given, "inputs") ?? layout.set([]);
    const root = rootOf(layout, layout.given(given, "prefix"));
    if (root === undefined) return outsideValue(["blueprint"]);
    const at = (path: string) => joinPath(root, path) ?? path;
    const publisher: Entries = [
      ["flake", layout.evaluator.lazy(() => layout.evaluator.select(inputs.force(), ["self"]))],
      ["inputs", inputs],
    ];
    const hosts = (wanted: "nixos" | "nix-darwin") => () =>
      [...layout.modulesIn(at("hosts"))].flatMap(([name, folder]): Entries => {
        const args: Entries = [...publisher, ["hostName", layout.text(name)]];
        if (layout.has(folder, "default.nix")) {
          const own = layout.evaluator.call(layout.importFile(folder), layout.set(args));
          const kind = layout.evaluator.select(own, ["class"]);
          const value = layout.evaluator.lazy(() => layout.evaluator.select(own, ["value"]));
          return kind.kind === "string" && kind.value === wanted ? [[name, value]] : [];
        }
        const [file, kind] = BLUEPRINT_FILES.find(([entry]) => layout.has(folder, entry)) ?? [];
        return kind === wanted ? [[name, layout.system([layout.path(`${folder}/${file}`)], args)]] : [];
      });
    const modules = (kind: string) =>
      layout.lazySet(() =>
        [...layout.modulesIn(at(`modules/${kind}`))].map(([name, path]) => [name, published(layout, path, publisher)]),
      );
    const kinds = () => layout.folder(at("modules")).filter(([, kind]) => kind === "directory");
    const outputs: Entries = [
      ["nixosConfigurations", layout.lazySet(hosts("nixos"))],
      ["darwinConfigurations", layout.lazySet(hosts("nix-darwin"))],
      ["nixosModules", modules("nixos")],
      ["darwinModules", modules("darwin")],
      ["homeModules", modules("home")],
      ["modules", layout.lazySet(() => kinds().map(([kind]) => [kind, modules(kind)]))],
      ["lib", layout.evaluator.lazy(() => layout.evaluator.call(layout.importFile(at("lib")), layout.set(publisher)))],
    ];
    return layout.evaluator.attrs(outputs, "what blueprint makes of other folders");
  };
  return [["__functor", layout.function(() => layout.function(call).force())]];
}

const BLUEPRINT_FILES: readonly (readonly [string, "nixos" | "nix-darwin"])[] = [
  ["configuration.nix", "nixos"],
  ["rpi-configuration.nix", "nixos"],
  ["darwin-configuration.nix", "nix-darwin"],
];

/** A module of blueprint's: one that takes nothing but `flake` and `inputs` is called with them. */
function published(layout: Layout, path: FilePath, publisher: Entries): Thunk {
  return layout.evaluator.lazy(() => {
    const module = layout.importFile(path);
    const formals = module.kind === "function" ? (module.definition?.expr.formals?.entries ?? []) : [];
    const takes = formals.length > 0 && formals.every(({ name }) => publisher.some(([given]) => given === name));
    return takes ? layout.evaluator.call(module, layout.set(publisher)) : layout.path(path).force();
  });
}
