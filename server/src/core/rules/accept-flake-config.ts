// accept-flake-config = true: every flake may set everything, as root for trusted users.
import { replaceValue } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { isUnwritten } from "./support/wholeHost.js";

export const acceptFlakeConfig: Rule = {
  id: "accept-flake-config",
  title: "Every flake may configure this machine",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `accept-flake-config = true` in the configuration of a machine or a user.",
    why: "Any flake that is built may then set any Nix setting without a question: its own limits instead of yours (they beat the command line), its own caches and keys, `sandbox = false`, a `post-build-hook`. For a trusted user that is root for whoever wrote the flake.",
    when: "Always, most of all where `trusted-users` holds the person who builds.",
    risk: "Flakes that propose a cache ask again, once each; CI has to pass `--accept-flake-config` where it trusts the flake.",
    rollback: "Set it to true again.",
    evidence: [
      { grade: "issue", text: "NixOS/nix#9649, with a demonstration", url: "https://github.com/NixOS/nix/issues/9649" },
      {
        grade: "source-code",
        text: "NixOS' own builders set it to false explicitly (NixOS/infra builders/common/nix.nix)",
        url: "https://github.com/NixOS/infra/blob/main/builders/common/nix.nix",
      },
    ],
  },
  examples: [
    {
      title: "In a NixOS module",
      machine: "none",
      before: "{ nix.settings = { max-jobs = 2; ⟦accept-flake-config = true;⟧ }; }\n",
      after: "{ nix.settings = { max-jobs = 2; accept-flake-config = false; }; }\n",
    },
    { title: "Switched off", machine: "none", before: "{ nix.settings.accept-flake-config = false; }\n" },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: "{ nix.enable = false; nix.settings.accept-flake-config = true; }\n",
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (settingOf(definition) !== "accept-flake-config" || definition.attrPath[0] === "nixConfig") continue;
      if (isUnwritten(definition, host)) continue;
      const { value } = definition;
      if (!(value.kind === "bool" && value.value) && !(value.kind === "string" && /^(true|yes|1)$/.test(value.value)))
        continue;
      yield {
        ...spot(definition),
        message:
          "With `accept-flake-config = true` any flake you build sets Nix settings unasked: its limits beat yours, and for a trusted user it can run code as root. Pass `--accept-flake-config` for flakes that you trust.",
        fixes: [
          {
            title: "Set accept-flake-config = false",
            // Never in bulk: CI that relies on it would stand still.
            applicability: "unsafe",
            edits: replaceValue(definition, "false"),
          },
        ],
      };
    }
  },
};
