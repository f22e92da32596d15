import assert from "node:assert/strict";
import fc from "fast-check";
import { antichainWidth, dependencyWidth } from "../../server/src/core/builds/width.js";
import { analyse } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

type Edges = readonly ReadonlySet<number>[];

/** The largest set of nodes none of which reaches another, by trying all. */
function bruteForce(edges: Edges): number {
  const reach = edges.map((_, from) => {
    const seen = new Set<number>(edges[from]);
    for (const node of seen) for (const next of edges[node] ?? []) seen.add(next);
    return seen;
  });
  let best = 0;
  for (let set = 0; set < 1 << edges.length; set++) {
    const nodes = edges.flatMap((_, i) => (set & (1 << i) ? [i] : []));
    if (nodes.length > best && nodes.every((a) => nodes.every((b) => a === b || !reach[a]?.has(b))))
      best = nodes.length;
  }
  return best;
}

describe("dependency width", () => {
  it("is the number of packages where none needs another", () => {
    assert.equal(antichainWidth([new Set(), new Set(), new Set()]), 3);
    assert.equal(antichainWidth([]), 0);
  });

  it("is what trying all sets gives, on acyclic graphs", () => {
    const graph = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 14 }).map((pairs) => ({ n, pairs })))
      .map(({ n, pairs }): Edges => {
        const edges = Array.from({ length: n }, () => new Set<number>());
        for (const [a, b] of pairs) if (a < b) edges[b]?.add(a);
        return edges;
      });
    fc.assert(
      fc.property(graph, (edges) => {
        assert.equal(antichainWidth(edges), bruteForce(edges));
      }),
      { numRuns: 200 },
    );
  });

  it("takes the nodes of a cycle as independent", () => {
    assert.equal(antichainWidth([new Set([1]), new Set([0])]), 2);
  });

  const widthOf = async (fixture: string): Promise<number> => {
    const { model } = await analyse({ files: new Map(fixtureFiles(fixture)) });
    return dependencyWidth(model.packages);
  };
  const derivation = (name: string, inputs: string) =>
    `stdenv.mkDerivation { pname = "${name}"; version = "1"; src = ./x; buildInputs = [ ${inputs} ]; }`;

  it("sees packages that name each other", async () => {
    const fixture = `#- a.nix\n{ stdenv, zlib }: ${derivation("a", "zlib")}\n#- b.nix\n{ stdenv, a }: ${derivation("b", "a")}\n#- c.nix\n{ stdenv, b }: ${derivation("c", "b")}\n`;
    assert.equal(await widthOf(fixture), 1);
  });

  it("sees packages bound beside each other", async () => {
    const fixture = `#- pkgs.nix\n{ stdenv }: rec { a = ${derivation("libA", "")}; b = ${derivation("b", "a")}; c = ${derivation("c", "")}; }\n`;
    assert.equal(await widthOf(fixture), 2);
  });

  it("knows nothing of what an overlay replaces, of other sets, and of two packages with one name", async () => {
    const files = `#- a.nix\n{ stdenv }: ${derivation("a", "")}\n`;
    assert.equal(await widthOf(`${files}#- o.nix\nfinal: prev: { b = prev.${derivation("b", "prev.a")}; }\n`), 2);
    assert.equal(await widthOf(`${files}#- b.nix\n{ stdenv, inputs }: ${derivation("b", "inputs.x.a")}\n`), 2);
    assert.equal(
      await widthOf(
        `${files}#- a2.nix\n{ stdenv }: ${derivation("a", "")}\n#- b.nix\n{ stdenv, a }: ${derivation("b", "a")}\n`,
      ),
      3,
    );
  });
});
