// The module system's merge: definitions of one option, from all modules of a host, to what the host gets.
import type { ListValue, StringValue, Value } from "../../evaluate/value.js";
import type { Applies, Sighting } from "./collect.js";
import { joinedLists } from "./joinedLists.js";
import { DISPLACED } from "./properties.js";

export type Merged =
  | { readonly state: "unset" }
  | { readonly state: "known"; readonly value: Value; readonly used: readonly [Sighting, ...Sighting[]] }
  | { readonly state: "unknown"; readonly reason: string; readonly used: readonly Sighting[] };

/**
 * Definitions in module order. Only the strongest priority counts; of it lists join, lines join, equal values agree. One that
 * hangs on an unknown condition matters unless a certain one is stronger. `ceiling`: the strongest priority at which something
 * not known may be defined too (Infinity: none).
 */
export function merge(
  definitions: readonly Sighting[],
  ceiling = Number.POSITIVE_INFINITY,
  appliesOf: (definition: Sighting) => Applies = ({ applies }) => applies,
): Merged {
  const certain = definitions.filter((definition) => appliesOf(definition) === "yes");
  const priority = Math.min(...certain.map((definition) => definition.priority));
  const rivals = definitions.filter(
    (definition) => appliesOf(definition) === "maybe" && definition.priority <= priority,
  );
  const used = certain.filter((definition) => definition.priority === priority);
  const [first] = used;
  if (first === undefined) {
    if (rivals.length === 0) return { state: "unset" };
    return { state: "unknown", reason: "hangs on a condition that is not known", used: rivals };
  }
  if (ceiling <= priority) return { state: "unknown", reason: "may be set by a part that is not known", used };
  const value = mergedValue(used);
  if (typeof value === "string") return { state: "unknown", reason: value, used };
  const joins = value.kind === "list" || isLines(used);
  if (joins && used.length > 1 && used.some(({ displaced }) => displaced))
    return { state: "unknown", reason: DISPLACED, used };
  const swayed = rivals.some((rival) => joins || rival.priority < priority || !sameValue(rival.value, value));
  if (swayed) return { state: "unknown", reason: "hangs on a condition that is not known", used: [...used, ...rivals] };
  return { state: "known", value, used: [first, ...used.slice(1)] };
}

/** The merged value, or why there is none. */
function mergedValue(used: readonly Sighting[]): Value | string {
  const values = used.map(({ value }) => value);
  const [first, ...others] = values;
  if (first === undefined) return "not set";
  const unknown = values.find((value) => value.kind === "unknown");
  if (unknown !== undefined) return unknown.reason;
  if (others.length === 0) return first;
  if (values.every((value) => value.kind === "list"))
    return joinedLists(inOrder(used).map(({ value }) => value as ListValue));
  if (isLines(used) && values.every((value) => value.kind === "string")) return joinLines(used);
  if (others.every((value) => sameValue(value, first))) return first;
  return "conflicting definitions";
}

/** Definitions of an option whose type is lines. */
function isLines(definitions: readonly Sighting[]): boolean {
  return definitions.every(({ attrPath }) => attrPath.at(-1) === "extraOptions" || attrPath.at(-1) === "text");
}

function joinLines(used: readonly Sighting[]): StringValue {
  const ordered = inOrder(used).map(({ value }) => value as StringValue);
  return { kind: "string", value: ordered.map(({ value }) => value).join("\n") };
}

/**
 * Definitions in the order in which they are joined. Those of a submodule are modules themselves, so that their order is reversed a
 * second time. What is set by a former name comes from nixpkgs' module for it, which is the first, and has lost its own order.
 */
function inOrder(used: readonly Sighting[]): readonly Sighting[] {
  const byOrder = (sightings: readonly Sighting[]) => sightings.toSorted((a, b) => a.order - b.order);
  if (used.every(({ submodule }) => submodule === undefined)) return byOrder(used);
  const renamed = byOrder(used.filter(({ submodule }) => submodule === undefined));
  const groups = new Map<object, Sighting[]>();
  for (const sighting of used) {
    if (sighting.submodule === undefined) continue;
    const group = groups.get(sighting.submodule) ?? [];
    groups.set(sighting.submodule, [...group, sighting]);
  }
  const own = [...groups.values()].reverse().flat();
  return byOrder([...renamed.map((sighting) => ({ ...sighting, order: 1000 })), ...own]);
}

/** True if both are known through and through, and equal. Sets are never called equal. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === "list" && b.kind === "list") {
    if (a.openTail !== undefined || b.openTail !== undefined || a.items.length !== b.items.length) return false;
    return a.items.every((item, i) => {
      const other = b.items[i];
      return other !== undefined && sameValue(item.force(), other.force());
    });
  }
  if (a.kind === "null") return b.kind === "null";
  if (a.kind === "path" && b.kind === "path") return a.path === b.path && a.inside === b.inside;
  return "value" in a && "value" in b && a.kind === b.kind && a.value === b.value;
}
