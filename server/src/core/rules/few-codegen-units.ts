// Rust compiled in few codegen units without fat LTO: more memory and less parallel work.
import { type Choice, ltoChoice, UNITS_VARIABLE, unitsChoice } from "../builds/rustProfile.js";
import { replaceCodegenFlag } from "../edits/packageFlags.js";
import { code, issue, tested } from "../catalogue/cite.js";
import { setEnv } from "../edits/packages.js";
import type { Package } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { ownVariable } from "./support/packageText.js";

/** cargo's default for the release profile. */
const DEFAULT_UNITS = 16;
const FOR_MEMORY = /\b(memory|oom|ram|swap|gi?b)\b/i;

export const fewCodegenUnits: Rule = {
  id: "few-codegen-units",
  title: "Few codegen units where more need less memory",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.7,
  tier: "P2",
  opposes: ["high-codegen-units"],
  docs: {
    what: "Finds Rust packages without link-time optimisation that are compiled in one codegen unit (Cargo.toml), or whose number of units was lowered to save memory (a comment says so).",
    why: "Fewer units make each of them larger: rustc holds more at once and works on fewer threads. Without fat LTO, 16 units needed 12 to 20 % less memory than 1 or 4, and compile in parallel. One unit belongs to a release whose speed has been measured.",
    when: "Builds for your own use. With fat LTO it is the other way round: there one unit keeps the peak down, so the rule is silent.",
    risk: "The program may run a few per cent slower. The package is rebuilt.",
    rollback: "Remove the variable, or restore its value.",
    evidence: [
      tested("Two synthetic crates, rustc 1.95, no LTO: 3.29 GB with 1 unit, 3.61 with 4, 2.89 with 16"),
      issue("numtide/llm-agents.nix#3159", "out of memory with 1 unit, mended by 16"),
      issue("openai/codex#27702", "981 s with 1 unit, 507 s with 4"),
      issue("firezone/firezone#14388", "with fat LTO one unit keeps the peak down"),
      code("rust-lang/cargo", "src/doc/src/reference/profiles.md", "16 units in the release profile"),
    ],
  },
  examples: [
    {
      title: "Lowered for memory",
      machine: "none",
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
  # Otherwise it runs out of memory.
  env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "4";
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
  # Otherwise it runs out of memory.
  env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "16";
}
`,
    },
    {
      title: "One unit in Cargo.toml",
      machine: "none",
      before: `#- package.nix
{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
}
#- src/Cargo.toml
[package]
name = "demo"

[profile.release]
codegen-units = 1
`,
      after: `#- package.nix
{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "16";
}
#- src/Cargo.toml
[package]
name = "demo"

[profile.release]
codegen-units = 1
`,
    },
    {
      title: "With fat LTO one unit is right",
      machine: "none",
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env = {
    CARGO_PROFILE_RELEASE_LTO = "fat";
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "1"; # keeps memory down
  };
}
`,
    },
    {
      title: "Lowered in the flags for rustc",
      machine: "none",
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
  # Less memory.
  env.RUSTFLAGS = "-C target-cpu=skylake -C codegen-units=2";
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
  # Less memory.
  env.RUSTFLAGS = "-C target-cpu=skylake -C codegen-units=16";
}
`,
    },
  ],
  *checkPackage(pkg) {
    if (!["rust", "crane", "naersk"].includes(pkg.builder) || pkg.form === "override") return;
    const lto = ltoChoice(pkg)?.value;
    if (lto !== "off" && lto !== undefined) return;
    const units = unitsChoice(pkg);
    if (units === undefined || units.value >= DEFAULT_UNITS) return;
    if (units.by !== "manifest") {
      const many = `${units.value} codegen ${units.value === 1 ? "unit" : "units"}, meant to save memory`;
      if (isForMemory(pkg, units.variable ?? ""))
        yield { ...finding(pkg, many, units), confidence: lto === "off" ? 0.7 : 0.5 };
    } else if (lto === "off" && units.value === 1)
      yield finding(pkg, "one codegen unit (Cargo.toml), without link-time optimisation", units);
  },
};

/** A comment at the end of the line, or on the lines above, that speaks of memory. */
function isForMemory(pkg: Package, variable: string): boolean {
  const binding = ownVariable(pkg, variable)?.binding;
  if (!binding) return false;
  const { lines, comments } = pkg.source;
  const line = lines.lineOf(binding.start);
  return comments.some((comment) => {
    const distance = line - lines.lineOf(comment.end);
    return distance >= 0 && distance <= 2 && FOR_MEMORY.test(comment.text);
  });
}

function finding(pkg: Package, how: string, { by, variable }: Choice<number>): Draft {
  return {
    file: pkg.file,
    range: pkg.range,
    message: `\`${pkg.name}\` is compiled in ${how}. Without fat LTO more units need less memory (measured: 12-20 %) and compile in parallel; cargo's default is 16.`,
    fixes: [
      {
        title: "Compile in 16 codegen units",
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits:
          by === "flags" && variable !== undefined
            ? replaceCodegenFlag(pkg, variable, "codegen-units", "16")
            : setEnv(pkg, UNITS_VARIABLE, '"16"'),
      },
    ],
  };
}
