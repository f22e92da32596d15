// Attributes and variables of Rust packages.
import { code, documentation, issue, tested } from "../cite.js";
import { attribute } from "../define.js";
import type { BuilderAttributeFact } from "../facts.js";

const CARGO_HOOK = code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-build-hook.sh");
const CARGO_ENV = documentation(
  "Cargo, environment variables",
  "https://doc.rust-lang.org/cargo/reference/environment-variables.html",
);
const CARGO_PROFILES = documentation("Cargo, profiles", "https://doc.rust-lang.org/cargo/reference/profiles.html");
const REBUILDS = "It is part of the derivation's hash: the package and what depends on it are built here.";
const RUST = ["buildRustPackage", "crane", "naersk"] as const;

export const RUST_ATTRIBUTES: readonly BuilderAttributeFact[] = [
  attribute("CARGO_BUILD_JOBS", {
    environment: true,
    builders: ["crane"],
    summary: "Parallel jobs of cargo.",
    details:
      "Works with crane. In `buildRustPackage` and naersk it is ignored, since they pass `-j $NIX_BUILD_CORES`: use `env.NIX_BUILD_CORES` there.",
    sources: [CARGO_HOOK, code("ipetkov/crane", "lib/setupHooks/configureCargoCommonVarsHook.sh"), CARGO_ENV],
  }),
  attribute("CARGO_PROFILE_*_CODEGEN_UNITS", {
    environment: true,
    builders: RUST,
    summary: "Into how many pieces rustc splits each crate.",
    details:
      "16 by default in release builds. Lowering it for memory is not supported by measurements: 4 units took 19-25 % **more** than 16 in two crates, and raising 1 to 16 repaired real out-of-memory builds. 1 makes slightly faster programs and much longer builds. It overrides Cargo.toml.",
    sources: [
      tested("rustc 1.95: 1 unit 3.29 GB, 4 units 3.61 GB, 16 units 2.89 GB"),
      issue("numtide/llm-agents.nix#3159", "16 units repaired an out-of-memory build"),
      CARGO_PROFILES,
    ],
  }),
  attribute("CARGO_PROFILE_*_LTO", {
    environment: true,
    builders: RUST,
    summary: "Link-time optimisation: `off`, `false` (within crates), `thin`, `fat`.",
    details:
      "**The** memory knob of large Rust programs: codex takes over 60 GB with `fat`, about 30 GB with `thin`, 6-8 GB with `off`. For local builds `off` or `thin`. It overrides Cargo.toml.",
    sources: [
      issue("openai/codex#21826"),
      issue("huggingface/funes#65", "fat and 1 unit killed a 16 GiB runner"),
      tested("cargo 1.95: the variable beats the manifest"),
    ],
  }),
  attribute("CARGO_PROFILE_*_DEBUG", {
    environment: true,
    builders: RUST,
    summary: "Debug information: 0 none, 1 lines, 2 full.",
    details: "0 cuts the memory of linking and the size of the build tree.",
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_PROFILE_*", {
    environment: true,
    builders: RUST,
    summary: "A key of a Cargo profile; overrides Cargo.toml.",
    details: REBUILDS,
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_INCREMENTAL", {
    environment: true,
    builders: RUST,
    summary: "Incremental compilation.",
    details: "Of no use in a sandbox that starts empty; it writes a cache that is thrown away. Keep 0.",
    sources: [CARGO_PROFILES],
  }),
  attribute("CARGO_BUILD_RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc; `RUSTFLAGS` beats it.",
    details: REBUILDS,
    sources: [CARGO_ENV],
  }),
  attribute("CARGO_TARGET_*_LINKER", {
    environment: true,
    builders: RUST,
    summary: "Linker program for one target.",
    details:
      "buildRustPackage sets it to the compiler of the Rust platform. Point it at clang and add `-fuse-ld=lld` or `mold` as a flag.",
    sources: [CARGO_ENV],
  }),
  attribute("CARGO_TARGET_*_RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc for one target; `RUSTFLAGS` beats it.",
    details: REBUILDS,
    sources: [CARGO_ENV],
  }),
  attribute("RUSTFLAGS", {
    environment: true,
    builders: RUST,
    summary: "Arguments of rustc.",
    details: `\`-C link-arg=-fuse-ld=mold\` links with mold (with \`mold-wrapped\` in \`nativeBuildInputs\`); \`-C target-cpu=...\` tunes for one CPU. It **replaces** \`build.rustflags\` of the project's .cargo/config.toml. ${REBUILDS}`,
    pitfalls: ["Recent buildRustPackage keeps it in `env`: a second one at top level fails the evaluation."],
    sources: [CARGO_ENV, CARGO_HOOK],
  }),
  attribute("NIX_RUSTFLAGS", {
    environment: true,
    builders: ["buildRustPackage"],
    summary: "Arguments that nixpkgs' rustc wrapper adds.",
    details: REBUILDS,
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/rustc-wrapper/rustc-wrapper.sh")],
  }),
  attribute("RUST_TEST_THREADS", {
    environment: true,
    builders: RUST,
    summary: "Tests that run at once.",
    details: "The check hook sets it to `NIX_BUILD_CORES`.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-check-hook.sh")],
  }),
  attribute("cargoBuildFlags", {
    builders: ["buildRustPackage"],
    summary: "Arguments of `cargo build`.",
    details: "`-p` and `--bin` build only what is needed, which saves memory and time.",
    pitfalls: ["`-j` in it is an error: cargo refuses a second one."],
    sources: [CARGO_HOOK, tested("cargo 1.95: --jobs cannot be used multiple times")],
  }),
  attribute("cargoTestFlags", {
    builders: ["buildRustPackage"],
    summary: "Arguments of `cargo test`.",
    details: "",
    pitfalls: ["`-j` in it is an error."],
    sources: [CARGO_HOOK],
  }),
  attribute("cargoExtraArgs", {
    builders: ["crane"],
    summary: "Arguments of every cargo call.",
    details: "`--locked` by default.",
    sources: [code("ipetkov/crane", "docs/API.md")],
  }),
  attribute("cargoArtifacts", {
    builders: ["crane"],
    summary: "Compiled dependencies from `buildDepsOnly`.",
    details: "With it, dependencies are compiled once for each Cargo.lock instead of at every change of the program.",
    sources: [code("ipetkov/crane", "docs/API.md")],
  }),
  attribute("cargoBuildType", {
    builders: ["buildRustPackage"],
    summary: "Cargo profile, as seen by `overrideAttrs`.",
    details: "`release` by default. `debug` builds fast and needs much memory for linking.",
    sources: [CARGO_HOOK],
  }),
  attribute("buildType", {
    builders: ["buildRustPackage"],
    summary: "Cargo profile.",
    details: "An argument of the builder: in `overrideAttrs` it has no effect, `cargoBuildType` has.",
    sources: [CARGO_HOOK, issue("NixOS/nixpkgs#514218")],
  }),
  attribute("auditable", {
    builders: ["buildRustPackage"],
    summary: "Embeds the list of dependencies in programs.",
    details: "A small step in each link.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/build-rust-package/default.nix")],
  }),
  attribute("useNextest", {
    builders: ["buildRustPackage"],
    summary: "Runs tests with cargo-nextest.",
    details: "A process for each test: faster, with more memory at once.",
    sources: [code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-nextest-hook.sh")],
  }),
];
