// The garbage collector is to free up to less than what set it off.
import { code, manual } from "../catalogue/cite.js";
import { replaceValue } from "../edits/options.js";
import { formatBytes, parseSize } from "../machine/size.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";

export const maxFreeBelowMinFree: Rule = {
  id: "max-free-below-min-free",
  title: "`max-free` is not above `min-free`",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P2",
  docs: {
    what: "Finds `max-free` with the value of `min-free` or less.",
    why: "Below `min-free` Nix collects garbage until `max-free` is free. Where that is not more, it frees next to nothing, again and again in the middle of builds, or never starts.",
    when: "Both values are known.",
    risk: "More old store paths are deleted when the disk gets full.",
    rollback: "Undo the edit.",
    evidence: [manual("max-free"), manual("min-free"), code("NixOS/nix", "src/libstore/gc.cc", "`autoGC`")],
  },
  examples: [
    {
      title: "The same number twice",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { min-free = 1073741824; ⟦max-free = 1073741824;⟧ }; }\n",
      after: "{ boot.tmp.cleanOnBoot = true; nix.settings = { min-free = 1073741824; max-free = 2147483648; }; }\n",
    },
    {
      title: "Room between them",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { min-free = 1073741824; max-free = 5368709120; }; }\n",
    },
  ],
  *checkHost(host) {
    const least = bytesOfSetting(host, "min-free");
    const most = bytesOfSetting(host, "max-free");
    if (!least || !most || most.bytes > least.bytes || least.bytes === 0) return;
    const target = String(least.bytes * 2);
    yield {
      ...spot(most.definition),
      message: `Garbage collection begins below ${formatBytes(least.bytes)} free (\`min-free\`) and stops at ${formatBytes(most.bytes)} (\`max-free\`): it frees next to nothing, over and over.`,
      related: [{ ...spot(least.definition), message: "`min-free` is set here" }],
      fixes: [
        {
          title: `Set max-free to twice min-free (${formatBytes(least.bytes * 2)})`,
          applicability: "unsafe",
          preferred: true,
          edits: replaceValue(most.definition, target),
        },
      ],
    };
  },
};

function bytesOfSetting(host: Host, name: string) {
  const state = host.setting(name);
  if (state.state !== "known") return undefined;
  const { value, definitions } = state;
  const bytes =
    value.kind === "int" ? Number(value.value) : value.kind === "string" ? parseSize(value.value) : undefined;
  return bytes === undefined ? undefined : { bytes, definition: definitions[0] };
}
