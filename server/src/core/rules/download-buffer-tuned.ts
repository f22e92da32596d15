// A large download-buffer-size: the reason for it is gone since Nix 2.33.
import { issue, releaseNotes } from "../catalogue/cite.js";
import { removeDefinition } from "../edits/options.js";
import { formatBytes, MIB, parseSize } from "../machine/size.js";
import type { Value } from "../evaluate/value.js";
import type { Rule } from "./rule.js";
import { atLeast, ifVersionKnown } from "./support/nixVersion.js";
import { settingDefinitions } from "./support/settingOf.js";
import { spot } from "./support/spot.js";

export const downloadBufferTuned: Rule = {
  id: "download-buffer-tuned",
  title: "A large download buffer that Nix no longer needs",
  class: "deprecated",
  severity: "information",
  confidence: 0.9,
  tier: "P2",
  docs: {
    what: "Finds `download-buffer-size` above 1 MiB.",
    why: 'Up to 2.32 a full buffer stopped downloads and printed "download buffer is full", so people raised it. Nix 2.33 mended the cause and lowered the default from 64 MiB to 1 MiB; a large value now only takes memory.',
    when: "Nix 2.33 and later. With 2.24 to 2.32 the setting is of use; where the version is not known this is a hint.",
    risk: "None with Nix 2.33 and later.",
    rollback: "Undo the edit.",
    evidence: [
      releaseNotes("2.33", "the default is 1 MiB, and raising it is not recommended"),
      issue("NixOS/nix#11728", "download buffer is full"),
    ],
  },
  examples: [
    {
      title: "With Nix 2.34",
      machine: "none",
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_34;
  nix.settings = {
    ⟦download-buffer-size = 268435456;⟧
    cores = 2;
  };
}
`,
      after: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.package = pkgs.nixVersions.nix_2_34;
  nix.settings = {
    cores = 2;
  };
}
`,
    },
    {
      title: "With Nix 2.28 it helps",
      machine: "none",
      before:
        "{ pkgs, ... }: { boot.tmp.cleanOnBoot = true; nix.package = pkgs.nixVersions.nix_2_28; nix.settings.download-buffer-size = 268435456; }\n",
    },
  ],
  *checkHost(host) {
    const isNew = atLeast(host, 2, 33);
    if (isNew === false) return;
    for (const { definition, name } of settingDefinitions(host)) {
      const bytes = name === "download-buffer-size" ? bytesOf(definition.value) : undefined;
      if (bytes === undefined || bytes <= MIB) continue;
      yield {
        ...spot(definition),
        severity: ifVersionKnown(isNew, "information"),
        message: `A download buffer of ${formatBytes(bytes)} is of no use since Nix 2.33, which mended what it was raised for.`,
        fixes: [
          {
            title: "Remove download-buffer-size",
            applicability: isNew ? "safe" : "unsafe",
            preferred: true,
            edits: removeDefinition(definition),
          },
        ],
      };
    }
  },
};

function bytesOf(value: Value): number | undefined {
  if (value.kind === "int") return Number(value.value);
  return value.kind === "string" ? parseSize(value.value) : undefined;
}
