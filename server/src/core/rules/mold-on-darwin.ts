// mold links ELF alone: a package that is also for macOS needs a guard.
import { code, documentation } from "../catalogue/cite.js";
import { inputNamed } from "../edits/packageFlags.js";
import { both } from "../edits/packageMove.js";
import { replaceText } from "../edits/definitions.js";
import { isParenthesized } from "../edits/style.js";
import { descendants, pathTo } from "../edits/tree.js";
import type { Expr } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { plainText } from "./support/packageText.js";

export const moldOnDarwin: Rule = {
  id: "mold-on-darwin",
  title: "mold in a package that is also for macOS",
  class: "misconfiguration",
  severity: "error",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `useMoldLinker` and `-fuse-ld=mold` without a guard in packages whose platforms include macOS, or that a nix-darwin host builds.",
    why: "mold links ELF files only. On macOS `useMoldLinker` throws, and the flag stops the linker.",
    when: "Packages whose `meta.platforms` say so, or that a host with macOS builds.",
    risk: "On Linux nothing changes but the way it is written.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/stdenv/adapters.nix", "useMoldLinker throws for Darwin"),
      documentation("rui314/mold README: Mach-O is not supported", "https://github.com/rui314/mold#readme"),
    ],
  },
  examples: [
    {
      title: "Only on Linux",
      machine: "none",
      before: `{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  env.NIX_CFLAGS_LINK = ⟦"-fuse-ld=mold"⟧;
  meta.platforms = lib.platforms.unix;
}
`,
      after: `{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  env.NIX_CFLAGS_LINK = lib.optionalString stdenv.hostPlatform.isLinux "-fuse-ld=mold";
  meta.platforms = lib.platforms.unix;
}
`,
    },
    {
      title: "As an item of a list",
      machine: "none",
      before: `{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  configureFlags = [ "--with-x" ⟦"-fuse-ld=mold"⟧ ];
  meta.platforms = lib.platforms.unix;
}
`,
      after: `{ lib, stdenv }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  configureFlags = [ "--with-x" (lib.optionalString stdenv.hostPlatform.isLinux "-fuse-ld=mold") ];
  meta.platforms = lib.platforms.unix;
}
`,
    },
    {
      title: "For Linux alone",
      machine: "none",
      before: `{ lib, stdenv, mold-wrapped }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ mold-wrapped ];
  env.NIX_CFLAGS_LINK = "-fuse-ld=mold";
  meta.platforms = lib.platforms.linux;
}
`,
    },
  ],
  *checkPackage(pkg) {
    const builtOnMac = pkg.hosts.some((host) => host.platform === "darwin");
    if (!builtOnMac && pkg.facts.platforms !== "all" && pkg.facts.platforms !== "darwin") return;
    const text = argumentText(pkg);
    if (!pkg.argumentSet || /isLinux|isDarwin|isElf|\.system\b/.test(text)) return;
    for (const expr of descendants(pkg.argumentSet)) {
      const isFlag = expr.kind === "string" && /-fuse-ld=mold\b/.test(pkg.source.text.slice(expr.start, expr.end));
      const isAdapter =
        expr.kind === "apply" && pkg.source.text.slice(expr.fn.start, expr.fn.end).endsWith("useMoldLinker");
      if (!isFlag && !isAdapter) continue;
      yield {
        file: pkg.file,
        range: { start: expr.start, end: expr.end },
        message: `mold links for Linux only, and \`${pkg.name}\` is built for macOS too: there the build stops. Guard it with \`stdenv.hostPlatform.isLinux\`.`,
        fixes: [
          { title: "Only on Linux", applicability: "unsafe", preferred: true, rebuilds: true, edits: edits(pkg, expr) },
        ],
      };
    }
  },
};

/** A string that is nothing but the flag, where `lib` and `stdenv` can be named. */
function edits(pkg: Package, expr: Expr): FixDraft["edits"] {
  if (!/^(-C link-arg=)?-fuse-ld=mold$/.test(plainText(expr) ?? "")) return undefined;
  const [lib, stdenv] = ["lib", "stdenv"].map((name) => inputNamed(pkg, name));
  if (!lib || !stdenv) return undefined;
  const guarded = `${lib.text}.optionalString ${stdenv.text}.hostPlatform.isLinux ${pkg.source.text.slice(expr.start, expr.end)}`;
  // As an item of a list or an argument it would fall apart into three.
  const parent = pathTo(pkg.source, expr).at(-2)?.expr;
  const standsAlone = parent?.kind === "attrset" || isParenthesized(pkg.source, expr);
  const edit = replaceText(pkg.file, expr, standsAlone ? guarded : `(${guarded})`);
  return both([edit], [...lib.edits, ...stdenv.edits]);
}
