// Settings that Nix has dropped: repeat, enforce-determinism.
import { releaseNotes } from "../catalogue/cite.js";
import { findSetting } from "../catalogue/lookup.js";
import { removeDefinition } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { atLeast, ifVersionKnown } from "./support/nixVersion.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const removedSetting: Rule = {
  id: "removed-setting",
  title: "A setting that Nix no longer has",
  class: "deprecated",
  severity: "warning",
  confidence: 1,
  tier: "P2",
  docs: {
    what: "Finds `repeat` and `enforce-determinism`.",
    why: "Nix 2.13 removed them. It warns of an unknown setting, and NixOS, nix-darwin and home-manager refuse to build the nix.conf.",
    when: "Nix 2.13 and later; where the version is not known it is information.",
    risk: "None: the setting does nothing. `nix build --rebuild` checks one derivation for determinism.",
    rollback: "Undo the edit.",
    evidence: [releaseNotes("2.13")],
  },
  examples: [
    {
      title: "With Nix 2.28",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_28;
  nix.settings = {
    ⟦repeat = 1;⟧
    cores = 2;
  };
}
`,
      after: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_28;
  nix.settings = {
    cores = 2;
  };
}
`,
    },
    {
      title: "With Nix 2.8",
      machine: "none",
      before:
        "{ pkgs, ... }: { boot.tmp.cleanOnBoot = true; nix.package = pkgs.nixVersions.nix_2_8; nix.settings.repeat = 1; }\n",
    },
    {
      title: "In nix.conf, with the line and its comment",
      machine: "none",
      before: `#- nix.conf
cores = 2
⟦repeat = 1⟧ # twice
max-jobs = 2
`,
      after: `#- nix.conf
cores = 2
max-jobs = 2
`,
    },
  ],
  *checkHost(host) {
    for (const { definition, name } of settingDefinitions(host)) {
      const removed = findSetting(name)?.removed;
      if (removed === undefined) continue;
      const [major = 0, minor = 0] = removed.split(".").map(Number);
      const isGone = atLeast(host, major, minor);
      if (isGone === false) continue;
      yield {
        ...spot(definition),
        severity: ifVersionKnown(isGone, "warning"),
        message: `Nix has no \`${name}\` since ${removed}: it warns, and the check of a generated nix.conf fails.`,
        fixes: [
          {
            title: `Remove ${name}`,
            applicability: isGone ? "safe" : "unsafe",
            preferred: true,
            edits: removeDefinition(definition),
          },
        ],
      };
    }
  },
};
