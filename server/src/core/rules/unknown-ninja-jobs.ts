// ninjaJobs: nobody reads an attribute of that name.
import { code, tested } from "../catalogue/cite.js";
import { moveToEnv } from "../edits/packageMove.js";
import type { AttrBinding } from "../syntax/ast.js";
import type { Package } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { numberText, ownAttribute, ownVariable } from "./support/packageText.js";

export const unknownNinjaJobs: Rule = {
  id: "unknown-ninja-jobs",
  title: "`ninjaJobs` does nothing",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds the attribute `ninjaJobs` in packages and overrides.",
    why: "No builder and no hook of nixpkgs reads it: it becomes a variable that nobody looks at, and the cap is not there. The last `-j` of `ninjaFlags` counts, and `NIX_BUILD_CORES` caps make as well.",
    when: "Always.",
    risk: "The package is built again, with the cap that was meant.",
    rollback: "Undo the edit.",
    evidence: [
      code("NixOS/nixpkgs", "pkgs/by-name/ni/ninja/setup-hook.sh", "-j$NIX_BUILD_CORES, then ninjaFlags"),
      tested("ninja: the last -j counts"),
    ],
  },
  examples: [
    {
      title: "A package with ninja",
      machine: "none",
      before: `{ stdenv, cmake, ninja }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cmake ninja ];
  ⟦ninjaJobs = 2;⟧
}
`,
      after: `{ stdenv, cmake, ninja }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cmake ninja ];
  ninjaFlags = [ "-j2" ];
}
`,
    },
    {
      title: "An override: what it builds with is not in sight",
      machine: "none",
      before: `final: prev: {
  onnxruntime = prev.onnxruntime.overrideAttrs (old: {
    ⟦ninjaJobs = "2";⟧
  });
}
`,
      after: `final: prev: {
  onnxruntime = prev.onnxruntime.overrideAttrs (old: {
    env = (old.env or { }) // { NIX_BUILD_CORES = 2; };
  });
}
`,
    },
    {
      title: "The flag that works",
      machine: "none",
      before:
        '{ stdenv, cmake, ninja }: stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./src; nativeBuildInputs = [ cmake ninja ]; ninjaFlags = [ "-j2" ]; }\n',
    },
  ],
  *checkPackage(pkg) {
    const binding = pkg.form === "override" ? undefined : ownAttribute(pkg, "ninjaJobs");
    if (!binding) return;
    yield {
      file: pkg.file,
      range: { start: binding.start, end: binding.end },
      message:
        "Nothing in nixpkgs reads `ninjaJobs`: this caps nothing. `NIX_BUILD_CORES` under `env` does, and so does a `-j` in `ninjaFlags` where ninja is used.",
      fixes: [
        {
          title: "Cap the package",
          applicability: "unsafe",
          preferred: true,
          rebuilds: true,
          edits: edits(pkg, binding),
        },
      ],
    };
  },
};

function edits(pkg: Package, binding: AttrBinding): FixDraft["edits"] {
  const jobs = numberText(binding.value);
  const [name] = binding.path;
  if (jobs === undefined || !name) return undefined;
  const usesNinja = pkg.form === "definition" && /\bninja\b/.test(argumentText(pkg));
  if (!usesNinja)
    return ownVariable(pkg, "NIX_BUILD_CORES") ? undefined : moveToEnv(pkg, "ninjaJobs", "NIX_BUILD_CORES", jobs);
  if (ownAttribute(pkg, "ninjaFlags")) return undefined;
  const range = { start: name.start, end: binding.value.end };
  return [{ file: pkg.file, range, newText: `ninjaFlags = [ "-j${jobs}" ]` }];
}
