// mold or lld without the wrapper of nixpkgs: programs link, and do not start.
import { code, issue } from "../catalogue/cite.js";
import { renameInput } from "../edits/inputs.js";
import { descendants, pathTo } from "../edits/tree.js";
import type { AttrsetExpr, Expr, SourceFile } from "../syntax/ast.js";
import type { Draft, Rule } from "./rule.js";
import { listsOf } from "./support/packageText.js";

const INPUTS = /^(nativeBuildInputs|buildInputs|depsBuildBuild|packages)$/;

/** Unwrapped package, the flag that makes it link, and what to take instead. */
const LINKERS = [
  { name: "mold", flag: /-fuse-ld=mold\b/, wrapped: "mold-wrapped" },
  { name: "lld", flag: /-fuse-ld=lld\b/, wrapped: "llvmPackages.bintools" },
] as const;

export const unwrappedLinker: Rule = {
  id: "unwrapped-linker",
  title: "A linker without nixpkgs' wrapper",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `mold` or `lld` among the inputs of a package or shell that also passes `-fuse-ld=mold` or `-fuse-ld=lld`.",
    why: 'The wrapper adds the run path of each library. Without it everything links, and programs fail at start: "error while loading shared libraries". `mold-wrapped` and `llvmPackages.bintools` have it.',
    when: "Linux. In a shell the libraries are often found some other way, so it is information there; static programs are not affected.",
    risk: "The package is built again.",
    rollback: "Undo the edit.",
    evidence: [
      issue("NixOS/nixpkgs#250898", "mold leaves out the run path"),
      issue("NixOS/nixpkgs#24744", "the same with lld"),
      code("NixOS/nixpkgs", "pkgs/top-level/all-packages.nix", "mold-wrapped"),
    ],
  },
  examples: [
    {
      title: "mold",
      machine: "none",
      before: `{ rustPlatform, mold }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  nativeBuildInputs = [ ⟦mold⟧ ];
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold";
}
`,
      after: `{ rustPlatform, mold-wrapped }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = "";
  nativeBuildInputs = [ mold-wrapped ];
  env.RUSTFLAGS = "-C link-arg=-fuse-ld=mold";
}
`,
    },
    {
      title: "In an overlay",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    nativeBuildInputs = old.nativeBuildInputs ++ [ ⟦prev.lld⟧ ];
    env = (old.env or { }) // { NIX_CFLAGS_LINK = "-fuse-ld=lld"; };
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    nativeBuildInputs = old.nativeBuildInputs ++ [ prev.llvmPackages.bintools ];
    env = (old.env or { }) // { NIX_CFLAGS_LINK = "-fuse-ld=lld"; };
  });
}
`,
    },
    {
      title: "With the wrapper",
      machine: "none",
      before:
        '{ stdenv, mold-wrapped }: stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./src; nativeBuildInputs = [ mold-wrapped ]; env.NIX_CFLAGS_LINK = "-fuse-ld=mold"; }\n',
    },
  ],
  *checkFile(source) {
    if (!/-fuse-ld=(mold|lld)\b/.test(source.text) || !source.root) return;
    for (const expr of descendants(source.root)) if (expr.kind === "attrset") yield* inSet(source, expr);
  },
};

function* inSet(source: SourceFile, set: AttrsetExpr): Generator<Draft> {
  const text = source.text.slice(set.start, set.end);
  if (/apple-sdk|platforms\.darwin|-darwin"/.test(text)) return;
  for (const binding of set.bindings) {
    const [name] = binding.kind === "binding" && binding.path.length === 1 ? binding.path : [];
    if (binding.kind !== "binding" || name?.kind !== "name" || !INPUTS.test(name.text)) continue;
    for (const list of listsOf(binding.value))
      for (const item of list.items) {
        const linker = LINKERS.find((each) => each.name === itemName(item) && each.flag.test(text));
        if (linker) yield finding(source, set, item, linker);
      }
  }
}

function itemName(item: Expr): string | undefined {
  if (item.kind === "variable") return item.name;
  if (item.kind !== "select" || item.base.kind !== "variable" || item.path.length !== 1) return undefined;
  const [name] = item.path;
  return name?.kind === "name" ? name.text : undefined;
}

function finding(source: SourceFile, set: AttrsetExpr, item: Expr, linker: (typeof LINKERS)[number]): Draft {
  const parent = pathTo(source, set).at(-2)?.expr;
  const inSet = item.kind === "select" && item.base.kind === "variable" && item.base.name.startsWith("llvmPackages");
  const inShell = parent?.kind === "apply" && /mkShell/.test(source.text.slice(parent.fn.start, parent.fn.end));
  return {
    file: source.path,
    range: { start: item.start, end: item.end },
    severity: inShell ? "information" : "warning",
    message: `\`${linker.name}\` has no wrapper: what it links lacks the run path and does not find its libraries. Take \`${linker.wrapped}\`.`,
    fixes: [
      {
        title: `Take ${linker.wrapped}`,
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: renameInput(source, item, inSet ? "bintools" : linker.wrapped),
      },
    ],
  };
}
