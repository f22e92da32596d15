// Flake inputs that make hosts by a convention instead of a call in sight: of folders (blueprint, snowfall-lib, nixos-unified,
// ez-configs, haumea, flakelight), or of a table (flake-utils-plus, clan, colmena, lite-config, den). Each is modelled by what it hands to
// `nixosSystem` and its like; the rest stays unknown. flake-utils makes none, but hides what it is merged with if it is not known.
import type { Value } from "../../evaluate/value.js";
import { blueprint } from "./blueprint.js";
import { clan } from "./clan.js";
import { colmena } from "./colmena.js";
import { den } from "./den.js";
import { ezConfigs } from "./ezConfigs.js";
import { flakelight } from "./flakelight.js";
import { flakeParts } from "./flakeParts.js";
import { flakeUtils } from "./flakeUtils.js";
import { flakeUtilsPlus } from "./flakeUtilsPlus.js";
import { haumea } from "./haumea.js";
import { type Entries, Layout, type LayoutContext } from "./layout.js";
import { importTree } from "./importTree.js";
import { liteConfig } from "./liteConfig.js";
import { nixosUnified } from "./nixosUnified.js";
import { outsideValue } from "../outside.js";
import { snowfall } from "./snowfall.js";

/** Repository or input name, and the input's value. Each file names its source. */
const LAYOUTS: readonly (readonly [RegExp, (layout: Layout) => Entries])[] = [
  [/(^|\/)flake-parts([/?]|$)/, flakeParts],
  [/(^|\/)blueprint([/?]|$)/, blueprint],
  [/(^|\/)snowfall-lib([/?]|$)|snowfallorg\/lib\b/, snowfall],
  [/(^|\/)flake-utils-plus([/?]|$)/, flakeUtilsPlus],
  [/(^|\/)flake-utils([/?]|$)/, flakeUtils],
  [/(^|\/)clan-core([/?]|$)/, clan],
  [/(^|\/)colmena([/?]|$)/, colmena],
  [/(^|\/)ez-configs([/?]|$)/, ezConfigs],
  [/(^|\/)lite-config([/?]|$)/, liteConfig],
  [/(^|\/)den([/?]|$)/, den],
  [/(^|\/)import-tree([/?]|$)/, importTree],
  [/(^|\/)flakelight([/?]|$)/, flakelight],
  [/(^|\/)haumea([/?]|$)/, haumea],
  [/(^|\/)(nixos-unified|nixos-flake)([/?]|$)/, nixosUnified],
];

/** The value of an input that is modelled. `source`: its `url`, or its name where that tells nothing. */
export function layoutInput(name: string, source: string, context: LayoutContext): Value | undefined {
  const make = LAYOUTS.find(([pattern]) => pattern.test(source))?.[1];
  if (make === undefined) return undefined;
  const outside = outsideValue(["inputs", name]);
  const value = context.evaluator.attrs(make(new Layout(context)), outside.reason);
  return value.kind === "attrs" ? { ...value, rest: [outside] } : value;
}
