// `env` in overrideAttrs replaces the whole set: every variable of the package is gone.
import { mergeEnv } from "../edits/packageEnv.js";
import type { Package } from "../workspace/model.js";
import type { Rule } from "./rule.js";

export const envOverwritten: Rule = {
  id: "env-overwritten",
  title: "`overrideAttrs` drops the package's environment",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `overrideAttrs (old: { env.X = …; })` and `env = { … }` there without the old `env`.",
    why: "`overrideAttrs` joins with `//`, which replaces whole attributes. `env.X = …` is a set with X alone, so every other variable of the package is lost without a word: a build that needed one fails, or builds something else.",
    when: "Packages that have an `env`, which most builders of nixpkgs make by now.",
    risk: "The package is rebuilt, with the variables that it should have had.",
    rollback: "Undo the edit.",
    evidence: [
      { grade: "tested", text: "With nixpkgs' lib: `env.X` left only X, `(old.env or { }) // { X = …; }` kept all" },
      {
        grade: "issue",
        text: "NixOS/nixpkgs#205944: variables live in `env`",
        url: "https://github.com/NixOS/nixpkgs/pull/205944",
      },
    ],
  },
  examples: [
    {
      title: "Dotted",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    ⟦env.RUSTFLAGS = "-C debuginfo=0";⟧
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    env = (old.env or { }) // { RUSTFLAGS = "-C debuginfo=0"; };
  });
}
`,
    },
    {
      title: "A set, and no name for the old attributes",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (_: {
    ⟦env = {
      NODE_OPTIONS = "--max-old-space-size=3072"; # large bundle
    };⟧
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    env = (old.env or { }) // {
      NODE_OPTIONS = "--max-old-space-size=3072"; # large bundle
    };
  });
}
`,
    },
    {
      title: "With both arguments the old attributes are the second",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs (finalAttrs: previousAttrs: {
    ⟦env.CGO_ENABLED = "0";⟧
  });
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (finalAttrs: previousAttrs: {
    env = (previousAttrs.env or { }) // { CGO_ENABLED = "0"; };
  });
}
`,
    },
    {
      title: "A plain set becomes a function",
      machine: "none",
      before: `final: prev: {
  demo = prev.demo.overrideAttrs {
    ⟦env.CGO_ENABLED = "0";⟧
  };
}
`,
      after: `final: prev: {
  demo = prev.demo.overrideAttrs (old: {
    env = (old.env or { }) // { CGO_ENABLED = "0"; };
  });
}
`,
    },
    {
      title: "An argument of `override` that has this name",
      machine: "none",
      before: 'final: prev: { demo = prev.demo.override { env = { A = "1"; }; }; }\n',
    },
    {
      title: "Joined to the old one",
      machine: "none",
      before: "final: prev: { demo = prev.demo.overrideAttrs (old: { env = (old.env or { }) // { A = 1; }; }); }\n",
    },
    {
      title: "In the package itself nothing is overridden",
      machine: "none",
      before: '{ stdenv }: stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./src; env.A = "1"; }\n',
    },
  ],
  *checkPackage(pkg) {
    const binding = droppingEnv(pkg);
    if (!binding) return;
    yield {
      file: pkg.file,
      range: binding,
      message: `\`overrideAttrs\` replaces the whole \`env\` here: whatever other variables \`${pkg.name}\` has in it are lost. Join it to the old one.`,
      fixes: [
        {
          title: "Keep the package's other variables",
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: mergeEnv(pkg),
        },
      ],
    };
  },
};

/** The first binding that makes a new `env`; undefined if there is none, or if it names the old one in any way. */
function droppingEnv(pkg: Package): { readonly start: number; readonly end: number } | undefined {
  if (pkg.form !== "overrideAttrs" || !pkg.argumentSet) return undefined;
  for (const binding of pkg.argumentSet.bindings) {
    if (binding.kind !== "binding") continue;
    const [first] = binding.path;
    if (first?.kind !== "name" || first.text !== "env") continue;
    if (binding.path.length > 1 || binding.value.kind === "attrset") return { start: binding.start, end: binding.end };
  }
  return undefined;
}
