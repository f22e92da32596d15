// After any edits, an analysis that builds on the one before says what a fresh one says.
import { type Analysis, type AnalyzeOptions, analyze } from "../../server/src/core/analyze.js";
import type { Snapshot, SnapshotFile } from "../../server/src/core/workspace/snapshot.js";
import { laterSnapshot, snapshotOf } from "../support/fixture.js";
import { assertSame, fuzzOptions } from "../support/invariants.js";
import { mutated } from "../support/mutations.js";
import type { Pickers } from "../support/random.js";
import { forSeeds, LONGEST_TEST } from "../support/seeds.js";
import { generateWorkspace } from "../support/workspaceGenerator.js";

const WORKSPACES = 25;
const EDITS = 8;

describe("analysis after edits", function () {
  this.timeout(LONGEST_TEST);
  let options: AnalyzeOptions;
  before(async () => {
    options = await fuzzOptions();
  });

  function sequence(random: Pickers, seed: number, edit: (files: Map<string, string>) => string): void {
    const original = generateWorkspace(seed);
    const files = new Map(original);
    let analysis: Analysis | undefined;
    const done: string[] = [];
    for (let i = 0; i < EDITS; i++) {
      const snapshot = snapshotFor(files, random, analysis?.snapshot);
      analysis = analyze(snapshot, options, analysis);
      assertSame(analysis, analyze(snapshot, options), `after ${done.join(", ") || "nothing"}`);
      const path = edit(files);
      if (random.chance(0.3) && original.has(path)) files.set(path, original.get(path) ?? "");
      done.push(path);
    }
  }

  it("is that of a fresh one while files change", () =>
    forSeeds(WORKSPACES, (random, seed) =>
      sequence(random, seed, (files) => {
        const path = random.pick([...files.keys()]);
        files.set(path, mutated(files.get(path) ?? "", random, 1));
        return path;
      }),
    ));

  it("is that of a fresh one while files come and go", () =>
    forSeeds(WORKSPACES, (random, seed) =>
      sequence(random, seed, (files) => {
        const paths = [...files.keys()];
        const path = random.pick(paths);
        const other = random.pick(paths);
        if (random.chance(0.4)) files.delete(path);
        else if (random.chance(0.5))
          files.set(`${path.slice(0, path.lastIndexOf("/") + 1)}new.nix`, files.get(other) ?? "");
        else files.set(path, files.get(other) ?? "");
        return path;
      }),
    ));
});

/** Now and then a file can't be read, or is known by its name alone. */
function snapshotFor(texts: ReadonlyMap<string, string>, random: Pickers, before: Snapshot | undefined): Snapshot {
  const snapshot = before === undefined ? snapshotOf(texts) : laterSnapshot(before, texts);
  const files = new Map<string, SnapshotFile>(snapshot.files);
  const path = random.pick([...texts.keys(), "flake.nix"]);
  const fate = random.below(10);
  if (fate === 0) files.set(path, { unreadable: "permission denied", version: `unreadable ${random.below(2 ** 32)}` });
  if (fate === 1) files.delete(path);
  return { ...snapshot, files };
}
