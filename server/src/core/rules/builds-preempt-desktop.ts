// On a desktop builds run with the same priority as what somebody waits for.
import { setOptions, type OptionEdit } from "../edits/options.js";
import { code, documentation } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { desktopOf, desktopSpot } from "./support/wholeHost.js";

const CPU = ["nix", "daemonCPUSchedPolicy"];
const IO = ["nix", "daemonIOSchedClass"];
/** What else makes builds yield; whoever sets one of them has thought about it. */
const OTHERS = ["CPUWeight", "CPUSchedulingPolicy", "Nice", "Slice", "CPUQuota"].map((name) => [
  ...["systemd", "services", "nix-daemon", "serviceConfig"],
  name,
]);

export const buildsPreemptDesktop: Rule = {
  id: "builds-preempt-desktop",
  title: "Builds compete with the desktop",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds NixOS desktops that leave `nix.daemonCPUSchedPolicy` at its default.",
    why: "Builds inherit the daemon's scheduling. With `idle` they take the processor time that nobody else wants, and windows and sound stay smooth while everything is compiled.",
    when: "Machines that somebody works at. Servers want `batch`.",
    risk: "Under constant load of other programs builds starve, system updates too. The class of input and output works only with a scheduler that knows classes (BFQ).",
    rollback: "Remove both lines.",
    evidence: [
      code("nix-community/srvos", "nixos/desktop/default.nix", "idle on desktops"),
      code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix"),
      documentation("sched(7): SCHED_IDLE", "https://man7.org/linux/man-pages/man7/sched.7.html"),
    ],
  },
  examples: [
    {
      title: "A desktop with the default",
      machine: "none",
      before: `{
  services.desktopManager.plasma6.enable = true;
  boot.tmp.cleanOnBoot = true;
  nix = {
    ⟦settings.cores = 6;⟧
  };
}
`,
      after: `{
  services.desktopManager.plasma6.enable = true;
  boot.tmp.cleanOnBoot = true;
  nix = {
    settings.cores = 6;
    daemonCPUSchedPolicy = "idle";
    daemonIOSchedClass = "idle";
  };
}
`,
    },
    {
      title: "No desktop",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 6; }\n",
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform !== "nixos" || [CPU, ...OTHERS].some((path) => host.option(path).state !== "unset")) return;
    const desktop = desktopOf(host, model);
    const place = desktop === undefined ? undefined : desktopSpot(host, model);
    if (!place) return;
    const entries: OptionEdit[] = [{ path: CPU, value: '"idle"' }];
    if (host.option(IO).state === "unset") entries.push({ path: IO, value: '"idle"' });
    yield {
      ...spot(place.spot),
      message: `This host has a desktop (${desktop}), and builds run with the same priority as it. With \`nix.daemonCPUSchedPolicy = "idle"\` they take what is left over.`,
      fixes: [
        {
          title: "Let builds yield to the desktop",
          // A server's builds must not starve.
          applicability: place.reachesOthers ? "unsafe" : "safe",
          preferred: true,
          edits: setOptions(host, entries, place.spot),
        },
      ],
    };
  },
};
