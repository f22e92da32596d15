// All settings of nix.conf that the catalogue describes, in one list.
import type { SettingFact } from "./facts.js";
import { BUILDING_SETTINGS } from "./settings/building.js";
import { CACHE_SETTINGS } from "./settings/caches.js";
import { DOWNLOADING_SETTINGS } from "./settings/downloading.js";
import { EVALUATION_SETTINGS } from "./settings/evaluation.js";
import { SANDBOX_SETTINGS } from "./settings/sandbox.js";
import { STORE_SETTINGS } from "./settings/store.js";

export const SETTINGS: readonly SettingFact[] = [
  ...BUILDING_SETTINGS,
  ...DOWNLOADING_SETTINGS,
  ...CACHE_SETTINGS,
  ...SANDBOX_SETTINGS,
  ...STORE_SETTINGS,
  ...EVALUATION_SETTINGS,
];
