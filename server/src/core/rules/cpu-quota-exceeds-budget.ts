// A CPU quota of nix-daemon that leaves no thread in reserve.
import { setOption } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { onMachine, strongest } from "./support/parallelism.js";

const QUOTA = ["systemd", "services", "nix-daemon", "serviceConfig", "CPUQuota"];

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
  *checkHost(host) {
    const { budget } = host;
    const state = host.option(QUOTA);
    if (!budget || state.state !== "known" || state.value.kind !== "string") return;
    const digits = /^\s*(\d+(?:\.\d+)?)%\s*$/.exec(state.value.value)?.[1];
    const most = 100 * budget.threads;
    if (digits === undefined || Number(digits) <= most) return;
    const definition = strongest(state.definitions);
    yield {
      file: definition.file,
      range: definition.range,
      message: `CPUQuota = ${digits}% is above ${budget.threads} threads × 100 % = ${most} % for builds: ${budget.totalThreads} − ${budget.reserveThreads} reserved = ${budget.threads} (${onMachine(host, budget)}). Set "${most}%".`,
      fixes: [
        {
          title: `Set CPUQuota = "${most}%"`,
          applicability: "safe",
          preferred: true,
          edits: setOption(host, QUOTA, `"${most}%"`, definition),
        },
      ],
    };
  },
};
