// A strong remote builder that is never sent what is heavy, since it doesn't say that it takes it.
import { code } from "../catalogue/cite.js";
import { addBeside, appendWord } from "../edits/optionLists.js";
import type { AttrsValue, Value } from "../evaluate/value.js";
import type { Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { definitionOfEntry } from "./support/buildMachine.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";
import { isNixOff } from "./support/wholeHost.js";

export const builderLacksBigParallel: Rule = {
  id: "builder-lacks-big-parallel",
  title: "A strong remote builder that gets no heavy packages",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.85,
  tier: "P2",
  docs: {
    what: "Finds entries of `nix.buildMachines` with `maxJobs` of 4 or more, or a `speedFactor` above 1, without the feature `big-parallel`.",
    why: "Kernels, browsers, LLVM, CUDA libraries ask for `big-parallel`. A machine in the list offers only the features that are written down, so these builds stay on this machine: the ones that the builder is there for.",
    when: "The builder has the memory for such builds. Where it has not, ignore the finding with a reason. Silent for builders with `mandatoryFeatures`.",
    risk: "Heavy builds move to the builder.",
    rollback: "Remove the feature.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix", "supportedFeatures is empty by default"),
      code("NixOS/nix", "src/nix/build-remote/build-remote.cc", "a machine must offer every feature that is asked for"),
    ],
  },
  examples: [
    {
      title: "Features without big-parallel",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    { hostName = "big"; system = "x86_64-linux"; maxJobs = 8; ⟦supportedFeatures = [ "kvm" ];⟧ }
  ];
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    { hostName = "big"; system = "x86_64-linux"; maxJobs = 8; supportedFeatures = [ "kvm" "big-parallel" ]; }
  ];
}
`,
    },
    {
      title: "No features at all",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    {
      hostName = "big";
      system = "x86_64-linux";
      ⟦speedFactor = 4;⟧
    }
  ];
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    {
      hostName = "big";
      system = "x86_64-linux";
      speedFactor = 4;
      supportedFeatures = [ "big-parallel" ];
    }
  ];
}
`,
    },
    {
      title: "One that is kept for builds with a feature",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [
    { hostName = "bench"; system = "x86_64-linux"; maxJobs = 8; mandatoryFeatures = [ "benchmark" ]; }
  ];
}
`,
    },
    {
      title: "A small one",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.distributedBuilds = true;
  nix.buildMachines = [ { hostName = "pi"; system = "aarch64-linux"; maxJobs = 2; } ];
}
`,
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix = {
    enable = false;
    buildMachines = [ { hostName = "big"; system = "x86_64-linux"; maxJobs = 16; supportedFeatures = [ "kvm" ]; } ];
  };
}
`,
    },
  ],
  *checkHost(host) {
    const machines = host.option(["nix", "buildMachines"]);
    if (machines.state !== "known" || machines.value.kind !== "list" || isNixOff(host)) return;
    for (const item of machines.value.items) {
      const machine = item.force();
      const draft = machine.kind === "attrs" ? check(machine, host) : undefined;
      if (draft) yield draft;
    }
  },
};

function check(machine: AttrsValue, host: Host): Draft | undefined {
  if (machine.open !== undefined) return undefined;
  const mandatory = featuresOf(machine, "mandatoryFeatures");
  const features = featuresOf(machine, "supportedFeatures");
  // A builder with mandatory features is kept for what asks for them.
  if (!features || mandatory?.length !== 0) return undefined;
  const jobs = numberOf(machine.entries.get("maxJobs")?.thunk.force());
  const speed = numberOf(machine.entries.get("speedFactor")?.thunk.force());
  const strength = jobs >= 4 ? `${jobs} jobs` : speed > 1 ? `a speed factor of ${speed}` : undefined;
  if (features.includes("big-parallel") || !strength) return undefined;
  const list = definitionOfEntry(machine, "supportedFeatures", host);
  const anchor = list ?? definitionOfEntry(machine, jobs >= 4 ? "maxJobs" : "speedFactor", host);
  if (!anchor) return undefined;
  return {
    ...spot(anchor),
    message: `A builder with ${strength} that does not offer \`big-parallel\` never gets kernels, browsers and other heavy packages: they are built on this machine, or not at all.`,
    fixes: [
      {
        title: "Offer big-parallel",
        applicability: "unsafe",
        preferred: true,
        edits: list ? appendWord(list, "big-parallel") : addBeside(anchor, "supportedFeatures", '[ "big-parallel" ]'),
      },
    ],
  };
}

/** Undefined if they are not known. */
function featuresOf(machine: AttrsValue, name: string): readonly string[] | undefined {
  const value = machine.entries.get(name)?.thunk.force();
  return value ? wordsOf(value) : [];
}

function numberOf(value: Value | undefined): number {
  return value?.kind === "int" || value?.kind === "float" ? Number(value.value) : 1;
}
