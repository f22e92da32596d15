// Every definition once: what several hosts get from the same place with the same value is one definition with all their names.
import type { Value } from "../evaluate/value.js";
import type { Sighting } from "./modules/collect.js";
import type { Definition, Platform } from "./model.js";
import { sameItems } from "../text/sameItems.js";

/** A definition as long as its hosts are counted. */
interface Counted {
  /** The first that was added for it. */
  readonly sighting: Sighting;
  readonly platform: Platform;
  readonly hosts: string[];
  readonly platforms: Platform[];
  definition: Definition | undefined;
}

/** First everything is added, then definitions are asked for. */
export class DefinitionRegistry {
  readonly #byKey = new Map<string, Counted>();
  /** By place: of one place there are several definitions where hosts get different values. */
  readonly #platforms = new Map<string, Platform[]>();
  readonly #bySighting = new Map<Sighting, Counted>();

  /** Counts a sighting; `host` undefined: no host gets it. */
  add(sighting: Sighting, platform: Platform, host: string | undefined): void {
    const key = identityKey(sighting);
    const platforms = this.#platforms.get(placeKey(sighting)) ?? [];
    this.#platforms.set(placeKey(sighting), platforms);
    let counted = this.#byKey.get(key);
    if (counted === undefined) {
      counted = { sighting, platform, hosts: [], platforms, definition: undefined };
      this.#byKey.set(key, counted);
    }
    if (host !== undefined && !counted.hosts.includes(host)) counted.hosts.push(host);
    if (host !== undefined && !platforms.includes(platform)) platforms.push(platform);
    this.#bySighting.set(sighting, counted);
  }

  /** A sighting as seen from the file that takes its value in from another one. */
  addMirror(sighting: Sighting, platform: Platform, host: string | undefined): void {
    if (sighting.mirror === undefined) return;
    let mirrored = MIRRORED.get(sighting);
    if (mirrored === undefined) {
      mirrored = { ...sighting, ...sighting.mirror, valueExpr: undefined, mirror: undefined };
      MIRRORED.set(sighting, mirrored);
    }
    this.add(mirrored, platform, host);
  }

  /** The definition that was made of a sighting. */
  of(sighting: Sighting): Definition {
    const counted = this.#bySighting.get(sighting);
    if (counted === undefined) throw new Error("a sighting that was never added");
    return definitionOf(counted);
  }

  get definitions(): readonly Definition[] {
    return [...this.#byKey.values()].map(definitionOf);
  }
}

const MIRRORED = new WeakMap<Sighting, Sighting>();
/** What was made of a sighting last: sightings outlive models, and so do definitions that are the same in the next. */
const DEFINITIONS = new WeakMap<Sighting, Definition>();

function definitionOf(counted: Counted): Definition {
  if (counted.definition !== undefined) return counted.definition;
  const { sighting, platform, hosts, platforms } = counted;
  let definition = DEFINITIONS.get(sighting);
  const isSame =
    definition?.platform === platform &&
    sameItems(definition.hosts, hosts) &&
    sameItems(definition.platforms, platforms);
  if (definition === undefined || !isSame) {
    const {
      applies,
      order: _order,
      prefix: _prefix,
      mirror: _mirror,
      wholes: _wholes,
      submodule: _submodule,
      displaced: _displaced,
      ...rest
    } = sighting;
    definition = { ...rest, conditional: applies === "maybe", platform, hosts, platforms };
    DEFINITIONS.set(sighting, definition);
  }
  counted.definition = definition;
  return definition;
}

/** Sightings outlive models, so their keys are made once. */
const PLACE_KEYS = new WeakMap<Sighting, string>();
const IDENTITY_KEYS = new WeakMap<Sighting, string>();

/** Where a sighting stands, whatever path leads there. */
export function placeKey(sighting: Sighting): string {
  let key = PLACE_KEYS.get(sighting);
  if (key === undefined) {
    const { file, valueRange, nameRange } = sighting;
    key = `${file}\0${nameRange.start}\0${valueRange.start}\0${valueRange.end}`;
    PLACE_KEYS.set(sighting, key);
  }
  return key;
}

function identityKey(sighting: Sighting): string {
  let key = IDENTITY_KEYS.get(sighting);
  if (key === undefined) {
    const { pathInFile, priority } = sighting;
    key = [placeKey(sighting), ...pathInFile, priority, sightedValueKey(sighting)].join("\0");
    IDENTITY_KEYS.set(sighting, key);
  }
  return key;
}

const VALUE_KEYS = new WeakMap<Value, string>();

/** `valueKey` of a sighting's value. */
export function sightedValueKey({ value }: Sighting): string {
  let key = VALUE_KEYS.get(value);
  if (key === undefined) {
    key = valueKey(value);
    VALUE_KEYS.set(value, key);
  }
  return key;
}

/** A value's key without the mark of one that is assumed. */
export function unmarked(key: string): string {
  return key.startsWith(ASSUMED) ? key.slice(ASSUMED.length) : key;
}

const ASSUMED = "~";
const MAX_KEY_DEPTH = 6;

/** A text that is equal for equal values; unknown ones are told apart by reason. */
export function valueKey(value: Value, depth = 0): string {
  if (depth > MAX_KEY_DEPTH) return "…";
  const mark = value.assumed === true ? ASSUMED : "";
  switch (value.kind) {
    case "null":
      return `${mark}null`;
    case "list": {
      const items = value.items.slice(0, 200).map((item) => valueKey(item.force(), depth + 1));
      return `${mark}[${items.join(",")}${value.openTail ?? ""}]`;
    }
    case "attrs": {
      const names = [...value.entries.keys()].sort().slice(0, 200);
      const entries = names.map(
        (name) => `${name}=${valueKey(value.entries.get(name)?.thunk.force() ?? value, depth + 1)}`,
      );
      return `${mark}{${entries.join(";")}${value.open ?? ""}}`;
    }
    case "function":
      return "function";
    case "path":
      return `${mark}path ${value.path}`;
    case "unknown":
      return `unknown ${value.reason}`;
    default:
      return `${mark}${value.kind} ${String(value.value)}`;
  }
}
