// A setting that no Nix knows and that looks like one it does.
import { isKnownSetting, nearestSetting } from "../catalogue/lookup.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { renameSetting } from "./support/renameSetting.js";
import { settingDefinitions, settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const unknownSetting: Rule = {
  id: "unknown-setting",
  title: "Unknown Nix setting",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds names in `nix.settings`, `nixConfig` and nix.conf that no Nix knows and that are a slip of the pen away from one that exists.",
    why: "Nix only warns about an unknown setting and goes on with the default. NixOS, nix-darwin and home-manager check the generated file and refuse to build. Either way the limit that was meant is not there: `maxCores = 6` limits nothing.",
    when: "Names that are not similar to any setting are left alone: they may belong to a plugin or to a newer Nix.",
    risk: "The setting takes effect for the first time.",
    rollback: "Rename it back.",
    evidence: [
      {
        grade: "source-code",
        text: "NixOS/nix src/libutil/configuration.cc: `warning: unknown setting`",
        url: "https://github.com/NixOS/nix/blob/master/src/libutil/configuration.cc",
      },
      {
        grade: "source-code",
        text: "NixOS nix.checkConfig runs `nix config show` on the file and fails on warnings",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/nix.nix",
      },
    ],
  },
  examples: [
    {
      title: "There is no `maxCores`",
      machine: "none",
      before: "{ nix.settings = { ⟦maxCores = 6;⟧ max-jobs = 2; }; }\n",
      after: "{ nix.settings = { cores = 6; max-jobs = 2; }; }\n",
    },
    {
      title: "A list is never singular",
      machine: "none",
      before: '{ ⟦nix.settings.extra-substituter = [ "https://nix-community.cachix.org" ];⟧ }\n',
      after: '{ nix.settings.extra-substituters = [ "https://nix-community.cachix.org" ]; }\n',
    },
    {
      title: "A number in quotes, which `cores` does not take",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; ⟦nix.settings.maxCores = "6";⟧ }\n',
      after: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 6; }\n",
    },
    {
      title: "Real names, old names and other people's names",
      machine: "none",
      before: "{ nix.settings = { build-cores = 2; lazy-trees = true; my-plugin-option = 3; }; }\n",
    },
  ],
  *checkHost(host) {
    for (const { definition, name } of settingDefinitions(host)) {
      if (isKnownSetting(name)) continue;
      const nearest = nearestSetting(name);
      if (nearest !== undefined) yield finding(host, definition, name, nearest);
    }
  },
};

function finding(host: Host, definition: Definition, name: string, nearest: string): Draft {
  const taken = host.definitions.find((d) => d !== definition && settingOf(d) === nearest);
  return {
    ...spot(definition),
    message: taken
      ? `Nix has no setting \`${name}\`; it is ignored, or fails the check of the generated nix.conf. \`${nearest}\` is set already.`
      : `Nix has no setting \`${name}\`; it is ignored, or fails the check of the generated nix.conf. Did you mean \`${nearest}\`?`,
    related: taken ? [{ ...spot(taken), message: `\`${nearest}\` is set here` }] : [],
    // What was meant is a guess, if a good one: never in bulk.
    fixes: taken
      ? []
      : [
          {
            title: `Rename to ${nearest}`,
            applicability: "unsafe",
            preferred: true,
            edits: renameSetting(definition, nearest),
          },
        ],
  };
}
