// What a cache of one's own did not have is not asked for again for an hour.
import { manual } from "../catalogue/cite.js";
import { setOption, settingPath } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { spot } from "./support/spot.js";

const SECONDS = 300;

export const cacheMissesRemembered: Rule = {
  id: "cache-misses-remembered",
  title: "What was just pushed to the cache is built again",
  class: "missed-optimization",
  severity: "hint",
  confidence: 0.5,
  tier: "P2",
  docs: {
    what: "Finds hosts that push what they build (`post-build-hook`) and leave `narinfo-cache-negative-ttl` at its default of an hour.",
    why: "Nix remembers for an hour that a cache does not have a path. What one host has pushed in the meantime, another builds again.",
    when: "Several hosts with a cache of their own (attic, cachix, S3), used within the hour.",
    risk: "Some more requests to all caches. With 0 every query asks again.",
    rollback: "Remove the line.",
    evidence: [manual("narinfo-cache-negative-ttl"), manual("post-build-hook")],
  },
  examples: [
    {
      title: "A hook that pushes",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦post-build-hook = "/etc/nix/push.sh";⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    post-build-hook = "/etc/nix/push.sh";
    narinfo-cache-negative-ttl = 300;
  };
}
`,
    },
    {
      title: "No hook",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; }\n",
    },
  ],
  *checkHost(host) {
    if (!["nixos", "darwin", "plain"].includes(host.platform)) return;
    const hook = host.setting("post-build-hook");
    if (hook.state === "unset" || host.setting("narinfo-cache-negative-ttl").state !== "unset") return;
    const [first, ...others] = hook.definitions;
    if (!first || (hook.state === "known" && hook.value.kind === "string" && hook.value.value === "")) return;
    if (first.conditional) return;
    const definition = strongest([first, ...others]);
    yield {
      ...spot(definition),
      message:
        "This host pushes what it builds, and remembers for an hour what a cache did not have: what another host has pushed since is built again.",
      fixes: [
        {
          title: `Ask again after ${SECONDS} seconds`,
          applicability: "safe",
          preferred: true,
          edits: setOption(host, settingPath(host, "narinfo-cache-negative-ttl"), String(SECONDS), definition),
        },
      ],
    };
  },
};
