// A memory limit of nix-daemon that lets builds take the reserve.
import { setOptions } from "../edits/options.js";
import { formatBytes } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { onMachine, strongest } from "./support/parallelism.js";
import { fixForHostAlone, reachOf } from "./support/splits.js";
import { spot } from "./support/spot.js";
import { bytesOf, sizeLiteral, sizeText } from "./support/sizes.js";

const SERVICE = ["systemd", "services", "nix-daemon", "serviceConfig"];
const MAX = [...SERVICE, "MemoryMax"];
const HIGH = [...SERVICE, "MemoryHigh"];

export const daemonMemoryLimitExceedsBudget: Rule = {
  id: "daemon-memory-limit-exceeds-budget",
  title: "nix-daemon's MemoryMax lies above the memory for builds",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Compares `systemd.services.nix-daemon.serviceConfig.MemoryMax` with the memory less the reserve.",
    why: "All builds share the daemon's control group. A limit above what can be spared is reached after the rest of the system has gone to swap, so it protects nothing.",
    when: "Desktops and servers that build beside other work.",
    risk: "A build that needs more is killed, with the other builds of the daemon.",
    rollback: "Restore the old limit.",
    evidence: [
      {
        grade: "documentation",
        text: "systemd.resource-control(5): MemoryMax is the hard limit, MemoryHigh throttles first",
        url: "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      },
      {
        grade: "source-code",
        text: "srvos lets builds die before the session (nixos/common/nix.nix)",
        url: "https://github.com/nix-community/srvos/blob/main/nixos/common/nix.nix",
      },
    ],
  },
  examples: [
    {
      title: "All of the memory",
      before:
        '{\n  systemd.services.nix-daemon.serviceConfig = {\n    MemoryHigh = "12G";\n    ⟦MemoryMax = "16G";⟧\n  };\n}\n',
      after:
        '{\n  systemd.services.nix-daemon.serviceConfig = {\n    MemoryHigh = "12G";\n    MemoryMax = "14G";\n  };\n}\n',
    },
    {
      title: "Within the budget",
      before: '{ systemd.services.nix-daemon.serviceConfig.MemoryMax = "80%"; }\n',
    },
    {
      title: "No limit is no wrong limit",
      before: '{ systemd.services.nix-daemon.serviceConfig.MemoryMax = "infinity"; }\n',
    },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const state = host.option(MAX);
    if (!budget || state.state !== "known") return;
    const { machine, hotBytes, reserveMemoryBytes } = budget;
    const limit = bytesOf(state.value, machine.memoryBytes);
    if (limit === undefined || limit <= hotBytes) return;
    const definition = strongest(state.definitions);
    const reach = reachOf(host, budget, [definition], context);
    const most = reach.budget.hotBytes;
    const fit = sizeLiteral(most);
    const entries = [{ path: MAX, value: fit }];
    // MemoryHigh throttles before MemoryMax kills; above it, it would do nothing.
    const high = host.option(HIGH);
    const highBytes = high.state === "known" ? bytesOf(high.value, machine.memoryBytes) : undefined;
    if (highBytes !== undefined && highBytes > most) entries.push({ path: HIGH, value: sizeLiteral(most * 0.85) });
    const what = `Set ${entries.map(({ path, value }) => `${path.at(-1)} = ${value}`).join(" and ")}`;
    yield {
      ...spot(definition),
      message: `MemoryMax = ${sizeText(state.value, limit)} is above ${formatBytes(machine.memoryBytes)} − ${formatBytes(reserveMemoryBytes)} reserved = ${formatBytes(hotBytes)} for builds (${onMachine(host, budget)}). Set ${fit}.`,
      fixes: [
        {
          title: `${what}${reach.also}`,
          applicability: reach.applicability,
          preferred: true,
          edits: setOptions(host, entries, definition),
        },
        fixForHostAlone(host, reach, what, entries),
      ],
    };
  },
};
