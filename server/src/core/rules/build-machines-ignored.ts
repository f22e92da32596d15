// nix.buildMachines without nix.distributedBuilds: the list is written and never used.
import { setOption } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { isNixOff } from "./support/wholeHost.js";

export const buildMachinesIgnored: Rule = {
  id: "build-machines-ignored",
  title: "Remote builders that are never asked",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.98,
  tier: "P1",
  docs: {
    what: "Finds `nix.buildMachines` in a configuration that does not set `nix.distributedBuilds = true`.",
    why: "Without it the module writes the machines to /etc/nix/machines and, in the same breath, `builders =` (empty) to nix.conf: every build runs on this machine.",
    when: "NixOS and nix-darwin; not where `nix.settings.builders` is set by hand, and not where distributed builds are switched off in so many words.",
    risk: "Builds move to the other machines, which must be reachable.",
    rollback: "Remove the line.",
    evidence: [
      {
        grade: "source-code",
        text: "NixOS nixos/modules/config/nix-remote-build.nix",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/nix-remote-build.nix",
      },
      {
        grade: "source-code",
        text: "nix-darwin warns of the same (modules/nix/default.nix)",
        url: "https://github.com/nix-darwin/nix-darwin/blob/master/modules/nix/default.nix",
      },
    ],
  },
  examples: [
    {
      title: "The switch is missing",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.buildMachines⟧ = [
    { hostName = "builder"; system = "x86_64-linux"; maxJobs = 4; }
  ];
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.buildMachines = [
    { hostName = "builder"; system = "x86_64-linux"; maxJobs = 4; }
  ];
  nix.distributedBuilds = true;
}
`,
    },
    {
      title: "Switched on",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix = { distributedBuilds = true; buildMachines = [ { hostName = "builder"; system = "x86_64-linux"; } ]; };
}
`,
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix = { enable = false; buildMachines = [ { hostName = "builder"; system = "x86_64-linux"; } ]; };
}
`,
    },
  ],
  *checkHost(host) {
    if ((host.platform !== "nixos" && host.platform !== "darwin") || isNixOff(host)) return;
    const machines = host.option(["nix", "buildMachines"]);
    if (machines.state !== "known" || machines.value.kind !== "list") return;
    if (machines.value.items.length === 0) return;
    if (host.option(["nix", "distributedBuilds"]).state !== "unset" || host.setting("builders").state !== "unset")
      return;
    yield finding(host, machines.definitions[0]);
  },
};

function finding(host: Host, definition: Definition): Draft {
  return {
    ...spot(definition),
    message:
      "These remote builders are never asked: without `nix.distributedBuilds = true` the module writes an empty `builders =` into nix.conf, and everything is built here.",
    fixes: [
      {
        title: "Set nix.distributedBuilds = true",
        applicability: "safe",
        preferred: true,
        edits: setOption(host, ["nix", "distributedBuilds"], "true", definition),
      },
    ],
  };
}
