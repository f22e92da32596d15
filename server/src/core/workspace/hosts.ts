// A flake's outputs to hosts: nixosConfigurations, darwinConfigurations, homeConfigurations, by what they are called with.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Attr, AttrsValue, Thunk, Value } from "../evaluate/value.js";
import type { FilePath, Location } from "../text/range.js";
import { partsOutputs } from "./layouts/flakeParts.js";
import type { HostInput } from "./hostUnit.js";
import type { Platform } from "./model.js";
import { hiveNodes } from "./layouts/colmena.js";
import { Layout, type LayoutContext } from "./layouts/layout.js";
import { layoutInput } from "./layouts/layouts.js";
import { outsideValue } from "./outside.js";
import { folderOf } from "./paths.js";

/** The outputs that hold hosts, and the platform of each. */
const OUTPUTS: readonly (readonly [string, Platform])[] = [
  ["nixosConfigurations", "nixos"],
  ["darwinConfigurations", "darwin"],
  ["homeConfigurations", "home-manager"],
];
const MAX_HOSTS = 500;

/** The hosts of one flake. Nothing of a host is evaluated but the call that makes it. `owner` is the unit that asks. */
export function findHosts(flake: FilePath, evaluator: Evaluator, access: FileAccess, owner: string): HostInput[] {
  const { outputs, context } = outputsOf(flake, evaluator, access, owner);
  const places = [outputs, ...["packages", "legacyPackages"].flatMap((output) => bySystem(outputs, output, evaluator))];
  const sets = places.flatMap((place) =>
    OUTPUTS.map(([output, platform]) => [evaluator.select(place, [output]), platform] as const),
  );
  const hosts = new Map<string, HostInput>();
  for (const [set, platform] of [...sets, ...hives(outputs, context)]) {
    for (const [name, attr] of namedValues(set)) {
      if (hosts.size >= MAX_HOSTS) break;
      const key = `${platform} ${name}`;
      const host = hosts.has(key) ? undefined : hostOf(name, platform, attr, flake);
      if (host !== undefined) hosts.set(key, host);
    }
  }
  return [...hosts.values()];
}

/** Where `nix build .#nixosConfigurations.…` looks too: what the output holds for each system, the usual ones first. */
function bySystem(outputs: Value, output: string, evaluator: Evaluator): Value[] {
  const systems = evaluator.select(outputs, [output]);
  if (systems.kind !== "attrs") return [];
  const names = new Set(["x86_64-linux", "aarch64-darwin", ...systems.entries.keys()]);
  return [...names].map((name) => evaluator.select(systems, [name])).filter(({ kind }) => kind === "attrs");
}

/** Nodes of colmena's hives. */
function hives(outputs: Value, context: LayoutContext): (readonly [Value, Platform])[] {
  const { evaluator } = context;
  const hive = evaluator.select(outputs, ["colmena"]);
  const nodes = hive.kind === "unknown" ? [] : [hiveNodes(new Layout(context), evaluator.of(hive)).force()];
  return [evaluator.select(outputs, ["colmenaHive", "nodes"]), ...nodes].map((set) => [set, "nixos"]);
}

interface Outputs {
  readonly outputs: Value;
  readonly context: LayoutContext;
}

/** What the flake's `outputs` function gives when it is called with its inputs and itself. */
function outputsOf(flake: FilePath, evaluator: Evaluator, access: FileAccess, owner: string): Outputs {
  const top = evaluator.importFile(flake);
  const outputs = evaluator.select(top, ["outputs"]);
  const inputs = evaluator.select(top, ["inputs"]);
  const formals =
    outputs.kind === "function" ? (outputs.definition?.expr.formals?.entries.map(({ name }) => name) ?? []) : [];
  const names = new Set([...(inputs.kind === "attrs" ? inputs.entries.keys() : []), ...formals]);
  names.delete("self");
  const context: LayoutContext = { flake, evaluator, access, owner, self: { force: () => self.force() } };
  const given: [string, Thunk][] = [...names].map((name) => {
    const id = sourceOf(evaluator.select(inputs, [name]), evaluator) ?? name;
    return [name, evaluator.of(layoutInput(name, id, context) ?? outsideInput(name, id))];
  });
  const self: Thunk = evaluator.lazy(() => selfOf(flake, result.force(), () => all, evaluator));
  const all: Value = evaluator.attrs([...given, ["self", self]]);
  const result = evaluator.lazy(() => {
    const value = evaluator.call(outputs, evaluator.of(all));
    return partsOutputs(value, new Layout(context)) ?? value;
  });
  return { outputs: result.force(), context };
}

/** Where an input comes from, in whichever form it is written. */
function sourceOf(input: Value, evaluator: Evaluator): string | undefined {
  const [url, follows, repo] = ["url", "follows", "repo"].map((key) => evaluator.select(input, [key]));
  return [url, follows, repo].find((value) => value?.kind === "string")?.value;
}

const NIXPKGS =
  /(^|[/:])nixpkgs(-unstable|-stable|-weekly|-channels)?([/?.]|$)|channels\.nixos\.org\/|nixos\.org\/channels\//i;

/** An input that is not in sight. Where its source is nixpkgs it goes by that name, whatever the flake calls it. */
function outsideInput(name: string, source: string): Value {
  const value = outsideValue(["inputs", name]);
  return NIXPKGS.test(source) && !name.startsWith("nixpkgs")
    ? { ...value, name: ["inputs", `nixpkgs-${name}`] }
    : value;
}

/** What Nix adds to a flake, depending on where it lies. Source: nix src/libflake/call-flake.nix and fetchers. */
const ADDED_BY_NIX = [
  ...["sourceInfo", "_type", "narHash", "rev", "shortRev", "dirtyRev", "dirtyShortRev", "revCount", "lastModified"],
  ...["lastModifiedDate", "submodules"],
];

/** `self`: the outputs, and where the flake lies. */
function selfOf(flake: FilePath, outputs: Value, inputs: () => Value, evaluator: Evaluator): Value {
  const reason = "what Nix adds to a flake";
  const unknown = evaluator.of(evaluator.unknown(reason));
  const added: [string, Thunk][] = [
    ["outPath", evaluator.of({ kind: "path", path: folderOf(flake), inside: true })],
    ["inputs", evaluator.lazy(inputs)],
    ["outputs", evaluator.of(outputs)],
  ];
  const base = evaluator.attrs(added, reason) as AttrsValue;
  const rest = [evaluator.attrs(ADDED_BY_NIX.map((name) => [name, unknown]))];
  if (outputs.kind !== "attrs") return base;
  const own = outputs.open === undefined ? [] : (outputs.rest ?? [evaluator.unknown(outputs.open)]);
  const entries = new Map([...outputs.entries, ...base.entries]);
  return { ...outputs, entries, open: outputs.open ?? base.open, rest: [...own, ...rest] };
}

/** The attributes of a set that may be known in part, with those behind unknown conditions and calls. */
function* namedValues(value: Value, depth = 0): Iterable<readonly [string, Attr]> {
  if (depth > 8) return;
  if (value.kind === "attrs") {
    yield* value.entries;
    for (const rest of value.rest ?? []) yield* namedValues(rest, depth + 1);
  } else if (value.kind === "unknown") {
    for (const one of value.alternatives ?? []) yield* namedValues(one, depth + 1);
  }
}

function hostOf(name: string, platform: Platform, attr: Attr, flake: FilePath): HostInput | undefined {
  const calls = systemCalls(attr.thunk.force(), undefined, 0);
  if (calls.length === 0) return undefined;
  const modules: Thunk[] = [];
  const specialArgs = new Map<string, Thunk>();
  for (const {
    argument: { entries },
  } of calls) {
    // NixOS takes `extraModules` too, and puts them first.
    for (const key of platform === "nixos" ? ["extraModules", "modules"] : ["modules"]) {
      const listed = entries.get(key)?.thunk;
      if (listed !== undefined) modules.push(listed);
    }
    const lib = entries.get("lib")?.thunk;
    if (lib !== undefined) specialArgs.set("lib", lib);
    for (const key of ["specialArgs", "extraSpecialArgs"]) {
      const args = entries.get(key)?.thunk.force();
      if (args?.kind === "attrs") for (const [arg, given] of args.entries) specialArgs.set(arg, given.thunk);
    }
  }
  const [{ maker, argument } = { maker: undefined, argument: undefined }] = calls;
  const pkgs = argument?.entries.get("pkgs")?.thunk.force();
  const made = {
    maker,
    ...(pkgs && { pkgs: { name: pkgs.kind === "unknown" ? (pkgs.name ?? pkgs.callee) : undefined } }),
  };
  const system = systemOf(argument, made.pkgs?.name);
  const host = { name, platform, declaration: declarationOf(attr, flake), modules, specialArgs, flake, made };
  return system === undefined ? host : { ...host, target: system };
}

/** What a host is made for: the argument `system`, or that of the `pkgs` it is given (`nixpkgs.legacyPackages.x86_64-linux`). */
function systemOf(argument: AttrsValue | undefined, pkgs: readonly string[] | undefined): string | undefined {
  const own = argument?.entries.get("pkgs")?.thunk.force();
  // `pkgs = import nixpkgs { system = …; }`
  const imported = own?.kind === "unknown" ? own.inside?.at(-1)?.force() : undefined;
  for (const set of [argument, imported]) {
    const given = set?.kind === "attrs" ? set.entries.get("system")?.thunk.force() : undefined;
    if (given?.kind === "string") return given.value;
  }
  return pkgs?.at(-2) === "legacyPackages" ? pkgs.at(-1) : undefined;
}

/** A call that makes a host: what is called, where that has a name, and the argument that holds `modules`. */
interface SystemCall {
  readonly maker: readonly string[] | undefined;
  readonly argument: AttrsValue;
}

/** Those within calls of functions that are not known; those of `extendModules` after it. */
function systemCalls(value: Value, maker: SystemCall["maker"], depth: number): SystemCall[] {
  if (depth > 6) return [];
  if (value.kind === "attrs") return value.entries.has("modules") ? [{ maker, argument: value }] : [];
  if (value.kind !== "unknown") return [];
  const found: SystemCall[] = [];
  for (const inside of value.inside ?? []) {
    found.push(...systemCalls(inside.force(), value.callee, depth + 1));
    if (found.length > 0 && value.callee?.at(-1) !== "extendModules") return found;
  }
  if (found.length > 0) return found;
  const [only, ...others] = value.alternatives ?? [];
  return only !== undefined && others.length === 0 ? systemCalls(only, maker, depth + 1) : [];
}

function declarationOf(attr: Attr, flake: FilePath): Location {
  const site = attr.sites[0];
  if (site === undefined) return { file: flake, range: { start: 0, end: 0 } };
  const { binding, depth } = site;
  const name = binding.kind === "binding" ? binding.path[depth] : binding.names[depth];
  const { start, end } = name ?? binding;
  return { file: site.source.path, range: { start, end } };
}
