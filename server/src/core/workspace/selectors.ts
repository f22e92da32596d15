// Which attribute paths are build-related, under any prefix. The collector walks values along these patterns.
// `*` is any one name, `**` everything below, `[]` a list level; quotes keep a dot within a name.

import { BUILDER_ATTRIBUTES } from "../catalogue/builderAttributes.js";
import { OPTIONS } from "../catalogue/options.js";

/** Options whose sets and lists are reported whole as well as by their leaves: free sets, submodules, lists of them. */
const WHOLE: readonly string[] = [
  "nix.settings",
  "nixConfig",
  "nix.buildMachines",
  "nix.buildMachines.[]",
  "determinateNix.buildMachines",
  "determinateNix.buildMachines.[]",
  "determinateNix.customSettings",
  "nix.gc.interval",
  "nix.optimise.interval",
  "swapDevices",
  "swapDevices.[]",
  "nixpkgs.hostPlatform",
  "nixpkgs.buildPlatform",
  "nixpkgs.localSystem",
];

/** Units that build, or hold what builds. */
const UNIT_KINDS: readonly string[] = ["services", "slices", "sockets", "user.services", "user.slices"];
const UNITS: readonly string[] = UNIT_KINDS.flatMap((kind) =>
  ["nix-daemon", "nix-build", "nix"].map((unit) => `systemd.${kind}.${unit}`),
);

const LEAVES: readonly string[] = [
  "nix.settings.*",
  "nixConfig.*",
  "nix.gc.**",
  "nix.optimise.**",
  "nix.linux-builder.**",
  "nix.buildMachines.[].*",
  "determinateNix.buildMachines.[].*",
  "determinateNix.customSettings.*",
  "determinateNix.determinateNixd.**",
  ...[
    ...["maxJobs", "buildCores", "autoOptimiseStore", "binaryCaches", "trustedUsers", "systemFeatures", "useSandbox"],
    ...["trustedBinaryCaches", "binaryCachePublicKeys", "sandboxPaths", "requireSignedBinaryCaches", "allowedUsers"],
    ...["extraOptions", "distributedBuilds", "daemonCPUSchedPolicy", "daemonIOSchedClass", "daemonIOSchedPriority"],
    ...["daemonNiceLevel", "daemonIONiceLevel", "daemonProcessType", "daemonIOLowPriority", "nrBuildUsers"],
    ...[
      "enable",
      "package",
      "checkConfig",
      "checkAllErrors",
      "useChroot",
      "chrootDirs",
      "readOnlyStore",
      "daemonIONice",
    ],
  ].map((name) => `nix.${name}`),
  "zramSwap.**",
  "boot.tmp.**",
  "boot.tmpOnTmpfs",
  "boot.tmpOnTmpfsSize",
  "boot.cleanTmpDir",
  "boot.kernel.sysctl.vm*",
  "boot.kernelParams",
  "boot.readOnlyNixStore",
  "environment.noXlibs",
  "swapDevices.[].**",
  ...UNITS.map((unit) => `${unit}.**`),
  "systemd.slices.*.sliceConfig.*",
  "systemd.oomd.**",
  "services.earlyoom.**",
  "programs.ccache.**",
  ...["cores", "memorySize", "diskSize"].map((name) => `virtualisation.${name}`),
  ...["hostPlatform", "localSystem", "buildPlatform", "crossSystem"].flatMap((platform) =>
    ["arch", "tune", "abi", "cpu", "fpu"].flatMap((key) => [
      `nixpkgs.${platform}.gcc.${key}`,
      `${platform}.gcc.${key}`,
    ]),
  ),
  "gcc.arch",
  "gcc.tune",
  "nixpkgs.system",
  ...["cudaSupport", "rocmSupport", "cudaCapabilities", "cudaForwardCompat"].flatMap((name) => [
    `nixpkgs.config.${name}`,
    `config.${name}`,
    name,
  ]),
  "nixpkgs.config.replaceStdenv",
  "nixpkgs.config.enableParallelBuildingByDefault",
  "powerManagement.cpuFreqGovernor",
  "documentation.man.generateCaches",
  "hardware.facter.reportPath",
  'fileSystems."/tmp".*',
  'environment.etc."nix/nix.conf".text',
  'environment.etc."nix/nix.custom.conf".text',
  "environment.variables.NIX_CONFIG",
  "environment.sessionVariables.NIX_CONFIG",
  "NIX_CONFIG",
];

/**
 * Options on the way to those above whose type is a set: a definition of one is a definition as a whole, with a priority of its own.
 * Sources: nixpkgs nixos/modules/config/nix.nix, sysctl.nix, system/boot/systemd.nix, system/etc/etc.nix, tasks/filesystems.nix.
 */
const SETS: Readonly<Record<"submodule" | "attrsOf", readonly string[]>> = {
  submodule: [
    "nix.settings",
    "boot.kernel.sysctl",
    "determinateNix.customSettings",
    "systemd.oomd.settings.OOM",
    'fileSystems."/tmp"',
    'environment.etc."nix/nix.conf"',
    'environment.etc."nix/nix.custom.conf"',
    'environment.etc."nix/machines"',
    ...UNITS,
    "swapDevices.[]",
    "nix.buildMachines.[]",
    "determinateNix.buildMachines.[]",
  ],
  attrsOf: [
    "fileSystems",
    "environment.etc",
    "environment.variables",
    "environment.sessionVariables",
    ...UNIT_KINDS.map((kind) => `systemd.${kind}`),
    ...UNITS.flatMap((unit) => ["serviceConfig", "sliceConfig", "environment"].map((set) => `${unit}.${set}`)),
    "systemd.slices.*.sliceConfig",
  ],
};

/** Settings that are reported wherever a set holds them, since a set may be handed on to `nix.settings` later. */
const LOOSE_SETTINGS: readonly string[] = [
  ...["max-jobs", "cores", "http-connections", "max-substitution-jobs", "auto-optimise-store", "substituters"],
  ...["extra-substituters", "trusted-substituters", "trusted-users", "extra-trusted-users", "system-features"],
  ...["extra-system-features", "build-dir", "use-cgroups", "keep-outputs", "keep-derivations", "keep-going"],
  ...["keep-failed", "keep-build-log", "keep-env-derivations", "min-free", "max-free", "builders-use-substitutes"],
  ...["maxJobs", "speedFactor", "supportedFeatures", "mandatoryFeatures"],
];

/** Attributes of packages and overrides, at any level. */
const PACKAGE_ATTRIBUTES: readonly string[] = [
  ...["CARGO_PROFILE_*", "CARGO_BUILD_JOBS", "CARGO_BUILD_RUSTFLAGS", "CARGO_INCREMENTAL", "CARGO_TARGET_*"],
  ...["RUSTFLAGS", "NODE_OPTIONS", "GOMAXPROCS", "GOFLAGS", "GOMEMLIMIT", "GOAMD64", "NIX_BUILD_CORES", "ninjaFlags"],
  ...["enableParallelBuilding", "enableParallelChecking", "enableParallelInstalling", "NIX_CFLAGS_COMPILE"],
  ...["NIX_CXXFLAGS_COMPILE", "NIX_CFLAGS_LINK", "NIX_RUSTFLAGS", "cargoBuildFlags", "buildType", "cargoBuildType"],
  ...["MAKEFLAGS", "makeFlags", "requiredSystemFeatures", "preferLocalBuild", "allowSubstitutes", "hardeningDisable"],
  ...["CMAKE_BUILD_PARALLEL_LEVEL", "MAX_JOBS", "NVCC_THREADS", "TMPDIR", "dontStrip", "separateDebugInfo", "doCheck"],
  ...["NIX_ENFORCE_NO_NATIVE", "ltoSupport", "pgoSupport", "maxBuildCores"],
];

/** Options that are asked about and nobody wants to see listed: what names builders, shows a desktop, or makes builds longer. */
const PRECONDITIONS: readonly string[] = [
  'environment.etc."nix/machines".text',
  'environment.etc."nix/machines".source',
  "programs.fish.enable",
  "documentation.man.cache.enable",
  "services.xserver.enable",
  ...["plasma5", "plasma6", "gnome", "cosmic", "xfce", "cinnamon", "mate", "budgie", "pantheon", "lxqt"].flatMap(
    (name) => [`services.desktopManager.${name}.enable`, `services.xserver.desktopManager.${name}.enable`],
  ),
  ...["hyprland", "sway", "niri", "river", "wayfire", "labwc"].map((name) => `programs.${name}.enable`),
];
const PRECONDITION_PATHS: ReadonlySet<string> = new Set(PRECONDITIONS.map((path) => path.replaceAll('"', "")));

/** True for an option that is looked at on hosts' behalf only: no definition of it is reported or edited. */
export function isPrecondition(path: readonly string[]): boolean {
  return PRECONDITION_PATHS.has(path.join("."));
}

/** Options of the catalogue whose values are functions or whole trees: nothing to print, nothing to compare. */
const NOT_REPORTED: ReadonlySet<string> = new Set(["nixpkgs.overlays", "nix.registry", "boot.kernel.sysctl"]);

interface PatternNode {
  readonly names: Map<string, PatternNode>;
  /** Names that begin so (`CARGO_PROFILE_*`), longest text first. */
  readonly beginnings: [string, PatternNode][];
  any?: PatternNode;
  /** Everything below is reported by its leaves. */
  deep?: boolean;
  leaf?: boolean;
  whole?: boolean;
  /** The type of the option that it is, if that is a set. */
  set?: keyof typeof SETS;
}

/** A place in the patterns, begun at element `anchor` of the path walked. */
export interface PatternState {
  readonly node: PatternNode;
  readonly anchor: number;
}

function newNode(): PatternNode {
  return { names: new Map(), beginnings: [] };
}

function child(node: PatternNode, element: string): PatternNode {
  if (element === "*") {
    node.any ??= newNode();
    return node.any;
  }
  if (element.endsWith("*")) {
    const text = element.slice(0, -1);
    const known = node.beginnings.find(([beginning]) => beginning === text)?.[1];
    const next = known ?? newNode();
    if (known === undefined) node.beginnings.push([text, next]);
    return next;
  }
  const next = node.names.get(element) ?? newNode();
  node.names.set(element, next);
  return next;
}

function add(path: readonly string[], mark: "leaf" | "whole"): void {
  let node = ROOT;
  for (const element of path) {
    if (element === "**") {
      node.deep = true;
      return;
    }
    node = child(node, element);
  }
  node[mark] = true;
}

/** `a."b.c".*` as path elements. */
function elementsOf(pattern: string): string[] {
  return [...pattern.matchAll(/"([^"]*)"|([^.]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

const ROOT = newNode();
for (const pattern of WHOLE) add(elementsOf(pattern), "whole");
for (const pattern of [...LEAVES, ...LOOSE_SETTINGS, ...PACKAGE_ATTRIBUTES, ...PRECONDITIONS])
  add(elementsOf(pattern), "leaf");
for (const { path } of OPTIONS) if (!NOT_REPORTED.has(path.join("."))) add(path, "leaf");
for (const { name } of BUILDER_ATTRIBUTES) add([name], "leaf");
for (const set of ["submodule", "attrsOf"] as const)
  for (const pattern of SETS[set]) elementsOf(pattern).reduce(child, ROOT).set = set;

/** True for a name that options begin with, so that a set of that name is looked into. */
export function beginsOptions(name: string): boolean {
  const node = ROOT.names.get(name);
  return node !== undefined && (node.deep === true || node.names.size > 0);
}

/** The states after the path element at `index`. With `begins`, a pattern may begin at this element too. */
export function advance(
  states: readonly PatternState[],
  element: string,
  index: number,
  begins: boolean,
): readonly PatternState[] {
  if (states.length === 0 && !begins) return states;
  const result: PatternState[] = [];
  for (const state of states) {
    if (state.node.deep) result.push(state);
    step(state.node, element, state.anchor, result);
  }
  if (begins) step(ROOT, element, index, result);
  return result;
}

function step(node: PatternNode, element: string, anchor: number, result: PatternState[]): void {
  const named = node.names.get(element);
  if (named !== undefined) result.push({ node: named, anchor });
  if (element === "[]") return;
  for (const [beginning, next] of node.beginnings)
    if (element.startsWith(beginning)) result.push({ node: next, anchor });
  if (node.any !== undefined) result.push({ node: node.any, anchor });
}

/** What a path is, by the pattern that begins earliest. */
export interface Selected {
  /** Where the option path begins in the path walked. */
  readonly anchor: number;
  /** True if sets and lists are reported whole here. */
  readonly whole: boolean;
  /** True for a pattern of one element, which may stand anywhere (`RUSTFLAGS`, `max-jobs`). */
  readonly loose: boolean;
}

/** `length`: of the path walked. Undefined if nothing is reported there. */
export function selected(states: readonly PatternState[], length: number): Selected | undefined {
  let best: Selected | undefined;
  for (const { node, anchor } of states) {
    if (!node.leaf && !node.deep && !node.whole) continue;
    if (best === undefined || anchor < best.anchor || (anchor === best.anchor && node.whole && !best.whole))
      best = { anchor, whole: node.whole === true, loose: length - anchor === 1 && node.whole !== true };
  }
  return best;
}

/** How definitions of the set that stands here are merged; undefined where it is no option itself, or not of a set's type. */
export function mergedAs(states: readonly PatternState[]): keyof typeof SETS | undefined {
  for (const { node } of states) if (node.set !== undefined) return node.set;
  return undefined;
}

/** True if an option's path leads through a set by type, from `length` names on. */
export function isBelowSet(option: readonly string[], length: number): boolean {
  let states: readonly PatternState[] = [];
  return option.some((name, i) => {
    states = advance(states, name, i, i === 0);
    return i + 1 >= length && i + 1 < option.length && mergedAs(states) !== undefined;
  });
}

/** True if a pattern reaches further down: what stands here and is not known may hold settings. */
export function leadsOn(states: readonly PatternState[]): boolean {
  return states.some(({ node }) => node.deep || node.any || node.names.size > 0 || node.beginnings.length > 0);
}
