// Each sandbox may fill half of the memory through /dev/shm.
import { buildsPackage } from "../builds/hostPlan.js";
import { estimate, manual } from "../catalogue/cite.js";
import { setOption, settingPath } from "../edits/options.js";
import { formatBytes } from "../machine/size.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { onMachine, parallelismOf } from "./support/parallelism.js";
import { bytesOf } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

const DEFAULT_SHARE = 50;
const MANY_JOBS = 3;

export const devShmTimesJobs: Rule = {
  id: "dev-shm-times-jobs",
  title: "The sandboxes' /dev/shm together exceed the memory",
  class: "exceeds-budget",
  severity: "hint",
  confidence: 0.4,
  tier: "experimental",
  docs: {
    what: "Finds NixOS hosts that build packages from source with three or more jobs and `sandbox-dev-shm-size` at its default of 50 % or above.",
    why: "Every sandbox has a /dev/shm of its own that may grow to half of the memory. Three builds that use it (browser tests, databases) can fill it all.",
    when: "Packages whose tests use shared memory.",
    risk: "A build that needs more fails with `No space left on device`.",
    rollback: "Remove the line.",
    evidence: [manual("sandbox-dev-shm-size"), estimate("few builds use much of /dev/shm")],
  },
  examples: [
    {
      title: "Three jobs",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦max-jobs = 3;⟧
    cores = 2;
  };
  environment.systemPackages = [ (pkgs.stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./demo; }) ];
}
`,
      after: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 3;
    cores = 2;
    sandbox-dev-shm-size = "25%";
  };
  environment.systemPackages = [ (pkgs.stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./demo; }) ];
}
`,
    },
    {
      title: "One job",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { max-jobs = 1; cores = 6; }; }\n",
    },
  ],
  *checkHost(host, { model }) {
    const { budget } = host;
    const parallelism = host.platform === "nixos" && budget ? parallelismOf(host, budget) : undefined;
    if (!budget || !parallelism || parallelism.jobs.value < MANY_JOBS) return;
    const definition = parallelism.jobs.definition ?? parallelism.cores.definition ?? adviceSpot(host, model);
    if (!definition || !model.packages.some((pkg) => buildsPackage(host, pkg))) return;
    const share = shareOf(host, budget.machine.memoryBytes);
    if (share === undefined || share < DEFAULT_SHARE) return;
    const all = (parallelism.jobs.value * share * budget.machine.memoryBytes) / 100;
    yield {
      ...spot(definition),
      message: `${parallelism.jobs.text}: each sandbox may take ${share} % of the memory through /dev/shm, together ${formatBytes(all)} (${onMachine(host, budget)}).`,
      fixes: [
        {
          title: 'Set sandbox-dev-shm-size = "25%"',
          applicability: "safe",
          preferred: true,
          edits: setOption(host, settingPath(host, "sandbox-dev-shm-size"), '"25%"', parallelism.cores.definition),
        },
      ],
    };
  },
};

/** Percent of the memory. */
function shareOf(host: Host, memoryBytes: number): number | undefined {
  const state = host.setting("sandbox-dev-shm-size");
  if (state.state === "unset") return DEFAULT_SHARE;
  const bytes = state.state === "known" ? bytesOf(state.value, memoryBytes) : undefined;
  return bytes === undefined ? undefined : Math.round((bytes / memoryBytes) * 100);
}
