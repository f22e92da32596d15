// The attributes of definitions off their value, where their syntax tells none.
import type { Thunk } from "../../evaluate/value.js";
import { plainPiece, pushDown } from "./configPieces.js";
import type { Shape } from "./moduleSyntax.js";
import { property } from "./properties.js";

/** Undefined where there may be any: the value is no set, or not known. */
export function shapeOfValues(thunks: readonly Thunk[]): Shape | undefined {
  const pieces = thunks.map(plainPiece);
  const { sets, leaves, obscured } = pushDown({ pieces, obscured: [] });
  if (obscured.length > 0 || leaves.length > 0 || sets.some(({ set }) => property(set) !== undefined)) return undefined;
  const at = (name: string) => sets.flatMap(({ set }) => set.entries.get(name)?.thunk ?? []);
  const children = new Map<string, Shape | undefined>();
  return {
    has: (name) => at(name).length > 0,
    names: sets.flatMap(({ set }) => [...set.entries.keys()]),
    child(name) {
      if (!children.has(name)) children.set(name, shapeOfValues(at(name)));
      return children.get(name);
    },
  };
}
