// All module options that the catalogue describes, in one list.
import type { OptionFact } from "./facts.js";
import { BUILDER_OPTIONS } from "./options/builders.js";
import { DAEMON_OPTIONS } from "./options/daemon.js";
import { FALLBACK_OPTIONS } from "./options/fallback.js";
import { NIX_OPTIONS } from "./options/nix.js";
import { OOM_OPTIONS } from "./options/oom.js";
import { PLATFORM_OPTIONS } from "./options/platform.js";
import { SWAP_OPTIONS } from "./options/swap.js";
import { TMP_OPTIONS } from "./options/tmp.js";
import { UNIT_OPTIONS } from "./options/units.js";

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
