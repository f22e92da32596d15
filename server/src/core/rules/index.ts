// The list of all rules, in the order of the alphabet. A new rule is one file and one line here.
import { acceptFlakeConfig } from "./accept-flake-config.js";
import { buildMachinesIgnored } from "./build-machines-ignored.js";
import { builderLacksBigParallel } from "./builder-lacks-big-parallel.js";
import { ccacheUnused } from "./ccache-unused.js";
import { concurrentPeaksExceedMemory } from "./concurrent-peaks-exceed-memory.js";
import { coresAuto } from "./cores-auto.js";
import { coresExceedBudget } from "./cores-exceed-budget.js";
import { cpuOversubscribed } from "./cpu-oversubscribed.js";
import { cpuQuotaExceedsBudget } from "./cpu-quota-exceeds-budget.js";
import { daemonMemoryLimitExceedsBudget } from "./daemon-memory-limit-exceeds-budget.js";
import { envOverwritten } from "./env-overwritten.js";
import { fewSubstitutionConnections } from "./few-substitution-connections.js";
import { genericMarch } from "./generic-march.js";
import { hardcodedJobs } from "./hardcoded-jobs.js";
import { highCodegenUnits } from "./high-codegen-units.js";
import { invalidConfiguration } from "./invalid-configuration.js";
import { legacyNixOption } from "./legacy-nix-option.js";
import { machineUnknown } from "./machine-unknown.js";
import { marchNotAdvertised } from "./march-not-advertised.js";
import { memoryPerProcessTooSmall } from "./memory-per-process-too-small.js";
import { nixconfigNeedsConsent } from "./nixconfig-needs-consent.js";
import { nixconfigNotLiteral } from "./nixconfig-not-literal.js";
import { nodeHeapExceedsMemory } from "./node-heap-exceeds-memory.js";
import { nodeHeapUnset } from "./node-heap-unset.js";
import { overriddenAlias } from "./overridden-alias.js";
import { quotedNumber } from "./quoted-number.js";
import type { Rule } from "./rule.js";
import { slowLinker } from "./slow-linker.js";
import { substituterWithoutKey } from "./substituter-without-key.js";
import { substitutersReplaced } from "./substituters-replaced.js";
import { systemFeaturesReplaced } from "./system-features-replaced.js";
import { tmpfsExceedsMemory } from "./tmpfs-exceeds-memory.js";
import { tmpfsHoldsBuilds } from "./tmpfs-holds-builds.js";
import { unboundedDefaultParallelism } from "./unbounded-default-parallelism.js";
import { unknownMarch } from "./unknown-march.js";
import { unknownSetting } from "./unknown-setting.js";
import { unusedIgnore } from "./unused-ignore.js";
import { zramOversized } from "./zram-oversized.js";
import { zramUntuned } from "./zram-untuned.js";

export const RULES: readonly Rule[] = [
  acceptFlakeConfig,
  buildMachinesIgnored,
  builderLacksBigParallel,
  ccacheUnused,
  concurrentPeaksExceedMemory,
  coresAuto,
  coresExceedBudget,
  cpuOversubscribed,
  cpuQuotaExceedsBudget,
  daemonMemoryLimitExceedsBudget,
  envOverwritten,
  fewSubstitutionConnections,
  genericMarch,
  hardcodedJobs,
  highCodegenUnits,
  invalidConfiguration,
  legacyNixOption,
  machineUnknown,
  marchNotAdvertised,
  memoryPerProcessTooSmall,
  nixconfigNeedsConsent,
  nixconfigNotLiteral,
  nodeHeapExceedsMemory,
  nodeHeapUnset,
  overriddenAlias,
  quotedNumber,
  slowLinker,
  substituterWithoutKey,
  substitutersReplaced,
  systemFeaturesReplaced,
  tmpfsExceedsMemory,
  tmpfsHoldsBuilds,
  unboundedDefaultParallelism,
  unknownMarch,
  unknownSetting,
  unusedIgnore,
  zramOversized,
  zramUntuned,
];
