// Options that are sets by type (`nix.settings = mkForce { … }`): of all definitions of such a set only the strongest count, whatever
// stands in them.
import type { Platform } from "../model.js";
import { type Applies, both, type Sighting } from "./collect.js";
import { PLAIN_PRIORITY } from "./properties.js";

interface Definitions {
  readonly option: readonly string[];
  /** Of the option, also by former names, which hand them on at normal priority. */
  readonly definitions: readonly Sighting[];
  /** Of the host. */
  readonly sightings: readonly Sighting[];
  /** Those in sets that are not defined at normal priority. */
  readonly inWholes: readonly Sighting[];
  readonly platform: Platform;
}

/** Tells of each definition of an option whether it counts. */
export function countingIn(input: Definitions): (definition: Sighting) => Applies {
  const { option, definitions, sightings, inWholes, platform } = input;
  if (inWholes.length === 0 || definitions.length === 0) return ({ applies }) => applies;
  const depths = new Set(inWholes.flatMap((sighting) => depthsAbove(sighting, option)));
  const states = new Map<Sighting | typeof OWN, Applies>([[OWN, ownState(platform)]]);
  // From the outermost set inwards: what is overridden there overrides nothing further in.
  for (const depth of [...depths].toSorted((a, b) => a - b)) {
    const path = option.slice(0, depth);
    const among = new Set([...definitions, ...sightings.filter(({ attrPath }) => isAbove(path, attrPath))]);
    settle([OWN, ...among], depth, states);
  }
  return (definition) => both(definition.applies, states.get(definition) ?? "yes");
}

/** What NixOS and nix-darwin define themselves in all these sets, at normal priority. */
const OWN = "own";

/** What a lone module is for is not known. */
function ownState(platform: Platform): Applies {
  if (platform === "nixos" || platform === "darwin") return "yes";
  return platform === "home-manager" ? "no" : "maybe";
}

function depthsAbove({ wholes, attrPath }: Sighting, option: readonly string[]): number[] {
  return wholes.map(({ depth }) => depth).filter((depth) => isAbove(attrPath.slice(0, depth), option));
}

function settle(
  among: readonly (Sighting | typeof OWN)[],
  depth: number,
  states: Map<Sighting | typeof OWN, Applies>,
): void {
  const definitions = among.flatMap((one) => {
    const whole = one === OWN ? undefined : one.wholes.find((set) => set.depth === depth);
    const applies = both(states.get(one) ?? "yes", whole?.applies ?? (one === OWN ? "yes" : one.applies));
    return applies === "no" ? [] : [{ one, applies, priority: whole?.priority ?? PLAIN_PRIORITY }];
  });
  const strongest = (state: Applies) =>
    Math.min(...definitions.filter(({ applies }) => applies === state).map(({ priority }) => priority));
  const certain = strongest("yes");
  const possible = strongest("maybe");
  for (const { one, priority } of definitions) {
    if (priority > certain) states.set(one, "no");
    else if (priority > possible) states.set(one, "maybe");
  }
}

/** True if a path begins with another, or is it. */
export function isAbove(upper: readonly string[], path: readonly string[]): boolean {
  return upper.length <= path.length && upper.every((element, i) => element === path[i]);
}
