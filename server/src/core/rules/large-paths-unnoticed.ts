// Large files that end up in the store by accident.
import { manual, releaseNotes } from "../catalogue/cite.js";
import { setOption, settingPath } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { atLeast } from "./support/nixVersion.js";
import { spot } from "./support/spot.js";
import { adviceSpot } from "./support/wholeHost.js";

export const largePathsUnnoticed: Rule = {
  id: "large-paths-unnoticed",
  title: "Large sources are copied to the store unnoticed",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.4,
  tier: "experimental",
  docs: {
    what: "Finds hosts with Nix 2.23 or later that do not set `warn-large-path-threshold`.",
    why: "A `src = ./.` beside a folder of build results copies gigabytes at each evaluation. With the setting Nix warns from a size on.",
    when: "Machines on which somebody develops.",
    risk: "A warning more.",
    rollback: "Remove the line.",
    evidence: [manual("warn-large-path-threshold"), releaseNotes("2.23")],
  },
  examples: [
    {
      title: "A new Nix",
      machine: "threads=8,memory=16GiB,nix-version=2.28",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nix.settings.cores = 2;⟧\n}\n",
      after:
        '{\n  boot.tmp.cleanOnBoot = true;\n  nix.settings.cores = 2;\n  nix.settings.warn-large-path-threshold = "100M";\n}\n',
    },
    {
      title: "The version is not known",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; }\n",
    },
  ],
  *checkHost(host, { model }) {
    if ((host.platform !== "nixos" && host.platform !== "darwin") || atLeast(host, 2, 23) !== true) return;
    if (host.setting("warn-large-path-threshold").state !== "unset") return;
    const anchor = adviceSpot(host, model);
    if (!anchor) return;
    yield {
      ...spot(anchor),
      message: "Nix copies large paths to the store without a word. `warn-large-path-threshold` makes it warn.",
      fixes: [
        {
          title: "Warn from 100 MiB on",
          applicability: "safe",
          preferred: true,
          edits: setOption(host, settingPath(host, "warn-large-path-threshold"), '"100M"', anchor),
        },
      ],
    };
  },
};
