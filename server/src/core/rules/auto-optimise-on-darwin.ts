// auto-optimise-store on macOS: nix-darwin refuses it for most versions of Nix.
import { code, issue } from "../catalogue/cite.js";
import { removeDefinition } from "../edits/options.js";
import { replaceByOption } from "../edits/optionLists.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { atLeast, ifVersionKnown, nixName } from "./support/nixVersion.js";
import { settingOf } from "./support/settingOf.js";
import { isTrue, saysTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { isNixOff } from "./support/wholeHost.js";

export const autoOptimiseOnDarwin: Rule = {
  id: "auto-optimise-on-darwin",
  title: "`auto-optimise-store` on macOS",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `auto-optimise-store = true` in a nix-darwin configuration.",
    why: "It slows additions to the store (a source of 1,757 files: 41 s instead of 6 s). On macOS it also damaged stores (builds that fail now and then with missing links), so nix-darwin stops with an assertion unless Nix is one of the versions that mend it. `nix.optimise.automatic` saves the same space on a timer.",
    when: "Nix before 2.33; a warning where the version is not known or newer.",
    risk: "Files are deduplicated at night instead of at once.",
    rollback: "Undo the edit.",
    evidence: [
      issue("NixOS/nix#7273", "auto-optimise-store on macOS"),
      issue("indexable-inc/index#938", "6 s to 41 s"),
      code("nix-darwin/nix-darwin", "modules/nix/default.nix", "the assertion"),
    ],
  },
  examples: [
    {
      title: "Deduplicate on a timer",
      machine: "none",
      before: `#- darwin.nix
{
  ⟦nix.settings.auto-optimise-store = true;⟧
}
`,
      after: `#- darwin.nix
{
  nix.optimise.automatic = true;
}
`,
    },
    {
      title: "On NixOS it is fine",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.auto-optimise-store = true; }\n",
    },
  ],
  *checkHost(host) {
    if (host.platform !== "darwin" || isNixOff(host) || isMendedByLix(host)) return;
    const isMended = atLeast(host, 2, 33);
    const automatic = host.option(["nix", "optimise", "automatic"]);
    for (const definition of host.definitions) {
      if (settingOf(definition) !== "auto-optimise-store" || definition.conditional || !saysTrue(definition.value))
        continue;
      if (definition.attrPath[0] !== "nix") continue;
      yield {
        ...spot(definition),
        severity: isMended ? "warning" : ifVersionKnown(isMended, "error"),
        message: isMended
          ? `${nixName(host)} no longer damages stores on macOS with \`auto-optimise-store\`, but adding to the store is slowed several times over. \`nix.optimise.automatic = true\` does the same on a timer.`
          : "nix-darwin refuses `auto-optimise-store` unless Nix is new enough, because it damaged stores on macOS. `nix.optimise.automatic = true` does the same on a timer.",
        fixes: [
          {
            title: isTrue(automatic) ? "Remove it" : "Set nix.optimise.automatic = true instead",
            applicability: "safe",
            preferred: true,
            edits: isTrue(automatic)
              ? removeDefinition(definition)
              : automatic.state === "unset"
                ? replaceByOption(host, definition, ["nix", "optimise", "automatic"], "true")
                : undefined,
          },
        ],
      };
    }
  },
};

/** Lix mended it in 2.92; of a Lix whose version is not known nothing is said. */
function isMendedByLix({ nix }: Host): boolean {
  return nix?.implementation === "lix" && (nix.own === undefined || nix.own[1] >= 92);
}
