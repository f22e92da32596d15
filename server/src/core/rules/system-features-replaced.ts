// `system-features` replaces NixOS' list, which holds big-parallel, kvm and others.
import { code, manual, tested } from "../catalogue/cite.js";
import { renameDefinition } from "../edits/options.js";
import type { Definition, Model } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

export const systemFeaturesReplaced: Rule = {
  id: "system-features-replaced",
  title: "`system-features` drops the usual features",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `system-features` without `big-parallel`.",
    why: "The list is replaced, not extended: NixOS sets it with mkDefault, and Nix's own default goes as well. A machine without `big-parallel` refuses kernels, browsers and LLVM (\"a 'x86_64-linux' with features {big-parallel} is required\"), without `kvm` and `nixos-test` it runs no VM tests. `extra-system-features` adds to the list.",
    when: "Not under mkForce, and not in `nixConfig`.",
    risk: "The machine offers the usual features again.",
    rollback: "Rename it back.",
    evidence: [
      manual("system-features"),
      code("NixOS/nixpkgs", "nixos/modules/config/nix.nix", "the default is set with mkDefault"),
      tested("lib.evalModules: any definition replaces the default list"),
    ],
  },
  examples: [
    {
      title: "Only what was to be added",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.settings.system-features = [ "gccarch-skylake" ];⟧
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.extra-system-features = [ "gccarch-skylake" ];
}
`,
    },
    {
      title: "Forced: somebody means it",
      machine: "none",
      before: `{ lib, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings.system-features = lib.mkForce [ "kvm" ];
}
`,
    },
    {
      title: "The whole list, written out",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.system-features = [ "nixos-test" "benchmark" "big-parallel" "kvm" "gccarch-skylake" ];
}
`,
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform === "flake" || !host.definitions.some(isFeatureList)) return;
    // Lists of several modules are joined; a lone file may be joined with any other of the workspace.
    const all = host.kind === "file" ? model.ask(featureLists) : host.definitions.filter(setsFeatures);
    const features = all.map((definition) => wordsOf(definition.value));
    if (features.some((words) => words === undefined || words.includes("big-parallel"))) return;
    for (const definition of host.definitions) {
      const words = isFeatureList(definition) ? (wordsOf(definition.value) ?? []) : [];
      if (words.length > 0 && definition.priority === 100)
        yield finding(
          definition,
          words.every((word) => word.startsWith("gccarch-")),
        );
    }
  },
};

function featureLists({ definitions }: Model): readonly Definition[] {
  return definitions.filter(setsFeatures);
}

function setsFeatures(definition: Definition): boolean {
  return definition.pathInFile.at(-1) !== "[]" && /^(extra-)?system-features$/.test(settingOf(definition) ?? "");
}

function isFeatureList(definition: Definition): boolean {
  return setsFeatures(definition) && settingOf(definition) === "system-features";
}

function finding(definition: Definition, isAddition: boolean): Draft {
  return {
    ...spot(definition),
    message:
      "This replaces the default list: without `big-parallel` this machine refuses kernels, browsers and other heavy packages. `extra-system-features` adds to the list.",
    fixes: [
      {
        title: "Rename to extra-system-features",
        applicability: isAddition ? "safe" : "unsafe",
        preferred: true,
        edits: renameDefinition(definition, "extra-system-features"),
      },
    ],
  };
}
