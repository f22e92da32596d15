// crane's first stage switched off.
import { attribute } from "../builds/environment.js";
import { code } from "../catalogue/cite.js";
import { removeBinding } from "../edits/remove.js";
import type { Rule } from "./rule.js";
import { ownAttribute } from "./support/packageText.js";

export const craneDependenciesWithProgram: Rule = {
  id: "crane-dependencies-with-program",
  title: "Dependencies compiled again with every change of the program",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds `cargoArtifacts = null` in `craneLib.buildPackage`.",
    why: "crane compiles dependencies in a derivation of their own (`buildDepsOnly`), which holds until Cargo.lock changes; `buildPackage` does so by itself where `cargoArtifacts` is not set. `null` switches it off: every change of the source compiles all crates again.",
    when: "Own programs that change often.",
    risk: "The artifacts take space in the store. The package is rebuilt once.",
    rollback: "Restore the line.",
    evidence: [code("ipetkov/crane", "docs/API.md", "cargoArtifacts: by default the result of buildDepsOnly")],
  },
  examples: [
    {
      title: "Switched off",
      machine: "none",
      before: `{ craneLib }:
craneLib.buildPackage {
  src = craneLib.cleanCargoSource ./.;
  ⟦cargoArtifacts = null;⟧
  strictDeps = true;
}
`,
      after: `{ craneLib }:
craneLib.buildPackage {
  src = craneLib.cleanCargoSource ./.;
  strictDeps = true;
}
`,
    },
    {
      title: "By itself",
      machine: "none",
      before: "{ craneLib }:\ncraneLib.buildPackage { src = craneLib.cleanCargoSource ./.; strictDeps = true; }\n",
    },
  ],
  *checkPackage(pkg) {
    const artifacts = attribute(pkg.attributes, ["cargoArtifacts"]);
    const binding = ownAttribute(pkg, "cargoArtifacts");
    const isBuild = pkg.source.text.slice(pkg.range.start, pkg.range.end) === "buildPackage";
    if (!isBuild || !binding || artifacts === undefined || artifacts === "absent" || artifacts.kind !== "null") return;
    yield {
      file: pkg.file,
      range: { start: binding.start, end: binding.end },
      message: `\`cargoArtifacts = null\` compiles all dependencies of \`${pkg.name}\` again with every change. Without the line crane keeps them apart.`,
      fixes: [
        {
          title: "Let crane keep dependencies apart",
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: [removeBinding(pkg.source, binding)],
        },
      ],
    };
  },
};
