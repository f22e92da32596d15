// maxJobs of a remote builder, against that builder's own machine.
import { budgetOfBuilder, coresOfBuilder } from "../builds/remote.js";
import { documentation, code } from "../catalogue/cite.js";
import { replaceValue } from "../edits/options.js";
import type { Budget } from "../machine/machine.js";
import { buildMachinesOf, type NamedMachine } from "../workspace/settings/buildMachines.js";
import type { Host } from "../workspace/model.js";
import type { Draft, Rule, RuleContext } from "./rule.js";
import { definitionOfEntry } from "./support/buildMachine.js";
import { spot } from "./support/spot.js";

export const remoteBuilderOversubscribed: Rule = {
  id: "remote-builder-oversubscribed",
  title: "A remote builder gets more builds than its machine bears",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds builders (`nix.buildMachines`, `builders`, the text of /etc/nix/machines) whose `maxJobs` times their own `cores` exceeds what the policy allows on their machine, as nix-build-budget.json declares it under their host name; where their `cores` are not in sight, a `maxJobs` above their threads.",
    why: "`maxJobs` is how many builds this machine sends there at once. Each of them takes as many processes as the builder's own `cores` says; neither that machine's `max-jobs` nor anything else limits them together.",
    when: "The builder's machine is declared in nix-build-budget.json. Several machines that share a builder add up, which is not reckoned with here.",
    risk: "Fewer builds run there at once; the others wait, or run here.",
    rollback: "Restore the old number.",
    evidence: [
      documentation(
        "Nix manual: maxJobs is the number of builds that Nix runs in parallel on the machine",
        "https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-builders",
      ),
      code(
        "NixOS/nix",
        "src/build-remote/build-remote.cc",
        "a slot for each of maxJobs; load is slots in use by speed",
      ),
    ],
  },
  examples: [
    {
      title: "Twelve jobs of four cores each on 16 threads",
      machine: "none",
      configuration: {
        machines: { big: { threads: 16, threadsPerCore: 2, memory: "64GiB" } },
      },
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem { modules = [ ./laptop.nix ]; };
    nixosConfigurations.big = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 4; nix.settings.max-jobs = 3; } ]; };
  };
}
#- laptop.nix
{
  nix.distributedBuilds = true;
  nix.buildMachines = [
    {
      hostName = "big.example.org";
      system = "x86_64-linux";
      ⟦maxJobs = 12;⟧ # one for each thread that is not reserved
      supportedFeatures = [ "big-parallel" ];
    }
  ];
}
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem { modules = [ ./laptop.nix ]; };
    nixosConfigurations.big = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 4; nix.settings.max-jobs = 3; } ]; };
  };
}
#- laptop.nix
{
  nix.distributedBuilds = true;
  nix.buildMachines = [
    {
      hostName = "big.example.org";
      system = "x86_64-linux";
      maxJobs = 3; # one for each thread that is not reserved
      supportedFeatures = [ "big-parallel" ];
    }
  ];
}
`,
    },
    {
      title: "More jobs than threads",
      machine: "none",
      configuration: { machines: { pi: { threads: 4, threadsPerCore: 1, memory: "8GiB" } } },
      before: `{
  nix.distributedBuilds = true;
  nix.buildMachines = [ { hostName = "pi"; system = "aarch64-linux"; ⟦maxJobs = 8;⟧ } ];
}
`,
      after: `{
  nix.distributedBuilds = true;
  nix.buildMachines = [ { hostName = "pi"; system = "aarch64-linux"; maxJobs = 3; } ];
}
`,
    },
    {
      title: "In one line of text",
      machine: "none",
      configuration: { machines: { pi: { threads: 4, memory: "8GiB" } } },
      before: `{
  ⟦nix.settings.builders = "ssh-ng://nix@pi aarch64-linux - 8 1 kvm";⟧
}
`,
    },
    {
      title: "A machine that is not declared",
      machine: "none",
      before: `{
  nix.distributedBuilds = true;
  nix.buildMachines = [ { hostName = "pi"; system = "aarch64-linux"; maxJobs = 64; } ];
}
`,
    },
  ],
  *checkHost(host, context) {
    for (const machine of buildMachinesOf(host)) {
      const budget = budgetOfBuilder(machine.hostName, context.configuration);
      const draft = budget && check(machine, budget, host, context);
      if (draft) yield draft;
    }
  },
};

function check(machine: NamedMachine, budget: Budget, host: Host, { model }: RuleContext): Draft | undefined {
  const { maxJobs, hostName } = machine;
  const cores = coresOfBuilder(hostName, model, budget);
  const bound = cores === undefined ? budget.totalThreads : budget.threadBound;
  // A single job with too many cores is the builder's own affair.
  if (maxJobs < 2 || maxJobs * (cores ?? 1) <= bound) return undefined;
  const definition = machine.entry ? definitionOfEntry(machine.entry, "maxJobs", host) : machine.definition;
  if (!definition) return undefined;
  const jobs = Math.max(1, Math.floor(budget.threads / (cores ?? 1)));
  const product =
    cores === undefined
      ? `${maxJobs} builds at once, each with its own cores`
      : `maxJobs = ${maxJobs} × its cores = ${cores} comes to ${maxJobs * cores} processes`;
  const has = `machine ${budget.machine.provenance.text}: ${budget.totalThreads} threads, ${budget.reserveThreads} reserved`;
  return {
    ...spot(definition),
    message: `${hostName} gets more than it bears: ${product} against ${bound} threads (${has}). ${jobs} ${jobs === 1 ? "job fits" : "jobs fit"}.`,
    fixes: machine.entry
      ? [
          {
            title: `Set maxJobs = ${jobs}${cores === undefined ? "" : ` (${jobs} × ${cores} = ${jobs * cores} threads)`}`,
            applicability: "safe",
            preferred: true,
            edits: replaceValue(definition, String(jobs)),
          },
        ]
      : [],
  };
}
