// A cache that fails once turns a download into a build that the machine can't bear.
import { issue, manual } from "../catalogue/cite.js";
import { formatBytes, GIB } from "../machine/size.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { saysTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const SMALL = 16 * GIB;

export const fallbackOnSmallMachine: Rule = {
  id: "fallback-on-small-machine",
  title: "A failed download is built instead, on a small machine",
  class: "exceeds-budget",
  severity: "hint",
  confidence: 0.5,
  tier: "P2",
  docs: {
    what: "Finds `fallback = true` on machines of at most 16 GiB.",
    why: "With it Nix builds from source whatever a binary cache has and can't deliver at that moment. If that is a browser or a compiler, a short outage fills the memory or takes a day.",
    when: "Small machines that rely on caches. Where an unreliable cache of your own is the reason, `connect-timeout` and the order of caches help more.",
    risk: "Without it an outage ends the command; run it again later.",
    rollback: "Set it again.",
    evidence: [manual("fallback"), issue("NixOS/nixpkgs#431552", "32 GB exhausted by one package")],
  },
  examples: [
    {
      title: "16 GiB",
      before: "{\n  boot.tmp.cleanOnBoot = true;\n  ⟦nix.settings.fallback = true;⟧\n}\n",
    },
    {
      title: "A large machine",
      machine: "threads=32,memory=128GiB",
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.fallback = true; }\n",
    },
  ],
  *checkHost(host) {
    const state = host.setting("fallback");
    const memory = host.budget?.machine.memoryBytes;
    if (memory === undefined || memory > SMALL || state.state !== "known" || !saysTrue(state.value)) return;
    yield {
      ...spot(strongest(state.definitions)),
      message: `With \`fallback\` an outage of a cache makes this machine of ${formatBytes(memory)} build what it would download, browsers and compilers included.`,
    };
  },
};
