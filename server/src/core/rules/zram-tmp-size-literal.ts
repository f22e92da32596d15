// The size of /tmp on zram is an expression in MB: "8G" is not one.
import { code, documentation } from "../catalogue/cite.js";
import { replaceValue } from "../edits/options.js";
import { MIB, parseSize } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";

export const zramTmpSizeLiteral: Rule = {
  id: "zram-tmp-size-literal",
  title: "A size with a unit where zram-generator takes megabytes",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: 'Finds `boot.tmp.zramSettings.zram-size = "8G"` and the like.',
    why: "zram-generator reads an arithmetic expression in megabytes, in which `ram` stands for the memory. It cannot read a unit, so /tmp does not get the size that was meant.",
    when: "NixOS with `boot.tmp.useZram`.",
    risk: "None: the number says the same.",
    rollback: "Undo the edit.",
    evidence: [
      documentation(
        "zram-generator.conf(5): zram-size",
        "https://github.com/systemd/zram-generator/blob/main/man/zram-generator.conf.md",
      ),
      code("NixOS/nixpkgs", "nixos/modules/system/boot/zram-as-tmp.nix"),
    ],
  },
  examples: [
    {
      title: "In megabytes",
      machine: "none",
      before: '{ boot.tmp = { useZram = true; ⟦zramSettings.zram-size = "8G";⟧ }; }\n',
      after: '{ boot.tmp = { useZram = true; zramSettings.zram-size = "8192"; }; }\n',
    },
    {
      title: "An expression",
      machine: "none",
      before: '{ boot.tmp = { useZram = true; zramSettings.zram-size = "ram / 2"; }; }\n',
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos") return;
    for (const definition of host.definitions) {
      const { value } = definition;
      if (definition.attrPath.join(".") !== "boot.tmp.zramSettings.zram-size" || value.kind !== "string") continue;
      if (!/^\s*\d+(\.\d+)?\s*[KMGTkmgt](i?[Bb])?\s*$/.test(value.value)) continue;
      const megabytes = Math.round((parseSize(value.value) ?? 0) / MIB);
      yield {
        ...spot(definition),
        message: `\`zram-size\` is an expression in megabytes: zram-generator cannot read \`${value.value}\`. Write "${megabytes}", or a share such as "ram / 2".`,
        fixes: [
          {
            title: `Write "${megabytes}"`,
            applicability: "safe",
            preferred: true,
            edits: megabytes > 0 ? replaceValue(definition, `"${megabytes}"`) : undefined,
          },
        ],
      };
    }
  },
};
