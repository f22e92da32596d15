// A build that hangs holds its place for a day.
import { code, issue, manual } from "../catalogue/cite.js";
import { setBeside } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { integerOf } from "./support/sizes.js";
import { spot } from "./support/spot.js";

/** Seconds: from half a day on a timeout finds no hung build in time. */
const LONG = 43_200;
/** What NixOS' own builders use: links with LTO are silent for long. */
const SILENCE = 10_800;

export const timeoutWithoutSilenceLimit: Rule = {
  id: "timeout-without-silence-limit",
  title: "A hung build holds its place for half a day or more",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.6,
  tier: "P2",
  docs: {
    what: "Finds `timeout` of 12 hours or more without `max-silent-time`.",
    why: "A long timeout is there for long builds, and a build that hangs takes all of it. `max-silent-time` ends what has written nothing for a while, however long it may run.",
    when: "Hosts that build unattended.",
    risk: "A link or test that is silent for three hours is ended. Twenty minutes, as some have set it, are too few.",
    rollback: "Remove the line.",
    evidence: [
      manual("max-silent-time"),
      code("NixOS/infra", "builders/common/nix.nix", "three hours"),
      issue("numtide/llm-agents.nix#8691", "1200 s were too few"),
    ],
  },
  examples: [
    {
      title: "A day",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦timeout = 86400;⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    timeout = 86400;
    max-silent-time = 10800;
  };
}
`,
    },
    {
      title: "Both",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { timeout = 86400; max-silent-time = 3600; }; }\n",
    },
  ],
  *checkHost(host) {
    // Not for what a user may not set: the client's side of home-manager and nixConfig.
    if (!["nixos", "darwin", "module", "plain"].includes(host.platform)) return;
    const state = host.setting("timeout");
    const seconds = integerOf(state);
    if (state.state !== "known" || seconds === undefined || seconds < LONG) return;
    if (host.setting("max-silent-time").state !== "unset") return;
    const definition = strongest(state.definitions);
    yield {
      ...spot(definition),
      message: `A build that hangs is ended after ${Math.round(seconds / 3600)} hours. \`max-silent-time\` ends it once it has been silent for three.`,
      fixes: [
        {
          title: `Set max-silent-time = ${SILENCE}`,
          applicability: "safe",
          preferred: true,
          edits: setBeside(host, definition, "max-silent-time", String(SILENCE)),
        },
      ],
    };
  },
};
