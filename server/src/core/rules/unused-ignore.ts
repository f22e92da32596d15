// An ignore comment that hides nothing. `findings/suppress.ts` yields it, since it must see all other findings first.
import type { Rule } from "./rule.js";

export const unusedIgnore: Rule = {
  id: "unused-ignore",
  title: "Ignore comment that hides nothing",
  class: "misconfiguration",
  severity: "information",
  confidence: 1,
  tier: "P2",
  docs: {
    what: "Finds `nix-build-budget: ignore` comments at whose place there is no finding of the rule they name.",
    why: "The cause is gone, or the rule's name is misspelt. Left in place, the comment hides the next finding unseen.",
    when: "After a setting was corrected or a rule renamed.",
    risk: "None: a comment goes away.",
    rollback: "Undo the edit.",
    evidence: [
      {
        grade: "documentation",
        text: "ESLint reports unused disable directives for the same reason",
        url: "https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments",
      },
    ],
  },
  examples: [
    {
      title: "Nothing to hide",
      before:
        "{\n  ⟦# nix-build-budget: ignore cores-auto -- copied from elsewhere⟧\n  nix.settings.cores = 2;\n  nix.settings.max-jobs = 2;\n}\n",
      after: "{\n  nix.settings.cores = 2;\n  nix.settings.max-jobs = 2;\n}\n",
    },
    {
      title: "A rule that is off needs no ignore, but may have one",
      configuration: { rules: { "cores-auto": "off" } },
      before: "{\n  nix.settings.max-jobs = 2;\n  nix.settings.cores = 2; # nix-build-budget: ignore cores-auto\n}\n",
    },
  ],
};
