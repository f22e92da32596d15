// One environment variable under `env` and at top level: nixpkgs refuses to make the derivation.
import { code, issue } from "../catalogue/cite.js";
import { findBinding } from "../edits/packages.js";
import { moveToEnv, removeAttribute } from "../edits/packageMove.js";
import type { AttrBinding } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { overrideFunction } from "./support/packageText.js";

/** Variables that builders of nixpkgs put under `env` themselves, so that one at top level clashes. Source: nixpkgs go/module.nix, rust/build-rust-package. */
const IN_ENV_OF_BUILDER: ReadonlyMap<string, { readonly builder: string; readonly confidence: number }> = new Map([
  ["GOFLAGS", { builder: "buildGoModule", confidence: 0.85 }],
  ["CGO_ENABLED", { builder: "buildGoModule", confidence: 0.85 }],
  ["RUSTFLAGS", { builder: "buildRustPackage", confidence: 0.7 }],
]);

export const variableSetTwice: Rule = {
  id: "variable-set-twice",
  title: "A variable under `env` and at top level",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds environment variables that a package sets both under `env` and at top level, and `GOFLAGS`, `CGO_ENABLED` and `RUSTFLAGS` at top level of `overrideAttrs` on Go and Rust packages, whose builders put them under `env`.",
    why: 'nixpkgs stops: "The `env` attribute set cannot contain any attributes passed to derivation".',
    when: "Always for both in one set. For overrides it depends on the revision of nixpkgs, so these are warnings.",
    risk: "The package is built again. With a nixpkgs from before the builder used `env`, the variable has to stay at top level.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/stdenv/generic/make-derivation.nix", "the assertion about `env`"),
      issue("NixOS/nixpkgs#372679", "the same clash with NIX_CFLAGS_LINK"),
    ],
  },
  examples: [
    {
      title: "Both in one package",
      machine: "none",
      before: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  env.NIX_CFLAGS_COMPILE = "-O2";
  ⟦NIX_CFLAGS_COMPILE = "-O2";⟧
}
`,
      after: `{ stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  env.NIX_CFLAGS_COMPILE = "-O2";
}
`,
    },
    {
      title: "A Go package whose builder uses `env`",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    vendorHash = null;
    ⟦CGO_ENABLED = 0;⟧
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    vendorHash = null;
    env = (old.env or { }) // { CGO_ENABLED = 0; };
  });
}
`,
    },
    {
      title: "Under `env` alone",
      machine: "none",
      before:
        '{ buildGoModule }: buildGoModule { pname = "demo"; version = "1"; src = ./src; vendorHash = null; env.CGO_ENABLED = 0; }\n',
    },
  ],
  *checkPackage(pkg) {
    const set = pkg.argumentSet;
    if (!set || pkg.form === "override") return;
    for (const binding of set.bindings) {
      const [name] = binding.kind === "binding" && binding.path.length === 1 ? binding.path : [];
      if (binding.kind !== "binding" || name?.kind !== "name" || name.text === "env") continue;
      const inEnv = findBinding(set, ["env", name.text]);
      const draft = inEnv ? twice(pkg, binding, inEnv, name.text) : clash(pkg, binding, name.text);
      if (draft) yield draft;
    }
  },
};

function place(pkg: Package, { start, end }: AttrBinding): Pick<Draft, "file" | "range"> {
  return { file: pkg.file, range: { start, end } };
}

function twice(pkg: Package, binding: AttrBinding, inEnv: AttrBinding, name: string): Draft {
  return {
    ...place(pkg, binding),
    message: `\`${name}\` is set under \`env\` as well: nixpkgs refuses to make a derivation with both.`,
    related: [{ ...place(pkg, inEnv), message: "set under `env` here" }],
    fixes: [
      {
        title: "Keep the one under env",
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: removeAttribute(pkg, name),
      },
    ],
  };
}

function clash(pkg: Package, binding: AttrBinding, name: string): Draft | undefined {
  const known = IN_ENV_OF_BUILDER.get(name);
  if (!known || overrideFunction(pkg)?.name !== "overrideAttrs") return undefined;
  return {
    ...place(pkg, binding),
    severity: "warning",
    confidence: known.confidence,
    message: `${known.builder} puts \`${name}\` under \`env\`: one at top level clashes with it in nixpkgs of today, and the package no longer evaluates. Write it under \`env\`, joined to the old one.`,
    fixes: [
      {
        title: `Move ${name} into env`,
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: moveToEnv(pkg, name),
      },
    ],
  };
}
