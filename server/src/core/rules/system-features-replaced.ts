// `system-features` replaces the usual list, which holds big-parallel, kvm and others.
import { code, manual, tested } from "../catalogue/cite.js";
import { renameDefinition } from "../edits/options.js";
import type { Definition, Model } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { replacesFeatures } from "./support/systemFeatures.js";
import { wordsOf } from "./support/words.js";
import { isNixOff } from "./support/wholeHost.js";
import { PLAIN_PRIORITY } from "../workspace/modules/properties.js";

const LOCK =
  '{ "nodes": { "nixpkgs": { "locked": { "type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "1", "lastModified": 1730000000 }, "original": { "type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-24.11" } }, "root": { "inputs": { "nixpkgs": "nixpkgs" } } }, "root": "root", "version": 7 }';

export const systemFeaturesReplaced: Rule = {
  id: "system-features-replaced",
  title: "`system-features` drops the usual features",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.95,
  tier: "P1",
  docs: {
    what: "Finds `system-features` without `big-parallel`, where the list is replaced: on nix-darwin, in nix.conf, and on NixOS before 25.05.",
    why: "The list is replaced, not extended: Nix's own default goes. A machine without `big-parallel` refuses kernels, browsers and LLVM (\"a 'x86_64-linux' with features {big-parallel} is required\"), without `kvm` and `nixos-test` it runs no VM tests. `extra-system-features` adds to the list.",
    when: "Not under mkForce, and not in `nixConfig`. NixOS joins the list with its own since 25.05; where flake.lock does not tell an older one, nothing is said.",
    risk: "The machine offers the usual features again.",
    rollback: "Rename it back.",
    evidence: [
      manual("system-features"),
      code("nix-darwin/nix-darwin", "modules/nix/default.nix", "system-features is not declared"),
      {
        grade: "issue",
        text: "NixOS/nixpkgs#383052: NixOS' default is joined again; until 24.11 it was set with mkDefault",
        url: "https://github.com/NixOS/nixpkgs/pull/383052",
      },
      tested("lib.evalModules: under mkDefault, any definition replaces the default list"),
    ],
  },
  examples: [
    {
      title: "Only what was to be added",
      machine: "none",
      before: `#- darwin.nix
{
  ⟦nix.settings.system-features = [ "gccarch-armv8-a" ];⟧
}
`,
      after: `#- darwin.nix
{
  nix.settings.extra-system-features = [ "gccarch-armv8-a" ];
}
`,
    },
    {
      title: "NixOS 24.11 does not join the list with its own",
      machine: "none",
      before: `#- flake.nix
{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; outputs = { nixpkgs, ... }: { nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./nix.nix ]; }; }; }
#- flake.lock
${LOCK}
#- nix.nix
{
  ⟦nix.settings.system-features = [ "gccarch-skylake" ];⟧
}
`,
      after: `#- flake.nix
{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; outputs = { nixpkgs, ... }: { nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./nix.nix ]; }; }; }
#- flake.lock
${LOCK}
#- nix.nix
{
  nix.settings.extra-system-features = [ "gccarch-skylake" ];
}
`,
    },
    {
      title: "NixOS since 25.05 does",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.system-features = [ "gccarch-skylake" ];
}
`,
    },
    {
      title: "Forced: somebody means it",
      machine: "none",
      before: `#- darwin.nix
{ lib, ... }:
{
  nix.settings.system-features = lib.mkForce [ "kvm" ];
}
`,
    },
    {
      title: "The whole list, written out",
      machine: "none",
      before: `#- darwin.nix
{
  nix.settings.system-features = [ "nixos-test" "benchmark" "big-parallel" "apple-virt" "gccarch-armv8-a" ];
}
`,
    },
    {
      title: "Nix left to somebody else",
      machine: "none",
      before: `#- darwin.nix
{
  nix = { enable = false; settings.system-features = [ "apple-virt" ]; };
}
`,
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform === "flake" || !host.definitions.some(isFeatureList)) return;
    if (!replacesFeatures(host) || isNixOff(host)) return;
    // Lists of several modules are joined; a lone file may be joined with any other of the workspace.
    const all = host.kind === "file" ? model.ask(featureLists) : host.definitions.filter(setsFeatures);
    const features = all.map((definition) => wordsOf(definition.value));
    if (features.some((words) => words === undefined || words.includes("big-parallel"))) return;
    for (const definition of host.definitions) {
      const words = isFeatureList(definition) ? (wordsOf(definition.value) ?? []) : [];
      if (words.length > 0 && definition.priority === PLAIN_PRIORITY)
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
