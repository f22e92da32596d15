// max-jobs x cores above what the policy bears.
import type { Budget } from "../machine/machine.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule, RuleContext } from "./rule.js";
import { onMachine, type Parallelism, parallelismOf, relatedLine } from "./support/parallelism.js";
import { planFor, reachOf, splitFixes, splitText } from "./support/splits.js";
import { spot } from "./support/spot.js";

export const cpuOversubscribed: Rule = {
  id: "cpu-oversubscribed",
  title: "max-jobs × cores exceeds the thread budget",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.9,
  claimedConfidence: 0.88,
  tier: "P1",
  docs: {
    what: 'Multiplies `max-jobs` by `cores` and compares the product with what the policy allows: all threads (`balanced`), the threads less the reserve (`strict`) or twice those (`burst`). `"auto"`, `0` and settings left at the platform\'s default count as all threads.',
    why: "Nix has no limit for the whole machine: each of `max-jobs` builds may start `cores` processes. Above the number of threads nothing gets faster, each process only waits longer, and every one of them needs its memory at the same time.",
    when: "Several derivations in their parallel phase at once: after an update of nixpkgs, or with many packages built from source.",
    risk: "A build that runs alone uses fewer threads than before. Neither setting is part of a derivation's hash, so nothing is rebuilt.",
    rollback:
      "Restore the old numbers; deleting the lines brings back the defaults, on NixOS all threads times all threads.",
    evidence: [
      {
        grade: "documentation",
        text: "Nix manual, Tuning Cores and Jobs: 12 × 6 on 24 threads is over-sold, 24 × 24 very likely oversold",
        url: "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs",
      },
      {
        grade: "source-code",
        text: "NixOS/infra runs its builders with a product near the thread count: 48 × 2 and 4 × 24 on 96 threads",
        url: "https://github.com/NixOS/infra/tree/main/builders",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#198668: the defaults of NixOS multiply to the square of the thread count",
        url: "https://github.com/NixOS/nixpkgs/issues/198668",
      },
      {
        grade: "estimate",
        text: "That the product is the bound: 0.9. That 3 × 2 beats 2 × 3 on a given workload: 0.5; no benchmark exists.",
      },
    ],
  },
  examples: [
    {
      title: "Two jobs of six cores on eight threads",
      before: "{\n  nix.settings = {\n    ⟦max-jobs = 2;⟧\n    cores = 6; # for onnxruntime\n  };\n}\n",
      after: "{\n  nix.settings = {\n    max-jobs = 3;\n    cores = 2; # for onnxruntime\n  };\n}\n",
    },
    {
      title: "One number set, the other at the default of NixOS",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nix.settings.max-jobs = 4;⟧\n}\n",
      after: "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings.max-jobs = 3;\n  nix.settings.cores = 2;\n}\n",
    },
    {
      title: "All threads, twice",
      before:
        '{ lib, ... }:\n{\n  nix.settings = {\n    ⟦max-jobs = lib.mkDefault "auto";⟧\n    cores = lib.mkDefault 0;\n  };\n}\n',
      after:
        "{ lib, ... }:\n{\n  nix.settings = {\n    max-jobs = lib.mkDefault 3;\n    cores = lib.mkDefault 2;\n  };\n}\n",
    },
    {
      title: "Eight of eight threads, as the balanced policy allows",
      before: "{ nix.settings = { max-jobs = 2; cores = 4; }; }\n",
    },
    {
      title: "The same under the strict policy",
      configuration: { policy: "strict" },
      before: "{ nix.settings = { ⟦max-jobs = 2;⟧ cores = 4; }; }\n",
      after: "{ nix.settings = { max-jobs = 3; cores = 2; }; }\n",
    },
    { title: "No machine, no budget", machine: "none", before: "{ nix.settings = { max-jobs = 64; cores = 64; }; }\n" },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const parallelism = budget && parallelismOf(host, budget);
    const definition = parallelism?.jobs.definition ?? parallelism?.cores.definition;
    if (!parallelism || !definition || !isTooMuch(parallelism, budget)) return;
    yield finding(host, budget, parallelism, definition, context);
  },
};

/** A single job with all cores is one build on the whole machine: `cores-exceed-budget` speaks of that. */
export function isTooMuch({ product, jobs }: Parallelism, budget: Budget): boolean {
  return product > budget.threadBound && (jobs.value > 1 || product > budget.totalThreads);
}

function finding(
  host: Host,
  budget: Budget,
  parallelism: Parallelism,
  definition: Definition,
  context: RuleContext,
): Draft {
  const { jobs, cores, product } = parallelism;
  const reach = reachOf(host, budget, [jobs.definition, cores.definition], context);
  const plan = planFor(reach, context);
  return {
    ...spot(definition),
    message: `${jobs.text} × ${cores.text} lets ${product} build processes run at once; ${boundText(budget)} (${onMachine(host, budget)}). Set ${splitText(plan.split)}.`,
    related: jobs.definition ? relatedLine(cores) : [],
    fixes: splitFixes(host, plan, reach, parallelism, definition),
  };
}

function boundText({ policy, threadBound, threads, totalThreads }: Budget): string {
  switch (policy) {
    case "strict":
      return `the strict policy allows the budget of ${threadBound}`;
    case "balanced":
      return `the balanced policy allows ${totalThreads}, one for each hardware thread`;
    case "burst":
      return `the burst policy allows 2 × ${threads} = ${threadBound}`;
  }
}
