// The founding document's advice to lower rustc's codegen units; the evidence points the other way.
import { packageEstimate, peakWith } from "../builds/peaks.js";
import { UNITS_VARIABLE, unitsChoice } from "../builds/rustProfile.js";
import { setEnv } from "../edits/packages.js";
import type { Rule } from "./rule.js";
import { buildersOf, unsetHere } from "./support/attributes.js";

export const highCodegenUnits: Rule = {
  id: "high-codegen-units",
  title: "Sixteen codegen units in a large Rust build",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.2,
  claimedConfidence: 0.85,
  tier: "P2",
  opposes: ["few-codegen-units"],
  docs: {
    what: "Finds large Rust packages built from source that leave `codegen-units` at cargo's 16, and proposes 4.",
    why: "The founding document holds that 4 units save memory against 16. Measured, it is the other way round without fat link-time optimisation: 16 units needed 16 to 20 % less memory than 4, and they build faster. Therefore the rule speaks under the founding profile alone; under the reviewed profile it is off.",
    when: "Under `confidenceProfile: founding`, for Rust packages whose peak is more than a quarter of the memory for builds. With fat link-time optimisation fewer units do keep the peak down.",
    risk: "A slower build, and likely a higher peak. The package is rebuilt.",
    rollback: "Remove `CARGO_PROFILE_RELEASE_CODEGEN_UNITS`.",
    evidence: [
      {
        grade: "tested",
        text: "Two synthetic crates, rustc 1.95, no LTO: 3.61 GB with 4 units against 2.89 GB with 16; 592 MB against 497 MB",
      },
      {
        grade: "issue",
        text: "tikv/tikv#4164: at most 2 % between 1 and 16 units",
        url: "https://github.com/tikv/tikv/pull/4164",
      },
      {
        grade: "issue",
        text: "numtide/llm-agents.nix#3159: out of memory with 1 unit, mended by 16",
        url: "https://github.com/numtide/llm-agents.nix/pull/3159",
      },
      {
        grade: "issue",
        text: "firezone/firezone#14388: with fat LTO one unit keeps the peak down",
        url: "https://github.com/firezone/firezone/pull/14388",
      },
    ],
  },
  examples: [
    {
      title: "Under the founding profile",
      configuration: {
        confidenceProfile: "founding",
        packages: { codex: { class: "rust", peakMemory: { median: "6GiB", p95: "9GiB" } } },
      },
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "codex";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "codex";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "4";
}
`,
    },
    {
      title: "Under the reviewed profile it is silent",
      configuration: {
        minimumConfidence: 0.65,
        packages: { codex: { class: "rust", peakMemory: { median: "6GiB", p95: "9GiB" } } },
      },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage { pname = "codex"; version = "1"; src = ./src; cargoHash = lib.fakeHash; }
`,
    },
  ],
  *checkPackage(pkg, { model, configuration }) {
    if (!["rust", "crane", "naersk"].includes(pkg.builder) || pkg.form === "override") return;
    if (!unsetHere(pkg, UNITS_VARIABLE) || unitsChoice(pkg) !== undefined) return;
    const [tightest] = buildersOf(pkg, model);
    if (!tightest) return;
    const peak = peakWith(packageEstimate(pkg, configuration), tightest.budget.threads);
    if (peak.p95 <= tightest.budget.memoryBytes / 4) return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` compiles in cargo's 16 codegen units. The founding document holds that 4 save memory; measurements speak against it: without fat LTO, 16 units needed less.`,
      fixes: [
        {
          title: "Compile in 4 codegen units",
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: setEnv(pkg, UNITS_VARIABLE, '"4"'),
        },
      ],
    };
  },
};
