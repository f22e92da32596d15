// A CPU quota of nix-daemon that leaves no thread in reserve.
import { setOption } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { CPU_QUOTA, cpuQuota, onMachine, strongest } from "./support/parallelism.js";
import { fixForHostAlone, reachOf } from "./support/splits.js";
import { spot } from "./support/spot.js";

export const cpuQuotaExceedsBudget: Rule = {
  id: "cpu-quota-exceeds-budget",
  title: "nix-daemon's CPUQuota takes the reserved threads as well",
  class: "exceeds-budget",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Compares `systemd.services.nix-daemon.serviceConfig.CPUQuota` with 100 % for each thread that builds may use.",
    why: "A quota above the budget keeps nothing free. It matters twice: with `cores = 0` Nix takes the quota, rounded up, for the number of processes of a build.",
    when: "Hosts that bound builds by quota and not by max-jobs × cores.",
    risk: "Builds get less processor time.",
    rollback: "Restore the old quota.",
    evidence: [
      {
        grade: "source-code",
        text: "Nix reads cpu.max for `cores = 0`; `max-jobs = auto` ignores it (src/libutil/current-process.cc)",
        url: "https://github.com/NixOS/nix/blob/master/src/libutil/current-process.cc",
      },
      {
        grade: "documentation",
        text: "systemd.resource-control(5): CPUQuota above 100 % spans several CPUs",
        url: "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      },
    ],
  },
  examples: [
    {
      title: "All eight threads",
      before: '{ ⟦systemd.services.nix-daemon.serviceConfig.CPUQuota = "800%";⟧ }\n',
      after: '{ systemd.services.nix-daemon.serviceConfig.CPUQuota = "600%"; }\n',
    },
    { title: "Six of eight", before: '{ systemd.services.nix-daemon.serviceConfig.CPUQuota = "600%"; }\n' },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const state = host.option(CPU_QUOTA);
    const percent = cpuQuota(host);
    if (!budget || state.state !== "known" || percent === undefined || percent <= 100 * budget.threads) return;
    const definition = strongest(state.definitions);
    const reach = reachOf(host, budget, [definition], context);
    const fit = `"${100 * reach.budget.threads}%"`;
    yield {
      ...spot(definition),
      message: `CPUQuota = ${percent}% is above ${budget.threads} threads × 100 % = ${100 * budget.threads} % for builds: ${budget.totalThreads} − ${budget.reserveThreads} reserved = ${budget.threads} (${onMachine(host, budget)}). Set ${fit}.`,
      fixes: [
        {
          title: `Set CPUQuota = ${fit}${reach.also}`,
          applicability: reach.applicability,
          preferred: true,
          edits: setOption(host, CPU_QUOTA, fit, definition),
        },
        fixForHostAlone(host, reach, `Set CPUQuota = ${fit}`, [{ path: CPU_QUOTA, value: fit }]),
      ],
    };
  },
};
