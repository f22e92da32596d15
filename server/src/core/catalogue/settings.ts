// All settings of nix.conf that the catalogue describes, in one list.
import type { SettingFact } from "./facts.js";
import { BUILDING_SETTINGS } from "./settingsBuilding.js";
import { CACHE_SETTINGS } from "./settingsCaches.js";
import { DOWNLOADING_SETTINGS } from "./settingsDownloading.js";
import { EVALUATION_SETTINGS } from "./settingsEvaluation.js";
import { SANDBOX_SETTINGS } from "./settingsSandbox.js";
import { STORE_SETTINGS } from "./settingsStore.js";

export const SETTINGS: readonly SettingFact[] = [
  ...BUILDING_SETTINGS,
  ...DOWNLOADING_SETTINGS,
  ...CACHE_SETTINGS,
  ...SANDBOX_SETTINGS,
  ...STORE_SETTINGS,
  ...EVALUATION_SETTINGS,
];
