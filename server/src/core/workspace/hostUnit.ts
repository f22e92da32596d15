// One host: its modules listed, their definitions collected.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Thunk } from "../evaluate/value.js";
import type { FilePath, Location } from "../text/range.js";
import { both, collect, type Obscured, type Sighting } from "./modules/collect.js";
import { withTexts } from "./fileUnit.js";
import { hostPackages } from "./packages/hostPackages.js";
import { homeHandling, homeUsers } from "./modules/homeUsers.js";
import type { Platform } from "./model.js";
import type { Module } from "./modules/module.js";
import type { Unresolved } from "./modules/unresolved.js";
import { evaluateModules, modulesOf, type ModuleSystem } from "./modules/moduleSystem.js";
import type { HostOrigin } from "./settings/nixRelease.js";
import { outsideValue } from "./outside.js";
import { sameItems } from "../text/sameItems.js";

export interface HostUnit extends HostInput {
  readonly system: ModuleSystem;
  /** What each module of the system contributes, in its order. */
  readonly parts: readonly HostPart[];
  /** home-manager's users on it who set something build-related. */
  readonly users: readonly HostUnit[];
  /** The file that declares it first, then its modules' files. */
  readonly files: readonly FilePath[];
  readonly sightings: readonly Sighting[];
  readonly obscured: readonly Obscured[];
  readonly openText: boolean;
  /** Text of the nixos-facter report that the host names. */
  readonly facterReport: string | undefined;
  /** Modules that could not be followed. */
  readonly unresolved: readonly Unresolved[];
}

export interface HostInput {
  readonly name: string;
  readonly platform: Platform;
  readonly declaration: Location;
  /** The `modules` of the call. */
  readonly modules: readonly Thunk[];
  /** `specialArgs`, by name. */
  readonly specialArgs: ReadonlyMap<string, Thunk>;
  /** What it is made for (`x86_64-linux`), where the call tells. */
  readonly target?: string;
  /** The flake that has it. */
  readonly flake: FilePath;
  /** Undefined for what the flake does not make itself. */
  readonly made?: Pick<HostOrigin, "maker" | "pkgs">;
  /** The host on whose machine it is, if that is another: home-manager's users live on one. */
  readonly machine?: string;
  /** That host's platform. */
  readonly within?: Platform;
}

/** What nixpkgs gives every module as `specialArgs`. */
const NIXPKGS_ARGUMENTS = ["options", "modulesPath"];

/** `owner`: the unit that the host is. */
export function analyzeHost(input: HostInput, evaluator: Evaluator, access: FileAccess, owner: string): HostUnit {
  const { declaration } = input;
  const pkgs = hostPackages(input.within ?? input.platform, input.target, evaluator);
  const system = evaluateModules({
    evaluator,
    access,
    owner,
    functionFilesOf: modulesOf(owner),
    roots: input.modules,
    writtenIn: declaration.file,
    args: new Map([
      ...NIXPKGS_ARGUMENTS.map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]),
      ...[...input.specialArgs].filter(isFollowed),
    ]),
    moduleArgs: new Map([["pkgs", pkgs ?? evaluator.of(outsideValue(["pkgs"]))]]),
    handlingOf: homeHandling,
  });
  const parts = system.modules.map((module) => partOf(module, evaluator, access));
  const files = [declaration.file, ...system.files.filter((file) => file !== declaration.file)];
  const users =
    input.platform === "home-manager"
      ? []
      : homeUsers(input, system.config, evaluator).map((user) => analyzeHost(user, evaluator, access, owner));
  return assembled({ ...input, system, files, users }, parts, access);
}

/** False for a `lib` that can't be followed: it is nixpkgs', as good as always, with additions. */
function isFollowed([name, thunk]: readonly [string, Thunk]): boolean {
  return name !== "lib" || thunk.force().kind !== "unknown";
}

/**
 * The host after edits; `changed` are the files that changed or hang on one that did. Undefined where it must be analysed anew.
 * What became of it when it is undefined is of no use.
 */
export function patchHost(
  unit: HostUnit,
  changed: ReadonlySet<FilePath>,
  isShared: (file: FilePath) => boolean,
  evaluator: Evaluator,
  access: FileAccess,
): HostUnit | undefined {
  const { system, declaration } = unit;
  const before = new Map(system.modules.map((module, i) => [module, unit.parts[i]]));
  const { unresolved } = system;
  const readers = system.update(changed, isShared);
  // A user's modules may read the host's `config`.
  if (readers === undefined || !allEntered(readers, unit.users)) return undefined;
  const affected = readers.size === 0 ? changed : new Set([...changed, ...readers]);
  const users: HostUnit[] = [];
  for (const user of unit.users) {
    const patched = patchHost(user, affected, isShared, evaluator, access);
    if (patched === undefined) return undefined;
    users.push(patched);
  }
  const parts = system.modules.map((module) => before.get(module) ?? partOf(module, evaluator, access));
  const files = [declaration.file, ...system.files.filter((file) => file !== declaration.file)];
  const isSame =
    sameItems(parts, unit.parts) &&
    sameItems(users, unit.users) &&
    sameItems(files, unit.files) &&
    JSON.stringify(unresolved) === JSON.stringify(system.unresolved);
  return isSame ? unit : assembled({ ...unit, files, users }, parts, access);
}

/** True if each of the files holds a module of some of these hosts, or none of their code read the `config` of a host. */
export function allEntered(files: Iterable<FilePath>, units: readonly HostUnit[]): boolean {
  return [...files].every((file) =>
    units.some(({ system, users }) => system.entered.has(file) || allEntered([file], users)),
  );
}

/** What one module contributes. */
interface HostPart {
  readonly sightings: readonly Sighting[];
  readonly obscured: readonly Obscured[];
  readonly openText: boolean;
}
const NO_PART: HostPart = { sightings: [], obscured: [], openText: false };

function partOf(module: Module, evaluator: Evaluator, access: FileAccess): HostPart {
  const { applies, syntax, configPath } = module;
  if (applies === "no" || syntax?.mayDefine === false) return NO_PART;
  const file = module.file ?? module.writtenIn;
  const path = module.file === undefined ? undefined : configPath;
  const collected = collect({ evaluator, file, root: module.config, path, anywhere: false });
  const { sightings, openTexts } = withTexts(collected.sightings, evaluator, access);
  const isPlain = applies === "yes" && !module.displaced;
  return {
    sightings: isPlain ? sightings : sightings.map((sighting) => ofModule(sighting, module)),
    obscured: collected.obscured,
    openText: openTexts.length > 0,
  };
}

function ofModule(sighting: Sighting, { applies, displaced = false }: Module): Sighting {
  return {
    ...sighting,
    displaced,
    applies: both(sighting.applies, applies),
    wholes: sighting.wholes.map((whole) => ({ ...whole, applies: both(whole.applies, applies) })),
  };
}

function assembled(
  host: HostInput & Pick<HostUnit, "system" | "files" | "users">,
  parts: readonly HostPart[],
  access: FileAccess,
): HostUnit {
  const sightings = parts.flatMap((part) => part.sightings);
  return {
    ...host,
    parts,
    sightings,
    obscured: parts.flatMap((part) => part.obscured),
    openText: parts.some((part) => part.openText),
    facterReport: facterText(sightings, access),
    unresolved: host.system.unresolved,
  };
}

function facterText(sightings: readonly Sighting[], access: FileAccess): string | undefined {
  const path = sightings.find(({ attrPath }) => attrPath.join(".") === "hardware.facter.reportPath")?.value;
  const text = path?.kind === "path" && path.inside ? access.text(path.path) : undefined;
  return typeof text === "string" ? text : undefined;
}
