// Arguments of a builder in overrideAttrs: they were used up before.
import { code, issue } from "../catalogue/cite.js";
import { renameAttribute } from "../edits/packageMove.js";
import { pathTo } from "../edits/tree.js";
import type { AttrBinding } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { LOST_ARGUMENTS, type LostArgument } from "./support/lostArguments.js";
import { overriddenFrom, overrideFunction, ownAttribute } from "./support/packageText.js";

const PYTHON_SET = /(python\d*(Packages|\.pkgs)|py(thon)?-?(prev|super|final|self))$/i;

export const overrideWithoutEffect: Rule = {
  id: "override-without-effect",
  title: "`overrideAttrs` cannot reach this argument",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds arguments of builders in `overrideAttrs`: `buildType`, `buildFeatures`, `buildNoDefaultFeatures`, `useNextest`, `cargoHash` of Rust packages, `npmDepsHash` of npm packages, `doCheck` of Python packages.",
    why: "A builder turns its arguments into attributes before `overrideAttrs` sees them. The argument is added to the derivation, which rebuilds it, and nothing else happens: the features are not built, the old dependencies are fetched, the tests still run.",
    when: "Packages of nixpkgs' builders. Builders that take their arguments from `finalAttrs` may read some of them.",
    risk: "The package is built again, this time as it was meant.",
    rollback: "Undo the edit.",
    evidence: [
      issue("NixOS/nixpkgs#514218", "arguments of buildRustPackage and overrideAttrs"),
      issue("NixOS/nixpkgs#415397"),
      code("NixOS/nixpkgs", "pkgs/build-support/rust/build-rust-package/default.nix"),
      code(
        "NixOS/nixpkgs",
        "pkgs/development/interpreters/python/mk-python-derivation.nix",
        "doCheck -> doInstallCheck",
      ),
    ],
  },
  examples: [
    {
      title: "Features of a Rust package",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    ⟦buildFeatures = [ "wayland" ];⟧
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    cargoBuildFeatures = [ "wayland" ];
  });
}
`,
    },
    {
      title: "A new hash without new dependencies",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    src = ./src;
    ⟦cargoHash = "";⟧
  });
}
`,
    },
    {
      title: "Tests of a Python package",
      machine: "none",
      before: `final: prev: {
  foo = prev.python3Packages.foo.overrideAttrs (old: {
    ⟦doCheck = false;⟧
  });
}
`,
      after: `final: prev: {
  foo = prev.python3Packages.foo.overridePythonAttrs (old: {
    doCheck = false;
  });
}
`,
    },
    {
      title: "With both arguments, which overridePythonAttrs may not take",
      machine: "none",
      before: `final: prev: {
  foo = prev.python3Packages.foo.overrideAttrs (finalAttrs: previousAttrs: {
    ⟦doCheck = false;⟧
  });
}
`,
      after: `final: prev: {
  foo = prev.python3Packages.foo.overrideAttrs (finalAttrs: previousAttrs: {
    doInstallCheck = false;
  });
}
`,
    },
    {
      title: "Attributes that the hooks read",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: { cargoBuildFeatures = [ "wayland" ]; doCheck = false; });
  foo = prev.python3Packages.foo.overridePythonAttrs (old: { doCheck = false; });
}
`,
    },
  ],
  *checkPackage(pkg) {
    const override = overrideFunction(pkg);
    if (override?.name !== "overrideAttrs") return;
    for (const [name, lost] of LOST_ARGUMENTS) {
      const binding = ownAttribute(pkg, name);
      const isServed = [lost.unless, lost.becomes].some((other) => other !== undefined && ownAttribute(pkg, other));
      if (binding && !isServed) yield argumentFinding(pkg, binding, name, lost);
    }
    const tests = PYTHON_SET.test(overriddenFrom(pkg)) ? ownAttribute(pkg, "doCheck") : undefined;
    if (tests && !ownAttribute(pkg, "doInstallCheck")) yield pythonFinding(pkg, tests, override);
  },
};

function argumentFinding(pkg: Package, { start, end }: AttrBinding, name: string, lost: LostArgument): Draft {
  return {
    file: pkg.file,
    range: { start, end },
    ...(lost.confidence === undefined ? {} : { confidence: lost.confidence }),
    message: `\`${name}\` is an argument of ${lost.builder}, used up before \`overrideAttrs\`: setting it here changes nothing but the hash. Instead, ${lost.advice}.`,
    fixes:
      lost.becomes === undefined
        ? []
        : [
            {
              title: `Rename to ${lost.becomes}`,
              applicability: "unsafe",
              preferred: true,
              rebuilds: true,
              edits: renameAttribute(pkg, name, lost.becomes),
            },
          ],
  };
}

/** `finalAttrs: previousAttrs: { … }`. */
function takesFinal(pkg: Package): boolean {
  const steps = pkg.argumentSet ? pathTo(pkg.source, pkg.argumentSet) : [];
  return steps.at(-2)?.expr.kind === "function" && steps.at(-3)?.expr.kind === "function";
}

function pythonFinding(
  pkg: Package,
  { start, end }: AttrBinding,
  override: { readonly name: string; readonly start: number },
): Draft {
  // overridePythonAttrs of older nixpkgs hands its function one argument alone.
  const alone = pkg.argumentSet?.bindings.length === 1 && !takesFinal(pkg);
  const rename: FixDraft["edits"] = [
    {
      file: pkg.file,
      range: { start: override.start, end: override.start + override.name.length },
      newText: "overridePythonAttrs",
    },
  ];
  return {
    file: pkg.file,
    range: { start, end },
    message:
      "Python packages run their tests as `doInstallCheck`, made from `doCheck` before `overrideAttrs`: the tests still run. `overridePythonAttrs` reaches `doCheck`.",
    fixes: [
      {
        title: alone ? "Use overridePythonAttrs" : "Set doInstallCheck",
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: alone ? rename : renameAttribute(pkg, "doCheck", "doInstallCheck"),
      },
    ],
  };
}
