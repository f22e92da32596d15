// Settings that leave most of a machine idle.
import { documentation } from "../catalogue/cite.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { onMachine, parallelismOf } from "./support/parallelism.js";
import { planFor, reachOf, splitFixes } from "./support/splits.js";
import { spot } from "./support/spot.js";

export const cpuUnderused: Rule = {
  id: "cpu-underused",
  title: "Most threads of the machine are left idle",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.7,
  tier: "P2",
  docs: {
    what: "Finds `max-jobs` × `cores` of less than half of the threads for builds, on a machine that is declared, where memory allows more.",
    why: "Builds can't use the other threads, however long they take.",
    when: "Machines declared in nix-build-budget.json, by a facter report or by `--machine`. Silent where remote builders do the work.",
    risk: "More load and more memory at once, within the budget.",
    rollback: "Restore the old numbers.",
    evidence: [
      documentation(
        "Nix manual, tuning cores and jobs",
        "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs.html",
      ),
    ],
  },
  examples: [
    {
      title: "Two of 14 threads",
      machine: "threads=16,memory=64GiB",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦max-jobs = 1;⟧
    cores = 2;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 7;
    cores = 2;
  };
}
`,
    },
    {
      title: "Most of them",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { max-jobs = 2; cores = 2; }; }\n",
    },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    if (!budget || budget.machine.provenance.kind === "local" || hasRemoteBuilders(host)) return;
    const parallelism = parallelismOf(host, budget);
    const definition = parallelism?.jobs.definition ?? parallelism?.cores.definition;
    if (!parallelism || !definition || parallelism.product * 2 >= budget.threads) return;
    const reach = reachOf(host, budget, [parallelism.jobs.definition, parallelism.cores.definition], context);
    const plan = planFor(reach, context);
    // Where memory is what holds the builds back, or another host shares the numbers, they may well be right.
    if (plan.split.jobs * plan.split.cores < parallelism.product * 2) return;
    const idle = budget.threads - parallelism.product;
    yield {
      ...spot(definition),
      message: `${parallelism.jobs.text} × ${parallelism.cores.text} = ${parallelism.product}: ${idle} of the ${budget.threads} threads for builds are never used (${onMachine(host, budget)}).`,
      fixes: splitFixes(host, plan, reach, parallelism, definition),
    };
  },
};

function hasRemoteBuilders(host: Host): boolean {
  return host.option(["nix", "buildMachines"]).state !== "unset" || host.setting("builders").state !== "unset";
}
