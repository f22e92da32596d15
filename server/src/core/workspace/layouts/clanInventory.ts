// Services of a clan's inventory: which machines have which roles in which instances, and the modules that follow from that.
// Source: clan-core modules/clan/{distributed-services,computed-tags}.nix, lib/inventory/distributed-service/service-module.nix.
import type { Thunk, Value } from "../../evaluate/value.js";
import type { Layout } from "./layout.js";
import type { Handling } from "../modules/moduleConfig.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";
import { textsIn } from "../settings/textsIn.js";

export interface Inventory {
  readonly layout: Layout;
  /** An attribute of the clan. */
  readonly read: (...path: readonly string[]) => Thunk | undefined;
  /** The folder that the clan lies in. */
  readonly folder: string;
  readonly machines: readonly string[];
  readonly classOf: (machine: string) => "nixos" | "darwin";
}

/** Modules of one machine out of what services the inventory gives it; those that can't be told stay one unknown module. */
export function serviceModules(inventory: Inventory, machine: string): Thunk[] {
  const { layout, read } = inventory;
  const instances = read("inventory", "instances")?.force();
  if (instances === undefined) return [];
  const found = new Map<string, Thunk>();
  const modules = layout.entries(instances).flatMap(([instance, thunk]) => {
    const value = thunk.force();
    const roles = layout.given(value, "roles")?.force();
    const given = layout.entries(roles).map(([role, set]) => [role, set.force()] as const);
    const own = given.map(([role, set]) => ({ role, set, has: hasRole(inventory, set, machine) }));
    const certain = own.filter(({ has }) => has === true);
    const rest = isWhole(roles) && own.every(({ has }) => has !== undefined) ? [] : [services(layout, instance)];
    if (certain.length === 0) return rest;
    const service = serviceOf(inventory, instance, value);
    const perInstance = certain.flatMap(({ role, set }) => [
      ...service.ofRole(role, inventory.classOf(machine), machine),
      ...layout.list(layout.given(set, "extraModules")).map((module) => inClan(inventory, module)),
    ]);
    // Once for a machine, however many instances it is in.
    for (const [key, module] of service.ofMachine(inventory.classOf(machine), machine)) found.set(key, module);
    return [...perInstance, ...rest];
  });
  return [...modules, ...found.values(), ...(isWhole(instances) ? [] : [services(layout)])];
}

function services({ evaluator }: Layout, instance?: string): Thunk {
  const which = instance === undefined ? "services" : `the service ${instance}`;
  return evaluator.of(evaluator.unknown(`${which} of the clan's inventory`));
}

/** True for a set all of whose attributes are known, or none. */
function isWhole(value: Value | undefined): boolean {
  return value === undefined || (value.kind === "attrs" && value.open === undefined);
}

/** Whether a machine is in a role, by name or by tag; undefined if that can't be told. */
function hasRole(inventory: Inventory, role: Value, machine: string): boolean | undefined {
  const { layout } = inventory;
  const named = layout.given(role, "machines")?.force();
  if (named?.kind === "attrs" && named.entries.has(machine)) return true;
  const tags = layout.given(role, "tags")?.force();
  const names = tags?.kind === "attrs" ? [...tags.entries.keys()] : textsIn(tags);
  const answers = names?.map((tag) => hasTag(inventory, tag, machine)) ?? [undefined];
  if (answers.includes(true)) return true;
  const isKnown = isWhole(named) && !answers.includes(undefined) && (tags?.kind !== "attrs" || isWhole(tags));
  return isKnown ? false : undefined;
}

function hasTag(inventory: Inventory, tag: string, machine: string): boolean | undefined {
  const { layout, read, machines, classOf } = inventory;
  const { evaluator } = layout;
  const own = textsIn(read("inventory", "machines", machine, "tags")?.force());
  if (own === undefined) return undefined;
  if (own.includes(tag)) return true;
  const listed = (names: readonly string[]) => layout.items(names.map((name) => layout.text(name)));
  const computed = layout.set([
    ["all", listed(machines)],
    ["nixos", listed(machines.filter((name) => classOf(name) === "nixos"))],
    ["darwin", listed(machines.filter((name) => classOf(name) === "darwin"))],
  ]);
  const given = read("inventory", "tags")?.force();
  const args = layout.set([["config", computed]], "arguments of the inventory's tags");
  const tags = given?.kind === "function" ? evaluator.call(given, args) : given;
  if (tags !== undefined && tags.kind !== "attrs") return undefined;
  const members = tags && layout.given(tags, tag);
  return textsIn((members ?? layout.given(computed.force(), tag))?.force())?.includes(machine);
}

/** A module that is given as text lies below the clan's folder. */
function inClan({ layout, folder }: Inventory, module: Thunk): Thunk {
  const value = module.force();
  const path = value.kind === "string" ? joinPath(folder, value.value) : undefined;
  return path === undefined ? module : layout.path(path);
}

interface Service {
  ofRole(role: string, platform: "nixos" | "darwin", machine: string): Thunk[];
  ofMachine(platform: "nixos" | "darwin", machine: string): readonly (readonly [string, Thunk])[];
}

/** The service of an instance: one of the flake's own, or a module from elsewhere. */
function serviceOf({ layout, read }: Inventory, instance: string, value: Value): Service {
  const { evaluator } = layout;
  const text = (thunk: Thunk | undefined) => {
    const given = thunk?.force();
    return given?.kind === "string" ? given.value : undefined;
  };
  const name = text(layout.given(value, "module", "name")) ?? instance;
  const input = text(layout.given(value, "module", "input")) ?? "clan-core";
  const own = input === "self" ? read("modules", name) : undefined;
  if (own === undefined) {
    const module =
      input === "self"
        ? services(layout, instance)
        : evaluator.of(outsideValue(["inputs", input, "clan", "modules", name]));
    return { ofRole: () => [module], ofMachine: () => [] };
  }
  const settings = evaluator.of(evaluator.unknown("settings of a clan's service"));
  const args = (machine: string): ReadonlyMap<string, Thunk> =>
    new Map([
      ["instanceName", layout.text(instance)],
      ["machine", layout.set([["name", layout.text(machine)]], "a machine of the clan")],
      ...["settings", "extendSettings", "roles", "instances", "mkExports"].map((key) => [key, settings] as const),
    ]);
  const definition = layout.modules({ roots: [own], args: new Map([["meta", settings]]), handlingOf: ofService });
  const made = (path: readonly string[], machine: string, platform: string): Thunk[] => {
    const body = layout.given(definition.config.force(), ...path);
    const roots = body?.force().kind === "attrs" ? [body] : [];
    const system = layout.modules({ roots, args: args(machine), handlingOf: ofInstance });
    const module = layout.given(system.config.force(), `${platform}Module`);
    const isWhole = definition.unresolved.length + system.unresolved.length === 0;
    return [...(module?.force().kind === "attrs" ? [module] : []), ...(isWhole ? [] : [services(layout, instance)])];
  };
  return {
    ofRole: (role, platform, machine) => made(["roles", role, "perInstance"], machine, platform),
    ofMachine: (platform, machine) =>
      made(["perMachine"], machine, platform).map((module) => [`${input} ${name}`, module] as const),
  };
}

function ofService(path: readonly string[]): Handling {
  return path.at(-1) === "perInstance" || path.at(-1) === "perMachine" ? "module" : undefined;
}

function ofInstance(path: readonly string[]): Handling {
  return path.length === 1 && /^(nixos|darwin)Module$/.test(path[0] ?? "") ? "module" : undefined;
}
