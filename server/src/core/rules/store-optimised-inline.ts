// Files are linked to each other while something waits for them.
import { issue } from "../catalogue/cite.js";
import { removeDefinition, setOption } from "../edits/options.js";
import { replaceByOption } from "../edits/optionLists.js";
import type { Definition, Host } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { isTrue, saysTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const AUTOMATIC = ["nix", "optimise", "automatic"];

export const storeOptimisedInline: Rule = {
  id: "store-optimised-inline",
  title: "The store is deduplicated while builds and downloads wait",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds `auto-optimise-store = true` on NixOS.",
    why: "Every path that is added is read again, hashed and linked file by file before the build or download counts as done. `nix.optimise.automatic` does the same once a day.",
    when: "Hosts that build or update much, and slow disks. On nix-darwin auto-optimise-on-darwin speaks instead.",
    risk: "Until the timer runs, duplicates take their space.",
    rollback: "Set `auto-optimise-store` again.",
    evidence: [issue("NixOS/nix#462"), issue("indexable-inc/index#938", "what it costs during downloads")],
  },
  examples: [
    {
      title: "With every path",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix = {
    ⟦settings.auto-optimise-store = true;⟧
    settings.cores = 6;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix = {
    optimise.automatic = true;
    settings.cores = 6;
  };
}
`,
    },
    {
      title: "On a timer",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.optimise.automatic = true; }\n",
    },
  ],
  *checkHost(host) {
    const state = host.setting("auto-optimise-store");
    if (host.platform !== "nixos" || state.state !== "known" || !saysTrue(state.value)) return;
    const definition = strongest(state.definitions);
    yield {
      ...spot(definition),
      message:
        "`auto-optimise-store` hashes and links each file while a build or download waits for it. `nix.optimise.automatic` does so on a timer.",
      fixes: [
        {
          title: "Deduplicate on a timer",
          applicability: "safe",
          preferred: true,
          edits: edits(host, definition),
        },
      ],
    };
  },
};

function edits(host: Host, definition: Definition): FixDraft["edits"] {
  const automatic = host.option(AUTOMATIC);
  if (isTrue(automatic)) return removeDefinition(definition);
  if (automatic.state === "unset") return replaceByOption(host, definition, AUTOMATIC, "true");
  const removal = removeDefinition(definition);
  const switched = setOption(host, AUTOMATIC, "true", definition);
  return removal && switched && [...removal, ...switched];
}
