// A package whose source is its whole repository.
import { code, documentation } from "../catalogue/cite.js";
import { libraryAt, pathTo } from "../edits/tree.js";
import type { AttrBinding, SourceFile } from "../syntax/ast.js";
import type { Model, Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";

export const unfilteredSource: Rule = {
  id: "unfiltered-source",
  title: "Every change of the repository builds the package again",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds packages built from source whose `src` is the root of the repository (`./.`, `self`), unfiltered.",
    why: "The source's hash covers every file of the repository: a change of flake.nix, flake.lock, a workflow or the README compiles everything again. `lib.fileset` or `craneLib.cleanCargoSource` keep to what is compiled.",
    when: "Own packages in the repository that defines them.",
    risk: "A file that the build reads and the filter drops is missing. `cleanCargoSource` keeps *.rs, *.toml and Cargo.lock alone; the filter offered for others drops Nix files and flake.lock only. The package is rebuilt.",
    rollback: "Restore `src`.",
    evidence: [
      documentation(
        "nixpkgs manual, filesets",
        "https://nixos.org/manual/nixpkgs/stable/#sec-functions-library-fileset",
      ),
      code("ipetkov/crane", "docs/API.md", "cleanCargoSource"),
    ],
  },
  examples: [
    {
      title: "A package beside its flake",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { self, nixpkgs }: { };
}
#- package.nix
{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  ⟦src = ./.;⟧
}
`,
      after: `#- flake.nix
{
  outputs = { self, nixpkgs }: { };
}
#- package.nix
{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = lib.fileset.toSource {
    root = ./.;
    fileset = lib.fileset.fileFilter (file: !(lib.hasSuffix ".nix" file.name || file.name == "flake.lock")) ./.;
  };
}
`,
    },
    {
      title: "With crane",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { self, nixpkgs }: { };
}
#- package.nix
{ craneLib }:
craneLib.buildPackage {
  ⟦src = ./.;⟧
  strictDeps = true;
}
`,
      after: `#- flake.nix
{
  outputs = { self, nixpkgs }: { };
}
#- package.nix
{ craneLib }:
craneLib.buildPackage {
  src = craneLib.cleanCargoSource ./.;
  strictDeps = true;
}
`,
    },
    {
      title: "A folder of its own",
      machine: "none",
      before: `#- flake.nix
{
  outputs = { self, nixpkgs }: { };
}
#- package.nix
{ lib, stdenv }:
stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./src; }
`,
    },
  ],
  *checkPackage(pkg, { model }) {
    if (pkg.form !== "definition" || pkg.builder === "prebuilt") return;
    const found = sourceBinding(pkg);
    if (!found || !isRoot(pkg, found.source, found.binding, model)) return;
    const { source, binding } = found;
    yield {
      file: source.path,
      range: { start: binding.start, end: binding.end },
      message:
        "The source is the whole repository: a change of flake.lock, a workflow or the README compiles the package again. Filter it.",
      fixes: fixes(pkg, source, binding),
    };
  },
};

/** Where the `src` that counts is written: in the package's own set, or in one that it is joined from. */
function sourceBinding(pkg: Package): { readonly source: SourceFile; readonly binding: AttrBinding } | undefined {
  const entry = pkg.attributes.kind === "attrs" ? pkg.attributes.entries.get("src") : undefined;
  const [site, ...others] = entry?.sites ?? [];
  if (!site || others.length > 0 || site.binding.kind !== "binding" || site.source.path !== pkg.file) return undefined;
  return { source: site.source, binding: site.binding };
}

function isRoot({ attributes }: Package, source: SourceFile, { value: expr }: AttrBinding, model: Model): boolean {
  if (expr.kind === "variable") return expr.name === "self" && /(^|\/)flake\.nix$/.test(source.path);
  const value = attributes.kind === "attrs" ? attributes.entries.get("src")?.thunk.force() : undefined;
  if (expr.kind !== "path" || value?.kind !== "path" || !value.inside) return false;
  // Templates are copied elsewhere, and a flake within a flake is a part of it.
  const folders = value.path === "" || value.path === "." ? [""] : ["", ...prefixes(value.path)];
  const flakes = folders.filter(
    (folder) => model.textOf(folder === "" ? "flake.nix" : `${folder}/flake.nix`) !== undefined,
  );
  return flakes.length === 1 && flakes[0] === folders.at(-1);
}

/** `a`, `a/b`, `a/b/c`. */
function prefixes(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

function fixes(pkg: Package, source: SourceFile, { value, start }: AttrBinding): FixDraft[] {
  const root = value.kind === "path" ? source.text.slice(value.start, value.end) : "./.";
  const edit = (title: string, newText: string): FixDraft => ({
    title,
    applicability: "unsafe",
    rebuilds: true,
    edits: [{ file: source.path, range: { start: value.start, end: value.end }, newText }],
  });
  const found: FixDraft[] = [];
  const crane = /([\w.'-]*crane[\w'-]*)\.$/i.exec(
    source.text.slice(Math.max(0, pkg.range.start - 60), pkg.range.start),
  );
  if (pkg.builder === "crane" && crane?.[1] && pkg.file === source.path)
    found.push(edit("Keep Rust files alone: all others go", `${crane[1]}.cleanCargoSource ${root}`));
  const lib = libraryAt(pathTo(source, value));
  if (lib !== undefined) {
    const indent = /[ \t]*$/.exec(source.text.slice(0, start))?.[0] ?? "";
    const inner = `\n${indent}  `;
    const filter = `${lib}.fileset.fileFilter (file: !(${lib}.hasSuffix ".nix" file.name || file.name == "flake.lock")) ${root}`;
    found.push(
      edit(
        "Leave Nix files and flake.lock out",
        `${lib}.fileset.toSource {${inner}root = ${root};${inner}fileset = ${filter};\n${indent}}`,
      ),
    );
  }
  return found;
}
