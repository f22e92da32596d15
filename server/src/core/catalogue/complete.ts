// What may be written below an option path, and what as an option's value: candidates for completion, from the tables alone.
import type { Fact } from "./describe.js";
import type { OptionFact, OptionType, SettingFact } from "./facts.js";
import { compareVersions, findOption, findSetting, type OptionPlatform } from "./lookup.js";
import type { Implementation } from "./knownNames.js";
import { OPTIONS } from "./options.js";
import { SETTINGS } from "./settings.js";
import { SERVICE_KEYS, SLICE_KEYS } from "./systemdKeys.js";

export interface NameCandidate {
  readonly name: string;
  /** Undefined for a set of options, and for keys that the catalogue knows by name only. */
  readonly fact: Fact | undefined;
  /** True if further names stand below it (`nix` -> `settings`). */
  readonly isSet: boolean;
  /** True for what decides how much of the machine builds take: offered first. */
  readonly budgeted: boolean;
  /** For an old name: the one to write instead. */
  readonly successor?: string;
}

export interface ValueCandidate {
  /** As Nix text. */
  readonly text: string;
  readonly isDefault: boolean;
}

/** Whom names are offered to. Undefined: not known, so everything is. */
export interface Reader {
  readonly platform?: OptionPlatform | undefined;
  /** As "2.31". */
  readonly nixVersion?: string | undefined;
  /** Whose Nix it is; its own settings are offered too. */
  readonly implementation?: Implementation | undefined;
  /** True if old names are offered too. */
  readonly deprecated?: boolean;
}

/** Names that settle what builds take of threads, memory, disk and line, wherever they stand. */
const BUDGETED: ReadonlySet<string> = new Set([
  ...["nix", "settings", "nixConfig", "buildMachines", "distributedBuilds", "zramSwap", "serviceConfig"],
  ...["max-jobs", "cores", "max-substitution-jobs", "http-connections", "min-free", "max-free", "build-dir"],
  ...["enable", "memoryPercent", "memoryMax", "useTmpfs", "tmpfsSize", "tmp"],
  ...["hostName", "systems", "maxJobs", "speedFactor", "supportedFeatures"],
  ...["MemoryHigh", "MemoryMax", "MemorySwapMax", "CPUQuota", "CPUWeight", "OOMScoreAdjust"],
]);

/** Sets whose names are settings. */
const SETTING_SETS = ["nix.settings", "determinateNix.customSettings", "nixConfig", "nix.conf"];

/** Units that govern builds: their keys are those that systemd knows. */
const UNIT = /^systemd\.(services|slices)\.(nix-daemon|nix-build|nix)\.(serviceConfig|sliceConfig)$/;

/** Every name that may be written directly below a path (a list level being `[]`); nothing where the catalogue knows nothing. */
export function namesBelow(path: readonly string[], reader: Reader = {}): readonly NameCandidate[] {
  const key = path.join(".");
  if (SETTING_SETS.includes(key)) return settingsIn(key, reader);
  const found = new Map<string, NameCandidate>();
  for (const option of OPTIONS) {
    if (option.path.length <= path.length || !path.every((name, i) => fits(option.path[i], name))) continue;
    if (!isFor(option, reader)) continue;
    const name = option.path[path.length] ?? "";
    if (name === "*" || name === "[]") continue;
    const own = option.path.length === path.length + 1;
    const below = option.path[path.length + 1];
    const before = found.get(name);
    found.set(name, {
      name,
      fact: own ? { kind: "option", fact: option } : before?.fact,
      // A list's entries are written into the list, and a set that is known by its free names is a value too.
      isSet: before?.isSet === true || (!own && below !== "[]") || SETTING_SETS.includes([...path, name].join(".")),
      budgeted: BUDGETED.has(name) && option.renamedTo === undefined,
      ...(own && option.renamedTo && { successor: option.renamedTo.join(".") }),
    });
  }
  const keys = UNIT.exec(key)?.[3] === "serviceConfig" ? SERVICE_KEYS : UNIT.test(key) ? SLICE_KEYS : [];
  for (const name of keys)
    if (!found.has(name)) found.set(name, { name, fact: undefined, isSet: false, budgeted: false });
  return [...found.values()];
}

function fits(pattern: string | undefined, name: string): boolean {
  return pattern === name || (pattern === "*" && name !== "[]");
}

function isFor(option: OptionFact, { platform, deprecated }: Reader): boolean {
  if (option.removed !== undefined || (option.renamedTo !== undefined && !deprecated)) return false;
  return platform === undefined || option.platforms.length === 0 || option.platforms.includes(platform);
}

function settingsIn(set: string, { platform, nixVersion, implementation, deprecated }: Reader): NameCandidate[] {
  const isSystem = set !== "nixConfig" && platform !== "home-manager";
  const reaches = (version: string) => nixVersion === undefined || compareVersions(version, nixVersion) <= 0;
  const offered = (fact: SettingFact): boolean => {
    if (fact.removed !== undefined || !reaches(fact.since)) return false;
    const own = set === "determinateNix.customSettings" ? "determinate" : implementation;
    if (fact.only !== undefined && fact.only !== own) return false;
    return isSystem || fact.daemon !== "file-only";
  };
  return SETTINGS.filter(offered).flatMap((fact): NameCandidate[] => {
    const successor =
      fact.renamedTo !== undefined && reaches(findSetting(fact.renamedTo)?.since ?? "") ? fact.renamedTo : undefined;
    const candidate = {
      name: fact.name,
      fact: { kind: "setting", fact } as const,
      isSet: false,
      budgeted: BUDGETED.has(fact.name),
    };
    const current = successor === undefined ? candidate : { ...candidate, successor };
    const extra = fact.type === "list" ? [{ ...current, name: `extra-${fact.name}`, budgeted: false }] : [];
    const old = fact.aliases.map((name) => ({ ...candidate, name, budgeted: false, successor: fact.name }));
    return [current, ...extra, ...old].filter((one) => deprecated || !("successor" in one));
  });
}

/** True if the path is a set of options or an option that the catalogue knows. */
export function isOptionPath(path: readonly string[]): boolean {
  return path.length > 0 && (findOption(path) !== undefined || namesBelow(path).length > 0);
}

/** The words that an option or setting takes: booleans, names of an enumeration, `"auto"`. */
export function valuesOf(path: readonly string[]): readonly ValueCandidate[] {
  const option = findOption(path);
  if (option === undefined) return [];
  const setting = findSetting(option.setting ?? "");
  const own = wordsOf(option.type);
  const words = own.length > 0 || setting === undefined ? own : wordsOfSetting(setting);
  const standard = option.default ?? setting?.defaults.at(-1)?.value;
  return [...new Set(words)].map((text) => ({ text, isDefault: unquoted(text) === unquoted(standard ?? "") }));
}

function wordsOf(type: OptionType): string[] {
  switch (type.kind) {
    case "bool":
      return ["true", "false"];
    case "enum":
      return type.values.map((value) => JSON.stringify(value));
    case "either":
      return type.types.flatMap(wordsOf);
    case "null-or":
      return [...wordsOf(type.type), "null"];
    default:
      return [];
  }
}

function wordsOfSetting({ type }: SettingFact): string[] {
  if (type === "bool") return ["true", "false"];
  if (type === "sandbox") return ["true", '"relaxed"', "false"];
  return type === "jobs" ? ['"auto"'] : [];
}

/** A value of Nix text as nix.conf writes it. */
export function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1");
}
