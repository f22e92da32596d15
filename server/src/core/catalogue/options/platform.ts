// Options that decide what is compiled for what: compiler flags of the platform, CUDA, ccache.
import { code, documentation, issue, tested } from "../cite.js";
import { ANY, ATTRS, BOOL, either, listOf, nullOr, option, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const NIXPKGS_MODULE = code("NixOS/nixpkgs", "nixos/modules/misc/nixpkgs.nix");
const CCACHE = code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix");
const CUDA = documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda");
const ARCHITECTURES = code("NixOS/nixpkgs", "lib/systems/architectures.nix");
const SYSTEMS = ["nixos", "darwin"] as const;
const ALL = ["nixos", "darwin", "home-manager"] as const;

const PLATFORMS = ["hostPlatform", "buildPlatform", "localSystem", "crossSystem"] as const;

/** `gcc.KEY` below one of nixpkgs' platform options. */
function gccKey(key: string, summary: string, details: string): OptionFact[] {
  return PLATFORMS.map((platform) =>
    option(["nixpkgs", platform, "gcc", key], {
      platforms: SYSTEMS,
      type: STRING,
      summary,
      details,
      sources: [NIXPKGS_MODULE, ARCHITECTURES, issue("NixOS/nixpkgs#59148", "the daemon must offer the feature first")],
    }),
  );
}

function configKey(
  name: string,
  type: OptionFact["type"],
  defaultText: string,
  summary: string,
  details: string,
): OptionFact {
  return option(["nixpkgs", "config", name], {
    platforms: ALL,
    type,
    default: defaultText,
    summary,
    details,
    sources: [CUDA, code("NixOS/nixpkgs", "pkgs/top-level/config.nix")],
  });
}

export const PLATFORM_OPTIONS: readonly OptionFact[] = [
  option("nixpkgs.hostPlatform", {
    platforms: SYSTEMS,
    type: either(STRING, ATTRS),
    summary: "The platform the system is built for.",
    details:
      "A plain system string uses the binary cache. With `gcc.arch` or `gcc.tune` in it every package has another hash and is built here, the compiler first.",
    sources: [NIXPKGS_MODULE],
  }),
  option("nixpkgs.buildPlatform", {
    platforms: SYSTEMS,
    type: either(STRING, ATTRS),
    default: "config.nixpkgs.hostPlatform",
    summary: "The platform that builds; another one than `hostPlatform` means cross compilation.",
    sources: [NIXPKGS_MODULE],
  }),
  ...(["localSystem", "system"] as const).map((name) =>
    option(["nixpkgs", name], {
      platforms: SYSTEMS,
      type: name === "system" ? STRING : ATTRS,
      renamedTo: ["nixpkgs", "hostPlatform"],
      summary: "Older spelling of `nixpkgs.hostPlatform`.",
      sources: [NIXPKGS_MODULE],
    }),
  ),
  option("nixpkgs.crossSystem", {
    platforms: SYSTEMS,
    type: nullOr(ATTRS),
    default: "null",
    summary: "Older way to ask for cross compilation.",
    sources: [NIXPKGS_MODULE],
  }),
  ...gccKey(
    "arch",
    "Passes `-march` to every package: the whole system is built from source.",
    "Nothing comes from cache.nixos.org any more: on 6 threads that is days, at every larger update. Measured gains over a distribution are mixed, and packages that choose their code at run time (openssl, ffmpeg, numpy) gain nothing. Tune single programs of your own instead. If you want it, the **running** daemon must offer `gccarch-NAME` in `extra-system-features` before the first build. Unknown names are not refused; the compiler fails later.",
  ),
  ...gccKey(
    "tune",
    "Passes `-mtune` to every package: the whole system is built from source.",
    "Same cost as `gcc.arch`, smaller effect.",
  ),
  ...gccKey("cpu", "Passes `-mcpu` to every package: the whole system is built from source.", "For ARM and PowerPC."),
  ...gccKey("abi", "ABI of the platform for every package.", "For MIPS, PowerPC and embedded ARM."),
  ...gccKey("fpu", "Floating point unit for every package.", "For 32-bit ARM."),

  configKey(
    "cudaSupport",
    BOOL,
    "false",
    "Builds everything that can with CUDA.",
    "Each package that knows the switch changes its hash: torch, onnxruntime, opencv, blender and more are built here, for hours and with up to 35 GB of memory each; cache.nixos.org has none of them (cuda-maintainers' and nix-community's caches have some). Enable it for the packages that need it by `.override { cudaSupport = true; }`.",
  ),
  configKey(
    "cudaCapabilities",
    listOf(STRING),
    "all that the CUDA version supports",
    "GPU generations that device code is compiled for.",
    '`[ "8.6" ]` for one GPU divides compile time and memory of CUDA packages by the number of generations left out. Form `X.Y`: `sm_86` is wrong. The GPU in the machine must be in the list.',
  ),
  configKey(
    "cudaForwardCompat",
    BOOL,
    "true",
    "Adds code that later GPUs can translate.",
    "`false` leaves a part of the device code out; the result runs only on listed GPUs.",
  ),
  configKey(
    "rocmSupport",
    BOOL,
    "false",
    "Builds everything that can with ROCm.",
    "As `cudaSupport`: torch-class packages are built here.",
  ),
  configKey(
    "enableParallelBuildingByDefault",
    BOOL,
    "false",
    "Turns parallel building on in every package.",
    "Changes the hash of nearly every package: the whole system is built from source.",
  ),
  configKey(
    "replaceStdenv",
    ANY,
    "null",
    "Replaces the compiler environment of all packages.",
    "The whole system is built from source; with ccache in it results also depend on the state of this machine.",
  ),
  option("nixpkgs.overlays", {
    platforms: ALL,
    type: listOf(ANY),
    default: "[ ]",
    summary: "Changes to nixpkgs.",
    details:
      "A changed low-level package (openssl, glibc, python3) rebuilds everything above it. A host whose `pkgs` is passed in from outside ignores this option.",
    sources: [NIXPKGS_MODULE],
  }),

  option("programs.ccache.enable", {
    platforms: ["nixos"],
    type: BOOL,
    default: "false",
    summary: "Sets a compiler cache up for packages that are named in `packageNames`.",
    details:
      "Without `packageNames` it does nothing for builds, and it does not add its folder to the sandbox: `nix.settings.extra-sandbox-paths = [ config.programs.ccache.cacheDir ];`. It pays for one large C or C++ package that is patched and rebuilt again and again; with 40 % hits that is 30 % less time. Each named package is built here, since its hash changes.",
    pitfalls: [
      "Two activations: folder and sandbox path must exist before the first build that uses them.",
      "Rust, Go and linking are not cached.",
    ],
    sources: [
      CCACHE,
      documentation("NixOS wiki, CCache", "https://wiki.nixos.org/wiki/CCache"),
      documentation("ccache, performance", "https://ccache.dev/performance.html"),
    ],
  }),
  option("programs.ccache.cacheDir", {
    platforms: ["nixos"],
    type: { kind: "path" },
    default: '"/var/cache/ccache"',
    summary: "Folder of the compiler cache.",
    details: "Must be in `extra-sandbox-paths`.",
    sources: [CCACHE],
  }),
  option("programs.ccache.packageNames", {
    platforms: ["nixos"],
    type: listOf(STRING),
    default: "[ ]",
    summary: "Top-level packages that are built with ccache.",
    details: "Each of them is built here instead of fetched.",
    sources: [CCACHE],
  }),
  option("programs.ccache.owner", {
    platforms: ["nixos"],
    type: STRING,
    default: '"root"',
    summary: "Owner of the cache's folder.",
    sources: [CCACHE],
  }),
  option("programs.ccache.group", {
    platforms: ["nixos"],
    type: STRING,
    default: '"nixbld"',
    summary: "Group of the cache's folder.",
    sources: [CCACHE],
  }),
  option("programs.ccache.trace", {
    platforms: ["nixos"],
    type: BOOL,
    default: "false",
    summary: "Prints during evaluation which packages use ccache.",
    sources: [CCACHE],
  }),

  option("powerManagement.cpuFreqGovernor", {
    platforms: ["nixos"],
    type: nullOr(STRING),
    default: "null",
    summary: "How the CPU chooses its clock.",
    details: "With `powersave` of the acpi-cpufreq driver builds run at the lowest clock.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/tasks/cpu-freq.nix")],
  }),
  option("documentation.man.generateCaches", {
    platforms: ["nixos", "home-manager"],
    type: BOOL,
    default: "false; fish turns it on",
    summary: "Builds the index of manual pages.",
    details: "A slow single-threaded step after nearly every package change.",
    sources: [issue("NixOS/nixpkgs#384499"), issue("NixOS/nixpkgs#209835")],
  }),
  option("documentation.nixos.enable", {
    platforms: ["nixos"],
    type: BOOL,
    default: "true",
    summary: "Builds the NixOS manual for this configuration.",
    details: "Takes one to two minutes and 1 GB of memory whenever options change; servers can do without.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/misc/documentation.nix")],
  }),
  option("environment.noXlibs", {
    platforms: ["nixos"],
    type: BOOL,
    default: "false",
    removed: "It made many packages differ from those in the binary cache.",
    summary: "Removed: builds without X libraries.",
    sources: [issue("hercules-ci/arion#124", "cache misses")],
  }),
  option("hardware.facter.reportPath", {
    platforms: ["nixos"],
    type: nullOr({ kind: "path" }),
    default: "null",
    summary: "Hardware report of nixos-facter.",
    details: "Read here for threads and memory of the host.",
    sources: [
      code("nix-community/nixos-facter-modules", "modules/nixos/facter.nix"),
      tested("report format of nixos-facter"),
    ],
  }),
  option("boot.kernelParams", {
    platforms: ["nixos"],
    type: listOf(STRING),
    default: "[ ]",
    summary: "Kernel command line.",
    details:
      "`zswap.enabled=1` beside zram compresses pages twice; `mitigations=off` speeds builds up by some per cent and weakens isolation; `psi=1` is what oomd needs.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/system/boot/kernel.nix")],
  }),
];
