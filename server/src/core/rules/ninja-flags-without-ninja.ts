// ninjaFlags in a package that does not build with ninja.
import { code } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { ownAttribute } from "./support/packageText.js";

export const ninjaFlagsWithoutNinja: Rule = {
  id: "ninja-flags-without-ninja",
  title: "`ninjaFlags` without ninja",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.6,
  tier: "experimental",
  docs: {
    what: "Finds `ninjaFlags` in a package definition that has no ninja among its inputs.",
    why: "The flags are read by ninja's setup hook alone. Without ninja in `nativeBuildInputs` the package is built by make or something else, and the flags do nothing.",
    when: "Plain definitions whose inputs are all in sight; not overrides.",
    risk: "None: there is no edit. Add ninja, or use `makeFlags` or `env.NIX_BUILD_CORES`.",
    rollback: "Nothing to undo.",
    evidence: [code("NixOS/nixpkgs", "pkgs/by-name/ni/ninja/setup-hook.sh")],
  },
  examples: [
    {
      title: "make builds it",
      machine: "none",
      before: `{ stdenv, cmake }:
stdenv.mkDerivation {
  pname = "demo";
  version = "1";
  src = ./src;
  nativeBuildInputs = [ cmake ];
  ⟦ninjaFlags = [ "-j2" ];⟧
}
`,
    },
    {
      title: "An override: its inputs are not in sight",
      machine: "none",
      before:
        'final: prev: { demo = prev.demo.overrideAttrs (old: { nativeBuildInputs = [ prev.cmake ]; ninjaFlags = [ "-j2" ]; }); }\n',
    },
    {
      title: "With ninja",
      machine: "none",
      before:
        '{ stdenv, cmake, ninja }: stdenv.mkDerivation { pname = "demo"; version = "1"; src = ./src; nativeBuildInputs = [ cmake ninja ]; ninjaFlags = [ "-j2" ]; }\n',
    },
  ],
  *checkPackage(pkg) {
    const binding = pkg.form === "definition" && pkg.builder === "c" ? ownAttribute(pkg, "ninjaFlags") : undefined;
    const inputs = ownAttribute(pkg, "nativeBuildInputs");
    if (!binding || inputs?.value.kind !== "list") return;
    const text = argumentText(pkg).replaceAll("ninjaFlags", "");
    if (/ninja|samurai|inherit|meson/.test(text)) return;
    yield {
      file: pkg.file,
      range: { start: binding.start, end: binding.end },
      message: "Only ninja's setup hook reads `ninjaFlags`, and ninja is not among the inputs: this does nothing.",
    };
  },
};
