// Names of settings from Nix 1.x, where they still work.
import { code, releaseNotes } from "../catalogue/cite.js";
import { canonicalSettingName, compareVersions, findSetting } from "../catalogue/lookup.js";
import { renameDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { ALWAYS_WRITTEN } from "./support/alwaysWritten.js";
import { atLeast } from "./support/nixVersion.js";
import { settingDefinitions, settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { PLAIN_PRIORITY } from "../workspace/modules/properties.js";

export const oldSettingName: Rule = {
  id: "old-setting-name",
  title: "Old name of a setting",
  class: "deprecated",
  severity: "information",
  confidence: 0.95,
  tier: "P2",
  docs: {
    what: "Finds settings under the names they had in Nix 1.x (`build-max-jobs`, `build-cores`, `binary-caches`, `gc-keep-outputs` …), and `download-attempts` where Nix is 2.35 or newer.",
    why: "Old names still work as aliases, but nobody finds the setting under them, and where the new name is set as well the later line of nix.conf wins. On NixOS some of them have no effect at all: that is `overridden-alias`.",
    when: "Everywhere; names that came later only where the version of Nix is known to have the new one.",
    risk: "None: both names are one setting.",
    rollback: "Rename it back.",
    evidence: [
      code("NixOS/nix", "src/libutil/configuration.cc", "an alias is the same setting"),
      releaseNotes("2.0", "settings were renamed"),
      releaseNotes("2.35", "download-attempts"),
    ],
  },
  examples: [
    {
      title: "In a flake",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = {
    ⟦extra-binary-caches = [ "https://nix-community.cachix.org" ];⟧
  };
  outputs = { self }: { };
}
`,
      after: `#- flake.nix
{
  nixConfig = {
    extra-substituters = [ "https://nix-community.cachix.org" ];
  };
  outputs = { self }: { };
}
`,
    },
    {
      title: "Names of today",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { keep-outputs = true; download-attempts = 3; }; }\n",
    },
  ],
  *checkHost(host) {
    for (const { definition, name } of settingDefinitions(host)) {
      if (definition.pathInFile.at(-1) === "[]") continue;
      const now = successor(host, name);
      if (now !== undefined && !isOverridden(host, definition, now)) yield finding(host, definition, name, now);
    }
  },
};

/** The name to use instead, with this host's Nix. */
function successor(host: Host, name: string): string | undefined {
  const canonical = canonicalSettingName(name);
  const fact = findSetting(name);
  // Names that are younger than Nix 2.0 may be unknown to the Nix that reads this.
  if (canonical !== name) return fact && compareVersions(fact.since, "2.1") < 0 ? canonical : undefined;
  if (fact?.renamedTo === undefined) return undefined;
  const [major = 0, minor = 0] = (findSetting(fact.renamedTo)?.since ?? "").split(".").map(Number);
  return atLeast(host, major, minor) === true ? fact.renamedTo : undefined;
}

/** `overridden-alias` speaks there. */
function isOverridden(host: Host, definition: Definition, canonical: string): boolean {
  const writesAll = host.platform === "nixos" || host.platform === "darwin";
  return writesAll && !definition.inText && ALWAYS_WRITTEN.has(canonical);
}

function finding(host: Host, definition: Definition, name: string, now: string): Draft {
  const taken = host.definitions.find((d) => d !== definition && settingOf(d) === now && d.attrPath.at(-1) === now);
  return {
    ...spot(definition),
    severity: findSetting(name)?.renamedTo === undefined ? "information" : "hint",
    message: `\`${name}\` is the old name of \`${now}\`.${taken ? " Both are set: the later line of nix.conf wins." : ""}`,
    related: taken ? [{ ...spot(taken), message: `\`${now}\` is set here` }] : [],
    fixes: taken
      ? []
      : [
          {
            title: `Rename to ${now}`,
            // What is forced may beat a definition under the old name in a module that is not in sight.
            applicability: definition.priority < PLAIN_PRIORITY ? "unsafe" : "safe",
            preferred: true,
            edits: renameDefinition(definition, now),
          },
        ],
  };
}
