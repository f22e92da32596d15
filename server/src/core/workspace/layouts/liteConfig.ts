// yelite/lite-config, a module of flake-parts: a table of hosts, a folder of their modules, and modules for all.
// Source: its flake-module.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import { hostPackages } from "../packages/hostPackages.js";
import type { Entries, Layout } from "./layout.js";

/** `lite-config = { hosts.<name>.system, hostModuleDir, systemModules, homeModules, … };` */
export function liteConfig(layout: Layout): Entries {
  const module = layout.function((args) => liteModule(layout, args.force()));
  return [
    ["flakeModule", module],
    ["flakeModules", layout.set([["default", module]])],
  ];
}

function liteModule(layout: Layout, args: Value): Value {
  const { evaluator } = layout;
  const table = evaluator.lazy(() => {
    const given = evaluator.select(args, ["config", "lite-config"]);
    return given.kind === "function" ? evaluator.call(given, evaluator.of(args)) : given;
  });
  const read = (...path: readonly string[]) => layout.given(table.force(), ...path);
  const isTrue = (thunk: Thunk | undefined) => {
    const value = thunk?.force();
    return value?.kind === "bool" ? value.value : undefined;
  };
  const isList = (name: string) => {
    const value = read(name)?.force();
    return value?.kind === "list" && value.items.length > 0;
  };
  const hasHomes = () => isList("homeModules") || layout.entries(read("homeConfigurations")?.force()).length > 0;
  const systemOf = (name: string): string => {
    const system = read("hosts", name, "system")?.force();
    return system?.kind === "string" ? system.value : "";
  };
  const hostOf = (name: string): Value => {
    const system = systemOf(name);
    const platform = system.endsWith("-darwin") ? "darwin" : "nixos";
    const folder = workspacePath(read("hostModuleDir")?.force() ?? evaluator.unknown("no hostModuleDir"));
    const own = read("hosts", name, "hostModule");
    const isOwn = own !== undefined && own.force().kind !== "null";
    const inFolder =
      folder === undefined ? evaluator.of(evaluator.unknown("a host's module")) : layout.path(`${folder}/${name}`);
    const usesHome = isTrue(read("hosts", name, "useHomeManager")) ?? hasHomes();
    const hostPlatform = evaluator.lazy(() => {
      const pkgs = hostPackages(platform, system, evaluator)?.force() ?? evaluator.unknown("pkgs");
      return evaluator.select(pkgs, ["stdenv", "hostPlatform"]);
    });
    const special: Entries = [
      ["inputs", evaluator.lazy(() => evaluator.select(args, ["inputs"]))],
      ["hostPlatform", hostPlatform],
      ["useHomeManager", evaluator.of({ kind: "bool", value: usesHome })],
      ...layout.entries(read("extraSpecialArgs")?.force()),
    ];
    const homeManager = evaluator.lazy(() => {
      const flake = read("homeManagerFlake")?.force() ?? evaluator.select(args, ["inputs", "home-manager"]);
      return evaluator.select(flake, [`${platform}Modules`, "default"]);
    });
    const homes = layout.set([
      ["sharedModules", read("homeModules") ?? layout.items([])],
      ["extraSpecialArgs", layout.set(special)],
    ]);
    const modules = [
      isOwn ? own : inFolder,
      layout.set([["networking", layout.set([["hostName", layout.text(name)]])]]),
      ...layout.list(read("systemModules")),
      ...(usesHome ? [homeManager, layout.set([["home-manager", homes]])] : []),
    ];
    return layout.system(modules, special, [["system", layout.text(system)]]).force();
  };
  const hosts = (kernel: "linux" | "darwin") =>
    layout.lazySet(() =>
      layout
        .entries(read("hosts")?.force())
        .filter(([name]) => systemOf(name).endsWith(`-${kernel}`))
        .map(([name]) => [name, evaluator.lazy(() => hostOf(name))]),
    );
  const flake: Entries = [
    ["nixosConfigurations", hosts("linux")],
    ["darwinConfigurations", hosts("darwin")],
  ];
  return layout
    .set([
      ["options", layout.set([["lite-config", layout.option(layout.set([]))]])],
      ["config", layout.set([["flake", layout.set(flake)]])],
    ])
    .force();
}
