// The hint that a host's machine is not declared. `findings/notices.ts` yields it, once a workspace.
import type { Rule } from "./rule.js";

export const machineUnknown: Rule = {
  id: "machine-unknown",
  title: "The host's machine is not known",
  class: "missed-optimization",
  severity: "hint",
  confidence: 1,
  tier: "P2",
  docs: {
    what: "Finds that build settings or packages belong to a host whose hardware is declared nowhere.",
    why: "Whether max-jobs, cores, zram or a heap limit fit can be said for a machine only. Until it is known, only rules that hold on every machine speak.",
    when: "Once a workspace, at the first such host.",
    risk: "None: the declaration is read by this tool alone.",
    rollback: "Take the machine out of nix-build-budget.json, or set the rule to off there.",
    evidence: [
      {
        grade: "documentation",
        text: "Nix manual, Tuning Cores and Jobs: the right numbers follow from the machine",
        url: "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs",
      },
    ],
  },
  examples: [
    {
      title: "Settings without a machine",
      machine: "none",
      before: "⟦{⟧\n  nix.settings.cores = 64;\n}\n",
      after: `#- module.nix
{
  nix.settings.cores = 64;
}
#- nix-build-budget.json
{
  "machines": {
    "(workspace)": {
      "threads": 8,
      "memory": "16GiB"
    }
  }
}
`,
    },
    {
      title: "The machine is declared",
      machine: "none",
      configuration: { machines: { "(workspace)": { threads: 128, memory: "512GiB" } } },
      before: "{\n  nix.settings.cores = 64;\n}\n",
    },
  ],
};
