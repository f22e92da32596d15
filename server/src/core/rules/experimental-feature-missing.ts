// use-cgroups and auto-allocate-uids without the experimental feature that they need.
import { code, issue, manual } from "../catalogue/cite.js";
import { appendWord } from "../edits/optionLists.js";
import { setOption, settingPath } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { wordsOfSetting } from "./support/words.js";

/** Setting -> the experimental feature without which it is an error. */
const FEATURE_OF: ReadonlyMap<string, string> = new Map([
  ["use-cgroups", "cgroups"],
  ["auto-allocate-uids", "auto-allocate-uids"],
]);

export const experimentalFeatureMissing: Rule = {
  id: "experimental-feature-missing",
  title: "A setting without the experimental feature it needs",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P1",
  docs: {
    what: "Finds `use-cgroups = true` without `cgroups`, and `auto-allocate-uids = true` without `auto-allocate-uids`, in `experimental-features`.",
    why: "Nix ignores the setting with a warning, or stops the build with \"experimental Nix feature 'cgroups' is disabled\".",
    when: "Where all features of the configuration are in sight.",
    risk: "With cgroups each build gets a control group of its own, which bounds nothing by itself: limits on memory still belong to the daemon's unit.",
    rollback: "Remove the feature.",
    evidence: [
      manual("use-cgroups"),
      code("NixOS/nix", "src/libstore/unix/build/linux-derivation-builder.cc", "requires the feature"),
      issue("NixOS/nix#7388", "limits on memory were proposed and not taken"),
    ],
  },
  examples: [
    {
      title: "The feature is missing",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    experimental-features = [ "nix-command" "flakes" ];
    ⟦use-cgroups = true;⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    experimental-features = [ "nix-command" "flakes" "cgroups" ];
    use-cgroups = true;
  };
}
`,
    },
    {
      title: "No features are set",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { ⟦use-cgroups = true;⟧ }; }\n",
      after:
        '{ boot.tmp.cleanOnBoot = true; nix.settings = { use-cgroups = true; extra-experimental-features = [ "cgroups" ]; }; }\n',
    },
    {
      title: "Features that cannot be appended to stay",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = { extra-experimental-features = "nix-command flakes"; ⟦use-cgroups = true;⟧ };
}
`,
    },
    {
      title: "It is there",
      machine: "none",
      before:
        '{ boot.tmp.cleanOnBoot = true; nix.settings = { experimental-features = "nix-command flakes cgroups"; use-cgroups = true; }; }\n',
    },
  ],
  *checkHost(host) {
    for (const [setting, feature] of FEATURE_OF) {
      const state = host.setting(setting);
      const features = wordsOfSetting(host, "experimental-features");
      if (state.state !== "known" || !isTrue(state) || !features || features.includes(feature)) continue;
      // A lone file may be one of several modules; without any feature in it the others may well have this one.
      if (host.kind === "file" && features.length === 0 && host.platform === "module") continue;
      const [definition] = state.definitions;
      yield {
        ...spot(definition),
        message: `\`${setting}\` needs the experimental feature \`${feature}\`, which is not switched on here: Nix ignores the setting or refuses to build.`,
        fixes: [
          {
            title: `Switch the feature ${feature} on`,
            applicability: "safe",
            preferred: true,
            edits: edits(host, feature, definition),
          },
        ],
      };
    }
  },
};

function edits(host: Host, feature: string, near: Definition): FixDraft["edits"] {
  for (const name of ["experimental-features", "extra-experimental-features"]) {
    const state = host.setting(name);
    const appended = state.state === "known" ? appendWord(state.definitions[0], feature) : undefined;
    if (appended) return appended;
  }
  // What cannot be appended to must not be replaced.
  if (host.setting("extra-experimental-features").state !== "unset") return undefined;
  return setOption(host, settingPath(host, "extra-experimental-features"), `[ "${feature}" ]`, near);
}
