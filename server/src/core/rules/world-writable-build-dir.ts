// build-dir in /tmp: since Nix 2.30 it refuses to build in a folder that everybody can write to.
import { code, manual } from "../catalogue/cite.js";
import { replaceValue } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { atLeast, ifVersionKnown } from "./support/nixVersion.js";
import { isWorldWritable } from "./support/folders.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { isUnwritten } from "./support/wholeHost.js";

export const worldWritableBuildDir: Rule = {
  id: "world-writable-build-dir",
  title: "Builds in a folder that everybody can write to",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `build-dir` in or below /tmp, /var/tmp or /dev/shm.",
    why: "Since 2.30 Nix checks the folder and its parents and refuses to build where anybody may write: another user could put files under a build that runs as another account.",
    when: "Nix 2.30 and later: every build fails. Where the version is not known it is a warning.",
    risk: "Builds lie on the disk of /var/lib. Without the setting they lie in /nix/var/nix/builds.",
    rollback: "Undo the edit.",
    evidence: [
      manual("build-dir"),
      code("NixOS/nix", "src/libstore/unix/build/derivation-builder.cc", "`checkNotWorldWritable`"),
    ],
  },
  examples: [
    {
      title: "A folder of its own",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix.settings = { ⟦build-dir = "/var/tmp";⟧ max-jobs = 2; }; }\n',
      after: '{ boot.tmp.cleanOnBoot = true; nix.settings = { build-dir = "/var/lib/nix-builds"; max-jobs = 2; }; }\n',
    },
    {
      title: "A folder that belongs to root",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix.settings.build-dir = "/var/cache/nix"; }\n',
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix = { enable = false; settings.build-dir = "/var/tmp"; }; }\n',
    },
  ],
  *checkHost(host) {
    const isNew = atLeast(host, 2, 30);
    if (isNew === false) return;
    for (const definition of host.definitions) {
      const { value } = definition;
      const folder = value.kind === "string" ? value.value : value.kind === "path" ? value.path : "";
      if (settingOf(definition) !== "build-dir" || !isWorldWritable(folder)) continue;
      if (isUnwritten(definition, host)) continue;
      yield {
        ...spot(definition),
        severity: ifVersionKnown(isNew, "error"),
        message: `Since Nix 2.30 no build starts in \`${folder}\`, because everybody can write there or above. Take a folder of root's, or leave the setting away.`,
        fixes: [
          {
            title: 'Set build-dir = "/var/lib/nix-builds"',
            applicability: isNew ? "safe" : "unsafe",
            preferred: true,
            edits: replaceValue(definition, '"/var/lib/nix-builds"'),
          },
        ],
      };
    }
  },
};
