// Whatever the texts are: an answer in time, that points into the texts, with fixes that fit. Seeded; a failure names its case.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Analysis, type AnalyzeOptions, analyze } from "../../server/src/core/analyze.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { openExample } from "../support/analysis.js";
import { snapshotOf } from "../support/fixture.js";
import { assertFixable, assertFixes, assertSound, fuzzOptions, processorTime } from "../support/invariants.js";
import { mutated, repeated } from "../support/mutations.js";
import type { Pickers } from "../support/random.js";
import { forSeeds, LONGEST_TEST } from "../support/seeds.js";
import { generateWorkspace } from "../support/workspaceGenerator.js";

/** Milliseconds of processor time for one file below 64 KB. */
const LONGEST = 200;
/** The same for one of close to 64 KB in which every line is about builds: it takes 100 to 200 where nothing else runs. */
const LONGEST_LARGE = 600;
/** The same for one that is an error from end to end; what takes quadratic time takes far longer. */
const LONGEST_BROKEN = 1000;
const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

type Files = ReadonlyMap<string, string>;

describe("whatever the texts are", function () {
  this.timeout(LONGEST_TEST);
  let options: AnalyzeOptions;
  before(async () => {
    options = await fuzzOptions();
  });

  /** Analyses in time: what takes long is measured again, so that compilation and a busy machine do not count. */
  function inTime(files: Files, bound: number): Analysis {
    let analysis: Analysis | undefined;
    const run = () => {
      analysis = analyze(snapshotOf(files), options);
    };
    let time = processorTime(run);
    for (let again = 0; again < 4 && time > bound; again++) time = Math.min(time, processorTime(run));
    assert.ok(time <= bound, `${time.toFixed(0)} ms`);
    return analysis as Analysis;
  }

  /** A failure tells the texts. */
  function inCase(files: Files, work: () => void): void {
    try {
      work();
    } catch (error) {
      const texts = [...files].map(([path, text]) => `#- ${path}\n${JSON.stringify(text.slice(0, 400))}`);
      throw new Error(`${error instanceof Error ? error.message : error}\n${texts.join("\n")}`, { cause: error });
    }
  }

  it("mutated workspaces are analysed, and their fixes applied", () => {
    return forSeeds(80, (random, seed) => {
      const files = withMutations(generateWorkspace(seed % 40), random);
      inCase(files, () => {
        const analysis = inTime(files, LONGEST * files.size);
        assertSound(analysis);
        assertFixes(analysis, options, random);
        if (seed % 8 === 0) assertFixable(snapshotOf(files), options);
      });
    });
  });

  it("mutated examples of rules, and the example flake", () => {
    const seeds = [
      ...RULES.flatMap((rule) => rule.examples.map((example) => openExample(example).files)),
      exampleFlake(),
    ];
    return forSeeds(500, (random, seed) => {
      const files = withMutations(random.pick(seeds), random);
      inCase(files, () => {
        const analysis = inTime(files, LONGEST * files.size);
        assertSound(analysis);
        assertFixes(analysis, options, random);
        if (seed % 10 === 0) assertFixable(snapshotOf(files), options);
      });
    });
  });

  it("texts cut off anywhere", () => {
    return forSeeds(100, (random, seed) => {
      const [path, text] = random.pick([...generateWorkspace(seed % 60)]);
      const files = new Map([[path, text.slice(0, random.below(text.length))]]);
      inCase(files, () => assertSound(inTime(files, LONGEST)));
    });
  });

  it("large files, mutated", () =>
    forSeeds(8, (random, seed) => {
      const files = new Map([["module.nix", mutated(largeModule(seed), random, 1 + random.below(12))]]);
      inCase(files, () => assertSound(inTime(files, LONGEST_LARGE)));
    }));

  it("the same pieces again and again, up to 64 KB", () => {
    return forSeeds(40, (random) => {
      const [before, after] = random.pick([
        ["", ""],
        ["{ nix.settings.cores = 99; x = ", "; }"],
        ["{ lib, ... }: { nix.settings.max-jobs = [ ", " ]; }"],
        ["let x = ''", "''; in { nix.settings.cores = x; }"],
        ["{ nix.extraOptions = ''\n", "''; }"],
      ]);
      const path = random.pick(["module.nix", "module.nix", "module.nix", "nix.conf", "nix-build-budget.json"]);
      const files = new Map([[path, before + repeated(random, 63_000) + after]]);
      inCase(files, () => assertSound(inTime(files, LONGEST_BROKEN)));
    });
  });
});

function withMutations(files: Files, random: Pickers): Map<string, string> {
  const result = new Map(files);
  for (let i = 0; i < 1 + random.below(3); i++) {
    const path = random.pick([...files.keys()]);
    result.set(path, mutated(result.get(path) ?? "", random));
  }
  return result;
}

function exampleFlake(): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(join(EXAMPLES, "shoshin"), path), readFileSync(path, "utf8"));
  }
  return files;
}

/** Modules of many workspaces in one file of about 60 KB. */
function largeModule(seed: number): string {
  const modules: string[] = [];
  for (let length = 0, next = seed * 1000; length < 60_000; next++)
    for (const [path, text] of generateWorkspace(next)) {
      if (!/^(?:modules|hosts)\/.*\.nix$/.test(path) || length + text.length > 63_000) continue;
      modules.push(`(${text})`);
      length += text.length + 3;
    }
  return `{ imports = [\n${modules.join("\n")}\n]; }\n`;
}
