// What a host gets for an option or a Nix setting, from all its definitions: the answers behind Host.option and Host.setting.
import type { Value } from "../../evaluate/value.js";
import type { Obscured, Sighting } from "./collect.js";
import { joinedLists } from "./joinedLists.js";
import { type Merged, merge, sameValue } from "./merge.js";
import type { Platform } from "../model.js";
import { type OptionName, optionName, pathText, settingName, type Spellings } from "../settings/spellings.js";
import { PLAIN_PRIORITY } from "./properties.js";
import { isBelowSet } from "../selectors.js";
import { countingIn, isAbove } from "./wholeSets.js";

/** Everything a host's options are computed from. */
export interface OptionSources {
  readonly platform: Platform;
  /** In module order. */
  readonly sightings: readonly Sighting[];
  /** Parts whose content is not known; `path` from a module's top. */
  readonly obscured: readonly Obscured[];
  /** True if an unknown part of nix.conf text may set anything. */
  readonly openText: boolean;
  /** Why something outside these definitions may set an option; undefined if nothing in sight could. */
  readonly elsewhere: (option: OptionName) => string | undefined;
  /** Of a host, the same for what may be added to a list. */
  readonly addedElsewhere?: (option: OptionName) => string | undefined;
}

/** The merged state of an option. */
export function optionState(sources: OptionSources, option: OptionName): Merged {
  if (option.setting !== undefined) return settingState(sources, option.setting);
  return fallBack(moduleState(sources, option.spellings), sources, option);
}

/** The merged state of a Nix setting, from wherever the platform takes it. */
export function settingState(sources: OptionSources, name: string): Merged {
  const { names, addsTo, option, bySystem, byHomeManager } = settingName(name);
  if (sources.platform === "flake")
    return firstOf(
      sources,
      names.map((alias) => ["nixConfig", alias]),
    );
  if (sources.platform === "plain")
    return addsTo === undefined ? lastOfFile(sources.sightings, names) : added(sources.sightings, names, addsTo, UNSET);
  const options = moduleState(sources, sources.platform === "home-manager" ? byHomeManager : bySystem);
  const { lines } = indexOf(sources.sightings);
  const withText = addsTo === undefined ? lastLine(lines, names, options) : added(lines, names, addsTo, options);
  if (sources.openText && withText.state !== "unknown")
    return { state: "unknown", reason: "nix.extraOptions holds a part that is not known", used: usedOf(withText) };
  return fallBack(withText, sources, option);
}

function usedOf(merged: Merged): readonly Sighting[] {
  return merged.state === "unset" ? [] : merged.used;
}

/** "Unset" only where nothing in sight could set it; a list that others may add to has an open end. */
function fallBack(merged: Merged, sources: OptionSources, option: OptionName): Merged {
  if (merged.state === "known") return withOpenEnd(merged, sources, option);
  if (merged.state !== "unset") return merged;
  const reason = sources.elsewhere(option);
  return reason === undefined ? merged : { state: "unknown", reason, used: [] };
}

function withOpenEnd(
  merged: Merged & { readonly state: "known" },
  { addedElsewhere }: OptionSources,
  option: OptionName,
): Merged {
  const { value, used } = merged;
  const reason = addedElsewhere?.(option);
  if (reason === undefined || value.kind !== "list" || value.openTail !== undefined) return merged;
  // Lists of equal priority are joined.
  return used[0].priority < PLAIN_PRIORITY ? merged : { ...merged, value: { ...value, openTail: reason } };
}

function firstOf(sources: OptionSources, paths: readonly (readonly string[])[]): Merged {
  for (const path of paths) {
    const merged = moduleState(sources, optionName(path).spellings);
    if (merged.state !== "unset") return merged;
  }
  return { state: "unset" };
}

function moduleState({ sightings, obscured, platform }: OptionSources, { paths, texts }: Spellings): Merged {
  const definitions = definitionsAt(texts, sightings);
  const hidden = obscured.filter((part) => paths.some((path) => isAbove(part.path, path)));
  const [part] = hidden;
  if (definitions.length === 0) return part ? { state: "unknown", reason: part.reason, used: [] } : UNSET;
  const ceiling = ceilingOf(hidden, paths[0] ?? []);
  const { inWholes } = indexOf(sightings);
  const appliesOf = countingIn({ option: paths[0] ?? [], definitions, sightings, inWholes, platform });
  const merged = merge(definitions, ceiling, appliesOf);
  if (merged.state === "unset" && part !== undefined) return { state: "unknown", reason: part.reason, used: [] };
  return merged.state === "known" && isAddedTo(merged.value, paths, sightings)
    ? { state: "unknown", reason: "other definitions add to it", used: merged.used }
    : merged;
}
const UNSET: Merged = { state: "unset" };

/** The strongest priority at which parts that are not known may define an option. */
function ceilingOf(hidden: readonly Obscured[], option: readonly string[]): number {
  const priorities = hidden.map(({ priority, path }) =>
    // It may define a set that the option stands in, whatever the priority of what stands in others.
    priority < PLAIN_PRIORITY && isBelowSet(option, path.length) ? 0 : priority,
  );
  return Math.min(Number.POSITIVE_INFINITY, ...priorities);
}

/** What modules define at some paths, in module order. */
function definitionsAt(paths: readonly string[], sightings: readonly Sighting[]): readonly Sighting[] {
  const { byPath } = indexOf(sightings);
  const [only, ...others] = paths.filter((path) => byPath.has(path));
  if (only === undefined) return [];
  const found = byPath.get(only) ?? [];
  if (others.length === 0) return found;
  const all = new Set([...found, ...others.flatMap((path) => byPath.get(path) ?? [])]);
  return sightings.filter((sighting) => all.has(sighting));
}

/** A host's definitions as they are looked for: most options that are asked about have none. */
interface SightingIndex {
  /** Those of modules, by `pathText`. */
  readonly byPath: ReadonlyMap<string, readonly Sighting[]>;
  /** Those that stand in text of nix.conf, and count. */
  readonly lines: readonly Sighting[];
  /** Those in sets by type that are not defined at normal priority. */
  readonly inWholes: readonly Sighting[];
}
const INDICES = new WeakMap<readonly Sighting[], SightingIndex>();

function indexOf(sightings: readonly Sighting[]): SightingIndex {
  let index = INDICES.get(sightings);
  if (index === undefined) {
    const byPath = new Map<string, Sighting[]>();
    for (const sighting of sightings) {
      if (sighting.inText !== undefined) continue;
      const text = pathText(sighting.attrPath);
      const known = byPath.get(text);
      if (known === undefined) byPath.set(text, [sighting]);
      else known.push(sighting);
    }
    const lines = sightings.filter(({ inText, applies }) => inText?.nixConf === true && applies !== "no");
    index = { byPath, lines, inWholes: sightings.filter(({ wholes }) => wholes.length > 0) };
    INDICES.set(sightings, index);
  }
  return index;
}

/** True if options within a set are defined that the set's own definition does not hold. */
function isAddedTo(value: Value, paths: readonly (readonly string[])[], sightings: readonly Sighting[]): boolean {
  if (value.kind !== "attrs") return false;
  return sightings.some(({ attrPath, inText, applies }) => {
    const above = inText === undefined && applies !== "no" && paths.find((path) => isAbove(path, attrPath));
    if (!above) return false;
    let inner: Value | undefined = value;
    for (const name of attrPath.slice(above.length)) {
      if (inner?.kind !== "attrs") return false;
      inner = inner.entries.get(name)?.thunk.force();
    }
    return inner === undefined;
  });
}

/** In a nix.conf and what it includes the last line wins, whatever the earlier ones say. */
function lastOfFile(sightings: readonly Sighting[], names: readonly string[]): Merged {
  const last = linesOf(names, sightings).at(-1);
  if (last === undefined) return { state: "unset" };
  const { value } = last;
  return value.kind === "unknown"
    ? { state: "unknown", reason: value.reason, used: [last] }
    : { state: "known", value, used: [last] };
}

/** Lines of an `extra-` setting add to a list, one after the other, from the last line on that sets the list as a whole. */
function added(
  lines: readonly Sighting[],
  names: readonly string[],
  addsTo: readonly string[],
  options: Merged,
): Merged {
  const isWhole = ({ attrPath }: Sighting) => addsTo.includes(attrPath.at(-1) ?? "");
  const whole = lines.findLastIndex(isWhole);
  const used = linesOf(names, lines.slice(whole + 1));
  const before = whole < 0 ? options : UNSET;
  const isSettled = lines.every((line) => line.applies === "yes" || !(used.includes(line) || isWhole(line)));
  if (used.length === 0 && isSettled) return before;
  const all = [...(before.state === "unset" ? [] : before.used), ...used];
  const values = [...(before.state === "known" ? [before.value] : []), ...used.map(({ value }) => value)];
  const lists = values.filter((value) => value.kind === "list");
  const [first, ...others] = all;
  const isKnown = isSettled && before.state !== "unknown" && lists.length === values.length;
  if (first === undefined || !isKnown)
    return { state: "unknown", reason: "added to by texts that may not count", used: all };
  return { state: "known", value: joinedLists(lists), used: [first, ...others] };
}

function linesOf(names: readonly string[], lines: readonly Sighting[]): readonly Sighting[] {
  return lines.filter(({ attrPath }) => names.includes(attrPath.at(-1) ?? ""));
}

/** nix.conf text is read after the options, and its last line wins. */
function lastLine(all: readonly Sighting[], names: readonly string[], options: Merged): Merged {
  const lines = linesOf(names, all);
  const last = lines.at(-1);
  if (last === undefined) return options;
  const carriers = new Set(lines.map(({ inText, file }) => `${file}\0${inText?.carrier.join(".")}`));
  const value = last.value;
  if (value.kind === "unknown") return { state: "unknown", reason: value.reason, used: lines };
  const agreed = lines.every((line) => sameValue(line.value, value));
  const unconditional = last.applies === "yes";
  if (agreed && unconditional) return { state: "known", value, used: [last] };
  if (unconditional && carriers.size === 1) return { state: "known", value, used: [last] };
  if (agreed && options.state === "known" && sameValue(options.value, value)) return options;
  return { state: "unknown", reason: "set by several texts, or by one that may not count", used: lines };
}
