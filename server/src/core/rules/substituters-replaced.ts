// `substituters` outside of NixOS and nix-darwin replaces the list: cache.nixos.org is gone from it.
import { code, manual, tested } from "../catalogue/cite.js";
import { canonicalSettingName } from "../catalogue/lookup.js";
import { renameDefinition } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { settingDefinitions, settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

/** Caches that have what cache.nixos.org has: itself, its mirrors, and proxies in front of it. */
const HAS_NIXPKGS = /nixos\.org|nix-channels\/store|mirror|proxy|ncps|localhost|127\.0\.0\.1|\/\/cache\.nixos/i;
/** Caches of one project or person, which never hold nixpkgs. */
const HOLDS_ADDITIONS = /\.cachix\.org|cache\.garnix\.io|cache\.numtide\.com/;

export const substitutersReplaced: Rule = {
  id: "substituters-replaced",
  title: "The list of caches without cache.nixos.org",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds `substituters` in a flake's `nixConfig`, in home-manager, in nix.conf and in `nix.extraOptions` without cache.nixos.org.",
    why: "There the setting replaces the list, so everything that nixpkgs' own cache has is built from source. `extra-substituters` adds to it.",
    when: "Not in `nix.settings` of NixOS and nix-darwin: their module adds cache.nixos.org to whatever is set.",
    risk: "cache.nixos.org is asked as well.",
    rollback: "Rename it back.",
    evidence: [
      manual("substituters"),
      code("NixOS/nix", "src/libutil/configuration.cc", "a list is replaced unless its name begins with `extra-`"),
      tested("lib.evalModules with the NixOS module: user lists are joined with cache.nixos.org"),
    ],
  },
  examples: [
    {
      title: "In a flake",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = {
    ⟦substituters = [ "https://nix-community.cachix.org" ];⟧
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
      title: "NixOS adds its own",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.substituters = [ "https://nix-community.cachix.org" ];
}
`,
    },
  ],
  *checkHost(host) {
    for (const { definition, name } of settingDefinitions(host)) {
      if (canonicalSettingName(name) !== "substituters" || !replaces(definition, host)) continue;
      const urls = wordsOf(definition.value);
      if (!urls || urls.length === 0 || urls.some((url) => HAS_NIXPKGS.test(url))) continue;
      yield finding(definition, host, urls);
    }
  },
};

function replaces(definition: Definition, host: Host): boolean {
  return (
    definition.inText?.nixConf === true ||
    host.platform === "flake" ||
    (host.platform === "home-manager" && definition.attrPath[0] === "nix")
  );
}

function finding(definition: Definition, host: Host, urls: readonly string[]): Draft {
  // Two definitions cannot both take the new name.
  const others = host.definitions.filter((d) => d.site?.set === definition.site?.set && settingOf(d) !== undefined);
  const first = others.find((d) => canonicalSettingName(settingOf(d) ?? "") === "substituters");
  const taken = host.setting("extra-substituters").state !== "unset" || (first !== undefined && first !== definition);
  return {
    ...spot(definition),
    message:
      "This replaces the list of caches, and cache.nixos.org is not in it: what nixpkgs' cache has is built from source. `extra-substituters` adds to the list.",
    fixes: taken
      ? []
      : [
          {
            title: "Rename to extra-substituters",
            applicability: urls.every((url) => HOLDS_ADDITIONS.test(url)) ? "safe" : "unsafe",
            preferred: true,
            edits: renameDefinition(definition, "extra-substituters"),
          },
        ],
  };
}
