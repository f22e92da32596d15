// Settings in home-manager that the daemon takes from trusted users alone.
import { code } from "../catalogue/cite.js";
import { findSetting } from "../catalogue/lookup.js";
import type { Definition, Model } from "../workspace/model.js";
import type { Rule } from "./rule.js";
import { settingDefinitions, settingOf } from "./support/settingOf.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

/** Restricted settings that do something in the client too: its own downloads, what it prints. */
const USED_BY_CLIENT =
  /^(http|download|filetransfer|stalled|connect|narinfo|log-lines|nar-buffer|compress|post-build|builders$|keep-build-log)/;

export const restrictedUserSetting: Rule = {
  id: "restricted-user-setting",
  title: "A user's setting that the daemon does not take",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.8,
  tier: "P2",
  docs: {
    what: "Finds settings in home-manager's `nix.settings` that only the daemon uses and that it takes from trusted users alone: `sandbox`, `min-free`, `system-features`, `auto-optimise-store`, `build-dir` …",
    why: "home-manager writes the user's own nix.conf. The daemon builds, and of a client's settings it takes a few (`max-jobs`, `cores`, `timeout` …); the rest are dropped with \"ignoring the client-specified setting … because it is a restricted setting and you are not a trusted user\". Settings such as `trusted-users` are never read from there.",
    when: "Multi-user installations, and users who are not in `trusted-users`. Silent where the workspace trusts anybody but root.",
    risk: "None: there is no edit. Move the setting to the configuration of the system. Don't add the user to `trusted-users` for it: that is root.",
    rollback: "Nothing to undo.",
    evidence: [
      code("NixOS/nix", "src/libstore/daemon.cc", "`ClientSettings::apply`"),
      code("nix-community/home-manager", "modules/misc/nix/default.nix", "writes $XDG_CONFIG_HOME/nix/nix.conf"),
    ],
  },
  examples: [
    {
      title: "Limits that the daemon never sees",
      machine: "none",
      before: `#- home.nix
{
  nix.settings = {
    ⟦min-free = 5368709120;⟧
    auto-optimise-store = true;
    cores = 2;
  };
}
`,
    },
    {
      title: "What every user may set",
      machine: "none",
      before: `#- home.nix
{
  nix.settings = { cores = 2; max-jobs = 2; timeout = 3600; };
}
`,
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform !== "home-manager") return;
    const byFile = new Map<string, Definition[]>();
    for (const { definition, name } of settingDefinitions(host)) {
      const fact = findSetting(name);
      const isRestricted = fact?.daemon === "file-only" || (fact?.daemon === "trusted" && !USED_BY_CLIENT.test(name));
      if (!isRestricted || definition.attrPath[0] !== "nix" || definition.pathInFile.at(-1) === "[]") continue;
      byFile.set(definition.file, [...(byFile.get(definition.file) ?? []), definition]);
    }
    if (byFile.size === 0 || model.ask(trustsSomebody)) return;
    for (const [first, ...others] of byFile.values()) {
      if (!first) continue;
      const names = [...new Set([first, ...others].map((d) => `\`${d.attrPath.at(-1)}\``))].join(", ");
      yield {
        ...spot(first),
        message: `The daemon takes ${names} from trusted users alone; home-manager writes a user's nix.conf. Set it in the configuration of the system.`,
        related: others.map((d) => ({ ...spot(d), message: "restricted as well" })),
      };
    }
  },
};

/** Whether anybody but root is trusted by a configuration in sight, or may be. */
function trustsSomebody(model: Model): boolean {
  return model.definitions.some((definition) => {
    if (!/^(extra-)?trusted-users$/.test(settingOf(definition) ?? "") && definition.attrPath.at(-1) !== "trustedUsers")
      return false;
    return wordsOf(definition.value)?.some((user) => user !== "root") ?? true;
  });
}
