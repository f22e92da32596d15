// clan: `clan-core.lib.clan { … }`, or `clan = { … }` in a module of flake-parts, makes hosts out of machines/<name> and an inventory.
// Source: clan-core modules/clan/module.nix, nixosModules/machineModules/forName.nix, nixosModules/clanCore/nixos-facter.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import { serviceModules } from "./clanInventory.js";
import type { Entries, Layout } from "./layout.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

const FILES = ["configuration.nix", "hardware-configuration.nix", "disko.nix"];

export function clan(layout: Layout): Entries {
  const made = (argument: Thunk): Value => {
    const outputs = clanOutputs(layout, argument);
    return layout.set([["config", layout.set(outputs, OPEN)], ...outputs], OPEN).force();
  };
  const library: Entries = [
    ["clan", layout.function(made)],
    ["buildClan", layout.function(made)],
  ];
  return [
    ["lib", layout.set(library, outsideValue(["clan-core", "lib"]).reason)],
    ["flakeModules", layout.set([["default", layout.function((args) => partsModule(layout, args.force()))]])],
  ];
}

const OPEN = "what clan makes besides hosts";

/** The clan is the option `clan`, or `flake.clan`. */
function partsModule(layout: Layout, args: Value): Value {
  const { evaluator } = layout;
  const given = evaluator.lazy(() => {
    const places = [["clan"], ["flake", "clan"]].map((path) => evaluator.select(args, ["config", ...path]));
    return places.find((value) => layout.entries(value).length > 0) ?? layout.set([]).force();
  });
  const outputs = layout.set(clanOutputs(layout, given));
  return layout
    .set([
      ["options", layout.set([["clan", layout.option(layout.set([]))]])],
      ["config", layout.set([["flake", outputs]])],
    ])
    .force();
}

function clanOutputs(layout: Layout, argument: Thunk): Entries {
  const { evaluator } = layout;
  const read = (...path: readonly string[]) => layout.given(argument.force(), ...path);
  const folder = () => {
    const given = read("directory");
    return given === undefined ? layout.root : workspacePath(given.force());
  };
  const at = (path: string) => joinPath(folder() ?? "", path) ?? path;
  const names = (): readonly string[] => {
    const found = layout.folder(at("machines")).filter(([, kind]) => kind === "directory");
    const listed = [read("machines"), read("inventory", "machines")].flatMap((set) => layout.entries(set?.force()));
    return [...new Set([...found, ...listed].map(([name]) => name))].sort();
  };
  const classOf = (name: string) => {
    const given = read("inventory", "machines", name, "machineClass")?.force();
    return given?.kind === "string" && given.value === "darwin" ? "darwin" : "nixos";
  };
  const inventory = () => ({ layout, read, folder: folder() ?? "", machines: names(), classOf });
  const machine = (name: string, kind: "nixos" | "darwin"): Thunk =>
    evaluator.lazy(() => {
      const own = at(`machines/${name}`);
      const has = (file: string) => layout.has(own, file);
      const report = layout.set([["reportPath", layout.path(`${own}/facter.json`)]]);
      const facter = layout.set([["hardware", layout.set([["facter", report]])]]);
      const modules = [
        ...FILES.filter(has).map((file) => layout.path(`${own}/${file}`)),
        read("machines", name),
        evaluator.of(outsideValue(["inputs", "clan-core", `${kind}Modules`, "clanCore"])),
        layout.named(name),
        has("facter.json") ? facter : undefined,
        ...serviceModules(inventory(), name),
      ].filter((module) => module !== undefined);
      const args: Entries = [["clan-core", evaluator.of(outsideValue(["inputs", "clan-core"]))]];
      return layout.system(modules, [...args, ...layout.entries(read("specialArgs")?.force())]).force();
    });
  const machines = (kind: "nixos" | "darwin") =>
    layout.lazySet(() =>
      names().flatMap((name): Entries => {
        return classOf(name) === kind ? [[name, machine(name, kind)]] : [];
      }),
    );
  return [
    ["nixosConfigurations", machines("nixos")],
    ["darwinConfigurations", machines("darwin")],
  ];
}
