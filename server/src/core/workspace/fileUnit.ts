// One file judged on its own: its definitions under any prefix, and its packages.
import type { Evaluator, FileAccess } from "../evaluate/evaluator.js";
import type { SourceFile } from "../syntax/ast.js";
import type { FilePath } from "../text/range.js";
import { type Collected, collect, type Sighting } from "./modules/collect.js";
import { heatOf } from "./heat.js";
import { withMachines } from "./settings/machinesFile.js";
import { packagesOf, type PackageSighting } from "./packages/packages.js";
import { carriesConf, settingsInOption } from "./settings/textSettings.js";

export interface FileUnit extends Omit<Collected, "calls"> {
  readonly file: FilePath;
  /** Option prefixes under which unknown nix.conf text may set anything. */
  readonly openTexts: readonly (readonly string[])[];
  readonly packages: readonly PackageSighting[];
}

export interface FileInput {
  readonly file: FilePath;
  readonly source: SourceFile;
  /** Where it names something build-related. */
  readonly relevant: readonly number[];
}

export function analyzeFile({ file, source, relevant }: FileInput, evaluator: Evaluator, access: FileAccess): FileUnit {
  const heat = heatOf(source, relevant);
  const root = evaluator.of(evaluator.openFile(file));
  const collected = collect({ evaluator, file, root, path: [], heat, anywhere: true });
  const packages = packagesOf(collected.calls, file, evaluator, access);
  return { file, obscured: collected.obscured, packages, ...withTexts(collected.sightings, evaluator, access) };
}

/** The sightings with the settings that stand in option texts, each after its text. */
export function withTexts(
  found: readonly Sighting[],
  evaluator: Evaluator,
  access: FileAccess,
): { sightings: Sighting[]; openTexts: (readonly string[])[] } {
  const sightings: Sighting[] = [];
  const openTexts: (readonly string[])[] = [];
  for (const sighting of found) {
    sightings.push(withMachines(sighting, access));
    if (!carriesConf(sighting.attrPath)) continue;
    const inner = settingsInOption(sighting, evaluator);
    sightings.push(...inner.sightings.map((line) => withMachines(line, access)));
    if (inner.open && sighting.applies !== "no") openTexts.push(sighting.prefix);
  }
  return { sightings, openTexts };
}
