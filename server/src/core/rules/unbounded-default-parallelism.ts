// Neither max-jobs nor cores set on NixOS or nix-darwin: all threads times all threads.
import type { Budget } from "../machine/machine.js";
import type { Definition, Host, Model } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { onMachine, parallelismOf } from "./support/parallelism.js";
import { planFor, reachOf, splitFixes, splitText } from "./support/splits.js";
import { spot } from "./support/spot.js";
import { bestPlace, isEditable } from "./support/wholeHost.js";

export const unboundedDefaultParallelism: Rule = {
  id: "unbounded-default-parallelism",
  title: "Default parallelism is the square of the thread count",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds NixOS and nix-darwin hosts that configure Nix but set neither `max-jobs` nor `cores`.",
    why: "Both systems write `max-jobs = auto` and `cores = 0`: as many builds as there are threads, each with as many processes. On 8 threads that is up to 64 compilers at once, on 32 threads 1024, and every one needs memory.",
    when: "Whenever several packages are built from source at once. Substitution from a cache is not concerned.",
    risk: "A build that runs alone uses fewer threads than before. Nothing is rebuilt: neither setting is part of a derivation's hash.",
    rollback: "Delete the two lines.",
    evidence: [
      {
        grade: "issue",
        text: "NixOS/nixpkgs#198668: the defaults multiply to the square of the thread count (open)",
        url: "https://github.com/NixOS/nixpkgs/issues/198668",
      },
      {
        grade: "source-code",
        text: "NixOS nixos/modules/config/nix.nix: max-jobs defaults to auto, cores to 0",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/config/nix.nix",
      },
      {
        grade: "documentation",
        text: "Nix manual, Tuning Cores and Jobs",
        url: "https://nix.dev/manual/nix/latest/advanced-topics/cores-vs-jobs",
      },
    ],
  },
  examples: [
    {
      title: "Nix is configured, its parallelism is not",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings = {\n    ⟦auto-optimise-store = true;⟧\n  };\n}\n",
      after:
        "{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings = {\n    auto-optimise-store = true;\n    max-jobs = 3;\n    cores = 2;\n  };\n}\n",
    },
    {
      title: "Two modules of one host: said once",
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./b.nix ]; };
  };
}
#- a.nix
{
  nix.settings = {
    ⟦keep-outputs = true;⟧
  };
}
#- b.nix
{ nix.settings = { keep-derivations = true; }; }
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./b.nix ]; };
  };
}
#- a.nix
{
  nix.settings = {
    keep-outputs = true;
    max-jobs = 3;
    cores = 2;
  };
}
#- b.nix
{ nix.settings = { keep-derivations = true; }; }
`,
    },
    { title: "One of the two is a decision", before: "{ boot.tmp.cleanOnBoot = true; nix.settings.max-jobs = 1; }\n" },
    { title: "Nothing of Nix is configured here", before: "{ boot.tmp.cleanOnBoot = true; }\n" },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const product = budget && productUnset(host, budget);
    if (budget === undefined || product === undefined) return;
    const near = placeFor(host, host.kind === "host" ? new Set(context.model.ask(hostsUnset)) : undefined);
    if (!near || (host.kind === "file" && !speaksForAll(host, context.model))) return;
    const reach = reachOf(host, budget, [near], context);
    const plan = planFor(reach, context);
    const threads = budget.totalThreads;
    yield {
      ...spot(near),
      message: `Neither max-jobs nor cores is set, so up to ${threads} builds run at once with ${threads} processes each: ${threads} × ${threads} = ${product} on ${threads} threads (${onMachine(host, budget)}). Set ${splitText(plan.split)}.`,
      fixes: splitFixes(host, plan, reach, undefined, near),
    };
  },
};

/** Most build processes at once, where neither number is set and that is too many. */
function productUnset(host: Host, budget: Budget): number | undefined {
  const parallelism = host.platform === "plain" ? undefined : parallelismOf(host, budget);
  if (!parallelism || parallelism.jobs.definition || parallelism.cores.definition) return undefined;
  return parallelism.product > budget.threadBound ? parallelism.product : undefined;
}

const hostsUnset = ({ hosts }: Model): readonly string[] =>
  hosts
    .filter((host) => host.kind === "host" && host.budget && productUnset(host, host.budget) !== undefined)
    .map(({ name }) => name);

/** Where the two lines would go: beside a setting, else beside another option of Nix, for as many hosts as lack them. */
function placeFor(host: Host, needing?: ReadonlySet<string>): Definition | undefined {
  const ofNix = host.definitions.filter((d) => d.attrPath[0] === "nix" && d.site && !d.inText && !d.conditional);
  const own = ofNix.filter((d) => d.attrPath[1] !== "settings" || d.attrPath.length === 3);
  const editable = own.filter(isEditable);
  const places = editable.length > 0 ? editable : own;
  const best = bestPlace(places.toReversed(), needing);
  // Behind what stands there already.
  return (
    places.findLast((place) => place.site?.set === best?.site?.set && place.attrPath[1] === best?.attrPath[1]) ?? best
  );
}

/**
 * Files that no host reaches are silent where a host speaks, since they are likely parts of one; elsewhere the first that
 * configures Nix speaks for all.
 */
function speaksForAll(host: Host, { hosts }: Model): boolean {
  const alike = hosts.filter((other) => other.platform === host.platform);
  return !alike.some((other) => other.kind === "host") && alike.find((other) => placeFor(other)) === host;
}
