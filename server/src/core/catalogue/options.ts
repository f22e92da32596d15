// All module options that the catalogue describes, in one list.
import type { OptionFact } from "./facts.js";
import { BUILDER_OPTIONS } from "./optionsBuilders.js";
import { DAEMON_OPTIONS } from "./optionsDaemon.js";
import { FALLBACK_OPTIONS } from "./optionsFallback.js";
import { NIX_OPTIONS } from "./optionsNix.js";
import { OOM_OPTIONS } from "./optionsOom.js";
import { PLATFORM_OPTIONS } from "./optionsPlatform.js";
import { SWAP_OPTIONS } from "./optionsSwap.js";
import { TMP_OPTIONS } from "./optionsTmp.js";
import { UNIT_OPTIONS } from "./optionsUnits.js";

export const OPTIONS: readonly OptionFact[] = [
  ...NIX_OPTIONS,
  ...DAEMON_OPTIONS,
  ...BUILDER_OPTIONS,
  ...SWAP_OPTIONS,
  ...TMP_OPTIONS,
  ...OOM_OPTIONS,
  ...PLATFORM_OPTIONS,
  ...UNIT_OPTIONS,
  ...FALLBACK_OPTIONS,
];
