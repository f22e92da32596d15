// Modules merged by us and by the real lib of nixpkgs at NIXPKGS_LIB: the recorded cases, and generated ones.
import assert from "node:assert/strict";
import { hostModule, mergingCases } from "../support/mergingCases.js";
import { jsonText, realOptions, toldOptions } from "../support/moduleOracle.js";
import { generatedModules, generatedSystems, generatedTree, READ_OPTIONS } from "../support/moduleGenerator.js";
import { REAL_LIB } from "../support/nixExpressions.js";
import { pickers, type Pickers } from "../support/random.js";
import { FIRST_SEED, LONGEST_TEST, times } from "../support/seeds.js";

/** Generated hosts; FUZZ_TIMES multiplies them. */
const HOSTS = 400;

describe("merging of modules against the lib of nixpkgs", function () {
  this.timeout(LONGEST_TEST);
  before(function () {
    if (REAL_LIB === undefined) this.skip();
  });

  it("is recorded as it is", async () => {
    const cases = mergingCases();
    const paths = cases.flatMap(({ options }) => options.map(({ path }) => path));
    const answers = await realOptions(
      cases.map(({ files }) => files),
      paths,
    );
    let start = 0;
    for (const [i, { name, options }] of cases.entries()) {
      const real = answers[i];
      for (const [j, { path, state, real: recorded }] of options.entries()) {
        if (state === "unset") continue;
        assert.equal(real?.[start + j] ?? jsonText("error"), jsonText(recorded), `${name}: ${path.join(".")}`);
      }
      start += options.length;
    }
  });

  const listed = (generate: (random: Pickers) => string[]) => (random: Pickers) =>
    new Map([["h.nix", hostModule(generate(random).join("\n"))]]);
  for (const [what, generate] of [
    ["generated modules", listed(generatedModules)],
    ["generated module systems of a host's own", listed(generatedSystems)],
    ["files that import one another", generatedTree],
  ] as const)
    it(`gives ${what} the values that we call known`, () => sameAsKnown(generate));
});

async function sameAsKnown(generate: (random: Pickers) => Map<string, string>): Promise<void> {
  const seeds = Array.from({ length: times(HOSTS) }, (_, i) => FIRST_SEED + i);
  const files = seeds.map((seed) => generate(pickers(seed)));
  const [nothing, ...answers] = await realOptions([new Map([["h.nix", "{ }"]]), ...files], READ_OPTIONS);
  const wrong: string[] = [];
  let known = 0;
  let evaluated = 0;
  for (const [i, host] of files.entries()) {
    const real = answers[i];
    // Where a definition is of no option at all, all of them fail.
    if (real === undefined || real.every((value) => value === jsonText("error"))) continue;
    const told = await toldOptions(host, READ_OPTIONS);
    for (const [j, path] of READ_OPTIONS.entries()) {
      const ours = told[j];
      if (real[j] !== nothing?.[j]) evaluated++;
      // A set by type fails as a whole, whichever of its attributes does.
      const inSet = path.includes("settings") || path.includes("sysctl") || path.includes("services");
      if (ours === undefined || ours === "unknown" || (inSet && real[j] === jsonText("error"))) continue;
      const value = ours === "unset" ? nothing?.[j] : ours.known;
      if (ours !== "unset") known++;
      if (value !== real[j])
        wrong.push(`seed ${seeds[i]}, ${path.join(".")}: ${value}, in Nix ${real[j]}\n${textOf(host)}`);
    }
  }
  assert.equal(wrong.length, 0, wrong.slice(0, 3).join("\n\n"));
  assert.ok(known > evaluated / 3, `${known} known of ${evaluated}`);
}

function textOf(files: ReadonlyMap<string, string>): string {
  return [...files].map(([path, text]) => `#- ${path}\n${text}`).join("");
}
