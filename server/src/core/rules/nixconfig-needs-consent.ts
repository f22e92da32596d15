// Machine settings in a flake's nixConfig: most users never get them.
import { findSetting } from "../catalogue/lookup.js";
import type { Definition } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { isFlakeConfiguration, writtenSettingName } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

/** What a flake may well propose to its users: where its packages are, and features it needs. Not settings of the machine. */
const PROPOSALS: ReadonlySet<string> = new Set([
  "substituters",
  "trusted-substituters",
  "trusted-public-keys",
  "experimental-features",
  "allow-import-from-derivation",
  "accept-flake-config",
]);

export const nixconfigNeedsConsent: Rule = {
  id: "nixconfig-needs-consent",
  title: "A machine's setting in `nixConfig`",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.95,
  tier: "P2",
  docs: {
    what: "Finds settings of the machine (`max-jobs`, `cores`, `timeout`, `http-connections`, `sandbox` …) in the `nixConfig` of a flake. Caches, keys and features are left alone.",
    why: "Nix takes them only with the consent of each user: `accept-flake-config`, a saved answer, or an interactive yes. In CI and in services the answer is no and a warning is all there is. Where they are accepted they beat even the command line, so nobody can lower them with `--cores`. They never configure the machine, only the one command; those that the daemon restricts work for trusted users alone.",
    when: "Always; it hurts where people rely on the limit.",
    risk: "None: there is no edit. Put the setting into the configuration of the machine (`nix.settings`, or /etc/nix/nix.conf).",
    rollback: "Nothing to undo.",
    evidence: [
      {
        grade: "source-code",
        text: "NixOS/nix src/libflake/config.cc `ConfigFile::apply`: the settings that need no question",
        url: "https://github.com/NixOS/nix/blob/master/src/libflake/config.cc",
      },
      {
        grade: "tested",
        text: "Nix 2.8: with consent `nixConfig.cores = 3` beats `--cores 5`; without it, the warning and 5",
      },
      {
        grade: "source-code",
        text: "NixOS/nix src/libstore/daemon.cc `ClientSettings::apply`: what the daemon takes from users it does not trust",
        url: "https://github.com/NixOS/nix/blob/master/src/libstore/daemon.cc",
      },
    ],
  },
  examples: [
    {
      title: "A limit that most users never get",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig = {
    extra-substituters = [ "https://nix-community.cachix.org" ];
    ⟦max-jobs = 2;⟧
  };
  outputs = { self }: { };
}
`,
    },
    {
      title: "The prompt needs no consent, and a cache is a proposal",
      machine: "none",
      before: `#- flake.nix
{
  nixConfig.bash-prompt = "dev> ";
  nixConfig.extra-trusted-public-keys = [ "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=" ];
  outputs = { self }: { };
}
`,
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (!isFlakeConfiguration(definition)) continue;
      const name = writtenSettingName(definition);
      const fact = name === undefined ? undefined : findSetting(name);
      if (name !== undefined && fact?.needsConsent && fact.daemon !== "client" && !PROPOSALS.has(fact.name))
        yield finding(definition, name, fact.daemon === "trusted");
    }
  },
};

function finding(definition: Definition, name: string, restricted: boolean): Draft {
  return {
    ...spot(definition),
    message:
      `\`${name}\` in nixConfig takes effect only for those who accept this flake's configuration, never in CI by itself; ` +
      (restricted
        ? "and the daemon takes it from trusted users alone. "
        : "once accepted it beats the command line. ") +
      "A machine's settings belong into the configuration of the machine.",
  };
}
