// Other names of an option or a setting: legacy options that nixpkgs renames, and Nix's own aliases.
import { canonicalSettingName, settingReference } from "../../catalogue/lookup.js";
import { OPTIONS } from "../../catalogue/options.js";

type Path = readonly string[];

/** Legacy options by the path they are renamed to. */
const LEGACY: ReadonlyMap<string, readonly Path[]> = legacyByTarget();

function legacyByTarget(): Map<string, Path[]> {
  const result = new Map<string, Path[]>();
  for (const { path, renamedTo } of OPTIONS) {
    if (renamedTo === undefined) continue;
    const key = renamedTo.join("\0");
    result.set(key, [...(result.get(key) ?? []), path]);
  }
  return result;
}

/** Settings of nix.conf by the path of the legacy option that is renamed to them. */
const LEGACY_SETTINGS: ReadonlyMap<string, string> = new Map(
  OPTIONS.flatMap(({ path, renamedTo }): [string, string][] => {
    const [first, second, name] = renamedTo ?? [];
    return first === "nix" && second === "settings" && name !== undefined ? [[path.join("\0"), name]] : [];
  }),
);

/** What an option's path alone tells, worked out once for all hosts. */
export interface OptionName {
  readonly path: Path;
  /** The path as one string. */
  readonly text: string;
  /** The same for all its spellings: text, aliases and legacy names count as the setting. */
  readonly key: string;
  /** The setting of nix.conf that it holds under one of its names: `nix.settings.cores`, `nix.buildCores`. */
  readonly setting: string | undefined;
  /** Options whose definitions count for it: itself, and those that the module system renames to it. */
  readonly spellings: Spellings;
}

/** Paths of options, as arrays and as strings. */
export interface Spellings {
  readonly paths: readonly Path[];
  readonly texts: readonly string[];
}

const OPTION_NAMES = new Map<string, OptionName>();
/** Whoever types a path asks about each of its beginnings. */
const MOST_NAMES = 10_000;

export function optionName(path: Path): OptionName {
  const text = pathText(path);
  let name = OPTION_NAMES.get(text);
  if (name === undefined) {
    const setting = settingOfOption(path, text);
    const key = setting === undefined ? text : pathText(["nix", "settings", setting]);
    name = { path, text, key, setting, spellings: spellingsOf([path, ...(LEGACY.get(text) ?? [])]) };
    if (OPTION_NAMES.size >= MOST_NAMES) OPTION_NAMES.clear();
    OPTION_NAMES.set(text, name);
  }
  return name;
}

export function pathText(path: Path): string {
  return path.join("\0");
}

function spellingsOf(paths: readonly Path[]): Spellings {
  return { paths, texts: paths.map(pathText) };
}

function settingOfOption([first, second, name, ...more]: Path, text: string): string | undefined {
  if (first === "nix" && second === "settings" && name !== undefined && more.length === 0)
    return canonicalSettingName(name);
  return LEGACY_SETTINGS.get(text);
}

/** What a setting's name alone tells. */
export interface SettingName {
  /** The canonical name, then its aliases. */
  readonly names: readonly string[];
  /** Of an `extra-` setting, the names of the list that it adds to: a line of that begins anew. */
  readonly addsTo?: readonly string[];
  /** The option that holds it. */
  readonly option: OptionName;
  /** Options whose definitions count for it: NixOS and nix-darwin always write the canonical name, after its aliases, which so have no effect. */
  readonly bySystem: Spellings;
  readonly byHomeManager: Spellings;
}

const SETTING_NAMES = new Map<string, SettingName>();

/** `written`: the canonical name or an alias. */
export function settingName(written: string): SettingName {
  let found = SETTING_NAMES.get(written);
  if (found === undefined) {
    const names = namesOf(canonicalSettingName(written));
    const [option, ...aliases] = names.map((name) => optionName(["nix", "settings", name])) as [OptionName];
    const { paths } = option.spellings;
    const byHomeManager = spellingsOf([...paths, ...aliases.map(({ path }) => path)]);
    const addsTo = names[0]?.startsWith("extra-") ? namesOf(names[0].slice("extra-".length)) : undefined;
    found = { names, option, bySystem: option.spellings, byHomeManager, ...(addsTo && { addsTo }) };
    if (SETTING_NAMES.size >= MOST_NAMES) SETTING_NAMES.clear();
    SETTING_NAMES.set(written, found);
  }
  return found;
}

function namesOf(name: string): readonly string[] {
  const reference = settingReference(name);
  if (reference === undefined) return [name];
  const names = [reference.fact.name, ...reference.fact.aliases];
  return reference.extra ? names.map((one) => `extra-${one}`) : names;
}
