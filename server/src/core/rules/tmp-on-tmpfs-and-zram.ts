// /tmp as tmpfs and on zram at once: an assertion of NixOS.
import { code, issue } from "../catalogue/cite.js";
import { replaceValue } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

export const tmpOnTmpfsAndZram: Rule = {
  id: "tmp-on-tmpfs-and-zram",
  title: "/tmp on tmpfs and on zram at once",
  class: "misconfiguration",
  severity: "error",
  confidence: 1,
  tier: "P1",
  docs: {
    what: "Finds `boot.tmp.useTmpfs` and `boot.tmp.useZram` both true.",
    why: "NixOS refuses the configuration: /tmp can be one of them.",
    when: "Always.",
    risk: "The fix keeps zram, which holds the same files in less memory but bounds them by its own size.",
    rollback: "Undo the edit.",
    evidence: [code("NixOS/nixpkgs", "nixos/modules/system/boot/zram-as-tmp.nix"), issue("NixOS/nixpkgs#320917")],
  },
  examples: [
    {
      title: "Keep one",
      machine: "none",
      before: "{ boot.tmp = { ⟦useTmpfs = true;⟧ useZram = true; }; }\n",
      after: "{ boot.tmp = { useTmpfs = false; useZram = true; }; }\n",
    },
    { title: "One of them", machine: "none", before: "{ boot.tmp.useZram = true; boot.tmp.useTmpfs = false; }\n" },
  ],
  *checkHost(host) {
    const tmpfs = host.option(["boot", "tmp", "useTmpfs"]);
    const zram = host.option(["boot", "tmp", "useZram"]);
    if (host.platform !== "nixos" || !isTrue(tmpfs) || !isTrue(zram)) return;
    if (tmpfs.state !== "known" || zram.state !== "known") return;
    const [first] = tmpfs.definitions;
    const [other] = zram.definitions;
    yield {
      ...spot(first),
      message: "/tmp cannot be tmpfs and on zram at once: NixOS refuses the configuration. Keep one of them.",
      related: [{ ...spot(other), message: "`useZram` is set here" }],
      fixes: [
        {
          title: "Keep zram: set useTmpfs = false",
          applicability: "unsafe",
          preferred: true,
          edits: replaceValue(first, "false"),
        },
        { title: "Keep tmpfs: set useZram = false", applicability: "unsafe", edits: replaceValue(other, "false") },
      ],
    };
  },
};
