// A variable at top level of a package with structured attributes: the build never sees it.
import { attribute } from "../builds/environment.js";
import { code, issue } from "../catalogue/cite.js";
import { findBuilderAttribute } from "../catalogue/lookup.js";
import { moveToEnv } from "../edits/packageMove.js";
import type { Rule } from "./rule.js";

export const variableLost: Rule = {
  id: "variable-lost",
  title: "A variable that structured attributes swallow",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds environment variables such as `NODE_OPTIONS`, `RUSTFLAGS` or `CARGO_PROFILE_*` at top level of a package with `__structuredAttrs = true`.",
    why: "With structured attributes only `env` is exported. Everything else becomes data in a JSON file, and a shell variable that no child process sees: the limit or flag is lost without a word.",
    when: "Always with structured attributes.",
    risk: "The package is built again, this time with the variable.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/stdenv/generic/make-derivation.nix", "`env` is what is exported"),
      issue("NixOS/nix#14847"),
      issue("NixOS/nixpkgs#205944", "`env` for all of nixpkgs"),
    ],
  },
  examples: [
    {
      title: "A heap limit that never arrives",
      machine: "none",
      before: `{ buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  npmDepsHash = "";
  __structuredAttrs = true;
  ⟦NODE_OPTIONS = "--max-old-space-size=3072";⟧
}
`,
      after: `{ buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  npmDepsHash = "";
  __structuredAttrs = true;
  env.NODE_OPTIONS = "--max-old-space-size=3072";
}
`,
    },
    {
      title: "A list: `env` takes none",
      machine: "none",
      before: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = null;
  __structuredAttrs = true;
  ⟦GOFLAGS = [ "-trimpath" ];⟧
}
`,
    },
    {
      title: "Without structured attributes both forms work",
      machine: "none",
      before: `{ buildNpmPackage }:
buildNpmPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  npmDepsHash = "";
  NODE_OPTIONS = "--max-old-space-size=3072";
}
`,
    },
  ],
  *checkPackage(pkg) {
    const structured = attribute(pkg.attributes, ["__structuredAttrs"]);
    if (!structured || structured === "absent" || structured.kind !== "bool" || !structured.value) return;
    for (const binding of pkg.argumentSet?.bindings ?? []) {
      const [name] = binding.kind === "binding" && binding.path.length === 1 ? binding.path : [];
      if (name?.kind !== "name" || !/^[A-Z][A-Z0-9_]+$/.test(name.text)) continue;
      if (!findBuilderAttribute(name.text)?.environment) continue;
      yield {
        file: pkg.file,
        range: { start: binding.start, end: binding.end },
        message: `With \`__structuredAttrs\` the build sees only what is under \`env\`: \`${name.text}\` is lost here.`,
        fixes: [
          {
            title: `Move ${name.text} into env`,
            applicability: "unsafe",
            preferred: true,
            rebuilds: true,
            edits: moveToEnv(pkg, name.text),
          },
        ],
      };
    }
  },
};
