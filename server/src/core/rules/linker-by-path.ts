// -fuse-ld=/nix/store/…: gcc takes names only.
import { issue, tested } from "../catalogue/cite.js";
import { inputNamed } from "../edits/packageFlags.js";
import { appendToList } from "../edits/packages.js";
import { both } from "../edits/packageMove.js";
import { descendants } from "../edits/tree.js";
import type { StringExpr } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";

export const linkerByPath: Rule = {
  id: "linker-by-path",
  title: "gcc takes a linker by name, not by path",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds `-fuse-ld=` with a path, as in `-fuse-ld=${mold}/bin/mold`, in packages that do not use clang.",
    why: 'gcc stops with "unrecognized command-line option"; only clang accepts a path. gcc finds `ld.mold` in PATH by `-fuse-ld=mold`, where `mold-wrapped` puts it.',
    when: "Packages of the default stdenv on Linux.",
    risk: "The package is built again.",
    rollback: "Undo the edit.",
    evidence: [
      tested("gcc 12.2: a path after -fuse-ld= is refused, the name mold accepted"),
      issue("NixOS/nixpkgs#250898"),
    ],
  },
  examples: [
    {
      title: "By name",
      machine: "none",
      before: `{ rustPlatform, mold-wrapped }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  env.RUSTFLAGS = ⟦"-C link-arg=-fuse-ld=\${mold-wrapped}/bin/mold"⟧;
}
`,
      after: `{ rustPlatform, mold-wrapped }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold";
  nativeBuildInputs = [ mold-wrapped ];
}
`,
    },
    {
      title: "clang takes a path",
      machine: "none",
      before: `{ clangStdenv, mold }:
clangStdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  env.NIX_CFLAGS_LINK = "-fuse-ld=\${mold}/bin/mold";
}
`,
    },
  ],
  *checkPackage(pkg) {
    const text = argumentText(pkg);
    if (!pkg.argumentSet || !text.includes("-fuse-ld=")) return;
    const call = pkg.source.text.slice(Math.max(0, pkg.range.start - 80), pkg.argumentSet.end);
    if (/clang|llvm/i.test(call)) return;
    for (const expr of descendants(pkg.argumentSet)) {
      const draft = expr.kind === "string" ? check(pkg, expr) : undefined;
      if (draft) yield draft;
    }
  },
};

/** The end of the flag in front of a path, and the end of the path. */
function pathAfterFlag(pkg: Package, expr: StringExpr): { readonly start: number; readonly end: number } | undefined {
  const { text } = pkg.source;
  const written = text.slice(expr.start, expr.end);
  const match = /-fuse-ld=(?=\/|\$\{)(?:\$\{[\w.'-]+\})?[\w./-]*/.exec(written);
  if (!match) return undefined;
  const start = expr.start + match.index + "-fuse-ld=".length;
  return { start, end: expr.start + match.index + match[0].length };
}

function check(pkg: Package, expr: StringExpr): Draft | undefined {
  const path = pathAfterFlag(pkg, expr);
  if (!path) return undefined;
  const isMold = /\bmold$/.test(pkg.source.text.slice(path.start, path.end));
  return {
    file: pkg.file,
    range: { start: expr.start, end: expr.end },
    message:
      "gcc refuses a path after `-fuse-ld=`; only clang takes one. Give the linker's name and put its package into `nativeBuildInputs`.",
    fixes: isMold
      ? [
          {
            title: "Use -fuse-ld=mold with mold-wrapped",
            applicability: "unsafe",
            preferred: true,
            rebuilds: true,
            edits: edits(pkg, path),
          },
        ]
      : [],
  };
}

function edits(pkg: Package, path: { readonly start: number; readonly end: number }): FixDraft["edits"] {
  const mold = inputNamed(pkg, "mold-wrapped");
  const name = { file: pkg.file, range: path, newText: "mold" };
  return mold && both([...mold.edits, name], appendToList(pkg, "nativeBuildInputs", mold.text));
}
