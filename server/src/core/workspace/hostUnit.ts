// One host: its modules listed, their definitions collected.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { Thunk } from "../evaluate/value.js";
import type { FilePath, Location } from "../text/range.js";
import { both, collect, type Obscured, type Sighting } from "./collect.js";
import { withTexts } from "./fileUnit.js";
import type { Platform } from "./model.js";
import type { Unresolved } from "./moduleList.js";
import { evaluateModules } from "./moduleSystem.js";
import { outsideValue } from "./outside.js";

export interface HostUnit {
  readonly name: string;
  readonly platform: Platform;
  readonly declaration: Location;
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

export function analyzeHost(input: HostInput, evaluator: Evaluator, access: FileAccess): HostUnit {
  const { declaration } = input;
  const list = evaluateModules({
    evaluator,
    access,
    roots: input.modules,
    writtenIn: declaration.file,
    args: new Map([
      ...NIXPKGS_ARGUMENTS.map((name): [string, Thunk] => [name, evaluator.of(outsideValue([name]))]),
      ...input.specialArgs,
    ]),
  });
  const sightings: Sighting[] = [];
  const obscured: Obscured[] = [];
  let openText = false;
  for (const module of list.modules) {
    if (module.applies === "no" || module.syntax?.mayDefine === false) continue;
    const file = module.file ?? module.writtenIn;
    const path = module.file === undefined ? undefined : module.configPath;
    const collected = collect({ evaluator, file, root: module.config, path, anywhere: false });
    const found = withTexts(collected.sightings, evaluator);
    for (const sighting of found.sightings)
      sightings.push({ ...sighting, applies: both(sighting.applies, module.applies) });
    obscured.push(...collected.obscured);
    if (found.openTexts.length > 0) openText = true;
  }
  const files = [declaration.file, ...list.files.filter((file) => file !== declaration.file)];
  const facterReport = facterText(sightings, access);
  return { ...input, files, sightings, obscured, openText, facterReport, unresolved: list.unresolved };
}

function facterText(sightings: readonly Sighting[], access: FileAccess): string | undefined {
  const path = sightings.find(({ attrPath }) => attrPath.join(".") === "hardware.facter.reportPath")?.value;
  const text = path?.kind === "path" && path.inside ? access.text(path.path) : undefined;
  return typeof text === "string" ? text : undefined;
}
