// A cache whose signatures nobody accepts: every path of it is fetched in vain or built.
import { manual } from "../catalogue/cite.js";
import type { Definition, Model } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { wordsOf, wordsOfSetting } from "./support/words.js";

/** Services that sign with a key named after the cache's host. */
const SIGNED_BY_HOST = /^https:\/\/([\w-]+\.cachix\.org|cache\.garnix\.io)\/?(\?.*)?$/;

export const substituterWithoutKey: Rule = {
  id: "substituter-without-key",
  title: "A cache whose key is missing",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds caches of cachix.org and garnix.io in `substituters` whose key is in no `trusted-public-keys` of the same configuration.",
    why: 'Nix asks the cache, and then refuses what it has ("lacks a signature by a trusted key"): each path costs a request and is built all the same.',
    when: "Where all keys of the configuration are in sight. Caches of other services name their keys as they like, and are left alone.",
    risk: "None: there is no edit, since a key must come from the cache's own page.",
    rollback: "Nothing to undo.",
    evidence: [manual("trusted-public-keys"), manual("require-sigs")],
  },
  examples: [
    {
      title: "A cache without its key",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.settings.substituters = [ "https://nix-community.cachix.org" ];⟧
}
`,
    },
    {
      title: "With its key",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    substituters = [ "https://nix-community.cachix.org" ];
    trusted-public-keys = [ "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=" ];
  };
}
`,
    },
  ],
  *checkHost(host, { model }) {
    const readsAll = host.platform !== "home-manager" && host.platform !== "module";
    if (!readsAll || host.setting("require-sigs").state !== "unset") return;
    const keys = wordsOfSetting(host, "trusted-public-keys");
    if (!keys || keys.some((key) => !key.includes(":"))) return;
    const definitions = ["substituters", "extra-substituters"].flatMap((name) => {
      const state = host.setting(name);
      return state.state === "known" ? state.definitions : [];
    });
    for (const definition of definitions) {
      const missing = (wordsOf(definition.value) ?? []).flatMap((url) => {
        const cache = SIGNED_BY_HOST.exec(url)?.[1];
        const isKnown = cache === undefined || keys.some((key) => key.startsWith(cache));
        return isKnown || url.includes("trusted=") ? [] : [cache];
      });
      // A lone file may be one of several that make up a machine: then any key in sight will do.
      const elsewhere = host.kind === "file" && missing.length > 0 ? model.ask(keysOf) : [];
      const unknown = missing.filter((cache) => !elsewhere.some((key) => key.startsWith(cache)));
      if (unknown.length > 0) yield finding(definition, unknown);
    }
  },
};

/** All keys that any configuration of the workspace trusts. */
function keysOf(model: Model): readonly string[] {
  return model.definitions
    .filter((definition) => settingOf(definition)?.endsWith("public-keys"))
    .flatMap((definition) => wordsOf(definition.value) ?? []);
}

function finding(definition: Definition, missing: readonly string[]): Draft {
  const names = missing.map((name) => `\`${name}\``).join(", ");
  const its = missing.length === 1 ? "its key" : "their keys";
  return {
    ...spot(definition),
    message: `No key of ${names} is trusted here: Nix asks and then refuses what it gets, and builds it. Add ${its} to \`trusted-public-keys\`, from the cache's own page.`,
  };
}
