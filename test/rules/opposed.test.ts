// Rules that pull opposite ways: under both profiles, with every rule that the profile lets speak, all fixes of the example
// flake settle, and none undoes what another did.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { analyze } from "../../server/src/core/analyze.js";
import { fixAll } from "../../server/src/core/findings/fixAll.js";
import { speakingRules } from "../../server/src/core/findings/level.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { RULES } from "../../server/src/core/rules/index.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { loadParser } from "../support/analysis.js";
import { snapshotOf } from "../support/fixture.js";

const SHOSHIN = resolve(import.meta.dirname, "../../../examples/shoshin");
const PROFILES = ["reviewed", "founding"] as const;

function shoshin(profile: Configuration["confidenceProfile"], minimumConfidence: number): Snapshot {
  const files = new Map<string, string>();
  for (const entry of readdirSync(SHOSHIN, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8").replace(
      '"confidenceProfile": "founding"',
      `"confidenceProfile": "${profile}", "minimumConfidence": ${minimumConfidence}`,
    );
    files.set(path.slice(SHOSHIN.length + 1), text);
  }
  return snapshotOf(files);
}

describe("opposed rules", () => {
  it("of each pair one speaks, by the profile", () => {
    const speaking = (confidenceProfile: Configuration["confidenceProfile"]) =>
      new Set(speakingRules(RULES, { ...DEFAULT_CONFIGURATION, confidenceProfile }).map(({ id }) => id));
    const [reviewed, founding] = [speaking("reviewed"), speaking("founding")];
    for (const [ours, theirs] of [
      ["few-codegen-units", "high-codegen-units"],
      ["global-march", "generic-march"],
    ] as const) {
      assert.deepEqual([reviewed.has(ours), reviewed.has(theirs)], [true, false]);
      assert.deepEqual([founding.has(ours), founding.has(theirs)], [false, true]);
    }
  });

  for (const profile of PROFILES)
    for (const minimumConfidence of [0.65, 0])
      it(`all fixes of examples/shoshin settle: ${profile}, from confidence ${minimumConfidence}`, async () => {
        const parser = await loadParser();
        const look = (snapshot: Snapshot) => {
          const { findings, model } = analyze(snapshot, { parser });
          return { findings, problems: (file: string) => model.sources.get(file)?.problems.length ?? 0 };
        };
        const fixed = fixAll(shoshin(profile, minimumConfidence), look, { unsafe: true });
        assert.ok(fixed.applied.length > 5, `only ${fixed.applied.length} fixes`);
        const keys = fixed.applied.map(({ rule, file, message }) => `${rule} ${file} ${message}`);
        assert.equal(new Set(keys).size, keys.length, `a fix was applied twice:\n${keys.toSorted().join("\n")}`);
        assert.deepEqual(
          fixed.remaining.filter(({ fixes }) => fixes.some(({ preferred }) => preferred)).map(({ rule }) => rule),
          [],
        );
        const again = fixAll(fixed.snapshot, look, { unsafe: true });
        assert.deepEqual([...again.texts], []);
      }).timeout(60_000);
});
