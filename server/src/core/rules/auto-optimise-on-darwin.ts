// auto-optimise-store on macOS: nix-darwin refuses it for most versions of Nix.
import { code, issue } from "../catalogue/cite.js";
import { removeDefinition } from "../edits/options.js";
import { replaceByOption } from "../edits/optionLists.js";
import type { Definition } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { atLeast } from "./support/nixVersion.js";
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
    why: "On macOS it damaged stores (builds that fail now and then with missing links), so nix-darwin stops with an assertion unless Nix is one of the versions that mend it. `nix.optimise.automatic` saves the same space on a timer.",
    when: "Nix before 2.33; a warning where the version is not known or newer.",
    risk: "Files are deduplicated at night instead of at once.",
    rollback: "Undo the edit.",
    evidence: [
      issue("NixOS/nix#7273", "auto-optimise-store on macOS"),
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
    if (host.platform !== "darwin" || isNixOff(host) || usesLix(host.definitions)) return;
    const automatic = host.option(["nix", "optimise", "automatic"]);
    for (const definition of host.definitions) {
      if (settingOf(definition) !== "auto-optimise-store" || definition.conditional || !saysTrue(definition.value))
        continue;
      if (definition.attrPath[0] !== "nix") continue;
      yield {
        ...spot(definition),
        severity: atLeast(host, 2, 33) === false ? "error" : "warning",
        message:
          "nix-darwin refuses `auto-optimise-store` unless Nix is new enough, because it damaged stores on macOS. `nix.optimise.automatic = true` does the same on a timer.",
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

/** Lix mended it in 2.92; its version is not read here. */
function usesLix(definitions: readonly Definition[]): boolean {
  return definitions.some(
    ({ attrPath, source, valueRange }) =>
      attrPath.join(".") === "nix.package" && /\blix/i.test(source?.text.slice(valueRange.start, valueRange.end) ?? ""),
  );
}
