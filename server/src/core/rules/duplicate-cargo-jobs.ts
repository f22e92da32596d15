// `-j` in cargoBuildFlags: cargo gets it twice and refuses.
import { tested, code } from "../catalogue/cite.js";
import { setEnv } from "../edits/packages.js";
import { both, removeItems } from "../edits/packageMove.js";
import type { Expr, ListExpr } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { listsOf, ownAttribute, ownVariable, plainText } from "./support/packageText.js";

const FLAGS = ["cargoBuildFlags", "cargoTestFlags", "cargoCheckFlags"];

export const duplicateCargoJobs: Rule = {
  id: "duplicate-cargo-jobs",
  title: "cargo gets its number of jobs twice",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `-j` and `--jobs` in `cargoBuildFlags` and `cargoTestFlags` of buildRustPackage.",
    why: "The builder passes `-j $NIX_BUILD_CORES` itself, and cargo stops at a second one: \"the argument '--jobs <N>' cannot be used multiple times\".",
    when: "Always.",
    risk: "The package is built, which it could not be before.",
    rollback: "Undo the edit.",
    evidence: [
      tested("cargo 1.95: two -j are an error"),
      code("NixOS/nixpkgs", "pkgs/build-support/rust/hooks/cargo-build-hook.sh", "passes -j"),
    ],
  },
  examples: [
    {
      title: "The cap in the form that works",
      machine: "none",
      before: `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  cargoBuildFlags = [ "--bins" ⟦"-j" "2"⟧ ];
}
`,
      after: `{ rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  cargoBuildFlags = [ "--bins" ];
  env.NIX_BUILD_CORES = 2;
}
`,
    },
    {
      title: "Other flags",
      machine: "none",
      before:
        '{ rustPlatform }: rustPlatform.buildRustPackage { pname = "demo"; version = "1"; src = ./src; cargoHash = ""; cargoBuildFlags = [ "--bins" ]; }\n',
    },
  ],
  *checkPackage(pkg) {
    if (pkg.builder !== "rust" || pkg.form === "override") return;
    for (const name of FLAGS) {
      const binding = ownAttribute(pkg, name);
      if (!binding) continue;
      for (const list of listsOf(binding.value)) {
        const draft = check(pkg, list);
        if (draft) yield draft;
      }
    }
  },
};

function check(pkg: Package, list: ListExpr): Draft | undefined {
  const index = list.items.findIndex((item) => /^(-j *\d*|--jobs(=\d+)?)$/.test(plainText(item) ?? ""));
  const flag = list.items[index];
  if (!flag) return undefined;
  const own = /\d+$/.exec(plainText(flag) ?? "")?.[0];
  const next = own === undefined ? list.items[index + 1] : undefined;
  const items: readonly Expr[] = next ? [flag, next] : [flag];
  const jobs = own ?? /^\d+$/.exec(plainText(next) ?? "")?.[0];
  return {
    file: pkg.file,
    range: { start: flag.start, end: (next ?? flag).end },
    message:
      "buildRustPackage passes `-j $NIX_BUILD_CORES` itself, and cargo refuses a second one. `env.NIX_BUILD_CORES` caps this package.",
    fixes: [
      {
        title: "Cap it with NIX_BUILD_CORES",
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: edits(pkg, list, items, jobs),
      },
    ],
  };
}

function edits(pkg: Package, list: ListExpr, items: readonly Expr[], jobs: string | undefined): FixDraft["edits"] {
  if (jobs === undefined || jobs === "0") return undefined;
  const removal = removeItems(pkg.source, list, items);
  return ownVariable(pkg, "NIX_BUILD_CORES") ? removal : both(removal, setEnv(pkg, "NIX_BUILD_CORES", jobs));
}
