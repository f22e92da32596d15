// Options that were renamed to `nix.settings.*` in 22.05.
import { findOption } from "../catalogue/lookup.js";
import { moveDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { standsInModule } from "./support/inModule.js";
import { spot } from "./support/spot.js";

export const legacyNixOption: Rule = {
  id: "legacy-nix-option",
  title: "Old name of a `nix.settings` option",
  class: "deprecated",
  severity: "warning",
  confidence: 1,
  tier: "P2",
  docs: {
    what: "Finds `nix.maxJobs`, `nix.buildCores`, `nix.binaryCaches` and the other options that became `nix.settings.*`.",
    why: "They still evaluate, with a warning at each rebuild, until they are taken out. Two names for one setting also hide what is set: the limit is looked for in `nix.settings`.",
    when: "NixOS 22.05 and later, nix-darwin.",
    risk: "None: the module maps the old name to the same option.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "source-code",
        text: "NixOS nixos/modules/config/nix.nix, `legacyConfMappings`",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/nix.nix",
      },
      {
        grade: "source-code",
        text: "nix-darwin modules/nix/default.nix, the same table without `systemFeatures`",
        url: "https://github.com/nix-darwin/nix-darwin/blob/master/modules/nix/default.nix",
      },
    ],
  },
  examples: [
    {
      title: "Dotted",
      machine: "none",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nix.maxJobs = 4;⟧ # one a core\n}\n",
      after: "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings.max-jobs = 4; # one a core\n}\n",
    },
    {
      title: "In a set, with its override priority",
      machine: "none",
      before:
        "{ lib, ... }:\n{\n  boot.tmp.cleanOnBoot = true;\n  nix = {\n    ⟦buildCores = lib.mkDefault 2;⟧\n  };\n}\n",
      after:
        "{ lib, ... }:\n{\n  boot.tmp.cleanOnBoot = true;\n  nix = {\n    settings.cores = lib.mkDefault 2;\n  };\n}\n",
    },
    { title: "The new name", machine: "none", before: "{ boot.tmp.cleanOnBoot = true; nix.settings.max-jobs = 4; }\n" },
    {
      title: "An option of the configuration's own, which ends in the same names",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; modules.system.nix.maxJobs = 2; }\n",
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    for (const definition of host.definitions) {
      if (definition.attrPath.length !== 2 || definition.attrPath[0] !== "nix" || !standsInModule(definition)) continue;
      const target = findOption(definition.attrPath, host.platform)?.renamedTo;
      if (target?.[0] === "nix" && target[1] === "settings") yield finding(host, definition, target);
    }
  },
};

function finding(host: Host, definition: Definition, target: readonly string[]): Draft {
  const path = target.join(".");
  const taken = host.definitions.find(
    (d) => d.attrPath.length === target.length && target.every((name, i) => d.attrPath[i] === name),
  );
  return {
    ...spot(definition),
    message: `\`${definition.attrPath.join(".")}\` is now \`${path}\`; the old name warns at each rebuild.`,
    related: taken ? [{ ...spot(taken), message: `\`${path}\` is set as well` }] : [],
    fixes: taken
      ? []
      : [
          {
            title: `Rename to ${path}`,
            applicability: "safe",
            preferred: true,
            edits: moveDefinition(definition, target),
          },
        ],
  };
}
