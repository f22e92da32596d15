// `min-free = "1G"`: a suffix that Nix reads since 2.23 only.
import { releaseNotes, tested } from "../catalogue/cite.js";
import { findSetting } from "../catalogue/lookup.js";
import { replaceValue } from "../edits/options.js";
import { parseSize } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { atLeast, nixName } from "./support/nixVersion.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const sizeSuffixTooNew: Rule = {
  id: "size-suffix-too-new",
  title: "A size suffix that this Nix cannot read",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: 'Finds numbers with a suffix (`min-free = "1G"`) in a configuration whose Nix is older than 2.23.',
    why: "Before 2.23 a suffix is an error: \"setting 'min-free' has invalid value '1G'\", and no Nix command works.",
    when: "Only where the version of Nix is known, from `nix.package` or nix-build-budget.json.",
    risk: "None: the number is the same.",
    rollback: "Undo the edit.",
    evidence: [tested("Nix 2.8: `min-free = 1G` is an error"), releaseNotes("2.23", "suffixes K, M, G, T")],
  },
  examples: [
    {
      title: "With Nix 2.18",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_18;
  nix.settings = {
    ⟦min-free = "1G";⟧
  };
}
`,
      after: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_18;
  nix.settings = {
    min-free = 1073741824;
  };
}
`,
    },
    {
      title: "With a newer one",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_28;
  nix.settings.min-free = "1G";
}
`,
    },
  ],
  *checkHost(host) {
    if (atLeast(host, 2, 23) !== false) return;
    for (const { definition, name } of settingDefinitions(host)) {
      const type = findSetting(name)?.type;
      const { value } = definition;
      if ((type !== "bytes" && type !== "unsigned") || value.kind !== "string" || !/^\d+[KMGT]$/.test(value.value))
        continue;
      const bytes = parseSize(value.value);
      yield {
        ...spot(definition),
        message: `${nixName(host)} cannot read the suffix of \`${value.value}\`: no command works with this nix.conf. Suffixes came with 2.23.`,
        fixes:
          bytes === undefined
            ? []
            : [
                {
                  title: `Write ${bytes}`,
                  applicability: "safe",
                  preferred: true,
                  edits: replaceValue(definition, String(bytes)),
                },
              ],
      };
    }
  },
};
