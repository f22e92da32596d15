// Finds facts by name or path. The only door to the tables for everybody else.
import { BUILDER_ATTRIBUTES } from "./builderAttributes.js";
import type { BuilderAttributeFact, OptionFact, OptionType, SettingFact } from "./facts.js";
import { manual } from "./cite.js";
import { KNOWN_LISTS, KNOWN_NAMES, type Implementation } from "./knownNames.js";
import { kebab, nearest } from "./nearest.js";
import { OPTIONS } from "./options.js";
import { SETTINGS } from "./settings.js";

export { nearest } from "./nearest.js";

export type OptionPlatform = OptionFact["platforms"][number];

const SETTINGS_BY_NAME: ReadonlyMap<string, SettingFact> = new Map(
  SETTINGS.flatMap((fact) => [fact.name, ...fact.aliases].map((name): [string, SettingFact] => [name, fact])),
);

/** A setting name taken apart: `extra-binary-caches` is the fact of `substituters`, appended to. */
export interface SettingReference {
  readonly fact: SettingFact;
  /** True for `extra-NAME`, which adds to a list. */
  readonly extra: boolean;
  /** True if it was named by an alias. */
  readonly alias: boolean;
}

/** `extra-NAME` exists for lists only: `extra-max-jobs` is undefined. */
export function settingReference(name: string): SettingReference | undefined {
  const exact = SETTINGS_BY_NAME.get(name);
  if (exact !== undefined) return { fact: exact, extra: false, alias: exact.name !== name };
  if (!name.startsWith("extra-")) return undefined;
  const base = SETTINGS_BY_NAME.get(name.slice("extra-".length));
  if (base === undefined || base.type !== "list") return undefined;
  return { fact: base, extra: true, alias: `extra-${base.name}` !== name };
}

/** The fact of a setting, by its name, an alias, or with `extra-` before it. */
export function findSetting(name: string): SettingFact | undefined {
  return settingReference(name)?.fact;
}

/** The name that counts: `build-cores` -> `cores`, `extra-binary-caches` -> `extra-substituters`; unknown names stay. */
export function canonicalSettingName(name: string): string {
  const reference = settingReference(name);
  if (reference === undefined) return name;
  return reference.extra ? `extra-${reference.fact.name}` : reference.fact.name;
}

/** Which implementation knows this name ("nix": all of them); undefined: none. Names removed from newer versions count. */
export function implementationOf(name: string): Implementation | undefined {
  const fact = findSetting(name);
  if (fact !== undefined) return fact.only ?? "nix";
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  const base = name.startsWith("extra-") ? name.slice("extra-".length) : undefined;
  return base !== undefined && KNOWN_LISTS.has(base) ? KNOWN_NAMES.get(base) : undefined;
}

/** Whether some Nix, of any version, knows the name (aliases and `extra-` forms included). */
export function isKnownSetting(name: string): boolean {
  return implementationOf(name) !== undefined;
}

/** Every name that some Nix knows, aliases included, without the `extra-` forms. */
export function settingNames(): Iterable<string> {
  return [...SETTINGS_BY_NAME.keys(), ...KNOWN_NAMES.keys()];
}

/** What people write for a setting although the two spellings are far apart. */
const MISNAMED: ReadonlyMap<string, string> = new Map([
  ["max-cores", "cores"],
  ["max-core", "cores"],
  ["num-cores", "cores"],
  ["threads", "cores"],
  ["jobs", "max-jobs"],
  ["binary-cache", "substituters"],
  ["public-keys", "trusted-public-keys"],
]);

/** The setting that somebody who wrote `name` probably meant; undefined if `name` is known or nothing is near. */
export function nearestSetting(name: string): string | undefined {
  if (isKnownSetting(name)) return undefined;
  const spelt = kebab(name);
  if (spelt !== name && isKnownSetting(spelt)) return canonicalSettingName(spelt);
  const misnamed = MISNAMED.get(spelt);
  if (misnamed !== undefined) return misnamed;
  if (spelt.startsWith("extra-")) {
    const base = nearestSetting(spelt.slice("extra-".length));
    if (base !== undefined && findSetting(base)?.type === "list") return `extra-${base}`;
  }
  const found = nearest(spelt, settingNames());
  return found === undefined ? undefined : canonicalSettingName(found);
}

/**
 * The default of a setting. `platform` "nix" is Nix without a module system. Without a version: that of the newest Nix.
 * Undefined where no default is on record for that version.
 */
export function defaultOf(
  fact: SettingFact,
  platform: "nixos" | "darwin" | "nix",
  nixVersion?: string,
): string | undefined {
  const reached = fact.defaults.filter(
    (entry) => entry.since === undefined || nixVersion === undefined || compareVersions(entry.since, nixVersion) <= 0,
  );
  const own = reached.filter((entry) => entry.platform === platform);
  return (own.length > 0 ? own : reached.filter((entry) => entry.platform === undefined)).at(-1)?.value;
}

/** Compares versions such as "2.31" and "2.4.1" by number; negative if `a` is older. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sets whose keys are settings of nix.conf, and where each exists. `nix.conf` stands for the file itself. */
const SETTING_SETS: readonly { readonly path: readonly string[]; readonly platforms: readonly OptionPlatform[] }[] = [
  { path: ["nix", "settings"], platforms: ["nixos", "darwin", "home-manager"] },
  { path: ["determinateNix", "customSettings"], platforms: ["nixos", "darwin"] },
  { path: ["nixConfig"], platforms: [] },
  { path: ["nix.conf"], platforms: [] },
];

/** Options by the first of their names and how many these are; more specific ones (fewer `*`) first. */
const OPTIONS_BY_SHAPE: ReadonlyMap<string, ReadonlyMap<number, readonly OptionFact[]>> = indexOptions();

function indexOptions(): ReadonlyMap<string, ReadonlyMap<number, readonly OptionFact[]>> {
  const wildcards = ({ path }: OptionFact) => path.filter((name) => name === "*").length;
  const index = new Map<string, Map<number, OptionFact[]>>();
  for (const fact of OPTIONS.toSorted((a, b) => wildcards(a) - wildcards(b))) {
    const { path } = fact;
    const first = path[0] ?? "";
    const byLength = index.get(first) ?? new Map<number, OptionFact[]>();
    index.set(first, byLength.set(path.length, [...(byLength.get(path.length) ?? []), fact]));
  }
  return index;
}

/**
 * The option at a full path, a list level being `[]`. Any setting below `nix.settings` and its like is an option.
 * With a platform: the fact for that platform only.
 */
export function findOption(path: readonly string[], platform?: OptionPlatform): OptionFact | undefined {
  const alike = OPTIONS_BY_SHAPE.get(path[0] ?? "")?.get(path.length);
  const found = alike?.find(
    (fact) =>
      (platform === undefined || fact.platforms.includes(platform)) &&
      fact.path.every((name, index) => name === "*" || name === path[index]),
  );
  return found ?? settingAsOption(path);
}

/** Settings that were asked for as options, by path: no more than there are settings. */
const SETTING_OPTIONS = new Map<string, OptionFact>();

function settingAsOption(path: readonly string[]): OptionFact | undefined {
  const key = path.join("\0");
  let option = SETTING_OPTIONS.get(key);
  if (option === undefined) {
    option = describedAsOption(path);
    if (option !== undefined) SETTING_OPTIONS.set(key, option);
  }
  return option;
}

function describedAsOption(path: readonly string[]): OptionFact | undefined {
  const set = SETTING_SETS.find(
    (one) => one.path.length === path.length - 1 && one.path.every((name, index) => name === path[index]),
  );
  const name = path.at(-1);
  if (set === undefined || name === undefined) return undefined;
  const { platforms } = set;
  const type: OptionType = { kind: "any" };
  const fact = findSetting(name);
  if (fact !== undefined) {
    const { since, summary, details, pitfalls, sources } = fact;
    return { path, platforms, type, setting: canonicalSettingName(name), since, summary, details, pitfalls, sources };
  }
  const implementation = implementationOf(name);
  return implementation && { path, platforms, type, setting: name, ...undescribed(name, implementation) };
}

/** What there is to say about a real setting that has nothing to do with resources. */
function undescribed(
  name: string,
  implementation: Implementation,
): Pick<OptionFact, "summary" | "details" | "pitfalls" | "sources"> {
  const owner = { nix: "Nix", determinate: "Determinate Nix", lix: "Lix" }[implementation];
  return {
    summary: `A setting of ${owner} without influence on what builds need.`,
    details: implementation === "nix" ? "" : "Upstream Nix doesn't know it and warns.",
    pitfalls: [],
    sources: implementation === "nix" ? [manual(name)] : [],
  };
}

const EXACT_ATTRIBUTES: ReadonlyMap<string, BuilderAttributeFact> = new Map(
  BUILDER_ATTRIBUTES.filter((fact) => !fact.name.includes("*")).map((fact) => [fact.name, fact]),
);
const ATTRIBUTE_PATTERNS: readonly { readonly pattern: RegExp; readonly fact: BuilderAttributeFact }[] =
  BUILDER_ATTRIBUTES.filter((fact) => fact.name.includes("*"))
    .toSorted((a, b) => b.name.length - a.name.length)
    .map((fact) => ({ pattern: new RegExp(`^${fact.name.replace("*", "[A-Z0-9_]+")}$`), fact }));

/** The fact of a package attribute or environment variable. */
export function findBuilderAttribute(name: string): BuilderAttributeFact | undefined {
  return EXACT_ATTRIBUTES.get(name) ?? ATTRIBUTE_PATTERNS.find(({ pattern }) => pattern.test(name))?.fact;
}
