// substitute = false: no cache is asked, everything is built.
import { manual } from "../catalogue/cite.js";
import { canonicalSettingName } from "../catalogue/lookup.js";
import { removeDefinition } from "../edits/options.js";
import type { Value } from "../evaluate/value.js";
import type { Rule } from "./rule.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const substitutionOff: Rule = {
  id: "substitution-off",
  title: "Every package is built from source",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `substitute = false`.",
    why: "Nix then asks no binary cache: a system of some thousand packages is compiled here, for days, with every peak of memory that there is.",
    when: "Left over from a test, mostly. Where it is meant, ignore the finding with a reason; for one command there is `--option substitute false`.",
    risk: "Packages come from the caches again.",
    rollback: "Set it to false again.",
    evidence: [manual("substitute")],
  },
  examples: [
    {
      title: "Remove it",
      machine: "none",
      before:
        "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings = {\n    ⟦substitute = false;⟧\n    cores = 2;\n  };\n}\n",
      after: "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings = {\n    cores = 2;\n  };\n}\n",
    },
    { title: "On", machine: "none", before: "{ boot.tmp.cleanOnBoot = true; nix.settings.substitute = true; }\n" },
  ],
  *checkHost(host) {
    for (const { definition, name } of settingDefinitions(host)) {
      if (canonicalSettingName(name) !== "substitute" || !saysFalse(definition.value)) continue;
      yield {
        ...spot(definition),
        message: "With `substitute = false` no binary cache is asked: everything is built from source here.",
        fixes: [{ title: "Remove it", applicability: "unsafe", preferred: true, edits: removeDefinition(definition) }],
      };
    }
  },
};

function saysFalse(value: Value): boolean {
  return (value.kind === "bool" && !value.value) || (value.kind === "string" && /^(false|no|0)$/.test(value.value));
}
