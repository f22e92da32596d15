// Thin link-time optimisation of a large Rust program that is built for oneself.
import { ltoChoice } from "../builds/rustProfile.js";
import { issue, tested } from "../catalogue/cite.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { buildersOf } from "./support/attributes.js";
import { isLarge, ltoFixes } from "./support/rust.js";

const ENOUGH = 32 * GIB;

export const ltoInLocalBuild: Rule = {
  id: "lto-in-local-build",
  title: "A release optimisation in a build for oneself",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds large Rust packages built from source whose Cargo.toml asks for thin link-time optimisation, with less than 32 GiB for builds.",
    why: "A project's release profile is made for what it publishes. Built here, thin LTO takes about five times the memory of a build without and longer, for a few per cent of speed.",
    when: "Programs of about 150 crates and more. Fat LTO is for fat-lto-on-small-memory.",
    risk: "The program may run a few per cent slower. The package is rebuilt.",
    rollback: "Remove `CARGO_PROFILE_RELEASE_LTO`.",
    evidence: [
      issue("openai/codex#21826", "30 GB with thin LTO, 6-8 GB without"),
      issue("numtide/llm-agents.nix#8691", "no LTO and 16 codegen units keep rustc's memory bounded"),
      tested("cargo 1.95: the variable beats Cargo.toml"),
    ],
  },
  examples: [
    {
      title: "The project's own profile",
      configuration: { packages: { demo: { linkHeavy: true } } },
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
lto = "thin"
codegen-units = 1
`,
      after: `#- package.nix
{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "off";
  env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "16";
}
#- src/Cargo.toml
[package]
name = "demo"

[profile.release]
lto = "thin"
codegen-units = 1
`,
    },
    {
      title: "Chosen by the package itself",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "thin";
}
`,
    },
  ],
  *checkPackage(pkg, { model, configuration }) {
    if (!["rust", "crane", "naersk"].includes(pkg.builder) || pkg.form === "override") return;
    const lto = ltoChoice(pkg);
    if (lto?.by !== "manifest" || lto.value !== "thin" || isLarge(pkg, configuration) !== true) return;
    const [tightest] = buildersOf(pkg, model);
    if (!tightest || tightest.budget.memoryBytes >= ENOUGH) return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` is built here with the thin LTO of its Cargo.toml, which takes about five times the memory of a build without; ${formatBytes(tightest.budget.memoryBytes)} are there.`,
      fixes: ltoFixes(pkg, lto, ["off"]),
    };
  },
};
