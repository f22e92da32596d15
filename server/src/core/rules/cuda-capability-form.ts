// cudaCapabilities = [ "sm_86" ]: nixpkgs knows them as "8.6".
import { documentation, code } from "../catalogue/cite.js";
import { rewriteItems } from "../edits/optionLists.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

export const cudaCapabilityForm: Rule = {
  id: "cuda-capability-form",
  title: "A CUDA capability in a form that nixpkgs does not know",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: 'Finds `cudaCapabilities = [ "sm_86" ]` and `[ "86" ]`.',
    why: 'nixpkgs looks capabilities up by their version, "8.6". Others throw, or leave the GPU without code.',
    when: "Always.",
    risk: "CUDA packages are built for the GPUs that are named.",
    rollback: "Undo the edit.",
    evidence: [
      documentation("nixpkgs manual, CUDA", "https://nixos.org/manual/nixpkgs/stable/#cuda"),
      code("NixOS/nixpkgs", "pkgs/development/cuda-modules/_cuda/db/bootstrap/cuda.nix", "names of capabilities"),
    ],
  },
  examples: [
    {
      title: "The name of nvcc",
      machine: "none",
      before: '{ nixpkgs.config = { cudaSupport = true; ⟦cudaCapabilities = [ "sm_86" "8.9" ];⟧ }; }\n',
      after: '{ nixpkgs.config = { cudaSupport = true; cudaCapabilities = [ "8.6" "8.9" ]; }; }\n',
    },
    {
      title: "Versions, also of one GPU generation's own features",
      machine: "none",
      before: '{ nixpkgs.config = { cudaSupport = true; cudaCapabilities = [ "8.6" "9.0a" "12.0" ]; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (definition.attrPath.at(-1) !== "cudaCapabilities") continue;
      const wrong = wordsOf(definition.value)?.filter((word) => versionOf(word) !== undefined) ?? [];
      if (wrong.length === 0) continue;
      const forms = wrong.map((word) => `"${word}" is "${versionOf(word)}"`).join(", ");
      yield {
        ...spot(definition),
        message: `nixpkgs names CUDA capabilities by their version: ${forms}.`,
        fixes: [
          {
            title: `Write ${wrong.map((word) => `"${versionOf(word)}"`).join(" ")}`,
            applicability: "unsafe",
            preferred: true,
            rebuilds: true,
            edits: rewriteItems(definition, versionOf),
          },
        ],
      };
    }
  },
};

/** `sm_86`, `compute_86`, `86` -> 8.6; undefined for what is a version already, or nothing of the kind. */
function versionOf(word: string): string | undefined {
  const [, major, minor, feature = ""] = /^(?:sm_?|compute_?)?(\d{1,2})[._]?(\d)([af]?)$/.exec(word) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const version = `${major}.${minor}${feature}`;
  return version === word ? undefined : version;
}
