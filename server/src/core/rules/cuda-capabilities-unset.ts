// CUDA for every generation of GPU there is, on a host that has one.
import { documentation, issue } from "../catalogue/cite.js";
import { setOption } from "../edits/options.js";
import type { Host } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

const CONFIG = ["nixpkgs", "config"];
/** Caches that hold what is built for the default capabilities; a choice of one's own would miss them. */
export const CUDA_CACHE = /cuda|nix-community/;

export const cudaCapabilitiesUnset: Rule = {
  id: "cuda-capabilities-unset",
  title: "CUDA compiled for every GPU",
  class: "exceeds-budget",
  severity: "information",
  confidence: 0.8,
  tier: "P1",
  docs: {
    what: "Finds `nixpkgs.config.cudaSupport = true` without `cudaCapabilities`.",
    why: "By default device code is compiled for every supported generation of GPU. Each takes its share of time, memory and disk: naming the one that is there divides them by five or more.",
    when: "Hosts that build CUDA packages themselves. Silent where a cache with CUDA packages is configured, for it holds those with the default list.",
    risk: "Programs run on the named GPUs alone. All CUDA packages are rebuilt, and none comes from a cache.",
    rollback: "Remove the line.",
    evidence: [
      documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda"),
      issue("NixOS/nixpkgs#517434", "out of memory while building with all capabilities"),
    ],
  },
  examples: [
    {
      title: "The GPU is declared",
      machine: "threads=16,memory=64GiB,cuda-capabilities=8.6",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.config = {
    allowUnfree = true;
    ⟦cudaSupport = true;⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.config = {
    allowUnfree = true;
    cudaSupport = true;
    cudaCapabilities = [ "8.6" ];
  };
}
`,
    },
    {
      title: "The GPU is not declared: no guess",
      machine: "none",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nixpkgs.config.cudaSupport = true;⟧\n}\n",
    },
    {
      title: "A cache holds the default list",
      machine: "none",
      before:
        '{ boot.tmp.cleanOnBoot = true; nixpkgs.config.cudaSupport = true; nix.settings.substituters = [ "https://cache.nixos-cuda.org" ]; }\n',
    },
  ],
  *checkHost(host) {
    const support = host.option([...CONFIG, "cudaSupport"]);
    if (support.state !== "known" || !isTrue(support)) return;
    if (host.option([...CONFIG, "cudaCapabilities"]).state !== "unset" || hasCudaCache(host) !== false) return;
    const definition = strongest(support.definitions);
    const capabilities = host.machine?.cudaCapabilities ?? [];
    const list = `[ ${capabilities.map((each) => `"${each}"`).join(" ")} ]`;
    yield {
      ...spot(definition),
      message: `cudaSupport without cudaCapabilities compiles device code for every generation of GPU. ${
        capabilities.length > 0
          ? `This machine has ${capabilities.join(", ")}.`
          : "Name the one that is there (`nvidia-smi --query-gpu=compute_cap --format=csv`), also as `cudaCapabilities` of the machine in nix-build-budget.json."
      }`,
      fixes:
        capabilities.length === 0
          ? []
          : [
              {
                title: `Set cudaCapabilities = ${list}`,
                applicability: "unsafe",
                preferred: true,
                rebuilds: true,
                edits: setOption(host, [...CONFIG, "cudaCapabilities"], list, definition),
              },
            ],
    };
  },
};

/** Whether a cache with CUDA packages is configured; undefined if not all caches are known. */
export function hasCudaCache(host: Host): boolean | undefined {
  let isKnown = true;
  for (const name of ["substituters", "extra-substituters", "trusted-substituters", "extra-trusted-substituters"]) {
    const state = host.setting(name);
    if (state.state === "unset") continue;
    const words = state.state === "known" ? wordsOf(state.value) : undefined;
    if (!words) isKnown = false;
    else if (words.some((word) => CUDA_CACHE.test(word))) return true;
  }
  return isKnown ? false : undefined;
}
