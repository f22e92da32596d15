// flake-utils-plus: `inputs.utils.lib.mkFlake { hosts.<name> = { … }; }`. Source: its lib/mkFlake.nix and lib/exportModules.nix.
import type { Thunk, Value } from "../../evaluate/value.js";
import { type Entries, type Layout } from "./layout.js";
import { outsideValue } from "../outside.js";
import { baseName } from "../paths.js";

/** `mkFlake { hosts.<name>.modules, hostDefaults.modules, … }`; what it does not know is an output. */
export function flakeUtilsPlus(layout: Layout): Entries {
  const { evaluator } = layout;
  const mkFlake = (argument: Thunk): Value => {
    const given = argument.force();
    if (given.kind !== "attrs") return outsideValue(["flake-utils-plus"]);
    const inputs = given.entries.get("inputs")?.thunk ?? layout.set([]);
    const read = (host: string, ...path: readonly string[]) => layout.given(given, "hosts", host, ...path);
    const fallback = (...path: readonly string[]) => layout.given(given, "hostDefaults", ...path);
    const argsOf = (...sets: readonly (Thunk | undefined)[]): Entries =>
      sets.flatMap((set) => {
        const value = set?.force();
        return value?.kind === "attrs" ? [...value.entries].map(([name, { thunk }]) => [name, thunk] as const) : [];
      });
    const host = (name: string): Thunk =>
      evaluator.lazy(() => {
        const modules = layout.list(fallback("modules"), read(name, "modules"));
        const own = argsOf(
          ...[fallback("extraArgs"), read(name, "extraArgs"), fallback("specialArgs"), read(name, "specialArgs")],
        );
        const system = layout.system(modules, [["inputs", inputs], ...own]);
        const builder = read(name, "builder") ?? fallback("builder");
        return builder === undefined ? system.force() : evaluator.call(builder.force(), system);
      });
    const hosts = evaluator.select(given, ["hosts"]);
    const names = hosts.kind === "attrs" ? [...hosts.entries.keys()] : [];
    const outputOf = (name: string): string => {
      const output = (read(name, "output") ?? fallback("output"))?.force();
      return output === undefined ? "nixosConfigurations" : output.kind === "string" ? output.value : "";
    };
    const made = ["nixosConfigurations", "darwinConfigurations", "homeConfigurations"].map((output) => {
      const others = argsOf(given.entries.get(output)?.thunk);
      const own = names.filter((name) => outputOf(name) === output).map((name) => [name, host(name)] as const);
      return [output, layout.set([...others, ...own])] as const;
    });
    const others = [...given.entries].filter(([name]) => !FUP_ARGUMENTS.has(name));
    const outputs: Entries = [...others.map(([name, { thunk }]) => [name, thunk] as const), ...made];
    return evaluator.attrs(outputs, "outputs that flake-utils-plus makes for each system");
  };
  const library: Entries = [
    ["mkFlake", layout.function(mkFlake)],
    ["exportModules", layout.function((modules) => exportModules(layout, modules.force()))],
  ];
  return [["lib", layout.set(library, outsideValue(["flake-utils-plus", "lib"]).reason)]];
}

const FUP_ARGUMENTS = new Set([
  ...["inputs", "hosts", "hostDefaults", "nixosProfiles", "channels", "channelsConfig", "self", "sharedOverlays"],
  ...["supportedSystems", "outputsBuilder"],
]);

/** Modules by the names of their files. */
function exportModules(layout: Layout, modules: Value): Value {
  if (modules.kind !== "list") return outsideValue(["flake-utils-plus"]);
  const paths = modules.items.map((item) => item.force());
  const known = paths.flatMap((value) => (value.kind === "path" && value.inside ? [value.path] : []));
  const entries = known.map((path): [string, Thunk] => [
    baseName(path).replace(/\.nix$/, ""),
    layout.evaluator.lazy(() => layout.importFile(path)),
  ]);
  const isAll = known.length === paths.length && modules.openTail === undefined;
  return layout.evaluator.attrs(entries, isAll ? undefined : "modules that are not named by a path");
}
