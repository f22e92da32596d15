// ehllie/ez-configs, a module of flake-parts: hosts, users and modules by folder, and a table of what deviates.
// Source: its flake-module.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Entries, Layout } from "./layout.js";

type Kind = "nixos" | "darwin" | "home";

/** nixos-configurations/<host>, darwin-configurations/<host>, home-configurations/<user>, and <kind>-modules/<name>. */
export function ezConfigs(layout: Layout): Entries {
  return [["flakeModule", layout.function((args) => ezModule(layout, args.force()))]];
}

function ezModule(layout: Layout, args: Value): Value {
  const { evaluator } = layout;
  const read = (...path: readonly string[]) => layout.given(args, "config", "ezConfigs", ...path);
  const folderOf = (kind: Kind, what: string): Thunk =>
    evaluator.lazy(() => {
      const root = workspacePath(read("root")?.force() ?? evaluator.unknown("no root"));
      if (root === undefined) return evaluator.unknown("the root of ez-configs");
      return layout.path([root, `${kind}-${what}`].filter((part) => part !== "").join("/")).force();
    });
  const modulesOf = (kind: Kind, what: "modules" | "configurations"): ReadonlyMap<string, FilePath> => {
    const folder = workspacePath(read(kind, `${what}Directory`)?.force() ?? evaluator.unknown("no folder"));
    if (folder === undefined) return new Map();
    const found = [...layout.modulesIn(folder)];
    return new Map(found.filter(([, path]) => path.endsWith(".nix") || layout.has(path, "default.nix")));
  };
  const paths = (modules: ReadonlyMap<string, FilePath>): Entries =>
    [...modules].map(([name, path]) => [name, layout.path(path)]);
  const argsOf = (kind: Kind): Entries => [
    ...layout.entries(read(kind, "earlyModuleArgs")?.force()),
    ...layout.entries(read(kind, kind === "home" ? "extraSpecialArgs" : "specialArgs")?.force()),
    ["ezModules", layout.lazySet(() => paths(modulesOf(kind, "modules")))],
  ];
  const isOff = (thunk: Thunk | undefined) => {
    const value = thunk?.force();
    return value?.kind === "bool" && !value.value;
  };
  const importsOf = (user: string, module: string, kernel: string): Thunk[] => {
    const modules = modulesOf("home", "modules");
    const names = isOff(read("home", "users", user, "importDefault")) ? [] : ["default", kernel];
    const files = [modulesOf("home", "configurations").get(module), ...names.map((name) => modules.get(name))];
    return files.flatMap((path) => (path === undefined ? [] : [layout.path(path)]));
  };
  /** The users of a host, each with the name of the module that makes the home. */
  const usersOf = (kind: Kind, host: string): readonly (readonly [string, string])[] => {
    const listed = read(kind, "hosts", host, "userHomeModules")?.force();
    const textOf = (thunk: Thunk): string[] => {
      const value = thunk.force();
      return value.kind === "string" ? [value.value] : [];
    };
    if (listed?.kind === "list") return listed.items.flatMap(textOf).map((user) => [user, user] as const);
    return layout.entries(listed).flatMap(([user, module]) => textOf(module).map((text) => [user, text] as const));
  };
  const hostOf = (kind: "nixos" | "darwin", name: string, path: FilePath): Thunk => {
    const shared = isOff(read(kind, "hosts", name, "importDefault"))
      ? undefined
      : modulesOf(kind, "modules").get("default");
    const users = usersOf(kind, name);
    const kernel = kind === "nixos" ? "linux" : "darwin";
    const home = layout.set([
      ["extraSpecialArgs", layout.set(argsOf("home"))],
      [
        "users",
        layout.set(
          users.map(([user, module]) => [
            user,
            layout.set([["imports", layout.items(importsOf(module, module, kernel))]]),
          ]),
        ),
      ],
    ]);
    const homeManager = evaluator.lazy(() =>
      evaluator.select(args, ["inputs", "home-manager", `${kind}Modules`, "default"]),
    );
    const modules: Thunk[] = [
      layout.path(path),
      layout.named(name),
      ...(shared === undefined ? [] : [layout.path(shared)]),
      ...(users.length === 0 ? [] : [homeManager, layout.set([["home-manager", home]])]),
    ];
    return layout.system(modules, argsOf(kind));
  };
  const hostsOf = (kind: "nixos" | "darwin") =>
    layout.lazySet(() =>
      [...modulesOf(kind, "configurations")].map(([name, path]) => [
        name,
        evaluator.lazy(() => hostOf(kind, name, path).force()),
      ]),
    );
  const homes = layout.lazySet(() =>
    [...modulesOf("home", "configurations").keys()].flatMap((user) =>
      (["nixos", "darwin"] as const).flatMap((kind) =>
        [...modulesOf(kind, "configurations").keys()].map((host): readonly [string, Thunk] => {
          const naming = read("home", "users", user, "nameFunction")?.force();
          const named = naming?.kind === "function" ? evaluator.call(naming, layout.text(host)) : undefined;
          const kernel = kind === "nixos" ? "linux" : "darwin";
          return [
            named?.kind === "string" ? named.value : `${user}@${host}`,
            evaluator.lazy(() => layout.system(importsOf(user, user, kernel), argsOf("home")).force()),
          ];
        }),
      ),
    ),
  );
  const inherited = (name: string) => evaluator.lazy(() => (read(name) ?? layout.set([])).force());
  const kinds = (["nixos", "darwin", "home"] as const).map((kind): readonly [string, Thunk] => [
    kind,
    layout.set([
      ["modulesDirectory", layout.option(folderOf(kind, "modules"))],
      ["configurationsDirectory", layout.option(folderOf(kind, "configurations"))],
      ["earlyModuleArgs", layout.option(inherited("earlyModuleArgs"))],
      [kind === "home" ? "extraSpecialArgs" : "specialArgs", layout.option(inherited("globalArgs"))],
      [kind === "home" ? "users" : "hosts", layout.option(layout.set([]))],
    ]),
  ]);
  const options = layout.set([
    [
      "ezConfigs",
      layout.set([
        ["root", layout.option()],
        ["globalArgs", layout.option(layout.set([]))],
        ["earlyModuleArgs", layout.option(layout.set([]))],
        ...kinds,
      ]),
    ],
  ]);
  const flake: Entries = [
    ["nixosConfigurations", hostsOf("nixos")],
    ["darwinConfigurations", hostsOf("darwin")],
    ["homeConfigurations", homes],
    ...(["nixos", "darwin", "home"] as const).map(
      (kind) => [`${kind}Modules`, layout.lazySet(() => paths(modulesOf(kind, "modules")))] as const,
    ),
  ];
  return layout
    .set([
      ["options", options],
      ["config", layout.set([["flake", layout.set(flake)]])],
    ])
    .force();
}
