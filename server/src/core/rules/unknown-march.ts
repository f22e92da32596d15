// gcc.arch = "skylak": nobody checks the name until the first compiler runs.
import { code, tested } from "../catalogue/cite.js";
import { ARCHITECTURES } from "../catalogue/architectures.js";
import { nearest } from "../catalogue/lookup.js";
import { replaceValue } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";

export const unknownMarch: Rule = {
  id: "unknown-march",
  title: "Unknown CPU name in the platform",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `gcc.arch` and `gcc.tune` of a platform with a name that neither nixpkgs nor gcc has, and that is a slip of the pen away from one.",
    why: "nixpkgs takes any string. The first compiler that runs stops with \"bad value for '-march=' switch\", after the bootstrap tools were built for a platform that does not exist.",
    when: "Names that resemble none are left alone: a newer compiler may know them.",
    risk: "The whole system is rebuilt, as it would be anyway.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "lib/systems/architectures.nix"),
      tested('nixpkgs\' lib: `gcc.arch = "skylak"` is not refused'),
    ],
  },
  examples: [
    {
      title: "A letter is missing",
      machine: "none",
      before: '{ nixpkgs.hostPlatform = { system = "x86_64-linux"; ⟦gcc.arch = "skylak";⟧ }; }\n',
      after: '{ nixpkgs.hostPlatform = { system = "x86_64-linux"; gcc.arch = "skylake"; }; }\n',
    },
    {
      title: "A real one",
      machine: "none",
      before: '{ nixpkgs.hostPlatform = { system = "x86_64-linux"; gcc.arch = "znver4"; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      const [gcc, key] = definition.attrPath.slice(-2);
      const { value } = definition;
      if (gcc !== "gcc" || (key !== "arch" && key !== "tune") || value.kind !== "string") continue;
      // Arm takes a CPU with extensions (`armv8-a+crypto`), and any core's name as `tune`.
      if (/^(arm|cortex|neoverse|apple|rv\d|la)/.test(value.value) || value.value.includes("+")) continue;
      const meant = nearest(value.value, ARCHITECTURES);
      if (meant === undefined || ARCHITECTURES.has(value.value)) continue;
      yield {
        ...spot(definition),
        message: `No compiler knows the CPU \`${value.value}\`; did you mean \`${meant}\`? Nothing checks the name before the first package is compiled.`,
        fixes: [
          {
            title: `Write "${meant}"`,
            applicability: "unsafe",
            preferred: true,
            rebuilds: true,
            edits: replaceValue(definition, `"${meant}"`),
          },
        ],
      };
    }
  },
};
