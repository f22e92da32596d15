// One file judged on its own: its definitions under any prefix, and its packages.
import type { Evaluator } from "../evaluate/evaluator.js";
import type { FilePath } from "../text/range.js";
import { type CallSighting, type Collected, collect, type Sighting } from "./collect.js";
import { carriesConf, settingsInOption } from "./textSettings.js";

export interface FileUnit extends Collected {
  readonly file: FilePath;
  /** Option prefixes under which unknown nix.conf text may set anything. */
  readonly openTexts: readonly (readonly string[])[];
  readonly calls: readonly CallSighting[];
}

export function analyzeFile(file: FilePath, evaluator: Evaluator): FileUnit {
  const root = evaluator.of(evaluator.openFile(file));
  return withTexts(file, collect({ evaluator, file, root, path: [], anywhere: true }), evaluator);
}

/** Adds the settings that stand in option texts. */
export function withTexts(file: FilePath, collected: Collected, evaluator: Evaluator): FileUnit {
  const sightings: Sighting[] = [];
  const openTexts: (readonly string[])[] = [];
  for (const sighting of collected.sightings) {
    sightings.push(sighting);
    if (!carriesConf(sighting.attrPath)) continue;
    const inner = settingsInOption(sighting, evaluator);
    sightings.push(...inner.sightings);
    if (inner.open && sighting.applies !== "no") openTexts.push(sighting.prefix);
  }
  return { ...collected, file, sightings, openTexts };
}
