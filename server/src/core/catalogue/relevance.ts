// Which files are worth parsing: a text that matches none of this sets nothing that the catalogue knows.
// Most names are rare enough to be looked for as they are; names that prose and shell code use too count only where
// they are bound, and the most common ones only inside `nix`.
import { BUILDER_ATTRIBUTES } from "./builderAttributes.js";
import { KNOWN_NAMES } from "./knownNames.js";
import { OPTIONS } from "./options.js";
import { SETTINGS } from "./settings.js";

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

/** Regular expressions for what no single word gives away. */
const PATHS = [
  // `nix = { ... }` but not a flake's input of that name
  String.raw`(?<![\w'".-])nix\s*=\s*\{(?!\s*(?:url|inputs|flake)\b)`,
  String.raw`\bnix\.(?:settings|gc|package|enable|channel|registry|nixPath|extraOptions|check)`,
  String.raw`(?<![\w'".-])nix\s*=\s*(?:lib\.mk|mk|with|let|config|rec|\()`,
  String.raw`\bsystemd\.(?:user\.)?(?:services|slices|sockets)\.nix[.\s=]`,
  String.raw`\bdocumentation(?:\.(?:man|nixos)\b|\s*=\s*\{)`,
  String.raw`\bgcc\.(?:arch|tune|cpu|abi|fpu)\b`,
  String.raw`\bccache\.`,
  String.raw`\bboot\.tmp\b|\btmp\s*=\s*\{`,
  "gccarch-",
  "ManagedOOM",
  "CARGO_(?:PROFILE|TARGET)_",
  "--max-old-space-size",
  "-fuse-ld=",
  "-march=",
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

/** The words of which a file holds at least one if it sets something the catalogue knows; `mayMatter` is sharper. */
export function relevantWords(): readonly string[] {
  return [...WORDS, ...ONLY_BOUND, "nix", "documentation"];
}

const MATTERS = new RegExp(
  [
    String.raw`(?<![\w'-])(?:extra-)?(?:${WORDS.map(escaped).join("|")})(?![\w'-])`,
    String.raw`(?<![\w'-])(?:${[...ONLY_BOUND].map(escaped).join("|")})"?\s*=(?!=)`,
    ...PATHS,
  ].join("|"),
);

/** Whether the text may set something the catalogue knows: one pass, without parsing. */
export function mayMatter(text: string): boolean {
  return MATTERS.test(text);
}

/** Words of files that define or override packages; rules about packages look at these files too. */
const PACKAGE_WORDS =
  /\.override\b|\b(?:overrideAttrs|overridePythonAttrs|overrideDerivation|mkDerivation|buildRustPackage|buildRustCrate|buildGoModule|buildGoPackage|buildNpmPackage|buildPythonPackage|buildPythonApplication|craneLib|crane|naersk|buildMozillaMach|callCabal2nix|haskellPackages|useMoldLinker|ccacheStdenv|ccacheWrapper|writeRustBin)\b/;

/** Whether the text may define or override a package. */
export function mayBuildPackages(text: string): boolean {
  return PACKAGE_WORDS.test(text);
}

const EVERYWHERE = new RegExp(`${MATTERS.source}|${PACKAGE_WORDS.source}`, "g");

/** Offsets of all places in the text that may set something the catalogue knows, or build a package. */
export function relevantOffsets(text: string): number[] {
  return [...text.matchAll(EVERYWHERE)].map(({ index }) => index);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
