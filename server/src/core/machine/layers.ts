// The configuration in force: editor settings below, nix-build-budget.json above, key by key.
import type { Configuration } from "./configuration.js";
import { type ConfigurationProblem, parseConfiguration } from "./parseConfiguration.js";

export interface ConfigurationLayers {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

/** `text` is that of nix-build-budget.json; undefined if there is none. Maps and `exclude` join, other keys of the text win. */
export function layerConfiguration(
  text: string | undefined,
  below: Configuration,
  knownRules: Iterable<string>,
): ConfigurationLayers {
  return text === undefined ? { configuration: below, problems: [] } : parseConfiguration(text, knownRules, below);
}
