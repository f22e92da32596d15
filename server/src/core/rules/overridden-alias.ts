// An alias beside the declared setting: NixOS prints both in alphabetical order and the alias always loses.
import { canonicalSettingName } from "../catalogue/lookup.js";
import { removeDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { ALWAYS_WRITTEN } from "./support/alwaysWritten.js";
import { renameSetting } from "./support/renameSetting.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { isNixOff } from "./support/wholeHost.js";

export const overriddenAlias: Rule = {
  id: "overridden-alias",
  title: "An old name that another line overrides in silence",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.98,
  tier: "P1",
  docs: {
    what: "Finds 1.x names such as `nix.settings.build-cores` or `binary-caches` in NixOS and nix-darwin modules.",
    why: "NixOS and nix-darwin always write `cores`, `max-jobs`, `substituters` and some others into nix.conf, sorted by name. An alias is the same setting, and the later line wins: `build-cores = 3` is followed by `cores = 0`, so it has no effect at all, and nothing says so.",
    when: "Always on NixOS and nix-darwin. In home-manager and in a plain nix.conf the old names still work.",
    risk: "The setting takes effect for the first time.",
    rollback: "Rename it back.",
    evidence: [
      {
        grade: "tested",
        text: "Nix 2.8 with a file in that order: `build-cores = 3`, `cores = 0` gives 0; reversed it gives 3",
      },
      {
        grade: "source-code",
        text: "NixOS/nix src/libutil/configuration.cc: an alias is the same setting as its canonical name",
        url: "https://github.com/NixOS/nix/blob/master/src/libutil/configuration.cc",
      },
    ],
  },
  examples: [
    {
      title: "Renamed, the setting works",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦build-cores = 3;⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    cores = 3;
  };
}
`,
    },
    {
      title: "Both are there: the alias has no effect and can go",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦build-max-jobs = 8;⟧
    max-jobs = 2;
    cores = 3;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 2;
    cores = 3;
  };
}
`,
    },
    {
      title: "Values that the declared options take",
      machine: "none",
      before: `{ lib, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦build-cores = lib.mkDefault "3";⟧
    ⟦binary-caches = "https://cache.example.org https://other.example.org";⟧
    ⟦build-use-sandbox = "relaxed";⟧
  };
}
`,
      after: `{ lib, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    cores = lib.mkDefault 3;
    substituters = [ "https://cache.example.org" "https://other.example.org" ];
    sandbox = "relaxed";
  };
}
`,
    },
    {
      title: "In home-manager and nix.conf the old names work",
      machine: "none",
      before: `#- home.nix
{ home.stateVersion = "24.05"; nix.settings.build-cores = 3; }
#- nix.conf
build-max-jobs = 2
`,
    },
    {
      title: "`build-timeout` is overridden by nothing",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.build-timeout = 3600; }\n",
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix = { enable = false; settings.build-cores = 3; }; }\n",
    },
  ],
  *checkHost(host) {
    if ((host.platform !== "nixos" && host.platform !== "darwin") || isNixOff(host)) return;
    for (const { definition, name } of settingDefinitions(host)) {
      if (definition.inText || definition.attrPath[0] !== "nix") continue;
      const canonical = canonicalSettingName(name);
      if (canonical !== undefined && canonical !== name && ALWAYS_WRITTEN.has(canonical) && name < canonical)
        yield finding(host, definition, name, canonical);
    }
  },
};

function finding(host: Host, definition: Definition, name: string, canonical: string): Draft {
  const others = host.definitions.filter(
    (d) => d !== definition && d.attrPath.at(-1) === canonical && d.attrPath[1] === "settings",
  );
  const base = spot(definition);
  if (others.length > 0)
    return {
      ...base,
      message: `\`${name}\` is an old name of \`${canonical}\`, which is set as well: in the generated nix.conf \`${canonical}\` comes later and wins, so this line does nothing.`,
      related: others.map((d) => ({ ...spot(d), message: `\`${canonical}\` is set here` })),
      unnecessary: true,
      fixes: [{ title: `Remove ${name}`, applicability: "safe", preferred: true, edits: removeDefinition(definition) }],
    };
  return {
    ...base,
    message: `\`${name}\` is an old name of \`${canonical}\`. ${host.platform === "nixos" ? "NixOS" : "nix-darwin"} writes its own \`${canonical}\` line after it, so this has no effect.`,
    fixes: [
      {
        title: `Rename to ${canonical}`,
        applicability: "safe",
        preferred: true,
        edits: renameSetting(definition, canonical),
      },
    ],
  };
}
