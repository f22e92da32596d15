// nix-community/flakelight: `flakelight ./. { … }` makes outputs out of options and of the files below nix/ that bear their names.
// Source: its default.nix and builtinModules/{nixDir,nixosConfigurations,homeConfigurations,nixosModules,moduleArgs}.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Entries, Layout } from "./layout.js";
import type { Handling } from "../modules/moduleConfig.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ["nixosConfigurations", ["nixos"]],
  ["homeConfigurations", ["home"]],
]);
/** What lies below these names stays a path, since it is a module. */
const MODULES = ["nixosModules", "homeModules", "flakelightModules"];

export function flakelight(layout: Layout): Entries {
  const mkFlake = layout.function((src) => layout.function((root) => lightOutputs(layout, src, root)).force());
  const functor = layout.function(() => mkFlake.force());
  const callable = layout.set([["__functor", functor]], outsideValue(["flakelight"]).reason);
  return [
    ["__functor", functor],
    ["lib", layout.set([["mkFlake", callable]], outsideValue(["flakelight", "lib"]).reason)],
  ];
}

/** The outputs for a folder and a module. */
export function lightOutputs(layout: Layout, src: Thunk, root: Thunk): Value {
  const { evaluator } = layout;
  const folder = workspacePath(src.force());
  if (folder === undefined) return outsideValue(["flakelight"]);
  const inputs = evaluator.lazy(() => evaluator.select(layout.self.force(), ["inputs"]));
  const given: Entries = [
    ["src", src],
    ["inputs", inputs],
    ["outputs", layout.self],
    ["lib", evaluator.of(evaluator.lib)],
  ];
  const moduleArgs = layout.set(given, "arguments of flakelight's modules");
  const { config } = layout.modules({
    roots: [root],
    args: new Map([...given, ["moduleArgs", moduleArgs]]),
    handlingOf,
  });
  const called = (value: Value): Value => (value.kind === "function" ? evaluator.call(value, moduleArgs) : value);
  const read = (...path: readonly string[]) => layout.known(config.force(), ...path)?.force();
  const nixDir = workspacePath(read("nixDir") ?? evaluator.unknown("no nixDir")) ?? joinPath(folder, "nix") ?? "nix";
  const texts = (value: Value | undefined): string[] =>
    layout.list(value && evaluator.of(value)).flatMap((item) => {
      const text = item.force();
      return text.kind === "string" ? [text.value] : [];
    });
  const asPaths = new Set([...MODULES, ...texts(read("nixDirPathAttrs"))]);
  /** What files below nix/ say of a name: one file that holds all, or one for each attribute. */
  const inFiles = (name: string): Entries =>
    [name, ...(ALIASES.get(name) ?? []), ...texts(read("nixDirAliases", name))].flatMap((alias): Entries => {
      const path = joinPath(nixDir, alias) ?? alias;
      const whole = [`${path}.nix`, `${path}/default.nix`].find((file) => isFile(layout, file));
      if (whole !== undefined) return layout.entries(called(layout.importFile(whole)));
      return [...layout.modulesIn(path)]
        .filter(([, file]) => file.endsWith(".nix") || layout.has(file, "default.nix"))
        .map(([entry, file]) => [
          entry.replace(/^_/, ""),
          asPaths.has(name) ? layout.path(file) : evaluator.lazy(() => layout.importFile(file)),
        ]);
    });
  const all = (name: string): Entries => [
    ...inFiles(name),
    ...layout.entries(called(read(name) ?? layout.set([]).force())),
  ];
  const systems = (name: string, argument: string) =>
    layout.lazySet(() =>
      all(name).map(([host, thunk]): readonly [string, Thunk] => [
        host,
        evaluator.lazy(() => {
          const value = called(thunk.force());
          if (value.kind !== "attrs" || !value.entries.has("modules")) return value;
          const special = layout.entries(value.entries.get(argument)?.thunk.force());
          const args: Entries = [
            ["inputs", inputs],
            ["hostname", layout.text(host)],
            ["flake", moduleArgs],
            ...special,
          ];
          const system = value.entries.get("system")?.thunk;
          const modules = layout.list(value.entries.get("modules")?.thunk);
          return layout.system(modules, args, system ? [["system", system]] : []).force();
        }),
      ]),
    );
  const others = new Set([...MODULES, "lib", ...layout.entries(read("nixDirAliases")).map(([name]) => name)]);
  for (const name of ALIASES.keys()) others.delete(name);
  const own = layout.entries(called(read("outputs") ?? layout.set([]).force()));
  const outputs: Entries = [
    ...[...others].map((name): readonly [string, Thunk] => [name, layout.lazySet(() => all(name))]),
    // A flake's own modules hand on options, into which files below nix/ go too.
    ...own.filter(([name]) => !others.has(name) || inFiles(name).length === 0),
    ["nixosConfigurations", systems("nixosConfigurations", "specialArgs")],
    ["homeConfigurations", systems("homeConfigurations", "extraSpecialArgs")],
  ];
  return layout.set(outputs, "what flakelight makes for each system").force();
}

/** All is handed on as it is written; modules of the same name are joined. */
function handlingOf([first, ...more]: readonly string[]): Handling {
  return first?.endsWith("Modules") === true && more.length === 1 ? "module" : "tree";
}

function isFile(layout: Layout, path: FilePath): boolean {
  const slash = path.lastIndexOf("/");
  return layout.has(path.slice(0, Math.max(slash, 0)), path.slice(slash + 1));
}
