// Another compiler environment for all of nixpkgs.
import { documentation } from "../catalogue/cite.js";
import { removeDefinition } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { spot } from "./support/spot.js";

export const replacedStdenv: Rule = {
  id: "replaced-stdenv",
  title: "All of nixpkgs with another stdenv",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `nixpkgs.config.replaceStdenv`.",
    why: "Every package is built with it, so none comes from the binary cache: a system takes days, again after each update. `pkg.override { stdenv = …; }` changes one package.",
    when: "Always, unless a whole distribution is what you mean to build.",
    risk: "Packages that were to use the other compiler must be named one by one. Not applied automatically.",
    rollback: "Set the option again.",
    evidence: [
      documentation("nixpkgs manual, stdenv", "https://nixos.org/manual/nixpkgs/stable/#chap-stdenv"),
      documentation("NixOS Wiki: CCache, with a stdenv for one package", "https://wiki.nixos.org/wiki/CCache"),
    ],
  },
  examples: [
    {
      title: "ccache for everything",
      machine: "none",
      before: `{
  nixpkgs.config.allowUnfree = true;
  ⟦nixpkgs.config.replaceStdenv = { pkgs }: pkgs.ccacheStdenv;⟧
}
`,
      after: `{
  nixpkgs.config.allowUnfree = true;
}
`,
    },
    {
      title: "For one package",
      machine: "none",
      before: "final: prev: { demo = prev.demo.override { stdenv = final.ccacheStdenv; }; }\n",
    },
  ],
  *checkHost(host) {
    for (const definition of host.definitions) {
      if (definition.attrPath.join(".") !== "nixpkgs.config.replaceStdenv" || definition.value.kind === "null")
        continue;
      yield {
        ...spot(definition),
        message:
          "replaceStdenv rebuilds all of nixpkgs: nothing comes from the binary cache. Override `stdenv` of the packages that need it.",
        fixes: [
          {
            title: "Remove replaceStdenv",
            applicability: "unsafe",
            rebuilds: true,
            edits: removeDefinition(definition),
          },
        ],
      };
    }
  },
};
