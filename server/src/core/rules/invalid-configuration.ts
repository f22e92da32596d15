// What is wrong in nix-build-budget.json. `findings/notices.ts` yields it from the reader's problems.
import type { Rule } from "./rule.js";

export const invalidConfiguration: Rule = {
  id: "invalid-configuration",
  title: "Mistake in nix-build-budget.json",
  class: "misconfiguration",
  severity: "error",
  confidence: 1,
  tier: "P1",
  docs: {
    what: "Finds text in nix-build-budget.json that is no JSON, keys that are not known and values of a wrong kind.",
    why: "What is wrong does not count: the default stands in for it, and the budget is another one than was meant.",
    when: "Always.",
    risk: "None.",
    rollback: "Undo the edit.",
    evidence: [{ grade: "source-code", text: "The schema of nix-build-budget.json, which the extension contributes" }],
  },
  examples: [
    {
      title: "A key that is not known",
      before:
        '#- nix-build-budget.json\n{ ⟦"polizy"⟧: "strict" }\n#- module.nix\n{ nix.settings.cores = 2; nix.settings.max-jobs = 2; }\n',
    },
    {
      title: "Comments are welcome",
      before:
        '#- nix-build-budget.json\n{\n  // the reserve is a promise here\n  "policy": "strict",\n}\n#- module.nix\n{ nix.settings.cores = 2; nix.settings.max-jobs = 2; }\n',
    },
  ],
};
