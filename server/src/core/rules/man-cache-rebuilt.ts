// fish makes NixOS index all manual pages whenever packages change.
import { issue } from "../catalogue/cite.js";
import { setOption } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

/** Its name since NixOS 26.05; the old one is still read. */
const CACHES_NOW = ["documentation", "man", "cache", "enable"];
const CACHES = ["documentation", "man", "generateCaches"];

export const manCacheRebuilt: Rule = {
  id: "man-cache-rebuilt",
  title: "All manual pages are indexed again after every change",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds NixOS hosts with `programs.fish.enable` that leave `documentation.man.generateCaches` to fish, which switches it on.",
    why: "The derivation `man-cache` depends on all packages of the system: it runs after nearly every change, for a minute or more on one thread, and no cache has it.",
    when: "Hosts that are rebuilt often. The index serves fish's completion of options from manual pages, `apropos` and `man -k`.",
    risk: "Those find nothing in packages of the system.",
    rollback: "Remove the line.",
    evidence: [issue("NixOS/nixpkgs#384499"), issue("NixOS/nixpkgs#209835")],
  },
  examples: [
    {
      title: "fish on a host",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{
  programs.fish.enable = true;
  ⟦nix.settings.cores = 2;⟧
}
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{
  programs.fish.enable = true;
  nix.settings.cores = 2;
  documentation.man.generateCaches = false;
}
`,
    },
    {
      title: "Decided",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{ programs.fish.enable = true; documentation.man.generateCaches = true; nix.settings.cores = 2; }
`,
    },
    {
      title: "Decided under the newer name",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{ programs.fish.enable = true; documentation.man.cache.enable = false; nix.settings.cores = 2; }
`,
    },
  ],
  *checkHost(host, { model }) {
    const fish = host.option(["programs", "fish", "enable"]);
    if (host.platform !== "nixos" || fish.state !== "known" || !isTrue(fish)) return;
    if ([CACHES, CACHES_NOW].some((path) => host.option(path).state !== "unset")) return;
    const anchor = adviceSpot(host, model);
    if (!anchor) return;
    yield {
      ...spot(anchor),
      message:
        "fish switches `documentation.man.generateCaches` on: all manual pages are indexed again after nearly every change of packages.",
      related: [{ ...spot(strongest(fish.definitions)), message: "fish is switched on here" }],
      fixes: [
        {
          title: "Set documentation.man.generateCaches = false",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, CACHES, "false", anchor),
        },
      ],
    };
  },
};
