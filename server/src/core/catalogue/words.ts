// The words that lists of settings and options are made of: experimental features, systems, what a machine can build.
import { canonicalSettingName, findOption } from "./lookup.js";

export interface Word {
  readonly text: string;
  /** One sentence. */
  readonly summary: string;
}

/** Source: Nix src/libutil/experimental-features.cc, 2.34 and Determinate Nix 3.22. */
const EXPERIMENTAL_FEATURES: readonly Word[] = [
  word("nix-command", "The `nix` command with its subcommands. Determinate Nix has it without."),
  word("flakes", "Flakes: `flake.nix`, lock files, `nix flake`. Determinate Nix has them without."),
  word(
    "ca-derivations",
    "Outputs that are stored by their content, so that a rebuild with the same result stops there.",
  ),
  word("cgroups", "Each build in a control group of its own (`use-cgroups`). Sets no limits."),
  word("auto-allocate-uids", "Build users without entries in /etc/passwd (`auto-allocate-uids`)."),
  word("fetch-tree", "`builtins.fetchTree` outside of flakes."),
  word("fetch-closure", "`builtins.fetchClosure`: store paths straight from a binary cache."),
  word("pipe-operators", "`|>` and `<|` in expressions."),
  word("recursive-nix", "Nix within a build."),
  word("dynamic-derivations", "Derivations that are made by builds."),
  word("impure-derivations", "Derivations that are built anew each time and may use the network."),
  word("configurable-impure-env", "The setting `impure-env`: variables for fixed-output derivations."),
  word("daemon-trust-override", "Telling the daemon to trust its clients or not."),
  word("parse-toml-timestamps", "`builtins.fromTOML` reads timestamps."),
  word("read-only-local-store", "A local store on a file system that can't be written."),
  word("local-overlay-store", "A store on top of another one that is only read."),
  word("mounted-ssh-store", "A remote store whose files are mounted here."),
  word("verified-fetches", "`builtins.fetchGit` checks signatures of commits."),
  word("git-hashing", "Store objects hashed as Git hashes trees."),
  word("external-builders", "Programs that build for other systems, such as virtual machines."),
  word("blake3-hashes", "BLAKE3 as a hash."),
  word("parallel-eval", "Evaluation on several cores (Determinate Nix)."),
  word("build-time-fetch-tree", "Inputs that are fetched while building (Determinate Nix)."),
  word("wasm-builtin", "`builtins.wasm` (Determinate Nix)."),
];

/** Source: Nix src/libstore/globals.cc, `getDefaultSystemFeatures`; nixpkgs and NixOS for what asks for them. */
const SYSTEM_FEATURES: readonly Word[] = [
  word("big-parallel", "Builds that need hours on few cores: kernels, browsers, LLVM, CUDA packages. A default."),
  word("kvm", "Virtual machines with hardware acceleration. A default where /dev/kvm can be used."),
  word("nixos-test", "NixOS tests in virtual machines. A default."),
  word("benchmark", "Measurements, which want a machine that does little else. A default."),
  word(
    "uid-range",
    "Builds with a range of user ids, such as containers; needs `auto-allocate-uids` and `use-cgroups`.",
  ),
  word("apple-virt", "Virtual machines on macOS. A default on Apple silicon."),
  word("ca-derivations", "Derivations that are stored by their content."),
  word("recursive-nix", "Builds that use Nix themselves."),
];

/** Source: nixpkgs lib/systems/flake-systems.nix. */
const SYSTEMS: readonly Word[] = [
  word("x86_64-linux", "64-bit Intel and AMD."),
  word("aarch64-linux", "64-bit ARM."),
  word("i686-linux", "32-bit Intel and AMD, which x86_64-linux runs as well."),
  word("aarch64-darwin", "macOS on Apple silicon."),
  word("x86_64-darwin", "macOS on Intel, and on Apple silicon with Rosetta."),
  word("armv7l-linux", "32-bit ARM with hardware floating point."),
  word("armv6l-linux", "32-bit ARM of the first Raspberry Pi."),
  word("riscv64-linux", "64-bit RISC-V."),
  word("powerpc64le-linux", "64-bit POWER, little-endian."),
];

const BY_SETTING: Readonly<Record<string, readonly Word[]>> = {
  "experimental-features": EXPERIMENTAL_FEATURES,
  "system-features": SYSTEM_FEATURES,
  "extra-platforms": SYSTEMS,
};
/** By the last name of a field of `nix.buildMachines`, wherever that stands. */
const BY_FIELD: Readonly<Record<string, readonly Word[]>> = {
  systems: SYSTEMS,
  supportedFeatures: SYSTEM_FEATURES,
  mandatoryFeatures: SYSTEM_FEATURES,
};

/** What the list at an option path may hold; empty where anything may stand. */
export function itemsOf(path: readonly string[]): readonly Word[] {
  const option = findOption(path);
  if (option === undefined) return [];
  if (option.setting !== undefined)
    return BY_SETTING[canonicalSettingName(option.setting).replace(/^extra-(?!platforms$)/, "")] ?? [];
  return path.includes("buildMachines") || path.includes("linux-builder") ? (BY_FIELD[path.at(-1) ?? ""] ?? []) : [];
}

function word(text: string, summary: string): Word {
  return { text, summary };
}
