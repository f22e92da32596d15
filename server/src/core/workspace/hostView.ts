// The Host objects that rules see: definitions with their merged options, computed when asked for.
import { canonicalSettingName } from "../catalogue/lookup.js";
import type { Budget, Machine } from "../machine/machine.js";
import type { FilePath, Location } from "../text/range.js";
import type { Sighting } from "./collect.js";
import type { Merged } from "./merge.js";
import type { Definition, Host, OptionState, Platform } from "./model.js";
import { nixOf, type NixSources } from "./nixRelease.js";
import { optionState, settingState } from "./optionState.js";
import type { DefinitionRegistry } from "./registry.js";
import { isPrecondition } from "./selectors.js";
import { settingOfOption } from "./spellings.js";

export interface HostDraft extends NixSources {
  readonly name: string;
  readonly kind: Host["kind"];
  readonly platform: Platform;
  readonly files: readonly FilePath[];
  readonly declaration: Location;
  readonly machine: { readonly machine: Machine; readonly budget: Budget } | undefined;
}

/** All sightings of the draft must be in the registry. */
export function hostOf(draft: HostDraft, registry: DefinitionRegistry): Host {
  const states = new Map<string, OptionState>();
  const remember = (key: string, compute: () => Merged): OptionState => {
    let state = states.get(key);
    if (state === undefined) {
      state = stateOf(compute(), registry);
      states.set(key, state);
    }
    return state;
  };
  let nix: { readonly value: Host["nix"] } | undefined;
  return {
    name: draft.name,
    kind: draft.kind,
    platform: draft.platform,
    files: draft.files,
    declaration: draft.declaration,
    definitions: [...new Set(draft.sightings.filter(isReported).map((s) => registry.of(s)))],
    machine: draft.machine?.machine,
    budget: draft.machine?.budget,
    get nix() {
      nix ??= { value: nixOf(draft) };
      return nix.value;
    },
    option: (path) => remember(`option ${path.join("\0")}`, () => optionState(draft, path)),
    setting: (name) => remember(`setting ${name}`, () => settingState(draft, canonicalSettingName(name))),
  };
}

function isReported({ applies, attrPath }: Sighting): boolean {
  return applies !== "no" && !isPrecondition(attrPath);
}

function stateOf(merged: Merged, registry: DefinitionRegistry): OptionState {
  if (merged.state === "unset") return merged;
  const definitions = merged.used.map((sighting) => registry.of(sighting));
  if (merged.state === "unknown") return { state: "unknown", reason: merged.reason, definitions };
  const [first, ...others] = definitions as [Definition, ...Definition[]];
  return { state: "known", value: merged.value, definitions: [first, ...others] };
}

/** Sightings outlive models, so their keys are made once. */
const OPTION_KEYS = new WeakMap<Sighting, string>();

/** What a sighting sets, in one spelling: text, aliases and legacy names count as the setting. */
export function optionKey(sighting: Sighting): string {
  let key = OPTION_KEYS.get(sighting);
  if (key === undefined) {
    const { attrPath, inText } = sighting;
    key = pathKey(inText === undefined ? attrPath : ["nix", "settings", canonicalSettingName(attrPath.at(-1) ?? "")]);
    OPTION_KEYS.set(sighting, key);
  }
  return key;
}

export function pathKey(path: readonly string[]): string {
  const setting = settingOfOption(path);
  return setting === undefined ? path.join("\0") : `nix\0settings\0${setting}`;
}
