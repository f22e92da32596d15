// Determinate Nix can evaluate on all cores and is not told to.
import { documentation } from "../catalogue/cite.js";
import { setOption, settingPath } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

/** The first Determinate Nix that has the setting. */
const FIRST = 11;

export const determinateEvaluatesOnOneCore: Rule = {
  id: "determinate-evaluates-on-one-core",
  title: "Determinate Nix evaluates on one core",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.5,
  tier: "experimental",
  docs: {
    what: "Finds hosts with Determinate Nix's module that do not set `eval-cores`.",
    why: "Determinate Nix evaluates in parallel where `eval-cores` allows it; 0 means all cores. Commands over many outputs (`nix flake check`, `nix search`) gain most.",
    when: "Determinate Nix 3.11 and later. Upstream Nix does not know the setting.",
    risk: "More memory while evaluating.",
    rollback: "Remove the line.",
    evidence: [
      documentation("Determinate Nix: parallel evaluation", "https://determinate.systems/blog/parallel-nix-eval/"),
    ],
  },
  examples: [
    {
      title: "The module without the setting",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { nixpkgs, determinate, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [
        determinate.nixosModules.default
        ./demo.nix
      ];
    };
  };
}
#- demo.nix
{
  ⟦nix.settings.cores = 2;⟧
}
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, determinate, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [
        determinate.nixosModules.default
        ./demo.nix
      ];
    };
  };
}
#- demo.nix
{
  nix.settings.cores = 2;
  nix.settings.eval-cores = 0;
}
`,
    },
    { title: "Upstream Nix", machine: "none", before: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; }\n" },
  ],
  *checkHost(host, { model }) {
    if (host.kind !== "host" || !usesDeterminate(host)) return;
    const custom = host.platform === "darwin" ? ["determinateNix", "customSettings", "eval-cores"] : undefined;
    if (host.setting("eval-cores").state !== "unset" || (custom && host.option(custom).state !== "unset")) return;
    const anchor: Definition | undefined = custom
      ? host.definitions.find(({ attrPath }) => attrPath[0] === "determinateNix")
      : adviceSpot(host, model);
    if (!anchor) return;
    yield {
      ...spot(anchor),
      message: "Determinate Nix evaluates on one core unless `eval-cores` says otherwise; 0 means all.",
      fixes: [
        {
          title: "Set eval-cores = 0",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, custom ?? settingPath(host, "eval-cores"), "0", anchor),
        },
      ],
    };
  },
};

function usesDeterminate({ nix, platform }: Host): boolean {
  if ((platform !== "nixos" && platform !== "darwin") || nix?.implementation !== "determinate") return false;
  return nix.own === undefined || nix.own[0] > 3 || nix.own[1] >= FIRST;
}
