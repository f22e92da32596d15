// zswap in front of zram: pages are compressed twice.
import { documentation, estimate } from "../catalogue/cite.js";
import { rewriteItems } from "../edits/optionLists.js";
import type { Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

export const zramWithZswap: Rule = {
  id: "zram-with-zswap",
  title: "zswap in front of zram",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.7,
  tier: "P2",
  docs: {
    what: "Finds `zramSwap.enable` together with `zswap.enabled=1` on the kernel's command line.",
    why: "zswap keeps compressed pages in a pool of its own before it writes them to swap. With zram as the swap they are compressed, unpacked and compressed again, and the pool takes memory that builds need.",
    when: "zram is the only swap. With a disk behind it, zswap alone may be the better choice of the two.",
    risk: "Pages go to zram at once.",
    rollback: "Undo the edit.",
    evidence: [
      documentation("ArchWiki: zram, disable zswap", "https://wiki.archlinux.org/title/Zram"),
      documentation("Kernel documentation: zswap", "https://docs.kernel.org/admin-guide/mm/zswap.html"),
      estimate("how much it costs builds was not measured"),
    ],
  },
  examples: [
    {
      title: "Both",
      machine: "none",
      before: '{ zramSwap.enable = true; ⟦boot.kernelParams = [ "quiet" "zswap.enabled=1" ];⟧ }\n',
      after: '{ zramSwap.enable = true; boot.kernelParams = [ "quiet" "zswap.enabled=0" ]; }\n',
    },
    {
      title: "zswap before a disk",
      machine: "none",
      before: '{ boot.kernelParams = [ "zswap.enabled=1" ]; swapDevices = [ { device = "/dev/sda2"; } ]; }\n',
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" || !isTrue(host.option(["zramSwap", "enable"]))) return;
    for (const definition of host.definitions) {
      if (definition.attrPath.join(".") !== "boot.kernelParams") continue;
      if (!wordsOf(definition.value)?.includes("zswap.enabled=1")) continue;
      yield {
        ...spot(definition),
        message: "zswap compresses pages before they reach zram, which compresses them again. Switch one of them off.",
        fixes: [
          {
            title: "Switch zswap off",
            applicability: "unsafe",
            preferred: true,
            edits: rewriteItems(definition, (text) => (text === "zswap.enabled=1" ? "zswap.enabled=0" : undefined)),
          },
        ],
      };
    }
  },
};
