// enableParallelBuilding = false: one thread, whatever the machine has.
import { code } from "../catalogue/cite.js";
import { removeAttribute } from "../edits/packageMove.js";
import type { Package } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { ownAttribute } from "./support/packageText.js";

export const parallelBuildingOff: Rule = {
  id: "parallel-building-off",
  title: "A package that builds on one thread",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.7,
  tier: "experimental",
  docs: {
    what: "Finds `enableParallelBuilding = false` without a comment, in overrides and in packages that would build in parallel (cmake, meson, ninja, Go).",
    why: "make and ninja then run one process, and a Go build gets `NIX_BUILD_CORES=1`: the other threads idle for the whole build. Often it is a workaround for a bug of a release long gone.",
    when: "Packages that take minutes. A comment that says why is taken for an answer.",
    risk: "Some builds really fail in parallel, now and then only: build it a few times. The package is rebuilt.",
    rollback: "Write the line again, with a comment that says why.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/stdenv/generic/setup.sh", "-j only with enableParallelBuilding"),
      code("NixOS/nixpkgs", "pkgs/build-support/go/module.nix", "NIX_BUILD_CORES=1 without it"),
    ],
  },
  examples: [
    {
      title: "In an override",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    ⟦enableParallelBuilding = false;⟧
    patches = [ ];
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    patches = [ ];
  });
}
`,
    },
    {
      title: "With a reason",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    # races in doc/Makefile
    enableParallelBuilding = false;
  });
}
`,
    },
  ],
  *checkPackage(pkg) {
    const binding = ownAttribute(pkg, "enableParallelBuilding");
    if (!binding || binding.value.kind !== "variable" || binding.value.name !== "false") return;
    if (pkg.form === "override" || pkg.builder === "prebuilt" || !wouldBeParallel(pkg)) return;
    const { lines, comments } = pkg.source;
    const line = lines.lineOf(binding.start);
    const isExplained = comments.some((c) => {
      const last = lines.lineOf(c.end);
      return last === line || last === line - 1;
    });
    if (isExplained) return;
    yield {
      file: pkg.file,
      range: { start: binding.start, end: binding.end },
      message: `\`${pkg.name}\` is built on one thread. If that is a workaround, say in a comment what for; if not, let it use the machine.`,
      fixes: [
        // Never in bulk: nobody but a trial build knows whether it works in parallel.
        {
          title: "Build it in parallel",
          applicability: "unsafe",
          rebuilds: true,
          edits: removeAttribute(pkg, "enableParallelBuilding"),
        },
      ],
    };
  },
};

/** A plain make package is serial by default, so the line says nothing there. */
function wouldBeParallel(pkg: Package): boolean {
  if (pkg.form === "overrideAttrs" || pkg.builder === "go") return true;
  return /\b(cmake|meson|ninja|qmake|scons)\b/.test(argumentText(pkg));
}
