// All module options that the catalogue describes, in one list.
import type { OptionFact } from "./facts.js";
import { DAEMON_OPTIONS } from "./optionsDaemon.js";
import { MEMORY_OPTIONS } from "./optionsMemory.js";
import { NIX_OPTIONS } from "./optionsNix.js";
import { PLATFORM_OPTIONS } from "./optionsPlatform.js";
import { UNIT_OPTIONS } from "./optionsUnits.js";

export const OPTIONS: readonly OptionFact[] = [
  ...NIX_OPTIONS,
  ...DAEMON_OPTIONS,
  ...MEMORY_OPTIONS,
  ...PLATFORM_OPTIONS,
  ...UNIT_OPTIONS,
];
