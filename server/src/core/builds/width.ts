// How many of a workspace's packages can be ready at once: those that wait for each other never are.
import type { Thunk, Value } from "../evaluate/value.js";
import type { Package } from "../workspace/model.js";

/** Lists of a package that hold what must be built before it. */
const INPUTS = ["buildInputs", "nativeBuildInputs", "propagatedBuildInputs", "propagatedNativeBuildInputs"];
/** More than these are not looked through: all of them count as independent. */
const MOST_PACKAGES = 2000;

/**
 * The largest number of packages none of which needs another, by the dependencies that are certain: inputs that are the very
 * call of another package, or name the only other package of that name. Dependencies that are not seen make it larger, never smaller.
 */
export function dependencyWidth(packages: readonly Package[]): number {
  if (packages.length > MOST_PACKAGES) return packages.length;
  return antichainWidth(dependencies(packages));
}

/** For each package the indices of those it needs. */
function dependencies(packages: readonly Package[]): readonly ReadonlySet<number>[] {
  const byName = new Map<string, number[]>();
  const byFile = new Map<string, number[]>();
  for (const [i, { name, file }] of packages.entries()) {
    byName.set(name, [...(byName.get(name) ?? []), i]);
    byFile.set(file, [...(byFile.get(file) ?? []), i]);
  }
  const find = (value: Value): number | undefined => {
    if (value.kind !== "unknown") return undefined;
    const { origin, name } = value;
    const written =
      origin &&
      byFile.get(origin.file)?.find((i) => {
        const { start, end } = packages[i]?.range ?? { start: -1, end: -1 };
        return value.callee !== undefined && origin.range.start <= start && end <= origin.range.end;
      });
    if (written !== undefined) return written;
    const [first, second, ...further] = name ?? [];
    // `codex` of callPackage, `pkgs.codex`, `final.codex`; `prev.codex` is what an overlay replaces.
    if (first === undefined || further.length > 0 || /^(prev|super)$/.test(first)) return undefined;
    const named = byName.get(second ?? first);
    return named?.length === 1 ? named[0] : undefined;
  };
  return packages.map(({ attributes }, self) => {
    const needed = inputsOf(attributes).flatMap((input) => find(input.force()) ?? []);
    return new Set(needed.filter((other) => other !== self));
  });
}

function inputsOf(attributes: Value): readonly Thunk[] {
  if (attributes.kind !== "attrs") return [];
  return INPUTS.flatMap((name) => {
    const list = attributes.entries.get(name)?.thunk.force();
    return list?.kind === "list" ? list.items : [];
  });
}

/**
 * The size of the largest set of nodes none of which reaches another: all nodes less a largest matching of the reachability
 * relation (Dilworth, by Fulkerson's bipartite graph). Nodes of a cycle, which only a mistaken name can make, count as independent.
 */
export function antichainWidth(edges: readonly ReadonlySet<number>[]): number {
  if (edges.every((targets) => targets.size === 0)) return edges.length;
  const closure = edges.map((_, i) => reachable(edges, i));
  const reached = closure.map((nodes, i) => [...nodes].filter((node) => !closure[node]?.has(i)));
  const matchedBy = new Map<number, number>();
  let matched = 0;
  for (let i = 0; i < edges.length; i++) if (augment(i, reached, matchedBy)) matched++;
  return edges.length - matched;
}

function reachable(edges: readonly ReadonlySet<number>[], from: number): ReadonlySet<number> {
  const seen = new Set<number>(edges[from]);
  for (const node of seen) for (const next of edges[node] ?? []) seen.add(next);
  seen.delete(from);
  return seen;
}

/** Searches breadth first for a way to match one more node; true if there is one. */
function augment(start: number, reached: readonly (readonly number[])[], matchedBy: Map<number, number>): boolean {
  /** Right node -> the left node from which it was reached. */
  const cameFrom = new Map<number, number>();
  const pending = [start];
  for (const left of pending) {
    for (const right of reached[left] ?? []) {
      if (cameFrom.has(right)) continue;
      cameFrom.set(right, left);
      const owner = matchedBy.get(right);
      if (owner !== undefined) {
        pending.push(owner);
        continue;
      }
      // A free node: the matching is turned over along the way back.
      const leftToRight = new Map([...matchedBy].map(([r, l]) => [l, r]));
      for (let at: number | undefined = right; at !== undefined; ) {
        const from: number = cameFrom.get(at) ?? start;
        matchedBy.set(at, from);
        at = from === start ? undefined : leftToRight.get(from);
      }
      return true;
    }
  }
  return false;
}
