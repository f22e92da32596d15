// Options with a new name outside of nix.settings: boot.tmp, oomd, the daemon's scheduling.
import { code } from "../catalogue/cite.js";
import { findOption } from "../catalogue/lookup.js";
import { moveOption, renameHolder } from "../edits/optionLists.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { standsInModule } from "./support/inModule.js";
import { spot } from "./support/spot.js";

export const renamedOption: Rule = {
  id: "renamed-option",
  title: "Old name of an option",
  class: "deprecated",
  severity: "warning",
  confidence: 1,
  tier: "P2",
  docs: {
    what: "Finds options under their old names: `boot.tmpOnTmpfs`, `boot.tmpOnTmpfsSize`, `boot.cleanTmpDir`, `systemd.oomd.enableUserServices`, `systemd.oomd.extraConfig`, `nix.daemonIONiceLevel`, `nix.readOnlyStore`, `nix.gc.frequency` (home-manager), `nix.daemonIONice` (nix-darwin).",
    why: "They still work, with a warning at each rebuild, until they are taken out; then the configuration no longer evaluates.",
    when: "NixOS 23.05 and later for `boot.tmp`, 22.05 for the daemon, 22.11 for the store.",
    risk: "None: the module maps the old name to the new one.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/system/boot/tmp.nix", "mkRenamedOptionModule"),
      code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix", "mkRenamedOptionModule"),
      code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix", "mkRenamedOptionModule"),
    ],
  },
  examples: [
    {
      title: "/tmp",
      machine: "none",
      before: "{\n  boot = {\n    ⟦cleanTmpDir = true;⟧ # at each boot\n  };\n}\n",
      after: "{\n  boot = {\n    tmp.cleanOnBoot = true; # at each boot\n  };\n}\n",
    },
    {
      title: "Another prefix",
      machine: "none",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  nix = {\n    ⟦readOnlyStore = false;⟧\n  };\n}\n",
      after: "{\n  boot.tmp.cleanOnBoot = true;\n  boot.readOnlyNixStore = false;\n  nix = {\n  };\n}\n",
    },
    {
      title: "A set of settings",
      machine: "none",
      before:
        '{\n  systemd.oomd = {\n    ⟦extraConfig⟧ = {\n      DefaultMemoryPressureDurationSec = "20s";\n    };\n  };\n}\n',
      after:
        '{\n  systemd.oomd = {\n    settings.OOM = {\n      DefaultMemoryPressureDurationSec = "20s";\n    };\n  };\n}\n',
    },
    { title: "The new name", machine: "none", before: "{ boot.tmp.cleanOnBoot = true; }\n" },
  ],
  *checkHost(host) {
    const { platform } = host;
    if (platform !== "nixos" && platform !== "darwin" && platform !== "home-manager") return;
    const seen = new Set<number>();
    for (const definition of host.definitions) {
      if (definition.inText || !standsInModule(definition)) continue;
      const target = findOption(definition.attrPath, platform)?.renamedTo;
      if (!target || target[0] === "nixpkgs" || target.slice(0, 2).join(".") === "nix.settings") continue;
      const draft = finding(host, definition, target);
      if (!seen.has(draft.range.start)) yield draft;
      seen.add(draft.range.start);
    }
  },
};

function finding(host: Host, definition: Definition, target: readonly string[]): Draft {
  const path = target.map((name, i) =>
    name === "*" ? (definition.attrPath[i - target.length] ?? definition.attrPath.at(-1) ?? name) : name,
  );
  const holder = target.at(-1) === "*" ? renameHolder(definition, "extraConfig", "settings.OOM") : undefined;
  const taken = host.definitions.find(
    (d) => d.attrPath.length >= path.length && path.every((name, i) => d.attrPath[i] === name),
  );
  const old = holder ? definition.attrPath.slice(0, -1) : definition.attrPath;
  const now = holder ? path.slice(0, -1) : path;
  return {
    ...spot(definition),
    ...(holder && { range: holder.name }),
    message: `\`${old.join(".")}\` is now \`${now.join(".")}\`; the old name warns at each rebuild until it is gone.`,
    related: taken ? [{ ...spot(taken), message: `\`${now.join(".")}\` is set as well` }] : [],
    fixes: taken
      ? []
      : [
          {
            title: `Rename to ${now.join(".")}`,
            // Younger names: an older release does not have them.
            applicability: target[1] === "oomd" || target[1] === "gc" ? "unsafe" : "safe",
            preferred: true,
            edits: holder ? holder.edits : moveOption(host, definition, path),
          },
        ],
  };
}
