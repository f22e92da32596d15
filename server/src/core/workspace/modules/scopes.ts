// A file that no host reaches may hold several modules (`{ a = { … }: …; b = …; }`): what stands under one prefix belongs together.
import type { Obscured, Sighting } from "./collect.js";
import type { FileUnit } from "../fileUnit.js";
import type { Platform } from "../model.js";

export interface ModuleScope {
  readonly prefix: readonly string[];
  readonly platform: Platform;
  readonly sightings: readonly Sighting[];
  readonly obscured: readonly Obscured[];
  readonly openText: boolean;
}

const SCOPES = new WeakMap<FileUnit, readonly ModuleScope[]>();

/** The modules of a file, in the order of their first definitions. Made once a unit, since units outlive models. */
export function moduleScopes(unit: FileUnit): readonly ModuleScope[] {
  let scopes = SCOPES.get(unit);
  if (scopes === undefined) {
    scopes = findScopes(unit);
    SCOPES.set(unit, scopes);
  }
  return scopes;
}

function findScopes(unit: FileUnit): readonly ModuleScope[] {
  const scopes = new Map<string, { prefix: readonly string[]; sightings: Sighting[] }>();
  for (const sighting of unit.sightings) {
    const prefix = scopePrefix(sighting.prefix);
    const key = prefix.join("\0");
    const scope = scopes.get(key) ?? { prefix, sightings: [] };
    scopes.set(key, scope);
    scope.sightings.push(sighting);
  }
  return [...scopes.entries()].map(([key, { prefix, sightings }]) => ({
    prefix,
    sightings,
    platform: platformOf(unit.file, prefix, sightings),
    obscured: unit.obscured.flatMap((part) => within(part, prefix)),
    openText: unit.openTexts.some((text) => scopePrefix(text).join("\0") === key),
  }));
}

/** Levels that do not begin another module. */
function scopePrefix(prefix: readonly string[]): readonly string[] {
  let end = prefix.length;
  for (;;) {
    const last = prefix[end - 1];
    if (last === "config" || last === "content") end--;
    else if (last === "[]" && (prefix[end - 2] === "imports" || prefix[end - 2] === "modules")) end -= 2;
    else return prefix.slice(0, end);
  }
}

/** An unknown part as the module at `prefix` sees it: its path from the module's top. */
function within(part: Obscured, prefix: readonly string[]): Obscured[] {
  const path = part.path;
  if (!prefix.every((element, i) => i >= path.length || element === path[i])) return [];
  let rest = path.slice(prefix.length);
  while (rest[0] === "config" || (rest[0] === "imports" && rest[1] === "[]"))
    rest = rest.slice(rest[0] === "config" ? 1 : 2);
  return [{ ...part, path: rest }];
}

const NIXOS_ONLY = new Set(["zramSwap", "boot", "systemd", "swapDevices", "powerManagement", "fileSystems"]);

function platformOf(file: string, prefix: readonly string[], sightings: readonly Sighting[]): Platform {
  if (sightings.some(({ attrPath }) => attrPath[0] === "nixConfig")) return "flake";
  const folders = file.split("/");
  // What a test is for says nothing about the module system that it tests with.
  const tests = folders.findIndex((folder) => /^tests?$/.test(folder));
  const telling = tests < 0 ? folders : folders.slice(0, tests);
  for (const words of [prefix.toReversed(), telling.toReversed()])
    for (const word of words) {
      const platform = platformNamed(word);
      if (platform !== undefined) return platform;
    }
  if (sightings.some(({ attrPath }) => NIXOS_ONLY.has(attrPath[0] ?? ""))) return "nixos";
  return "module";
}

function platformNamed(word: string): Platform | undefined {
  if (/^(nix-?)?darwin([-A-Z.]|$)|^macos/.test(word)) return "darwin";
  if (/^(home-?manager|hm|home|homes)([-A-Z.]|$)/i.test(word)) return "home-manager";
  if (/^nixos([-A-Z.]|$)/.test(word)) return "nixos";
  return undefined;
}
