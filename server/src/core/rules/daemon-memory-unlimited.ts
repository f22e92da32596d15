// No limit on what all builds together may take.
import { setOptions } from "../edits/options.js";
import { code, documentation, issue } from "../catalogue/cite.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { onMachine } from "./support/parallelism.js";
import { sizeLiteral } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

const SERVICE = ["systemd", "services", "nix-daemon", "serviceConfig"];
const LIMITS = ["MemoryHigh", "MemoryMax", "Slice"];
const SMALL = 32 * GIB;

export const daemonMemoryUnlimited: Rule = {
  id: "daemon-memory-unlimited",
  title: "Builds may take all of a small memory",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds NixOS hosts of at most 32 GiB with neither `MemoryHigh` nor `MemoryMax` on nix-daemon.",
    why: "Without a limit builds grow until the whole machine swaps, and the kernel then chooses among everything that runs. With a limit at the memory less the reserve it is a build that waits or dies.",
    when: "Machines that build beside other work.",
    risk: "A build that needs more than the limit fails, where it may have gone through with swap. All builds share the limit.",
    rollback: "Remove both lines.",
    evidence: [
      documentation(
        "systemd.resource-control(5)",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      ),
      issue("NixOS/nix#7388", "limits inside Nix were proposed and closed"),
      code("nix-community/srvos", "nixos/common/nix.nix"),
    ],
  },
  examples: [
    {
      title: "16 GiB without a limit",
      before: `{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.settings⟧ = {
    max-jobs = 3;
    cores = 2;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 3;
    cores = 2;
  };
  systemd.services.nix-daemon.serviceConfig = {
    MemoryHigh = "11G";
    MemoryMax = "14G";
  };
}
`,
    },
    {
      title: "A large machine",
      machine: "threads=32,memory=128GiB",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { max-jobs = 3; cores = 2; }; }\n",
    },
  ],
  *checkHost(host, { model }) {
    const { budget } = host;
    if (host.platform !== "nixos" || !budget || budget.machine.memoryBytes > SMALL) return;
    if (LIMITS.some((name) => host.option([...SERVICE, name]).state !== "unset")) return;
    const anchor = adviceSpot(host, model);
    if (!anchor) return;
    const [high, max] = [sizeLiteral(budget.hotBytes * 0.85), sizeLiteral(budget.hotBytes)];
    yield {
      ...spot(anchor),
      message: `Nothing keeps builds from taking all ${formatBytes(budget.machine.memoryBytes)}: nix-daemon has neither MemoryHigh nor MemoryMax (${onMachine(host, budget)}). The memory less the reserve is ${formatBytes(budget.hotBytes)}.`,
      fixes: [
        {
          title: `Set MemoryHigh = ${high} and MemoryMax = ${max} on nix-daemon`,
          applicability: "safe",
          preferred: true,
          edits: setOptions(
            host,
            [
              { path: [...SERVICE, "MemoryHigh"], value: high },
              { path: [...SERVICE, "MemoryMax"], value: max },
            ],
            anchor,
          ),
        },
      ],
    };
  },
};
