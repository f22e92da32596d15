// The Host objects that rules see: definitions with their merged options, computed when asked for.
import type { Budget, Machine } from "../machine/machine.js";
import type { FilePath, Location } from "../text/range.js";
import type { Sighting } from "./modules/collect.js";
import type { FlakeLock } from "./flakeLock.js";
import type { Merged } from "./modules/merge.js";
import type { Definition, Host, OptionState, Platform } from "./model.js";
import type { Unresolved } from "./modules/unresolved.js";
import { nixOf, nixosReleaseOf, type NixSources } from "./settings/nixRelease.js";
import { optionState, settingState } from "./modules/optionState.js";
import { inputSetter, outsideSetter } from "./modules/outsideModules.js";
import { sameItems } from "../text/sameItems.js";
import type { DefinitionRegistry } from "./registry.js";
import { isPrecondition } from "./selectors.js";
import { type OptionName, optionName } from "./settings/spellings.js";

export interface HostDraft extends Omit<NixSources, "elsewhere"> {
  /** The unit, or the part of one, that it is made of. */
  readonly of: object;
  readonly name: string;
  readonly kind: Host["kind"];
  readonly platform: Platform;
  readonly files: readonly FilePath[];
  readonly declaration: Location;
  readonly machine: { readonly machine: Machine; readonly budget: Budget } | undefined;
  /** Which files set what. */
  readonly setIn: OptionFiles;
  /** A file outside of it that may set an option (by `optionKey`), if any does. */
  readonly otherSetter: (option: string) => FilePath | undefined;
  /** Why what such a file sets may count. */
  readonly whyOther: (file: FilePath) => string;
  /** Hosts of a platform that set an option (by `optionKey`). */
  readonly setBy?: (platform: Platform, option: string) => ReadonlySet<string>;
  /** Modules that can't be followed, and what tells where those of flake inputs come from. */
  readonly unresolved?: readonly Unresolved[];
  readonly lock?: FlakeLock | undefined;
}

/** For each option (by `optionKey`), the files that set it, whether a host reaches them or not. */
export type OptionFiles = ReadonlyMap<string, ReadonlySet<FilePath>>;

/** A host with what it was made of. */
interface Made {
  draft: HostDraft;
  readonly definitions: ReadonlyMap<Sighting, Definition>;
  /** What was asked of `otherSetter`, and answered. */
  readonly others: Map<string, FilePath | undefined>;
  /** What was asked of `setBy`, and answered. */
  readonly setters: Map<string, string>;
  readonly host: Host;
}

/** By what a host is made of, which outlives models: one that would come out the same is the same object in the next. */
const MADE = new WeakMap<object, Made>();

/** All sightings of the draft must be in the registry. */
export function hostOf(draft: HostDraft, registry: DefinitionRegistry): Host {
  const before = MADE.get(draft.of);
  if (before !== undefined && isSameHost(before, draft, registry)) {
    before.draft = draft;
    return before.host;
  }
  const made = makeHost(draft, new Map(draft.sightings.map((sighting) => [sighting, registry.of(sighting)])));
  MADE.set(draft.of, made);
  return made.host;
}

/** Hosts outlive models: nothing in them may hold the registry, which has the definitions of all. */
function makeHost(draft: HostDraft, definitions: Made["definitions"]): Made {
  const others: Made["others"] = new Map();
  const setters: Made["setters"] = new Map();
  // `setBy` knows all hosts of its model, so the closures below must not hold it.
  const { setBy: _, ...own } = draft;
  const outside =
    draft.kind === "file" ? inputSetter(draft.origin?.lock) : outsideSetter(draft.unresolved ?? [], draft.lock);
  const elsewhere = (option: OptionName) => {
    const file = made.draft.otherSetter(option.key);
    others.set(option.key, file);
    return file === undefined ? outside(option) : own.whyOther(file);
  };
  const addedElsewhere = draft.kind === "host" ? elsewhere : undefined;
  const sources = { ...own, elsewhere, ...(addedElsewhere && { addedElsewhere }) };
  const setBy: Host["setBy"] = (path) => {
    const { key } = optionName(path);
    const names = settersOf(made.draft, key);
    setters.set(key, [...names].join("\0"));
    return names;
  };
  const made: Made = { draft, definitions, others, setters, host: viewOf(sources, definitions, setBy) };
  return made;
}

function settersOf({ setBy, platform }: HostDraft, option: string): ReadonlySet<string> {
  return setBy?.(platform, option) ?? new Set();
}

function isSameHost(before: Made, draft: HostDraft, registry: DefinitionRegistry): boolean {
  const old = before.draft;
  if (old.machine !== draft.machine || old.name !== draft.name || old.kind !== draft.kind) return false;
  if (old.lock !== draft.lock || old.origin?.lock !== draft.origin?.lock) return false;
  if (!sameItems(old.sightings, draft.sightings)) return false;
  for (const [option, names] of before.setters) if ([...settersOf(draft, option)].join("\0") !== names) return false;
  for (const [sighting, definition] of before.definitions) if (registry.of(sighting) !== definition) return false;
  if (old.setIn === draft.setIn) return true;
  for (const [option, file] of before.others) if (draft.otherSetter(option) !== file) return false;
  return true;
}

function viewOf(
  draft: Omit<HostDraft, "setIn" | "otherSetter" | "whyOther" | "setBy"> & NixSources,
  definitions: Made["definitions"],
  setBy: Host["setBy"],
): Host {
  const options = new Map<string, OptionState>();
  const settings = new Map<string, OptionState>();
  const remember = (states: Map<string, OptionState>, key: string, compute: () => Merged): OptionState => {
    let state = states.get(key);
    if (state === undefined) {
      state = stateOf(compute(), definitions);
      states.set(key, state);
    }
    return state;
  };
  let nix: { readonly value: Host["nix"] } | undefined;
  let nixos: { readonly value: Host["nixos"] } | undefined;
  return {
    name: draft.name,
    kind: draft.kind,
    platform: draft.platform,
    files: draft.files,
    declaration: draft.declaration,
    definitions: [...new Set(definitionsOf(draft.sightings.filter(isReported), definitions))],
    machine: draft.machine?.machine,
    budget: draft.machine?.budget,
    get nix() {
      nix ??= { value: nixOf(draft) };
      return nix.value;
    },
    get nixos() {
      nixos ??= { value: nixosReleaseOf(draft) };
      return nixos.value;
    },
    option: (path) => {
      const option = optionName(path);
      return remember(options, option.text, () => optionState(draft, option));
    },
    setBy,
    setting: (name) => remember(settings, name, () => settingState(draft, name)),
  };
}

function isReported({ applies, attrPath }: Sighting): boolean {
  return applies !== "no" && !isPrecondition(attrPath);
}

function definitionsOf(sightings: readonly Sighting[], made: Made["definitions"]): readonly Definition[] {
  return sightings.flatMap((sighting) => made.get(sighting) ?? []);
}

function stateOf(merged: Merged, made: Made["definitions"]): OptionState {
  if (merged.state === "unset") return merged;
  const definitions = definitionsOf(merged.used, made);
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
    const path = inText === undefined ? attrPath : ["nix", "settings", attrPath.at(-1) ?? ""];
    ({ key } = optionName(path));
    OPTION_KEYS.set(sighting, key);
  }
  return key;
}
