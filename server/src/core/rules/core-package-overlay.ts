// An overlay that replaces a package everything else is built with.
import { documentation } from "../catalogue/cite.js";
import type { AttrBinding, Expr, FunctionExpr, SourceFile } from "../syntax/ast.js";
import { pathTo } from "../edits/tree.js";
import { enclosing } from "../workspace/places/syntaxPath.js";
import type { Rule } from "./rule.js";

/** Packages that most others depend on. */
const CORE: ReadonlySet<string> = new Set([
  ...["stdenv", "glibc", "gcc", "openssl", "zlib", "curl", "systemd", "python3", "perl", "bash", "coreutils"],
  ...["binutils", "cmake", "meson", "pkg-config"],
]);
/** Toolchains: all programs of one language depend on them. */
const TOOLCHAINS: ReadonlySet<string> = new Set(["nodejs", "rustc", "go", "llvmPackages"]);
/** A nixpkgs for another platform or processor is built from source in any case. */
const BUILT_ANYWAY = /\bcrossSystem\b|\bgcc\.(arch|tune)\b|\bgcc = \{/;
/** `final: prev:` with the names that overlays use. */
const PARAMETERS = /(?<![\w'-])_?(?:final|self|_|pkgs)[\w'-]*\s*:\s*_?(?:prev|super)/g;
/** Sets of packages that are no nixpkgs: a `meson` among Python packages is another one. */
const OTHER_SETS =
  /packageOverrides|PackagesExtensions|overrides|[Ss]cope|[Hh]askell|[Pp]ython|[Ll]ua|[Pp]erl|[Oo]caml|[Vv]im|rPackages/;

export const corePackageOverlay: Rule = {
  id: "core-package-overlay",
  title: "An overlay replaces what everything is built with",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds overlays that rebind stdenv, glibc, gcc, openssl, zlib, curl, systemd, python3, perl, bash, coreutils, binutils, cmake, meson or pkg-config; with less confidence nodejs, rustc, go and llvmPackages.",
    why: "Every package above it gets another hash: nothing of that comes from the binary cache, and a small patch becomes a rebuild of the system. Under a name of its own (`openssl-patched`) it changes only what takes it.",
    when: "Systems and packages that otherwise come from a cache.",
    risk: "What should use the changed package must be told so. No automatic fix: only you know which packages those are.",
    rollback: "Bind the old name again.",
    evidence: [documentation("nixpkgs manual, overlays", "https://nixos.org/manual/nixpkgs/stable/#chap-overlays")],
  },
  examples: [
    {
      title: "A patched openssl for everything",
      machine: "none",
      before: `final: prev: {
  ⟦openssl⟧ = prev.openssl.overrideAttrs (old: {
    patches = (old.patches or [ ]) ++ [ ./fix.patch ];
  });
}
`,
    },
    {
      title: "Under a name of its own",
      machine: "none",
      before: `final: prev: {
  openssl-patched = prev.openssl.overrideAttrs (old: {
    patches = (old.patches or [ ]) ++ [ ./fix.patch ];
  });
  curl-patched = prev.curl.override { openssl = final.openssl-patched; };
}
`,
    },
    {
      title: "An interpreter with more packages is the same interpreter",
      machine: "none",
      before: `final: prev: {
  python3 = prev.python3.override {
    packageOverrides = pyFinal: pyPrev: { demo = pyFinal.callPackage ./demo.nix { }; };
  };
}
`,
    },
    {
      title: "A Python package of that name",
      machine: "none",
      before: `final: prev: {
  python3-demo = prev.python3.override {
    packageOverrides = pyFinal: pyPrev: { meson = pyPrev.meson.overrideAttrs (old: { doCheck = false; }); };
  };
}
`,
    },
  ],
  *checkFile(source) {
    const overlays = [...source.text.matchAll(PARAMETERS)];
    if (overlays.length === 0 || BUILT_ANYWAY.test(source.text)) return;
    for (const { index } of overlays) {
      const overlay = overlayAt(source, index);
      if (!overlay) continue;
      const rebound = bindings(overlay.body).filter((binding) => rebinds(binding, overlay.previous, source));
      if (rebound.length === 0 || isOfOtherSet(source, overlay.fn)) continue;
      for (const binding of rebound) {
        const [name] = binding.path;
        if (name?.kind !== "name") continue;
        const isTool = TOOLCHAINS.has(name.text);
        yield {
          file: source.path,
          range: { start: name.start, end: name.end },
          confidence: isTool ? 0.6 : 0.85,
          message: `This overlay replaces \`${name.text}\` for ${isTool ? "every program built with it" : "nearly all of nixpkgs"}: none of that comes from a binary cache any more. Give it a name of its own, such as \`${name.text}-custom\`, and use it where it is needed.`,
        };
      }
    }
  },
};

interface Overlay {
  readonly fn: FunctionExpr;
  /** The parameter that holds the packages as they were. */
  readonly previous: string;
  readonly body: Expr;
}

/** The function `final: prev: …` that begins at an offset. */
function overlayAt(source: SourceFile, offset: number): Overlay | undefined {
  const around = enclosing(source, { start: offset, end: offset + 1 });
  const expr = around.find((step) => step.expr.start === offset && step.expr.kind === "function")?.expr;
  if (expr?.kind !== "function" || expr.formals || expr.body.kind !== "function" || expr.body.formals) return undefined;
  const previous = expr.body.parameter?.name;
  return previous === undefined ? undefined : { fn: expr, previous, body: expr.body.body };
}

/** Bindings of the set that a body ends in, both sides of `//` included. */
function bindings(body: Expr): readonly AttrBinding[] {
  if (body.kind === "let" || body.kind === "with" || body.kind === "assert") return bindings(body.body);
  if (body.kind === "attrset") return body.bindings.filter((binding) => binding.kind === "binding");
  return body.kind === "binary" && body.operator === "//" ? [...bindings(body.left), ...bindings(body.right)] : [];
}

/** True unless the name is bound to itself, or to itself with other packages beside it. */
function rebinds({ path, value }: AttrBinding, previous: string, source: SourceFile): boolean {
  const [name, ...others] = path;
  if (name?.kind !== "name" || others.length > 0 || !(CORE.has(name.text) || TOOLCHAINS.has(name.text))) return false;
  return !isOnlyPackageOverrides(value) && source.text.slice(value.start, value.end) !== `${previous}.${name.text}`;
}

/** `prev.python3.override { packageOverrides = …; }`: the interpreter's own derivation stays what it is. */
function isOnlyPackageOverrides(value: Expr): boolean {
  if (value.kind !== "apply" || value.arg.kind !== "attrset" || value.fn.kind !== "select") return false;
  const names = value.arg.bindings.map((binding) => (binding.kind === "binding" ? binding.path[0] : undefined));
  return names.every((name) => name?.kind === "name" && /^(packageOverrides|self)$/.test(name.text));
}

/** True within an override of Python's, Haskell's … packages. */
function isOfOtherSet(source: SourceFile, fn: FunctionExpr): boolean {
  return pathTo(source, fn).some(({ binding, expr }) => {
    const names = binding?.kind === "binding" ? source.text.slice(binding.start, binding.value.start) : "";
    const callee = expr.kind === "apply" ? source.text.slice(expr.fn.start, expr.fn.end) : "";
    return OTHER_SETS.test(names) || (callee.length < 200 && OTHER_SETS.test(callee));
  });
}
