// A limit that kills builds without one that slows them down before.
import { setOption } from "../edits/options.js";
import { documentation, estimate } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { bytesOf, sizeLiteral } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const SERVICE = ["systemd", "services", "nix-daemon", "serviceConfig"];
/** Share of MemoryMax at which throttling begins. Ours. */
const HIGH_SHARE = 0.85;

export const memoryMaxWithoutHigh: Rule = {
  id: "memory-max-without-high",
  title: "nix-daemon is killed at its limit without being slowed down first",
  class: "exceeds-budget",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds `MemoryMax` on nix-daemon without `MemoryHigh`.",
    why: "At MemoryMax the kernel kills a process of the daemon's control group, which all builds share. MemoryHigh below it makes builds swap and wait first; often the peak passes.",
    when: "Hosts with swap or zram, on which builds come near the limit.",
    risk: "Builds between the two limits run slower.",
    rollback: "Remove `MemoryHigh`.",
    evidence: [
      documentation(
        "systemd.resource-control(5): MemoryHigh throttles, MemoryMax is the hard limit",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
      ),
      estimate("85 % of MemoryMax"),
    ],
  },
  examples: [
    {
      title: "The hard limit alone",
      before: '{\n  systemd.services.nix-daemon.serviceConfig = {\n    ⟦MemoryMax = "14G";⟧\n  };\n}\n',
      after:
        '{\n  systemd.services.nix-daemon.serviceConfig = {\n    MemoryMax = "14G";\n    MemoryHigh = "11G";\n  };\n}\n',
    },
    {
      title: "A share of the memory, on any machine",
      machine: "none",
      before: '{\n  ⟦systemd.services.nix-daemon.serviceConfig.MemoryMax = "80%";⟧\n}\n',
      after:
        '{\n  systemd.services.nix-daemon.serviceConfig.MemoryMax = "80%";\n  systemd.services.nix-daemon.serviceConfig.MemoryHigh = "68%";\n}\n',
    },
    {
      title: "Both limits",
      before: '{ systemd.services.nix-daemon.serviceConfig = { MemoryHigh = "12G"; MemoryMax = "14G"; }; }\n',
    },
  ],
  *checkHost(host) {
    const max = host.option([...SERVICE, "MemoryMax"]);
    if (max.state !== "known" || host.option([...SERVICE, "MemoryHigh"]).state !== "unset") return;
    const percent = max.value.kind === "string" ? /^(\d+)%$/.exec(max.value.value)?.[1] : undefined;
    const bytes = percent === undefined ? bytesOf(max.value, 0) : undefined;
    const high =
      percent !== undefined
        ? `"${Math.floor(Number(percent) * HIGH_SHARE)}%"`
        : bytes === undefined
          ? undefined
          : sizeLiteral(bytes * HIGH_SHARE);
    if (high === undefined) return;
    const definition = strongest(max.definitions);
    yield {
      ...spot(definition),
      message: `MemoryMax without MemoryHigh: at the limit the kernel kills a build at once. MemoryHigh = ${high} slows builds down first.`,
      fixes: [
        {
          title: `Set MemoryHigh = ${high}`,
          applicability: "safe",
          preferred: true,
          edits: setOption(host, [...SERVICE, "MemoryHigh"], high, definition),
        },
      ],
    };
  },
};
