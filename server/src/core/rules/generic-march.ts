// Own programs compiled for every x86-64 processor although the machine's is known.
import { appendEnvFlag } from "../edits/packageFlags.js";
import type { Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { argumentText, buildersOf } from "./support/attributes.js";

export const genericMarch: Rule = {
  id: "generic-march",
  title: "Compiled for any processor",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.4,
  claimedConfidence: 0.75,
  tier: "experimental",
  docs: {
    what: "Finds Rust and C++ packages that are built from source here without flags for the processor, on a host whose `architecture` is declared.",
    why: "Programs that calculate a lot can run 5 to 15 % faster with the instructions of the processor at hand. Only for packages that are built here anyway: for all others it would lose the binary cache, and set for the whole system it rebuilds everything for ever.",
    when: "Hot programs of your own. Programs that choose at run time (openssl, ffmpeg, numpy) gain nothing. Builds themselves become slower, if anything.",
    risk: "The result runs on that processor family alone. The package is rebuilt.",
    rollback: "Remove the flag.",
    evidence: [
      {
        grade: "documentation",
        text: "GCC: -march for x86",
        url: "https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#59148: for the whole system it also needs the feature `gccarch-…`",
        url: "https://github.com/NixOS/nixpkgs/issues/59148",
      },
      {
        grade: "estimate",
        text: "Distribution-wide tests of x86-64-v3 (sunnyflunk 2023, Arch RFC 2) are mixed: about 10 % in selected programs, some slower",
      },
    ],
  },
  examples: [
    {
      title: "Under the founding profile, on a declared Skylake",
      machine: "threads=8,memory=16GiB,architecture=skylake",
      configuration: { confidenceProfile: "founding" },
      before: `{ lib, rustPlatform }:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold";
}
`,
      after: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold -C target-cpu=skylake";
}
`,
    },
    {
      title: "The processor is not known",
      configuration: { confidenceProfile: "founding" },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage { pname = "demo"; version = "1"; src = ./src; cargoHash = lib.fakeHash; }
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    if (pkg.form === "override" || !["rust", "c", "cuda"].includes(pkg.builder)) return;
    if (/march|mtune|target-cpu|target-feature/.test(argumentText(pkg))) return;
    const builders = buildersOf(pkg, model);
    const [first] = builders;
    const architecture = first?.budget.machine.architecture;
    // One set of flags must suit every host that gets the package.
    if (architecture === undefined || builders.some(({ budget }) => budget.machine.architecture !== architecture))
      return;
    yield {
      file: pkg.file,
      range: pkg.range,
      message: `\`${pkg.name}\` is compiled for any processor, though it is built here and the machine is ${architecture}. Flags may give a hot program 5-15 %; other programs gain nothing.`,
      fixes: [
        {
          title: `Compile for ${architecture}`,
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: edits(pkg, architecture),
        },
      ],
    };
  },
};

function edits(pkg: Package, architecture: string): FixDraft["edits"] {
  return pkg.builder === "rust"
    ? appendEnvFlag(pkg, "RUSTFLAGS", `-C target-cpu=${architecture}`)
    : appendEnvFlag(pkg, "NIX_CFLAGS_COMPILE", `-march=${architecture}`);
}
