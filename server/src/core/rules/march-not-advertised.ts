// A platform with gcc.arch asks every build for a feature that the daemon must offer before the first of them.
import { code, issue } from "../catalogue/cite.js";
import { appendWord } from "../edits/optionLists.js";
import { setOption } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";
import { replacesFeatures } from "./support/systemFeatures.js";
import { wordsOfSetting } from "./support/words.js";

export const marchNotAdvertised: Rule = {
  id: "march-not-advertised",
  title: "A CPU that the daemon does not offer to build for",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.85,
  tier: "P1",
  docs: {
    what: "Finds `nixpkgs.hostPlatform.gcc.arch = X` without `gccarch-X` among the features of the same configuration.",
    why: "Every derivation of such a platform requires the feature `gccarch-X`. A daemon that does not offer it refuses all of them: \"a 'x86_64-linux' with features {gccarch-X} is required\". NixOS' default list has it, but only after the configuration was activated, and not where `system-features` replaces that list. So it takes two steps: activate the feature alone, then the platform.",
    when: "NixOS and nix-darwin. A list of features in sight without it is certain to fail; without any list only the first build does.",
    risk: "None for other builds. The feature does not make the CPU able to run the code.",
    rollback: "Remove the feature.",
    evidence: [
      issue("NixOS/nixpkgs#59148", "the feature is required before the configuration that offers it is active"),
      issue("NixOS/nixpkgs#110651"),
      code("NixOS/nixpkgs", "nixos/modules/config/nix.nix", "default of system-features"),
    ],
  },
  examples: [
    {
      title: "The feature is nowhere",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.hostPlatform = {
    system = "x86_64-linux";
    ⟦gcc.arch = "skylake";⟧
  };
  nix.settings.max-jobs = 2;
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.hostPlatform = {
    system = "x86_64-linux";
    gcc.arch = "skylake";
  };
  nix.settings.max-jobs = 2;
  nix.settings.extra-system-features = [ "gccarch-skylake" ];
}
`,
    },
    {
      title: "Offered",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nixpkgs.hostPlatform = { system = "x86_64-linux"; gcc.arch = "skylake"; };
  nix.settings.extra-system-features = [ "gccarch-skylake" ];
}
`,
    },
  ],
  *checkHost(host) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    const definition = host.definitions.find((d) => d.attrPath.join(".") === "nixpkgs.hostPlatform.gcc.arch");
    const features = wordsOfSetting(host, "system-features");
    if (definition?.value.kind !== "string" || definition.conditional || !features) return;
    const arch = definition.value.value;
    if (arch === "" || arch === "default" || features.includes(`gccarch-${arch}`)) return;
    yield finding(definition, host, arch, replacesFeatures(host) && host.setting("system-features").state !== "unset");
  },
};

function finding(definition: Definition, host: Host, arch: string, isReplaced: boolean): Draft {
  const feature = `gccarch-${arch}`;
  return {
    ...spot(definition),
    severity: isReplaced || host.platform === "darwin" ? "warning" : "information",
    message: isReplaced
      ? `Every build for this platform requires the feature \`${feature}\`, which this configuration's \`system-features\` do not have: the daemon refuses all of them.`
      : `Every build for this platform requires the feature \`${feature}\`, and the running daemon offers it only after a first activation: add it, activate that alone, then switch the platform.`,
    fixes: [
      { title: `Offer ${feature}`, applicability: "safe", preferred: true, edits: edits(host, feature, definition) },
    ],
  };
}

function edits(host: Host, feature: string, near: Definition): FixDraft["edits"] {
  // Into the list that replaces the default, where there is one: `system-features-replaced` may rename it at the same time.
  const whole = host.setting("system-features");
  if (whole.state === "known") return appendWord(whole.definitions[0], feature);
  const extra = host.setting("extra-system-features");
  if (extra.state === "unset")
    return setOption(host, ["nix", "settings", "extra-system-features"], `[ "${feature}" ]`, near);
  return extra.state === "known" ? appendWord(extra.definitions[0], feature) : undefined;
}
