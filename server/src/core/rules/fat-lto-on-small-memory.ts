// Fat link-time optimisation of a large Rust program on a machine that can't hold it.
import { ltoChoice } from "../builds/rustProfile.js";
import { issue, tested } from "../catalogue/cite.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { buildersOf } from "./support/attributes.js";
import { isLarge, ltoFixes } from "./support/rust.js";

const ENOUGH = 32 * GIB;

export const fatLtoOnSmallMemory: Rule = {
  id: "fat-lto-on-small-memory",
  title: "Fat link-time optimisation with little memory",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: 'Finds large Rust packages with fat link-time optimisation (`lto = true` or `"fat"` in Cargo.toml, `CARGO_PROFILE_RELEASE_LTO`, or `-C lto` in `RUSTFLAGS` and its like) that are built with less than 32 GiB.',
    why: "Fat LTO loads the whole program into one process at the end of the build. It is the knob that decides a Rust build's peak: codex took more than 60 GB with it, 30 GB with thin LTO and 6-8 GB without. `cores` and `max-jobs` do not change it.",
    when: "Programs of about 150 crates and more. Small ones bear it.",
    risk: "The program may run some per cent slower. The package is rebuilt.",
    rollback: "Remove `CARGO_PROFILE_RELEASE_LTO`.",
    evidence: [
      issue("openai/codex#21826", "60 GB with fat LTO, 30 GB with thin"),
      issue("huggingface/funes#65", "fat LTO exhausted 16 GiB, thin passed"),
      tested("cargo 1.95: the variable beats Cargo.toml"),
    ],
  },
  examples: [
    {
      title: "Asked for in the package",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "fat";
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "thin";
}
`,
    },
    {
      title: "Enough memory",
      machine: "threads=32,memory=64GiB",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.CARGO_PROFILE_RELEASE_LTO = "fat";
}
`,
    },
    {
      title: "In the flags for rustc",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.RUSTFLAGS = "-C embed-bitcode=yes -Clto=fat -C codegen-units=1"; # for speed
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.RUSTFLAGS = "-C embed-bitcode=yes -C lto=thin -C codegen-units=1"; # for speed
}
`,
    },
    {
      title: "The flag that counts is the last one",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  RUSTFLAGS = "-C lto -C lto=off";
}
`,
    },
  ],
  *checkPackage(pkg, { model, configuration }) {
    if (!["rust", "crane", "naersk"].includes(pkg.builder) || pkg.form === "override") return;
    const lto = ltoChoice(pkg);
    if (lto?.value !== "fat") return;
    const [tightest] = buildersOf(pkg, model);
    if (!tightest || isLarge(pkg, configuration) !== true || tightest.budget.memoryBytes >= ENOUGH) return;
    const where = lto.by === "manifest" ? "Cargo.toml asks for fat LTO" : `${lto.variable} asks for fat LTO`;
    const crates = pkg.facts.crates === undefined ? "" : ` of ${pkg.facts.crates} crates`;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\`${crates}: ${where}, which loads the whole program at once; ${formatBytes(tightest.budget.memoryBytes)} are there for builds, and large programs need 16 GiB to more than 60.`,
      fixes: ltoFixes(pkg, lto, lto.by === "manifest" ? ["thin", "off"] : ["thin"]),
    };
  },
};
