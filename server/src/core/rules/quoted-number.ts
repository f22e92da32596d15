// A number in quotes, with a fraction or negative, where the option's type is an integer.
import { findOption } from "../catalogue/lookup.js";
import { replaceValue } from "../edits/options.js";
import type { OptionType } from "../catalogue/facts.js";
import type { Definition } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { isUnwritten } from "./support/wholeHost.js";

export const quotedNumber: Rule = {
  id: "quoted-number",
  title: "Not the integer that the option takes",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds numbers in quotes, fractions and negative numbers in NixOS and nix-darwin options whose type is an integer, such as `nix.settings.max-jobs` and `zramSwap.memoryPercent`.",
    why: "The module system refuses a string or a float there, so nothing of the configuration can be built. A negative `max-jobs` or `cores` passes the type but fails when the generated nix.conf is checked.",
    when: "In options with a declared type. Freely named settings, home-manager's `nix.settings` and a flake's `nixConfig` take strings, and are left alone.",
    risk: "None: the configuration does not evaluate as it is.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "tested",
        text: 'evalModules with the options\' types: `max-jobs = "2"`, `cores = 2.5`, `memoryPercent = 0.75` fail',
      },
      {
        grade: "source-code",
        text: "NixOS nixos/modules/config/nix.nix declares max-jobs and cores, nixos/modules/config/zram.nix memoryPercent",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/nix.nix",
      },
    ],
  },
  examples: [
    {
      title: "A number in quotes",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦max-jobs = "2";⟧ # two at once
    cores = 3;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 2; # two at once
    cores = 3;
  };
}
`,
    },
    {
      title: "A share of memory as a fraction: the option wants percent",
      before: "{ zramSwap = { enable = true; ⟦memoryPercent = 0.75;⟧ }; }\n",
      after: "{ zramSwap = { enable = true; memoryPercent = 75; }; }\n",
    },
    {
      title: "Percent in quotes",
      before: '{ zramSwap = { enable = true; ⟦memoryPercent = "75%";⟧ }; }\n',
      after: "{ zramSwap = { enable = true; memoryPercent = 75; }; }\n",
    },
    {
      title: "A negative number passes the type and fails the check of nix.conf",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; ⟦nix.settings.max-jobs = -1;⟧ }\n",
      after: '{ boot.tmp.cleanOnBoot = true; nix.settings.max-jobs = "auto"; }\n',
    },
    {
      title: "A kernel parameter may be a string",
      machine: "none",
      before: '{ boot.kernel.sysctl."vm.overcommit_memory" = "1"; }\n',
    },
    {
      title: "`timeout` has no declared type: a string is fine",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix.settings.timeout = "3600"; }\n',
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: '{ boot.tmp.cleanOnBoot = true; nix = { enable = false; settings.cores = "3"; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (definition.platform !== "nixos" && definition.platform !== "darwin") continue;
      const draft = check(definition, definition.platform);
      // Types of options that nobody reads are not checked.
      if (draft && !isUnwritten(definition, host)) yield draft;
    }
  },
};

/** Whether the option takes integers, and no strings that look like them. */
function takesInteger(type: OptionType): boolean {
  if (type.kind === "int") return true;
  if (type.kind === "null-or") return takesInteger(type.type);
  if (type.kind === "either") return type.types.some(takesInteger) && !type.types.some((t) => t.kind === "string");
  return false;
}

function check(definition: Definition, platform: "nixos" | "darwin"): Draft | undefined {
  const { value } = definition;
  const isText = value.kind === "string" && /^(0|[1-9]\d*)%?$/.test(value.value);
  const isNegative = value.kind === "int" && value.value < 0n;
  // Most definitions are none of these: what options take is looked up for the others alone.
  if (!isText && !isNegative && value.kind !== "float") return undefined;
  const option = findOption(definition.attrPath, platform);
  if (!option || !takesInteger(option.type)) return undefined;
  const name = definition.attrPath.at(-1) ?? "";
  const draft = (what: string, fixes: FixDraft[]): Draft => ({
    ...spot(definition),
    message: `\`${name}\` takes an integer, but this is ${what}.`,
    fixes,
  });
  if (value.kind === "string") {
    const number = value.value.replace("%", "");
    return draft(`the string "${value.value}": the configuration does not evaluate`, [
      { title: `Write ${number}`, applicability: "safe", preferred: true, edits: replaceValue(definition, number) },
    ]);
  }
  if (value.kind === "float") {
    const percent = /percent$/i.test(name) && value.value > 0 && value.value <= 1;
    const number = String(percent ? Math.round(value.value * 100) : Math.max(1, Math.floor(value.value)));
    return draft(`the float ${value.value}: the configuration does not evaluate`, [
      {
        title: `Write ${number}`,
        applicability: percent ? "safe" : "unsafe",
        preferred: true,
        edits: replaceValue(definition, number),
      },
    ]);
  }
  if (value.kind === "int" && (name === "max-jobs" || name === "cores"))
    return draft(`${value.value}: Nix refuses a negative number when the generated nix.conf is checked`, [
      {
        title: name === "cores" ? "Write 0 (all threads)" : 'Write "auto" (one job a thread)',
        applicability: "unsafe",
        edits: replaceValue(definition, name === "cores" ? "0" : '"auto"'),
      },
    ]);
  return undefined;
}
