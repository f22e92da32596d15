// nixpkgs.system and nixpkgs.localSystem, from before there was nixpkgs.hostPlatform.
import { code } from "../catalogue/cite.js";
import { moveDefinition } from "../edits/options.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { standsInModule } from "./support/inModule.js";
import { spot } from "./support/spot.js";

export const legacyPlatformOption: Rule = {
  id: "legacy-platform-option",
  title: "Older way to name the platform",
  class: "deprecated",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds `nixpkgs.system` and `nixpkgs.localSystem` in NixOS and nix-darwin configurations.",
    why: "`nixpkgs.hostPlatform` says the same, is what nixos-generate-config writes, and tells the platform that runs apart from the one that builds. NixOS ignores the old options, or stops, as soon as the new one is set as well.",
    when: "Not together with `nixpkgs.crossSystem`, and without compiler flags in the set: there the meaning differs.",
    risk: "A flake that also hands `system` to `nixosSystem` may then drop it.",
    rollback: "Undo the edit.",
    evidence: [code("NixOS/nixpkgs", "nixos/modules/misc/nixpkgs.nix")],
  },
  examples: [
    {
      title: "By the new name",
      machine: "none",
      before: '{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nixpkgs.system = "x86_64-linux";⟧\n}\n',
      after: '{\n  boot.tmp.cleanOnBoot = true;\n  nixpkgs.hostPlatform = "x86_64-linux";\n}\n',
    },
    {
      title: "In a set that holds nothing else",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; ⟦nixpkgs.localSystem = { system = "x86_64-linux"; };⟧ }\n',
      after: '{ boot.tmp.cleanOnBoot = true; nixpkgs.hostPlatform = { system = "x86_64-linux"; }; }\n',
    },
    {
      title: "With flags for the compiler the meaning would differ",
      machine: "none",
      before:
        '{ boot.tmp.cleanOnBoot = true; nixpkgs.localSystem = { system = "armv6l-linux"; gcc.arch = "armv6"; }; }\n',
    },
    {
      title: "The platform that builds another one",
      machine: "none",
      before:
        '{ boot.tmp.cleanOnBoot = true; nixpkgs.localSystem.system = "x86_64-linux"; nixpkgs.crossSystem.system = "aarch64-linux"; }\n',
    },
  ],
  *checkHost(host) {
    if ((host.platform !== "nixos" && host.platform !== "darwin") || hasOwnPlatform(host)) return;
    for (const definition of host.definitions) {
      const path = definition.attrPath.join(".");
      if (path !== "nixpkgs.system" && path !== "nixpkgs.localSystem") continue;
      if (definition.priority > 100 || !standsInModule(definition)) continue;
      yield {
        ...spot(definition),
        message: `\`${path}\` is the older spelling of \`nixpkgs.hostPlatform\`, and is ignored or refused where that is set as well.`,
        fixes: [
          {
            title: "Rename to nixpkgs.hostPlatform",
            applicability: "unsafe",
            preferred: true,
            edits: moveDefinition(definition, ["nixpkgs", "hostPlatform"]),
          },
        ],
      };
    }
  },
};

function hasOwnPlatform(host: Host): boolean {
  return host.definitions.some(({ attrPath: [first, second, third] }) => {
    if (first !== "nixpkgs") return false;
    return second === "crossSystem" || second === "hostPlatform" || second === "buildPlatform" || third === "gcc";
  });
}
