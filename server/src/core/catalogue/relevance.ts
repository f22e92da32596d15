// Which files are worth parsing: a text that matches none of this sets nothing that the catalogue knows.
// Most names are rare enough to be looked for as they are; names that prose and shell code use too count only where
// they are bound, and the most common ones only inside `nix`.
import { BUILDER_ATTRIBUTES } from "./builderAttributes.js";
import { KNOWN_NAMES } from "./knownNames.js";
import { OPTIONS } from "./options.js";
import { SETTINGS } from "./settings.js";
import { escapeRegExp } from "../text/regExp.js";
import type { WordExpression } from "../text/wordSearch.js";

/** Too common to tell anything: a file that sets one of them also names `nix`, `nixConfig` or another setting. */
const ONLY_INSIDE_NIX: ReadonlySet<string> = new Set(["timeout", "store", "system", "include", "!include", "repeat"]);

/** Counted only where something is bound to them: `cores = ...`. */
const ONLY_BOUND: ReadonlySet<string> = new Set([
  "TMPDIR",
  "builders",
  "cmakeFlags",
  "cores",
  "fallback",
  "gc",
  "gcc",
  "ccache",
  "makeFlags",
  "npmFlags",
  "sandbox",
  "substitute",
]);

/** Names of options that occur next to nowhere else; every option's path holds one, or matches `PATHS`. */
const OPTION_WORDS = [
  "buildMachines",
  "cleanOnBoot",
  "cleanTmpDir",
  "cpuFreqGovernor",
  "customSettings",
  "daemonCPUSchedPolicy",
  "daemonIOLowPriority",
  "daemonIONice",
  "daemonIONiceLevel",
  "daemonIOSchedClass",
  "daemonIOSchedPriority",
  "daemonNiceLevel",
  "daemonProcessType",
  "darwin-builder",
  "determinateNix",
  "diskSize",
  "distributedBuilds",
  "earlyoom",
  "enableParallelBuildingByDefault",
  "generateCaches",
  "linux-builder",
  "maxJobs",
  "memorySize",
  "nix-build",
  "nix-daemon",
  "nixConfig",
  "noXlibs",
  "nrBuildUsers",
  "oomd",
  "optimise",
  "readOnlyNixStore",
  "readOnlyStore",
  "replaceStdenv",
  "reportPath",
  "speedFactor",
  "supportedFeatures",
  "swapDevices",
  "tmpOnTmpfs",
  "tmpOnTmpfsSize",
  "tmpfsHugeMemoryPages",
  "tmpfsSize",
  "useTmpfs",
  "useZram",
  "zramSettings",
  "zramSwap",
  "zswap",
] as const;

/** What no single name gives away. */
const PATHS: readonly WordExpression[] = [
  // `nix = { ... }` but not a flake's input of that name
  { words: ["nix"], pattern: String.raw`(?<![\w'".-])nix\s*=\s*\{(?!\s*(?:url|inputs|flake)\b)` },
  {
    words: ["nix"],
    pattern: String.raw`\bnix\.(?:settings|gc|package|enable|channel|registry|nixPath|extraOptions|check)`,
  },
  { words: ["nix"], pattern: String.raw`(?<![\w'".-])nix\s*=\s*(?:lib\.mk|mk|with|let|config|rec|\()` },
  { words: ["systemd"], pattern: String.raw`\bsystemd\.(?:user\.)?(?:services|slices|sockets)\.nix[.\s=]` },
  { words: ["documentation"], pattern: String.raw`\bdocumentation(?:\.(?:man|nixos)\b|\s*=\s*\{)` },
  { words: ["gcc"], pattern: String.raw`\bgcc\.(?:arch|tune|cpu|abi|fpu)\b` },
  { words: ["ccache"], pattern: String.raw`\bccache\.` },
  { words: ["boot"], pattern: String.raw`\bboot\.tmp\b` },
  { words: ["tmp"], pattern: String.raw`\btmp\s*=\s*\{` },
  { words: ["gccarch"], pattern: "gccarch-" },
  { words: ["ManagedOOM*"], pattern: "ManagedOOM" },
  { words: ["CARGO_PROFILE_*", "CARGO_TARGET_*"], pattern: "CARGO_(?:PROFILE|TARGET)_" },
  { words: ["max"], pattern: "--max-old-space-size", before: 2 },
  { words: ["fuse"], pattern: "-fuse-ld=", before: 1 },
  { words: ["march"], pattern: "-march=", before: 1 },
];

const NAMES: readonly string[] = [
  ...SETTINGS.flatMap((fact) => [fact.name, ...fact.aliases]),
  ...KNOWN_NAMES.keys(),
  ...OPTIONS.flatMap((fact) =>
    fact.renamedTo !== undefined && fact.path.length === 2 && fact.path[0] === "nix" ? [fact.path.at(-1) ?? ""] : [],
  ),
  ...OPTIONS.flatMap((fact) => (fact.path[2] === "sysctl" ? fact.path.slice(3) : [])),
  ...BUILDER_ATTRIBUTES.map((fact) => fact.name).filter((name) => !name.includes("*")),
  ...OPTION_WORDS,
].filter((name) => !ONLY_INSIDE_NIX.has(name));

const WORDS: readonly string[] = [...new Set(NAMES)].filter((name) => !ONLY_BOUND.has(name)).sort();

/** The words of which a file holds at least one if it sets something the catalogue knows; `RELEVANT_EXPRESSIONS` is sharper. */
export function relevantWords(): readonly string[] {
  return [...WORDS, ...ONLY_BOUND, "nix", "documentation"];
}

/** The first run of letters in a name. */
function firstWord(name: string): string {
  return name.match(/\w+/)?.[0] ?? "";
}

/** Words of files that define or override packages; rules about packages look at these files too. */
const PACKAGE_WORDS = [
  ...[
    "overrideAttrs",
    "overridePythonAttrs",
    "overrideDerivation",
    "mkDerivation",
    "buildRustPackage",
    "buildRustCrate",
  ],
  ...["buildGoModule", "buildGoPackage", "buildNpmPackage", "buildPythonPackage", "buildPythonApplication", "craneLib"],
  ...["crane", "naersk", "buildMozillaMach", "callCabal2nix", "haskellPackages", "useMoldLinker", "ccacheStdenv"],
  ...["ccacheWrapper", "writeRustBin"],
];

/** What a Nix text holds where it sets something that the catalogue knows, or builds a package. */
export const RELEVANT_EXPRESSIONS: readonly WordExpression[] = [
  {
    words: ["extra", ...WORDS.map(firstWord)],
    pattern: String.raw`(?<![\w'-])(?:extra-)?(?:${WORDS.map(escapeRegExp).join("|")})(?![\w'-])`,
  },
  {
    words: [...ONLY_BOUND],
    pattern: String.raw`(?<![\w'-])(?:${[...ONLY_BOUND].map(escapeRegExp).join("|")})"?\s*=(?!=)`,
  },
  ...PATHS,
  { words: ["override"], pattern: String.raw`\.override\b`, before: 1 },
  { words: PACKAGE_WORDS, pattern: String.raw`(?:${PACKAGE_WORDS.join("|")})\b` },
];
