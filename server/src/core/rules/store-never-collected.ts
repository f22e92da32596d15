// Nothing frees the disk when builds fill it.
import { code, manual } from "../catalogue/cite.js";
import { setOptions, settingPath } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

const OTHER_COLLECTORS = /\bnh\b|nix-collect-garbage|nix store gc|angrr/;

export const storeNeverCollected: Rule = {
  id: "store-never-collected",
  title: "Nothing frees the store when the disk is full",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds NixOS and nix-darwin hosts with neither `min-free` nor `nix.gc.automatic`.",
    why: "A build on a full disk fails after hours. With `min-free` Nix deletes what nothing refers to, while it builds, until `max-free` is there; a timer does so before it comes to that.",
    when: "Hosts that build, or are updated unattended.",
    risk: "What was deleted is downloaded or built again. Deleting takes time within a build.",
    rollback: "Remove both lines.",
    evidence: [manual("min-free"), code("nix-community/srvos", "nixos/common/nix.nix", "512 MiB and 3 GB")],
  },
  examples: [
    {
      title: "Neither",
      machine: "none",
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
    min-free = 1073741824;
    max-free = 5368709120;
  };
}
`,
    },
    {
      title: "On a timer",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.gc.automatic = true; nix.settings.cores = 2; }\n",
    },
    {
      title: "On a timer of another tool, in a module of its own",
      machine: "none",
      before: `#- flake.nix
{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.anvil = nixpkgs.lib.nixosSystem { modules = [ ./nix.nix ./cleaning.nix ]; };
    };
}
#- nix.nix
{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; }
#- cleaning.nix
{ programs.nh = { enable = true; clean.enable = true; }; }
`,
    },
    {
      title: "nix-darwin that leaves Nix to its installer",
      machine: "none",
      before: "#- darwin.nix\n{ system.stateVersion = 5; nix.enable = false; nix.settings.cores = 2; }\n",
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    if (host.setting("min-free").state !== "unset" || host.setting("max-free").state !== "unset") return;
    if (host.option(["nix", "gc", "automatic"]).state !== "unset") return;
    if (host.files.some((file) => OTHER_COLLECTORS.test(model.textOf(file) ?? ""))) return;
    const anchor = adviceSpot(host, model);
    if (!anchor) return;
    yield {
      ...spot(anchor),
      message:
        "Nothing frees the store: neither `min-free` nor `nix.gc.automatic` is set, so a build may fail on a full disk.",
      fixes: [
        {
          title: "Keep 1 GiB free: delete garbage up to 5 GiB when less is left",
          applicability: "safe",
          preferred: true,
          edits: setOptions(
            host,
            [
              { path: settingPath(host, "min-free"), value: String(2 ** 30) },
              { path: settingPath(host, "max-free"), value: String(5 * 2 ** 30) },
            ],
            anchor,
          ),
        },
      ],
    };
  },
};
