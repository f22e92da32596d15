// Random modules of a host: options of all types with marked definitions, and definitions of options of NixOS.
import type { Pickers } from "./random.js";

/** Own options, and where each is read out as JSON: in an option that fails alone. */
const OWN = new Map([
  ["a", "zramSwap.algorithm"],
  ["b", "nix.gc.options"],
  ["c", "nix.gc.dates"],
  ["d", "powerManagement.cpuFreqGovernor"],
]);

const NIXOS: readonly (readonly string[])[] = [
  ["nix", "settings", "cores"],
  ["nix", "settings", "max-jobs"],
  ["nix", "settings", "substituters"],
  ["nix", "settings", "trusted-users"],
  ["nix", "settings", "extra-platforms"],
  ["nix", "extraOptions"],
  ["boot", "kernelParams"],
  ["boot", "tmp", "useTmpfs"],
  ["boot", "kernel", "sysctl", "vm.swappiness"],
  ["zramSwap", "memoryPercent"],
  ["systemd", "services", "nix-daemon", "serviceConfig", "MemoryMax"],
];

export const READ_OPTIONS: readonly (readonly string[])[] = [
  ...[...OWN.values()].map((path) => path.split(".")),
  ...NIXOS,
];

/** A type, and a value of it as an expression. */
interface TypeOf {
  readonly type: string;
  readonly value: () => string;
}

/** Modules, each on a line, for a host's `imports`. */
export function generatedModules(random: Pickers): string[] {
  const make = new ModuleGenerator(random);
  const options = [...OWN.keys()].map((name) => [name, make.type(2)] as const);
  return [
    ...options.map(([name, of]) => make.declaration(name, of)),
    ...Array.from({ length: 3 + random.below(5) }, () => make.module(options)),
  ];
}

/** The same, but each option is one of a module system of the host's own. */
export function generatedSystems(random: Pickers): string[] {
  const make = new ModuleGenerator(random);
  return [...OWN].map(([name, path]) => {
    const of = make.type(2);
    const option = `{ options.my.${name} = lib.mkOption { type = ${of.type}; default = ${of.value()}; }; }`;
    const definitions = Array.from({ length: random.below(4) }, () => `{ my.${name} = ${make.marked(of.value)}; }`);
    const system = `lib.evalModules { modules = [ ${[option, ...definitions].join(" ")} ]; }`;
    return `{ ${path} = builtins.toJSON (${system}).config.my.${name}; }`;
  });
}

/** Files that import one another in all ways, each with definitions that tell it; `h.nix` is the host's. */
export function generatedTree(random: Pickers): Map<string, string> {
  const make = new ModuleGenerator(random);
  const paths = ["a.nix", "b.nix", "c.nix", "d/default.nix", "e.nix"];
  const target = () => random.pick(["./a.nix", "./b.nix", "./c.nix", "./d", "./d/default.nix", "./e.nix"]);
  const own = (name: string) =>
    random.pick([
      () => `nix.settings.substituters = ${make.marked(() => `[ "${name}" ]`)};`,
      () => `boot.kernelParams = ${make.marked(() => `[ "${name}" ]`)};`,
      () => `nix.extraOptions = ${make.marked(() => `"${name}"`)};`,
      () => `zramSwap.memoryPercent = lib.mkOverride ${50 + random.below(100)} ${random.below(9)};`,
    ])();
  const item = (name: string, depth: number): string =>
    random.pick([
      target,
      target,
      () => `(import ${target()})`,
      () => (depth > 0 ? module(`${name}i`, depth - 1) : target()),
      () => (depth > 0 ? `({ lib, ... }: ${module(`${name}f`, depth - 1)})` : target()),
    ])();
  const list = (name: string, depth: number) => {
    const items = Array.from({ length: random.below(3) }, () => item(name, depth)).join(" ");
    const more = random.chance(0.2) ? ` ++ lib.optional ${make.condition()} ${target()}` : "";
    return `[ ${items} ]${more}`;
  };
  const disabled = () =>
    random.pick([target, () => `(toString ${target()})`, () => `{ key = "${random.pick(["k", "l"])}"; }`])();
  const module = (name: string, depth: number): string => {
    const parts = [
      random.chance(0.6) ? `imports = ${list(name, depth)};` : "",
      random.chance(0.15) ? `key = "${random.pick(["k", "l"])}";` : "",
      random.chance(0.12) ? `disabledModules = [ ${disabled()} ];` : "",
    ];
    return `{ ${parts.filter((part) => part !== "").join(" ")} config = { ${own(name)} }; }`;
  };
  const files = paths.map((path): [string, string] => {
    // Modules that are imported by value come round again for ever: of files, only the first import one so, the last.
    const isAllowed = (imported: string) => path < "c" && imported.includes("e.nix");
    const text = module(path.charAt(0), 1).replaceAll(/\(import [^)]*\)/g, (found) => (isAllowed(found) ? found : ""));
    return [path, `{ lib, ... }:\n${NOT_KNOWN}${path.startsWith("d") ? text.replaceAll("./", "../") : text}\n`];
  });
  const host = `{ lib, ... }:\n${NOT_KNOWN}${module("h", 2)}\n`;
  return new Map([["h.nix", host], ...files]);
}

const NOT_KNOWN = `let U = builtins.getEnv "NOT_SET" == ""; V = !U; in `;

class ModuleGenerator {
  constructor(readonly random: Pickers) {}

  type(depth: number): TypeOf {
    const { random } = this;
    const int = { type: "lib.types.int", value: () => String(random.below(3)) };
    const str = { type: "lib.types.str", value: () => this.word() };
    const strings = { type: "lib.types.listOf lib.types.str", value: () => this.list(() => this.word()) };
    const bool = { type: "lib.types.bool", value: () => random.pick(["true", "false"]) };
    const kinds: (() => TypeOf)[] = [
      () => int,
      () => str,
      () => bool,
      () => strings,
      () => ({ type: "lib.types.lines", value: str.value }),
      () => ({ type: "lib.types.commas", value: str.value }),
      () => ({ type: "lib.types.boolByOr", value: bool.value }),
      () => ({ type: "lib.types.attrs", value: () => this.plainSet() }),
      () => ({ type: "lib.types.unspecified", value: () => this.plainSet() }),
      () => ({ type: "lib.types.unspecified", value: strings.value }),
      () => ({ type: "lib.types.anything", value: () => this.set(() => this.marked(int.value)) }),
      () => ({ type: "lib.types.either lib.types.int (lib.types.listOf lib.types.str)", value: strings.value }),
    ];
    const nested: (() => TypeOf)[] = [
      () => this.nullOr(this.type(depth - 1)),
      () => this.attrsOf(this.type(depth - 1)),
      () => this.attrsOf(this.type(depth - 1)),
      () => this.listOf(this.type(depth - 1)),
      () => this.submodule(this.type(depth - 1), strings),
      () => this.submodule(this.type(depth - 1), strings),
    ];
    return random.pick(depth > 0 && random.chance(0.5) ? nested : kinds)();
  }

  nullOr({ type, value }: TypeOf): TypeOf {
    return { type: `lib.types.nullOr (${type})`, value };
  }
  attrsOf({ type, value }: TypeOf): TypeOf {
    return { type: `lib.types.attrsOf (${type})`, value: () => this.set(() => this.marked(value)) };
  }
  listOf({ type, value }: TypeOf): TypeOf {
    return { type: `lib.types.listOf (${type})`, value: () => this.list(() => this.marked(value)) };
  }
  submodule(of: TypeOf, strings: TypeOf): TypeOf {
    const { random } = this;
    const x = `options.x = lib.mkOption { type = ${of.type}; default = ${of.value()}; };`;
    const own = random.chance(0.5) ? ` config.l = ${this.marked(strings.value)};` : "";
    const l = `options.l = lib.mkOption { type = ${strings.type}; default = [ ]; };`;
    const value = () => {
      const body = [
        random.chance(0.6) ? `x = ${this.marked(of.value)};` : "",
        random.chance(0.6) ? `l = ${this.marked(strings.value)};` : "",
      ].join(" ");
      return random.chance(0.15) ? `({ ... }: { ${body} })` : `{ ${body} }`;
    };
    return { type: `lib.types.submodule { ${x} ${l}${own} }`, value };
  }

  declaration(name: string, { type, value }: TypeOf): string {
    const fallback = ` default = ${value()};`;
    const read = `config.${OWN.get(name)} = builtins.toJSON config.my.${name};`;
    return `{ options.my.${name} = lib.mkOption { type = ${type};${fallback} }; ${read} }`;
  }

  module(options: readonly (readonly [string, TypeOf])[]): string {
    const { random } = this;
    const definitions = Array.from({ length: 1 + random.below(3) }, () => {
      if (random.chance(0.4)) return this.ofNixos();
      const [name, { value }] = random.pick(options);
      return `my.${name} = ${this.marked(value)};`;
    });
    const [only = "", ...others] = definitions;
    if (others.length === 0) return `{ ${only} }`;
    // One attribute may be defined twice: each definition stands in a set of its own.
    return `{ config = lib.mkMerge [ ${definitions.map((one) => this.wrapped(`{ ${one} }`)).join(" ")} ]; }`;
  }

  /** A part of `config`. */
  wrapped(set: string): string {
    const { random } = this;
    return random.chance(0.25)
      ? `(lib.mkIf ${this.condition()} ${set})`
      : random.chance(0.1)
        ? `(lib.mkForce ${set})`
        : set;
  }

  ofNixos(): string {
    const { random } = this;
    const int = () => String(random.below(4));
    const strings = () => this.list(() => this.marked(() => this.word(), 0.1));
    const setting = () =>
      random.pick([
        () => `cores = ${this.marked(int)};`,
        () => `max-jobs = ${this.marked(int)};`,
        () => `substituters = ${this.marked(strings)};`,
        () => `trusted-users = ${this.marked(strings)};`,
        () => `extra-platforms = ${this.marked(strings)};`,
      ])();
    const unit = () => `MemoryMax = ${this.marked(() => this.word())};`;
    return random.pick([
      () => `nix.settings.${setting()}`,
      () => `nix.settings = ${this.marked(() => `{ ${setting()} }`)};`,
      () => `nix = ${this.marked(() => `{ settings.${setting()} }`)};`,
      () => `nix.maxJobs = ${this.marked(int)};`,
      () => `nix.trustedUsers = ${this.marked(strings)};`,
      () => `nix.extraOptions = ${this.marked(() => this.word())};`,
      () => `boot.kernelParams = ${this.marked(strings)};`,
      () => `boot.tmp = ${this.marked(() => `{ useTmpfs = ${this.marked(() => "true")}; }`)};`,
      () => `boot.kernel.sysctl = ${this.marked(() => `{ "vm.swappiness" = ${this.marked(int)}; }`)};`,
      () => `zramSwap.memoryPercent = ${this.marked(int)};`,
      () => `systemd.services.nix-daemon.serviceConfig = ${this.marked(() => `{ ${unit()} }`)};`,
      () => `systemd.services.nix-daemon = ${this.marked(() => `{ serviceConfig.${unit()} }`)};`,
      () => `systemd.services = ${this.marked(() => `{ nix-daemon.serviceConfig.${unit()} }`)};`,
    ])();
  }

  /** A value under marks, nearly always in an order that Nix takes. */
  marked(value: () => string, chance = 0.35): string {
    const { random } = this;
    if (!random.chance(chance)) return value();
    const conditional = (inner: string) =>
      random.pick([
        () => `(lib.mkIf ${this.condition()} ${inner})`,
        () => `(lib.mkMerge [ ${inner} ${random.chance(0.5) ? value() : ""} ])`,
      ])();
    const overriding = (inner: string) => `(lib.${random.pick(["mkDefault", "mkForce", "mkOverride 90"])} ${inner})`;
    const ordered = (inner: string) => `(lib.${random.pick(["mkBefore", "mkAfter"])} ${inner})`;
    if (random.chance(0.03)) return overriding(conditional(value()));
    let text = value();
    if (random.chance(0.12)) text = ordered(text);
    if (random.chance(0.5)) text = overriding(text);
    return random.chance(0.5) ? conditional(text) : text;
  }

  condition(): string {
    return this.random.pick(["true", "true", "false", "U", "V"]);
  }
  word(): string {
    return JSON.stringify(this.random.pick(["p", "q", "r", "s"]));
  }
  list(item: () => string): string {
    return `[ ${Array.from({ length: this.random.below(3) }, item).join(" ")} ]`;
  }
  set(value: () => string): string {
    const names = ["m", "n", "o"].filter(() => this.random.chance(0.5));
    return `{ ${names.map((name) => `${name} = ${value()};`).join(" ")} }`;
  }
  plainSet(): string {
    return this.set(() => this.random.pick(["1", "2", "{ u = 1; }", "{ v = 2; }"]));
  }
}
