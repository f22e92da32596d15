// On a desktop the kernel may kill the session for a build's memory.
import { setOption } from "../edits/options.js";
import { code, documentation, issue } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { adviceSpot, desktopOf } from "./support/wholeHost.js";

const SCORE = ["systemd", "services", "nix-daemon", "serviceConfig", "OOMScoreAdjust"];

export const oomMayHitSession: Rule = {
  id: "oom-may-hit-session",
  title: "Out of memory, the session may die instead of the build",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds NixOS desktops that leave `OOMScoreAdjust` of nix-daemon at 0.",
    why: "systemd gives user sessions a score of 100 or more, nix-daemon and its builds have 0: when the memory is full the kernel prefers the browser and the shell to the compiler that filled it. With 250 the build goes first.",
    when: "Machines that somebody works at and that build.",
    risk: "When memory is short a build dies that might have survived.",
    rollback: "Remove the line.",
    evidence: [
      code("nix-community/srvos", "nixos/common/nix.nix", "250: user slices have 100, coredumps 500"),
      issue("nix-community/srvos#315"),
      documentation(
        "NixOS Discourse: the session was killed instead of the build",
        "https://discourse.nixos.org/t/35752",
      ),
    ],
  },
  examples: [
    {
      title: "A desktop that builds",
      machine: "none",
      before: `{
  services.desktopManager.plasma6.enable = true;
  boot.tmp.cleanOnBoot = true;
  nix.daemonCPUSchedPolicy = "idle";
  ⟦nix.settings.cores = 6;⟧
}
`,
      after: `{
  services.desktopManager.plasma6.enable = true;
  boot.tmp.cleanOnBoot = true;
  nix.daemonCPUSchedPolicy = "idle";
  nix.settings.cores = 6;
  systemd.services.nix-daemon.serviceConfig.OOMScoreAdjust = 250;
}
`,
    },
    {
      title: "A server",
      machine: "none",
      before: '{ services.openssh.enable = true; nix.daemonCPUSchedPolicy = "batch"; nix.settings.cores = 6; }\n',
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform !== "nixos" || host.option(SCORE).state !== "unset") return;
    const desktop = desktopOf(host, model);
    const anchor = desktop === undefined ? undefined : adviceSpot(host, model);
    if (!anchor) return;
    yield {
      ...spot(anchor),
      message: `This host has a desktop (${desktop}) and builds with OOMScoreAdjust 0: out of memory, the kernel kills the session before the build. 250 on nix-daemon turns it round.`,
      fixes: [
        {
          title: "Set OOMScoreAdjust = 250 on nix-daemon",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, SCORE, "250", anchor),
        },
      ],
    };
  },
};
