// Large links with GNU ld, where mold would be several times faster.
import { LTO_VARIABLE, ltoChoice } from "../builds/rustProfile.js";
import { environment } from "../builds/environment.js";
import { appendToList } from "../edits/packages.js";
import { appendEnvFlag, inputNamed } from "../edits/packageFlags.js";
import { joinInsertions } from "../text/edit.js";
import type { Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule, RuleContext } from "./rule.js";
import { argumentText } from "./support/attributes.js";

/** Crates from which on the final link of a Rust program counts as heavy. Ours; `linkHeavy` in nix-build-budget.json beats it. */
const HEAVY_CRATES = 150;

export const slowLinker: Rule = {
  id: "slow-linker",
  title: "A heavy link with the default linker",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.75,
  claimedConfidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds Rust and C++ packages that are built from source, link something large and set no linker.",
    why: "GNU ld links on one thread and keeps all it reads in memory. mold links the same objects 4 to 30 times faster and needs about a third of the memory that cannot be dropped (measured: 333 MiB against 958 MiB; its resident size is larger, for it maps its input). Against lld the gain is small or none.",
    when: "ELF targets, packages of more than 150 crates or declared `linkHeavy` in nix-build-budget.json, no fat or thin LTO (the optimiser runs before the linker then), and a link step that is a tenth of the build or more. Since Rust 1.90 toolchains from outside nixpkgs link with lld already.",
    risk: "The package and all that depend on it are rebuilt here. Packages with linker scripts may fail. mold uses all threads, whatever `cores` says. Always `mold-wrapped`: the unwrapped `mold` leaves out the run path, and programs do not start.",
    rollback: "Remove the lines that were added.",
    evidence: [
      {
        grade: "documentation",
        text: "rui314/mold README: link times of MySQL, Clang, Chromium",
        url: "https://github.com/rui314/mold#readme",
      },
      {
        grade: "tested",
        text: "821 MB of C++ objects on 2 threads: GNU ld 8.7 s, gold 4.1 s, lld 1.7 s, mold 2.15 s; unreclaimable memory 958, 417, 121, 333 MiB",
      },
      {
        grade: "issue",
        text: "rui314/mold#1319: no help with fat LTO",
        url: "https://github.com/rui314/mold/issues/1319",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#250898: unwrapped mold loses the run path",
        url: "https://github.com/NixOS/nixpkgs/issues/250898",
      },
      {
        grade: "source-code",
        text: "NixOS/nixpkgs pkgs/stdenv/adapters.nix `useMoldLinker`",
        url: "https://github.com/NixOS/nixpkgs/blob/master/pkgs/stdenv/adapters.nix",
      },
    ],
  },
  examples: [
    {
      title: "A Rust program declared link-heavy",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{
  lib,
  rustPlatform,
}:
rustPlatform.⟦buildRustPackage⟧ {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  meta.platforms = lib.platforms.linux;
}
`,
      after: `{
  lib,
  rustPlatform,
  mold-wrapped,
}:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  meta.platforms = lib.platforms.linux;
  nativeBuildInputs = [ mold-wrapped ];
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold";
}
`,
    },
    {
      title: "mold does not link for macOS",
      configuration: { packages: { demo: { linkHeavy: true } } },
      before: `{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  meta.platforms = lib.platforms.darwin;
}
`,
    },
    {
      title: "Link-time optimisation: the linker is not what takes the time",
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
  *checkPackage(pkg, context) {
    if (!applies(pkg, context)) return;
    yield finding(pkg);
  },
};

function applies(pkg: Package, { configuration }: RuleContext): boolean {
  if (pkg.form === "override" || !["rust", "c", "cuda"].includes(pkg.builder)) return false;
  if (pkg.facts.platforms === "darwin" || pkg.hosts.some((host) => host.platform === "darwin")) return false;
  const heavy = configuration.packages.get(pkg.name)?.linkHeavy ?? (pkg.facts.crates ?? 0) > HEAVY_CRATES;
  if (!heavy || usesLto(pkg)) return false;
  return !/\bmold|\blld\b|fuse-ld|useMoldLinker|ld\.gold/.test(argumentText(pkg));
}

/** What the project's own profile asks for counts, even where it is switched off here: its link was never tuned otherwise. */
function usesLto(pkg: Package): boolean {
  const { lto } = pkg.facts.cargoProfile ?? {};
  if (lto !== undefined && lto !== "off" && lto !== "false") return true;
  const chosen = ltoChoice(pkg);
  return chosen === undefined ? environment(pkg, LTO_VARIABLE) !== "absent" : chosen.value !== "off";
}

function finding(pkg: Package): Draft {
  return {
    file: pkg.file,
    range: pkg.range,
    message: `\`${pkg.name}\` links a lot with the default linker, GNU ld, on one thread. mold is several times faster and needs a third of the unreclaimable memory.`,
    fixes: [{ title: "Link with mold", applicability: "unsafe", preferred: true, rebuilds: true, edits: edits(pkg) }],
  };
}

function edits(pkg: Package): FixDraft["edits"] {
  // Only where Linux is the sole platform in sight; elsewhere the flag would need a guard.
  if (pkg.facts.platforms !== "linux" && !pkg.hosts.some((host) => host.platform === "nixos")) return undefined;
  const mold = inputNamed(pkg, "mold-wrapped");
  const input = mold && appendToList(pkg, "nativeBuildInputs", mold.text);
  const flag =
    pkg.builder === "rust"
      ? appendEnvFlag(pkg, "RUSTFLAGS", "-C link-arg=-fuse-ld=mold")
      : appendEnvFlag(pkg, "NIX_CFLAGS_LINK", "-fuse-ld=mold");
  if (!mold || !input || !flag) return undefined;
  return joinInsertions([...mold.edits, ...input, ...flag]);
}
