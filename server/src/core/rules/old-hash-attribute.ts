// vendorSha256 and cargoSha256: builders of today refuse them.
import { code, issue } from "../catalogue/cite.js";
import { renameAttribute } from "../edits/packageMove.js";
import type { AttrBinding } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { overrideFunction, ownAttribute, plainText } from "./support/packageText.js";

const NOW: ReadonlyMap<string, string> = new Map([
  ["vendorSha256", "vendorHash"],
  ["cargoSha256", "cargoHash"],
]);

export const oldHashAttribute: Rule = {
  id: "old-hash-attribute",
  title: "Old name of a dependency hash",
  class: "deprecated",
  severity: "warning",
  confidence: 0.95,
  tier: "P2",
  docs: {
    what: "Finds `vendorSha256` in Go packages and `cargoSha256` in Rust packages.",
    why: "nixpkgs has removed both in favour of `vendorHash` and `cargoHash`; with the old names the package no longer evaluates, or its dependencies are not found.",
    when: "nixpkgs 24.11 and later; before, they warn.",
    risk: "A vendorHash in the new form is the same hash. For Rust the way crates are vendored has changed since, so the hash has to be taken anew: set it to an empty string and let Nix print it.",
    rollback: "Rename it back.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/build-support/go/module.nix", "vendorSha256 is refused"),
      code("NixOS/nixpkgs", "pkgs/build-support/rust/build-rust-package/default.nix", "cargoSha256 is refused"),
      issue("NixOS/nixpkgs#225051", "vendorHash"),
    ],
  },
  examples: [
    {
      title: "Go",
      machine: "none",
      before: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  ⟦vendorSha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";⟧
}
`,
      after: `{ buildGoModule }:
buildGoModule {
  pname = "demo";
  version = "1";
  src = ./src;
  vendorHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
`,
    },
    {
      title: "Rust: the hash has to be taken anew",
      machine: "none",
      before: `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  ⟦cargoSha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";⟧
}
`,
    },
    {
      title: "Names of today",
      machine: "none",
      before: '{ buildGoModule }: buildGoModule { pname = "demo"; version = "1"; src = ./src; vendorHash = null; }\n',
    },
  ],
  *checkPackage(pkg) {
    for (const [old, now] of NOW) {
      const binding = ownAttribute(pkg, old);
      if (!binding || (pkg.form === "override" && overrideFunction(pkg) === undefined)) continue;
      yield {
        file: pkg.file,
        range: { start: binding.start, end: binding.end },
        message: `\`${old}\` is \`${now}\` now, and current nixpkgs refuses the old name.${old === "cargoSha256" ? " The hash itself has to be taken anew: crates are vendored in another way." : ""}`,
        fixes: [
          {
            title: `Rename to ${now}`,
            applicability: "unsafe",
            preferred: true,
            rebuilds: true,
            edits: edits(pkg, binding, old, now),
          },
        ],
      };
    }
  },
};

/** Only where the same value is right under the new name: null, or a hash that names its algorithm. */
function edits(pkg: Package, { value }: AttrBinding, old: string, now: string): FixDraft["edits"] {
  const isNull = value.kind === "variable" && value.name === "null";
  if (old !== "vendorSha256" || !(isNull || /^sha256-[\w+/]{43}=$/.test(plainText(value) ?? ""))) return undefined;
  return renameAttribute(pkg, old, now);
}
