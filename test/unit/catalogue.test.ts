import assert from "node:assert/strict";
import { BUILDER_ATTRIBUTES } from "../../server/src/core/catalogue/builderAttributes.js";
import { describedNames, describeName, factBody, factHead, nameOf } from "../../server/src/core/catalogue/describe.js";
import { EVIDENCE } from "../../server/src/core/catalogue/evidence.js";
import { KNOWN_NAMES } from "../../server/src/core/catalogue/knownNames.js";
import { canonicalSettingName, findOption, findSetting } from "../../server/src/core/catalogue/lookup.js";
import { OPTIONS } from "../../server/src/core/catalogue/options.js";
import { SETTINGS } from "../../server/src/core/catalogue/settings.js";
import type { Source } from "../../server/src/core/catalogue/source.js";
import { SERVICE_KEYS, SLICE_KEYS } from "../../server/src/core/catalogue/systemdKeys.js";

/** Every setting that the catalogue promises to describe, by its name of today. */
const PROMISED_SETTINGS = `
max-jobs cores timeout max-silent-time http-connections max-substitution-jobs connect-timeout stalled-download-timeout
download-attempts filetransfer-retry-attempts download-speed download-buffer-size http2 http3 substituters
trusted-public-keys trusted-substituters narinfo-cache-negative-ttl narinfo-cache-positive-ttl narinfo-cache-meta-ttl
builders builders-use-substitutes always-allow-substitutes substitute fallback build-dir sandbox sandbox-paths
sandbox-dev-shm-size sandbox-fallback use-cgroups auto-allocate-uids start-id id-count build-users-group
auto-optimise-store keep-outputs keep-derivations keep-env-derivations min-free max-free min-free-check-interval
gc-reserved-space fsync-metadata fsync-store-paths sync-before-registering system-features extra-platforms
preallocate-contents compress-build-log keep-build-log log-lines max-build-log-size eval-cache max-call-depth
allow-import-from-derivation trace-import-from-derivation nar-buffer-size warn-large-path-threshold tarball-ttl
post-build-hook accept-flake-config lazy-trees eval-cores repeat enforce-determinism keep-going keep-failed
experimental-features trusted-users allowed-users require-sigs
`
  .trim()
  .split(/\s+/);

/** Old names of settings, and what they stand for. */
const PROMISED_ALIASES: Readonly<Record<string, string>> = {
  "build-max-jobs": "max-jobs",
  "build-cores": "cores",
  "build-timeout": "timeout",
  "build-max-silent-time": "max-silent-time",
  "binary-caches-parallel-connections": "http-connections",
  "substitution-max-jobs": "max-substitution-jobs",
  "binary-caches": "substituters",
  "binary-cache-public-keys": "trusted-public-keys",
  "trusted-binary-caches": "trusted-substituters",
  "build-use-substitutes": "substitute",
  "build-fallback": "fallback",
  "build-use-chroot": "sandbox",
  "build-use-sandbox": "sandbox",
  "build-chroot-dirs": "sandbox-paths",
  "build-sandbox-paths": "sandbox-paths",
  "gc-keep-outputs": "keep-outputs",
  "gc-keep-derivations": "keep-derivations",
  "env-keep-derivations": "keep-env-derivations",
  "build-compress-log": "compress-build-log",
  "extra-substituters": "extra-substituters",
  "extra-binary-caches": "extra-substituters",
  "extra-sandbox-paths": "extra-sandbox-paths",
  "extra-build-sandbox-paths": "extra-sandbox-paths",
};

/** One path for each promised option; list levels are `[]`. */
const PROMISED_OPTIONS = `
nix.settings nix.settings.max-jobs nix.settings.cores nix.settings.auto-optimise-store nix.settings.sandbox
nix.settings.extra-sandbox-paths nix.settings.substituters nix.settings.trusted-substituters nix.settings.require-sigs
nix.settings.trusted-public-keys nix.settings.trusted-users nix.settings.system-features nix.settings.allowed-users
nix.settings.extra-system-features nix.settings.min-free nix.extraOptions nix.checkConfig nix.checkAllErrors
nix.useSandbox nix.buildCores nix.maxJobs nix.sandboxPaths nix.binaryCaches nix.trustedBinaryCaches
nix.binaryCachePublicKeys nix.autoOptimiseStore nix.requireSignedBinaryCaches nix.trustedUsers nix.allowedUsers
nix.systemFeatures nix.useChroot nix.chrootDirs nix.daemonCPUSchedPolicy nix.daemonIOSchedClass
nix.daemonIOSchedPriority nix.daemonNiceLevel nix.daemonIONiceLevel nix.daemonProcessType nix.daemonIOLowPriority
nix.nrBuildUsers nix.distributedBuilds nix.buildMachines nix.buildMachines.[].hostName nix.buildMachines.[].protocol
nix.buildMachines.[].system nix.buildMachines.[].systems nix.buildMachines.[].sshUser nix.buildMachines.[].sshKey
nix.buildMachines.[].maxJobs nix.buildMachines.[].speedFactor nix.buildMachines.[].supportedFeatures
nix.buildMachines.[].mandatoryFeatures nix.buildMachines.[].publicHostKey nix.gc.automatic nix.gc.dates nix.gc.options
nix.gc.interval nix.optimise.automatic nix.optimise.dates nix.channel.enable nix.registry nix.nixPath nix.enable
nix.readOnlyStore nix.linux-builder.maxJobs nix.linux-builder.speedFactor nix.linux-builder.supportedFeatures
nix.linux-builder.config.virtualisation.cores nix.linux-builder.config.virtualisation.darwin-builder.memorySize
nix.linux-builder.config.virtualisation.darwin-builder.diskSize nixConfig nixConfig.cores
determinateNix.customSettings determinateNix.customSettings.eval-cores determinateNix.buildMachines
determinateNix.buildMachines.[].maxJobs determinateNix.determinateNixd.builder.state
zramSwap.enable zramSwap.algorithm zramSwap.memoryPercent zramSwap.memoryMax zramSwap.priority zramSwap.swapDevices
zramSwap.writebackDevice zramSwap.numDevices boot.tmp.useTmpfs boot.tmp.tmpfsSize boot.tmp.cleanOnBoot
boot.tmp.tmpfsHugeMemoryPages boot.tmp.useZram boot.tmp.zramSettings.zram-size
boot.tmp.zramSettings.compression-algorithm boot.tmp.zramSettings.fs-type boot.tmp.zramSettings.options
boot.tmpOnTmpfs boot.tmpOnTmpfsSize boot.cleanTmpDir swapDevices swapDevices.[].device swapDevices.[].size
swapDevices.[].priority systemd.oomd.enable systemd.oomd.enableRootSlice systemd.oomd.enableSystemSlice
systemd.oomd.enableUserSlices systemd.oomd.enableUserServices systemd.oomd.extraConfig
services.earlyoom.enable services.earlyoom.freeMemThreshold services.earlyoom.freeSwapThreshold
services.earlyoom.freeMemKillThreshold services.earlyoom.extraArgs programs.ccache.enable programs.ccache.cacheDir
programs.ccache.packageNames powerManagement.cpuFreqGovernor nixpkgs.hostPlatform nixpkgs.hostPlatform.gcc.arch
nixpkgs.hostPlatform.gcc.tune nixpkgs.buildPlatform nixpkgs.localSystem.gcc.arch nixpkgs.system
nixpkgs.config.cudaSupport nixpkgs.config.cudaCapabilities nixpkgs.config.rocmSupport nixpkgs.config.replaceStdenv
nixpkgs.config.enableParallelBuildingByDefault documentation.man.generateCaches
systemd.services.nix-daemon.serviceConfig.MemoryHigh systemd.services.nix-daemon.serviceConfig.MemoryMax
systemd.services.nix-daemon.serviceConfig.MemorySwapMax systemd.services.nix-daemon.serviceConfig.CPUQuota
systemd.services.nix-daemon.serviceConfig.CPUWeight systemd.services.nix-daemon.serviceConfig.IOWeight
systemd.services.nix-daemon.serviceConfig.OOMScoreAdjust systemd.services.nix-daemon.serviceConfig.Nice
systemd.services.nix-daemon.serviceConfig.Slice systemd.services.nix-daemon.serviceConfig.ProtectHome
systemd.services.nix-daemon.environment.TMPDIR systemd.slices.nix-build.sliceConfig.MemoryMax
systemd.sockets.nix-daemon.socketConfig.FileDescriptorName
virtualisation.cores virtualisation.memorySize virtualisation.diskSize
`
  .trim()
  .split(/\s+/);

const PROMISED_ATTRIBUTES = `
CARGO_PROFILE_RELEASE_LTO CARGO_PROFILE_RELEASE_CODEGEN_UNITS CARGO_PROFILE_DIST_OPT_LEVEL CARGO_BUILD_JOBS
CARGO_BUILD_RUSTFLAGS CARGO_INCREMENTAL CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER
CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS RUSTFLAGS NODE_OPTIONS GOMAXPROCS GOFLAGS GOMEMLIMIT NIX_BUILD_CORES
enableParallelBuilding enableParallelChecking enableParallelInstalling ninjaFlags NIX_CFLAGS_COMPILE
NIX_CXXFLAGS_COMPILE NIX_RUSTFLAGS cargoBuildFlags buildType cargoBuildType MAKEFLAGS requiredSystemFeatures
preferLocalBuild allowSubstitutes hardeningDisable CMAKE_BUILD_PARALLEL_LEVEL MAX_JOBS TMPDIR dontStrip
separateDebugInfo doCheck NIX_ENFORCE_NO_NATIVE makeFlags cmakeFlags NIX_CFLAGS_LINK cudaSupport cudaCapabilities
`
  .trim()
  .split(/\s+/);

interface Sourced {
  readonly summary?: string;
  readonly sources: readonly Source[];
}

describe("catalogue tables", () => {
  it("describes every promised setting", () => {
    for (const name of PROMISED_SETTINGS) assert.equal(findSetting(name)?.name, name);
  });

  it("resolves every promised alias", () => {
    for (const [alias, name] of Object.entries(PROMISED_ALIASES)) assert.equal(canonicalSettingName(alias), name);
  });

  it("describes every promised option and attribute", () => {
    for (const path of PROMISED_OPTIONS) assert.ok(findOption(path.split(".")), path);
    for (const name of ["vm.swappiness", "vm.page-cluster", "vm.dirty_ratio", "vm.overcommit_memory"])
      assert.ok(findOption(["boot", "kernel", "sysctl", name]), name);
    for (const name of PROMISED_ATTRIBUTES) assert.ok(describeName(name), name);
  });

  it("has each name once", () => {
    const settingNames = SETTINGS.flatMap((fact) => [fact.name, ...fact.aliases]);
    assert.deepEqual(duplicates([...settingNames, ...KNOWN_NAMES.keys()]), []);
    const places = OPTIONS.flatMap((fact) =>
      fact.platforms.map((platform) => `${nameOf({ kind: "option", fact })} ${platform}`),
    );
    assert.deepEqual(duplicates(places), []);
    assert.deepEqual(duplicates(BUILDER_ATTRIBUTES.map((fact) => fact.name)), []);
    assert.deepEqual(duplicates(EVIDENCE.map((evidence) => evidence.id)), []);
  });

  it("gives a source and a sentence for every fact", () => {
    const all: [string, Sourced][] = [
      ...SETTINGS.map((fact): [string, Sourced] => [fact.name, fact]),
      ...OPTIONS.map((fact): [string, Sourced] => [fact.path.join("."), fact]),
      ...BUILDER_ATTRIBUTES.map((fact): [string, Sourced] => [fact.name, fact]),
      ...EVIDENCE.map((evidence): [string, Sourced] => [evidence.id, evidence]),
    ];
    for (const [name, fact] of all) {
      assert.ok(fact.sources.length > 0, `${name} has no source`);
      if (fact.summary !== undefined)
        assert.match(fact.summary, /^(macOS|[A-Z`*0-9]).*[.)]$/s, `${name}: ${fact.summary}`);
      for (const source of fact.sources)
        if (source.url !== undefined) assert.equal(new URL(source.url).protocol, "https:", name);
    }
  });

  it("refers to settings that exist", () => {
    for (const fact of OPTIONS)
      if (fact.setting !== undefined) assert.ok(findSetting(fact.setting), `${fact.path.join(".")}: ${fact.setting}`);
    for (const fact of SETTINGS) if (fact.renamedTo !== undefined) assert.ok(findSetting(fact.renamedTo), fact.name);
    for (const fact of OPTIONS)
      if (fact.renamedTo !== undefined) assert.ok(findOption(fact.renamedTo), fact.renamedTo.join("."));
  });

  it("has defaults that their types accept", () => {
    for (const fact of SETTINGS) {
      for (const { value } of fact.defaults) {
        if (fact.type === "bool") assert.match(value, /^(true|false)$/, fact.name);
        if (fact.type === "jobs") assert.match(value, /^(\d+|auto)$/, fact.name);
        if (fact.type === "bytes" || fact.type === "seconds") assert.match(value, /^\d+$/, fact.name);
        if (fact.type === "sandbox") assert.match(value, /^(true|relaxed|false)$/, fact.name);
      }
    }
    for (const fact of OPTIONS) {
      if (fact.default === undefined) continue;
      if (fact.type.kind === "bool") assert.match(fact.default, /^(true|false)\b/, fact.path.join("."));
      if (fact.type.kind === "enum")
        assert.ok(fact.type.values.includes(fact.default.replaceAll('"', "")), fact.path.join("."));
    }
  });

  it("orders versions of defaults from old to new", () => {
    for (const fact of SETTINGS) {
      const versions = fact.defaults.flatMap(({ since }) => (since === undefined ? [] : [Number(since.split(".")[1])]));
      assert.deepEqual(
        versions,
        [...versions].sort((a, b) => a - b),
        fact.name,
      );
    }
  });

  it("carries all nine findings with both confidences", () => {
    const nine = EVIDENCE.filter((evidence) => evidence.claimedConfidence !== undefined);
    assert.deepEqual(
      nine.map((evidence) => evidence.claimedConfidence),
      [0.9, 0.88, 0.87, 0.85, 0.83, 0.82, 0.78, 0.75, 0.72],
    );
    for (const evidence of nine) assert.ok(evidence.claim && evidence.preconditions.length > 0, evidence.id);
  });

  it("knows systemd's keys and not those that people invent", () => {
    for (const key of ["MemoryMax", "CPUQuota", "OOMScoreAdjust", "Nice", "ExecStart", "KillMode"])
      assert.ok(SERVICE_KEYS.has(key), key);
    assert.ok(SLICE_KEYS.has("MemoryHigh"));
    for (const key of ["IPEgressPriority", "IPIngressPriority", "MemoryLimitMax", "OOMScore"])
      assert.ok(!SERVICE_KEYS.has(key), key);
    assert.ok(!SLICE_KEYS.has("OOMScoreAdjust"));
  });
});

describe("catalogue pages", () => {
  it("explains a setting with its defaults, who may set it, pitfalls and linked sources", () => {
    const page = describeName("max-jobs") ?? "";
    assert.match(page, /^# max-jobs\n/);
    assert.match(page, /default `1`, `auto` \(NixOS\), `auto` \(nix-darwin\)/);
    assert.match(page, /from every user's command/);
    assert.match(page, /\*\*Pitfalls\*\*\n\n- /);
    assert.match(page, /\(https:\/\/github\.com\/NixOS\/nixpkgs\/issues\/198668\) \(issue\)/);
  });

  it("narrows a default to where it stands", () => {
    const fact = findSetting("connect-timeout");
    assert.ok(fact);
    assert.match(
      factHead({ kind: "setting", fact }, { platform: "nixos", nixVersion: "2.30" }),
      /default `5` \(NixOS, Nix 2\.30\)/,
    );
    assert.match(factHead({ kind: "setting", fact }), /default `0`, `5` \(since Nix 2\.29\), `15` \(since Nix 2\.32\)/);
  });

  it("tells what a setting means wherever it is an option", () => {
    for (const name of [
      "nix.settings.cores",
      "nix.buildCores",
      "nixConfig.cores",
      "determinateNix.customSettings.cores",
    ])
      assert.match(describeName(name) ?? "", /NIX_BUILD_CORES/, name);
    assert.match(describeName("nix.buildCores") ?? "", /Now called `nix\.settings\.cores`/);
  });

  it("finds names as people write them", () => {
    assert.match(describeName('boot.kernel.sysctl."vm.swappiness"') ?? "", /^# boot\.kernel\.sysctl\."vm\.swappiness"/);
    assert.match(describeName("nix.buildMachines.*.maxJobs") ?? "", /^# nix\.buildMachines\.\[\]\.maxJobs/);
    assert.match(describeName("env.NIX_BUILD_CORES") ?? "", /^# NIX_BUILD_CORES/);
    assert.match(describeName("codegen-units") ?? "", /founding document claims 0\.85/);
    assert.equal(describeName("no.such.thing"), undefined);
  });

  it("has a page without holes for every name it offers", () => {
    for (const name of describedNames()) {
      const page = describeName(name) ?? "";
      assert.notEqual(page, "", name);
      assert.doesNotMatch(page, /undefined|\n\n\n|· ·/, name);
      assert.match(page, /\*\*Sources\*\*/, name);
    }
  });

  it("says in one line what an attribute is", () => {
    const fact = BUILDER_ATTRIBUTES.find(({ name }) => name === "GOMEMLIMIT");
    assert.ok(fact);
    assert.equal(
      factHead({ kind: "attribute", fact }),
      "environment variable of a build, belongs under `env` · works in buildGoModule",
    );
    assert.match(factBody({ kind: "attribute", fact }), /Soft memory limit/);
  });
});

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
