// One host: its modules listed, their definitions collected.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Thunk } from "../evaluate/value.js";
import type { FilePath, Location } from "../text/range.js";
import { both, collect, type Obscured, type Sighting } from "./collect.js";
import { withTexts } from "./fileUnit.js";
import type { Platform } from "./model.js";
import type { Module, Unresolved } from "./moduleList.js";
import { evaluateModules, type ModuleSystem } from "./moduleSystem.js";
import { outsideValue } from "./outside.js";
import { valueKey } from "./registry.js";

export interface HostUnit extends HostInput {
  readonly system: ModuleSystem;
  /** What each module of the system contributes, in its order. */
  readonly parts: readonly HostPart[];
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
}

/** What nixpkgs gives every module. */
const NIXPKGS_ARGUMENTS = ["pkgs", "options", "modulesPath"];

/** `owner`: the unit that the host is. */
export function analyzeHost(input: HostInput, evaluator: Evaluator, access: FileAccess, owner: string): HostUnit {
  const { declaration } = input;
  const system = evaluateModules({
    evaluator,
    access,
    owner,
    roots: input.modules,
    writtenIn: declaration.file,
    args: new Map([
      ...NIXPKGS_ARGUMENTS.map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]),
      ...input.specialArgs,
    ]),
  });
  const parts = system.modules.map((module) => partOf(module, evaluator));
  const files = [declaration.file, ...system.files.filter((file) => file !== declaration.file)];
  return assembled({ ...input, system, files }, parts, access);
}

/** The host after edits of some of its module files; undefined where other modules may hang on what changed. */
export function patchHost(
  unit: HostUnit,
  edited: readonly FilePath[],
  evaluator: Evaluator,
  access: FileAccess,
): HostUnit | undefined {
  const { system } = unit;
  const parts = [...unit.parts];
  system.reads.violated = false;
  for (const file of edited) {
    const module = system.replace(file);
    if (module === undefined) return undefined;
    const part = partOf(module, evaluator);
    // What is printed later must have been read now, while it is seen whether it was read in an outdated tree.
    for (const { value } of part.sightings) valueKey(value);
    parts[system.modules.indexOf(module)] = part;
  }
  if (system.reads.violated) return undefined;
  return parts.every((part, i) => part === unit.parts[i]) ? unit : assembled(unit, parts, access);
}

/** What one module contributes. */
interface HostPart {
  readonly sightings: readonly Sighting[];
  readonly obscured: readonly Obscured[];
  readonly openText: boolean;
}
const NO_PART: HostPart = { sightings: [], obscured: [], openText: false };

function partOf(module: Module, evaluator: Evaluator): HostPart {
  const { applies, syntax, configPath } = module;
  if (applies === "no" || syntax?.mayDefine === false) return NO_PART;
  const file = module.file ?? module.writtenIn;
  const path = module.file === undefined ? undefined : configPath;
  const collected = collect({ evaluator, file, root: module.config, path, anywhere: false });
  const { sightings, openTexts } = withTexts(collected.sightings, evaluator);
  return {
    sightings:
      applies === "yes"
        ? sightings
        : sightings.map((sighting) => ({ ...sighting, applies: both(sighting.applies, applies) })),
    obscured: collected.obscured,
    openText: openTexts.length > 0,
  };
}

function assembled(
  host: HostInput & Pick<HostUnit, "system" | "files">,
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
