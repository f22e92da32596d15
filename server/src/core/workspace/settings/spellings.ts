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

/** Options whose definitions count for this one, since the module system renames them to it. */
export function spellings(path: Path): readonly Path[] {
  return LEGACY.get(path.join("\0")) ?? [];
}

/** The setting of nix.conf that an option holds under one of its names: `nix.settings.cores`, `nix.buildCores`. */
export function settingOfOption(path: Path): string | undefined {
  const [first, second, name, ...more] = path;
  if (first === "nix" && second === "settings" && name !== undefined && more.length === 0)
    return canonicalSettingName(name);
  return LEGACY_SETTINGS.get(path.join("\0"));
}

/** A setting's canonical name, then its aliases. */
export function settingNames(name: string): readonly string[] {
  const reference = settingReference(name);
  if (reference === undefined) return [name];
  const names = [reference.fact.name, ...reference.fact.aliases];
  return reference.extra ? names.map((one) => `extra-${one}`) : names;
}
