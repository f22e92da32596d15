// Which files are worth parsing: those whose text names something build-related. About one file in fifteen does.
import { baseName } from "./paths.js";
import type { FilePath } from "../text/range.js";

/** Words of which at least one stands in every file that configures Nix, builds packages or declares hosts. */
const WORDS: readonly string[] = [
  ...[
    "(?<![\\w'./-])nix(?=\\s*[.=])",
    "nixConfig",
    "settings",
    "max-jobs",
    "extraOptions",
    "buildMachines",
    "nixosConfigurations",
  ],
  ...[
    "darwinConfigurations",
    "homeConfigurations",
    "maxJobs",
    "buildCores",
    "swapDevices",
    "zramSwap",
    "tmpfs",
    "Tmpfs",
  ],
  ...[
    "TmpDir",
    "cleanOnBoot",
    "useZram",
    "vm\\.",
    "nix-daemon",
    "oomd",
    "earlyoom",
    "ccache",
    "memorySize",
    "diskSize",
  ],
  ...["cores", "gcc\\.", "hostPlatform", "cudaSupport", "rocmSupport", "cudaCapabilities", "CARGO_", "RUSTFLAGS"],
  ...["NODE_OPTIONS", "GOMAXPROCS", "GOFLAGS", "GOMEMLIMIT", "NIX_BUILD_CORES", "enableParallel", "ninjaFlags"],
  ...["NIX_CFLAGS", "NIX_CXXFLAGS", "cargoBuildFlags", "buildType", "BuildType", "MAKEFLAGS", "makeFlags"],
  ...["requiredSystemFeatures", "preferLocalBuild", "allowSubstitutes", "hardeningDisable", "MAX_JOBS", "TMPDIR"],
  ...[
    "dontStrip",
    "separateDebugInfo",
    "doCheck",
    "NIX_ENFORCE_NO_NATIVE",
    "overrideAttrs",
    "mkDerivation",
    "\\.override",
  ],
  ...[
    "buildRustPackage",
    "buildPackage",
    "buildGo",
    "buildNpm",
    "buildPython",
    "overridePython",
    "NIX_CONFIG",
    "substituters",
  ],
  ...[
    "trusted-users",
    "keep-outputs",
    "keep-derivations",
    "min-free",
    "max-free",
    "nix\\.gc",
    "optimise",
    "linux-builder",
  ],
  ...["distributedBuilds", "daemonCPU", "daemonIO", "daemonProcess", "determinateNix", "system-features", "automatic"],
  ...["mkYarnPackage", "buildPnpm", "developPackage", "buildMozillaMach", "supportedFeatures", "speedFactor"],
];
const RELEVANT = new RegExp(WORDS.join("|"));
const EACH_RELEVANT = new RegExp(RELEVANT, "g");

/** True for a Nix file that may hold something build-related. */
export function isRelevant(path: FilePath, text: string): boolean {
  return path.endsWith(".nix") && RELEVANT.test(text);
}

/** Where something build-related may be named in a Nix text. */
export function relevantOffsets(text: string): number[] {
  return [...text.matchAll(EACH_RELEVANT)].map(({ index }) => index);
}

export function isNixConf(path: FilePath): boolean {
  const name = baseName(path);
  return name === "nix.conf" || name === "nix.custom.conf";
}
