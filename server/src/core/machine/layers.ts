// The configuration in force: editor settings below, nix-build-budget.json above, key by key.
import { parseTree } from "jsonc-parser";
import type { Configuration } from "./configuration.js";
import { type ConfigurationProblem, parseConfiguration } from "./parseConfiguration.js";

export interface ConfigurationLayers {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

/** `text` is that of nix-build-budget.json; undefined if there is none. Maps (`rules`, `machines`, `packages`) join by name. */
export function layerConfiguration(
  text: string | undefined,
  below: Configuration,
  knownRules: Iterable<string>,
): ConfigurationLayers {
  if (text === undefined) return { configuration: below, problems: [] };
  const { configuration: file, problems } = parseConfiguration(text, knownRules);
  const named = topLevelKeys(text);
  const picked = Object.fromEntries(Object.entries(file).filter(([key]) => named.has(key))) as Partial<Configuration>;
  return {
    configuration: {
      ...below,
      ...picked,
      machines: new Map([...below.machines, ...file.machines]),
      packages: new Map([...below.packages, ...file.packages]),
      rules: new Map([...below.rules, ...file.rules]),
      exclude: [...below.exclude, ...file.exclude],
    },
    problems,
  };
}

/** Which keys the file's own object names. Text that nests too deeply to be parsed names none. */
function topLevelKeys(text: string): ReadonlySet<string> {
  if (/[[{]{100}/.test(text.replace(/[^[\]{}]/g, ""))) return new Set();
  const root = parseTree(text.replace(/^\uFEFF/, " "), [], { allowTrailingComma: true });
  const keys = (root?.children ?? []).map((property) => property.children?.[0]?.value as unknown);
  return new Set(keys.filter((key) => typeof key === "string"));
}
