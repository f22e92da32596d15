// The heaviest packages that may build at once need more memory than there is, more often than the target allows.
import { packagesOfHost } from "../builds/hostPlan.js";
import { packagePeaks, peakWith } from "../builds/peaks.js";
import { percent } from "../builds/plan.js";
import { riskOf } from "../builds/solve.js";
import type { Split } from "../builds/split.js";
import { dependencyWidth } from "../builds/width.js";
import { formatBytes } from "../machine/size.js";
import type { Package } from "../workspace/model.js";
import { isTooMuch } from "./cpu-oversubscribed.js";
import type { FixDraft, Related, Rule } from "./rule.js";
import { onMachine, parallelismOf } from "./support/parallelism.js";
import { planFor, reachOf, splitFixes } from "./support/splits.js";
import { spot } from "./support/spot.js";

export const concurrentPeaksExceedMemory: Rule = {
  id: "concurrent-peaks-exceed-memory",
  title: "The heaviest concurrent builds may run out of memory",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Takes the `max-jobs` heaviest packages that a host builds from source, adds up their peaks and works out the probability that the sum exceeds the memory for builds. Finds more than the target, 5 % unless declared.",
    why: "Nix starts any `max-jobs` derivations that are ready, whatever they need; sooner or later the heaviest run together. Then the kernel kills a compiler, or something else.",
    when: "Two or more heavy packages (CUDA, browsers, large Rust programs) built on one machine.",
    risk: "Fewer builds at once take longer. Peaks are estimates by class unless nix-build-budget.json declares them.",
    rollback: "Restore the old numbers.",
    evidence: [
      {
        grade: "documentation",
        text: "Peaks are taken as lognormal, their sum by Fenton and Wilkinson's approximation (1960); within 0.5 percentage points of a simulation in tests",
      },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#293768: onnxruntime with CUDA takes 35 GB with two cores",
        url: "https://github.com/NixOS/nixpkgs/issues/293768",
      },
      { grade: "estimate", text: "The peaks by class; declare or measure those of your packages" },
    ],
  },
  examples: [
    {
      title: "Two packages that each take half of the memory",
      machine: "none",
      configuration: {
        machines: { demo: { threads: 8, memory: "16GiB" } },
        packages: {
          alpha: { peakMemory: { median: "6GiB", p95: "7GiB" } },
          beta: { peakMemory: { median: "6GiB", p95: "7GiB" } },
          gamma: { peakMemory: { median: "6GiB", p95: "7GiB" } },
        },
      },
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{ pkgs, ... }:
{
  nix.settings = {
    ⟦max-jobs = 3;⟧
    cores = 2;
  };
  environment.systemPackages = [
    (pkgs.stdenv.mkDerivation { pname = "alpha"; version = "1"; src = ./alpha; })
    (pkgs.stdenv.mkDerivation { pname = "beta"; version = "1"; src = ./beta; })
    (pkgs.stdenv.mkDerivation { pname = "gamma"; version = "1"; src = ./gamma; })
  ];
}
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./demo.nix ];
    };
  };
}
#- demo.nix
{ pkgs, ... }:
{
  nix.settings = {
    max-jobs = 2;
    cores = 3;
  };
  environment.systemPackages = [
    (pkgs.stdenv.mkDerivation { pname = "alpha"; version = "1"; src = ./alpha; })
    (pkgs.stdenv.mkDerivation { pname = "beta"; version = "1"; src = ./beta; })
    (pkgs.stdenv.mkDerivation { pname = "gamma"; version = "1"; src = ./gamma; })
  ];
}
`,
    },
    { title: "Nothing is built from source", before: "{ nix.settings = { max-jobs = 3; cores = 2; }; }\n" },
  ],
  *checkHost(host, context) {
    const { budget } = host;
    const parallelism = budget && parallelismOf(host, budget);
    if (!parallelism || isTooMuch(parallelism, budget)) return;
    const packages = packagesOfHost(host, context.model);
    const builds = packagePeaks(packages, context.configuration);
    const { jobs, cores } = parallelism;
    const definition = jobs.definition ?? cores.definition;
    if (!definition || builds.length === 0) return;
    const target = context.configuration.targetRisk;
    const capacity = budget.memoryBytes;
    const width = dependencyWidth(packages);
    const { outOfMemory, heaviest } = riskOf({ jobs: jobs.value, cores: cores.value }, builds, capacity, width);
    // One build that is too large by itself is no matter of how many run at once.
    if (outOfMemory < target || heaviest.length < 2) return;
    const names = heaviest.map((build) => build.name);
    const peaks = heaviest.map((build) => `${build.name} ${formatBytes(peakWith(build, cores.value).median)}`);
    const reach = reachOf(host, budget, [jobs.definition, cores.definition], context);
    const plan = planFor(reach, context);
    const alone = plan.alone.map((build) => build.name);
    yield {
      ...spot(definition),
      message: `${jobs.text} may build ${names.join(", ")} at the same time: median peaks ${peaks.join(" + ")} against ${formatBytes(capacity)}, which is exceeded with probability ${percent(outOfMemory)}; the target is below ${percent(target)} (${onMachine(host, budget)}). ${
        alone.length > 0
          ? `Build ${alone.join(", ")} alone first (--max-jobs 1), or lower max-jobs.`
          : "Lower max-jobs or cores."
      }`,
      related: packages.flatMap((pkg) => relatedPackage(pkg, names)),
      fixes: safer(
        splitFixes(host, plan, reach, parallelism, definition),
        [plan, ...plan.alternatives],
        (split) => riskOf(split, builds, capacity, width).outOfMemory < target,
      ),
    };
  },
};

function relatedPackage(pkg: Package, names: readonly string[]): readonly Related[] {
  return names.includes(pkg.name) ? [{ file: pkg.file, range: pkg.range, message: `${pkg.name} is built here` }] : [];
}

/** Only splits that bring the risk below the target with every package among the others; the first of them is preferred. */
function safer(
  fixes: readonly FixDraft[],
  plans: readonly { readonly split: Split }[],
  isSafe: (split: Split) => boolean,
): FixDraft[] {
  const kept = fixes.filter((_, i) => {
    const split = plans[i]?.split;
    return split && isSafe(split);
  });
  return kept.map((fix, i) => ({ ...fix, preferred: i === 0 && fix.preferred === true }));
}
