// `cores = "auto"`: only max-jobs knows that word; Nix refuses it for cores.
import { replaceValue } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { isUnwritten } from "./support/wholeHost.js";

export const coresAuto: Rule = {
  id: "cores-auto",
  title: "`cores` does not know `auto`",
  class: "misconfiguration",
  severity: "error",
  confidence: 1,
  tier: "P1",
  docs: {
    what: 'Finds `cores = "auto"`.',
    why: "Only `max-jobs` accepts the word `auto`. For `cores` Nix stops with \"setting 'cores' has invalid value 'auto'\", and on NixOS and nix-darwin the evaluation fails, since the option's type is an integer. What was meant is `cores = 0` (all threads) or, better, the share of the machine that one build may use.",
    when: "Always: no version of Nix accepts it.",
    risk: "None: the file does not work as it is.",
    rollback: "Undo the edit.",
    evidence: [
      { grade: "tested", text: "Nix 2.8: `cores = auto` in nix.conf is an error; evalModules refuses the string" },
      {
        grade: "source-code",
        text: "NixOS/nix src/libstore/globals.cc: the parser for `auto` belongs to max-jobs alone",
        url: "https://github.com/NixOS/nix/blob/master/src/libstore/globals.cc",
      },
    ],
  },
  examples: [
    {
      title: "In a NixOS module, on a machine with 6 threads to spend",
      before: `{ config, ... }:
{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.settings.cores = "auto";⟧
}
`,
      after: `{ config, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings.cores = 6;
}
`,
    },
    {
      title: "The machine is not known: all threads, as the word was meant",
      machine: "none",
      before: `{
  ⟦nixConfig.cores = "auto";⟧
  outputs = { self }: { };
}
`,
      after: `{
  nixConfig.cores = 0;
  outputs = { self }: { };
}
`,
    },
    { title: "`max-jobs` may say auto", machine: "none", before: '{ nix.settings.max-jobs = "auto"; }\n' },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: '{ nix = { enable = false; settings.cores = "auto"; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (settingOf(definition) !== "cores" || isUnwritten(definition, host)) continue;
      const { value } = definition;
      if (value.kind === "string" && value.value === "auto") yield finding(definition, host);
    }
  },
};

function finding(definition: Definition, host: Host): Draft {
  const all: FixDraft = {
    title: "Set cores = 0 (all threads)",
    applicability: "safe",
    preferred: !host.budget,
    edits: replaceValue(definition, "0"),
  };
  const share: FixDraft | undefined = host.budget && {
    title: `Set cores = ${host.budget.threads} (the threads that builds may use)`,
    applicability: "safe",
    preferred: true,
    edits: replaceValue(definition, String(host.budget.threads)),
  };
  return {
    ...spot(definition),
    message:
      '`cores` takes a number: Nix refuses "auto" here, which only `max-jobs` knows. `cores = 0` means all threads of the machine.',
    fixes: share ? [share, all] : [all],
  };
}
