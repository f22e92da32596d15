// The list of all rules, in the order of the alphabet. A new rule is one file and one line here.
import { acceptFlakeConfig } from "./accept-flake-config.js";
import { autoOptimiseOnDarwin } from "./auto-optimise-on-darwin.js";
import { buildMachinesIgnored } from "./build-machines-ignored.js";
import { builderLacksBigParallel } from "./builder-lacks-big-parallel.js";
import { buildersWithoutSubstitutes } from "./builders-without-substitutes.js";
import { buildsPreemptDesktop } from "./builds-preempt-desktop.js";
import { cacheMissesRemembered } from "./cache-misses-remembered.js";
import { ccacheInert } from "./ccache-inert.js";
import { ccacheOutsideSandbox } from "./ccache-outside-sandbox.js";
import { ccacheUnused } from "./ccache-unused.js";
import { concurrentPeaksExceedMemory } from "./concurrent-peaks-exceed-memory.js";
import { connectionsRaisedAlone } from "./connections-raised-alone.js";
import { corePackageOverlay } from "./core-package-overlay.js";
import { coresAuto } from "./cores-auto.js";
import { coresExceedBudget } from "./cores-exceed-budget.js";
import { cpuOversubscribed } from "./cpu-oversubscribed.js";
import { cpuQuotaExceedsBudget } from "./cpu-quota-exceeds-budget.js";
import { cpuUnderused } from "./cpu-underused.js";
import { craneDependenciesWithProgram } from "./crane-dependencies-with-program.js";
import { cudaCapabilitiesUnset } from "./cuda-capabilities-unset.js";
import { cudaCapabilityForm } from "./cuda-capability-form.js";
import { daemonMemoryLimitExceedsBudget } from "./daemon-memory-limit-exceeds-budget.js";
import { daemonMemoryUnlimited } from "./daemon-memory-unlimited.js";
import { daemonSchedulingConflict } from "./daemon-scheduling-conflict.js";
import { daemonTmpdirIgnored } from "./daemon-tmpdir-ignored.js";
import { determinateEvaluatesOnOneCore } from "./determinate-evaluates-on-one-core.js";
import { devShmTimesJobs } from "./dev-shm-times-jobs.js";
import { downloadBufferTuned } from "./download-buffer-tuned.js";
import { duplicateCargoJobs } from "./duplicate-cargo-jobs.js";
import { duplicateNixpkgsInputs } from "./duplicate-nixpkgs-inputs.js";
import { envOverwritten } from "./env-overwritten.js";
import { experimentalFeatureMissing } from "./experimental-feature-missing.js";
import { extraOptionsOverride } from "./extra-options-override.js";
import { fallbackOnSmallMachine } from "./fallback-on-small-machine.js";
import { fatLtoOnSmallMemory } from "./fat-lto-on-small-memory.js";
import { fewCodegenUnits } from "./few-codegen-units.js";
import { fewSubstitutionConnections } from "./few-substitution-connections.js";
import { firefoxLtoOnSmallMemory } from "./firefox-lto-on-small-memory.js";
import { genericMarch } from "./generic-march.js";
import { globalCuda } from "./global-cuda.js";
import { globalMarch } from "./global-march.js";
import { hardcodedJobs } from "./hardcoded-jobs.js";
import { heavyCheckPhase } from "./heavy-check-phase.js";
import { heavyPackageUncapped } from "./heavy-package-uncapped.js";
import { highCodegenUnits } from "./high-codegen-units.js";
import { invalidConfiguration } from "./invalid-configuration.js";
import { jobVariableIgnored } from "./job-variable-ignored.js";
import { largePathsUnnoticed } from "./large-paths-unnoticed.js";
import { legacyNixOption } from "./legacy-nix-option.js";
import { legacyPlatformOption } from "./legacy-platform-option.js";
import { linkerByPath } from "./linker-by-path.js";
import { linuxBuilderExceedsBudget } from "./linux-builder-exceeds-budget.js";
import { ltoInLocalBuild } from "./lto-in-local-build.js";
import { machineUnknown } from "./machine-unknown.js";
import { manCacheRebuilt } from "./man-cache-rebuilt.js";
import { marchNotAdvertised } from "./march-not-advertised.js";
import { maxFreeBelowMinFree } from "./max-free-below-min-free.js";
import { memoryMaxWithoutHigh } from "./memory-max-without-high.js";
import { memoryPerProcessTooSmall } from "./memory-per-process-too-small.js";
import { moldOnDarwin } from "./mold-on-darwin.js";
import { ninjaFlagsWithoutNinja } from "./ninja-flags-without-ninja.js";
import { nixconfigNeedsConsent } from "./nixconfig-needs-consent.js";
import { nixconfigNotLiteral } from "./nixconfig-not-literal.js";
import { noSwapOnSmallMemory } from "./no-swap-on-small-memory.js";
import { nodeHeapExceedsMemory } from "./node-heap-exceeds-memory.js";
import { nodeHeapUnset } from "./node-heap-unset.js";
import { nvccThreadsMultiplied } from "./nvcc-threads-multiplied.js";
import { oldHashAttribute } from "./old-hash-attribute.js";
import { oldSettingName } from "./old-setting-name.js";
import { oomMayHitSession } from "./oom-may-hit-session.js";
import { oomdWatchesNothing } from "./oomd-watches-nothing.js";
import { overriddenAlias } from "./overridden-alias.js";
import { overrideWithoutEffect } from "./override-without-effect.js";
import { parallelBuildingOff } from "./parallel-building-off.js";
import { quotedNumber } from "./quoted-number.js";
import { remoteBuilderOversubscribed } from "./remote-builder-oversubscribed.js";
import { removedOption } from "./removed-option.js";
import { removedSetting } from "./removed-setting.js";
import { renamedOption } from "./renamed-option.js";
import { replacedStdenv } from "./replaced-stdenv.js";
import { restrictedUserSetting } from "./restricted-user-setting.js";
import type { Rule } from "./rule.js";
import { sizeSuffixTooNew } from "./size-suffix-too-new.js";
import { slowLinker } from "./slow-linker.js";
import { storeNeverCollected } from "./store-never-collected.js";
import { storeOptimisedInline } from "./store-optimised-inline.js";
import { substituterWithoutKey } from "./substituter-without-key.js";
import { substitutersReplaced } from "./substituters-replaced.js";
import { substitutionOff } from "./substitution-off.js";
import { systemFeaturesReplaced } from "./system-features-replaced.js";
import { timeoutWithoutSilenceLimit } from "./timeout-without-silence-limit.js";
import { tmpOnTmpfsAndZram } from "./tmp-on-tmpfs-and-zram.js";
import { tmpfsExceedsMemory } from "./tmpfs-exceeds-memory.js";
import { tmpfsHoldsBuilds } from "./tmpfs-holds-builds.js";
import { unboundedDefaultParallelism } from "./unbounded-default-parallelism.js";
import { unfilteredSource } from "./unfiltered-source.js";
import { unknownMarch } from "./unknown-march.js";
import { unknownNinjaJobs } from "./unknown-ninja-jobs.js";
import { unknownSetting } from "./unknown-setting.js";
import { unknownUnitKey } from "./unknown-unit-key.js";
import { unusedIgnore } from "./unused-ignore.js";
import { unwrappedLinker } from "./unwrapped-linker.js";
import { variableLost } from "./variable-lost.js";
import { variableSetTwice } from "./variable-set-twice.js";
import { worldWritableBuildDir } from "./world-writable-build-dir.js";
import { zramOversized } from "./zram-oversized.js";
import { zramTmpSizeLiteral } from "./zram-tmp-size-literal.js";
import { zramUntuned } from "./zram-untuned.js";
import { zramWithZswap } from "./zram-with-zswap.js";

export const RULES: readonly Rule[] = [
  acceptFlakeConfig,
  autoOptimiseOnDarwin,
  buildMachinesIgnored,
  builderLacksBigParallel,
  buildersWithoutSubstitutes,
  buildsPreemptDesktop,
  cacheMissesRemembered,
  ccacheInert,
  ccacheOutsideSandbox,
  ccacheUnused,
  concurrentPeaksExceedMemory,
  connectionsRaisedAlone,
  corePackageOverlay,
  coresAuto,
  coresExceedBudget,
  cpuOversubscribed,
  cpuQuotaExceedsBudget,
  cpuUnderused,
  craneDependenciesWithProgram,
  cudaCapabilitiesUnset,
  cudaCapabilityForm,
  daemonMemoryLimitExceedsBudget,
  daemonMemoryUnlimited,
  daemonSchedulingConflict,
  daemonTmpdirIgnored,
  determinateEvaluatesOnOneCore,
  devShmTimesJobs,
  downloadBufferTuned,
  duplicateCargoJobs,
  duplicateNixpkgsInputs,
  envOverwritten,
  experimentalFeatureMissing,
  extraOptionsOverride,
  fallbackOnSmallMachine,
  fatLtoOnSmallMemory,
  fewCodegenUnits,
  fewSubstitutionConnections,
  firefoxLtoOnSmallMemory,
  genericMarch,
  globalCuda,
  globalMarch,
  hardcodedJobs,
  heavyCheckPhase,
  heavyPackageUncapped,
  highCodegenUnits,
  invalidConfiguration,
  jobVariableIgnored,
  largePathsUnnoticed,
  legacyNixOption,
  legacyPlatformOption,
  linkerByPath,
  linuxBuilderExceedsBudget,
  ltoInLocalBuild,
  machineUnknown,
  manCacheRebuilt,
  marchNotAdvertised,
  maxFreeBelowMinFree,
  memoryMaxWithoutHigh,
  memoryPerProcessTooSmall,
  moldOnDarwin,
  ninjaFlagsWithoutNinja,
  nixconfigNeedsConsent,
  nixconfigNotLiteral,
  noSwapOnSmallMemory,
  nodeHeapExceedsMemory,
  nodeHeapUnset,
  nvccThreadsMultiplied,
  oldHashAttribute,
  oldSettingName,
  oomMayHitSession,
  oomdWatchesNothing,
  overriddenAlias,
  overrideWithoutEffect,
  parallelBuildingOff,
  quotedNumber,
  remoteBuilderOversubscribed,
  removedOption,
  removedSetting,
  renamedOption,
  replacedStdenv,
  restrictedUserSetting,
  sizeSuffixTooNew,
  slowLinker,
  storeNeverCollected,
  storeOptimisedInline,
  substituterWithoutKey,
  substitutersReplaced,
  substitutionOff,
  systemFeaturesReplaced,
  timeoutWithoutSilenceLimit,
  tmpOnTmpfsAndZram,
  tmpfsExceedsMemory,
  tmpfsHoldsBuilds,
  unboundedDefaultParallelism,
  unfilteredSource,
  unknownMarch,
  unknownNinjaJobs,
  unknownSetting,
  unknownUnitKey,
  unusedIgnore,
  unwrappedLinker,
  variableLost,
  variableSetTwice,
  worldWritableBuildDir,
  zramOversized,
  zramTmpSizeLiteral,
  zramUntuned,
  zramWithZswap,
];
