// More connections, but no more paths at once to use them.
import { setBeside } from "../edits/options.js";
import { code, issue, manual } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { strongest } from "./support/parallelism.js";
import { atLeast, ifVersionKnown } from "./support/nixVersion.js";
import { integerOf } from "./support/sizes.js";
import { spot } from "./support/spot.js";

const DEFAULT_CONNECTIONS = 25;
/** Paths at once that home lines and caches bear well. Ours. */
const MOST_JOBS = 64;

export const connectionsRaisedAlone: Rule = {
  id: "connections-raised-alone",
  title: "More connections than downloads that could use them",
  class: "missed-optimization",
  severity: "information",
  confidence: 0.75,
  tier: "P2",
  docs: {
    what: "Finds `http-connections` above its default of 25 while `max-substitution-jobs` keeps its default of 16.",
    why: "Nix downloads at most `max-substitution-jobs` paths at once, one file each. Connections beyond that number stay idle, and over HTTP/2 a single one carries many files anyway. Only both together change anything.",
    when: "Nix 2.16 or later; before, `max-jobs` was the limit.",
    risk: "Unpacking runs in parallel too and takes processor time; weak routers may drop connections.",
    rollback: "Remove the line.",
    evidence: [
      manual("max-substitution-jobs"),
      code("NixOS/nix", "src/libstore/filetransfer.cc", "HTTP/2 multiplexing, CURLOPT_PIPEWAIT"),
      issue("NixOS/nixpkgs#9453", "why the default was lowered to 25"),
    ],
  },
  examples: [
    {
      title: "The one without the other",
      machine: "threads=8,memory=16GiB,nix-version=2.28",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    ⟦http-connections = 128;⟧
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    http-connections = 128;
    max-substitution-jobs = 64;
  };
}
`,
    },
    {
      title: "In text, the other beside the options",
      machine: "threads=8,memory=16GiB,nix-version=2.28",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.extraOptions = ''
    ⟦http-connections = 50⟧
  '';
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.extraOptions = ''
    http-connections = 50
  '';
  nix.settings.max-substitution-jobs = 50;
}
`,
    },
    {
      title: "Both",
      before:
        "{ boot.tmp.cleanOnBoot = true; nix.settings = { http-connections = 128; max-substitution-jobs = 128; }; }\n",
    },
  ],
  *checkHost(host) {
    // Not for what a user may not set: the client's side of home-manager and nixConfig.
    if (!["nixos", "darwin", "module", "plain"].includes(host.platform)) return;
    const state = host.setting("http-connections");
    const connections = integerOf(state);
    if (state.state !== "known" || connections === undefined || connections <= DEFAULT_CONNECTIONS) return;
    const isNew = atLeast(host, 2, 16);
    if (isNew === false || host.setting("max-substitution-jobs").state !== "unset") return;
    const definition = strongest(state.definitions);
    const jobs = Math.min(connections, MOST_JOBS);
    yield {
      ...spot(definition),
      severity: ifVersionKnown(isNew, "information"),
      message: `http-connections = ${connections} alone changes little: at most 16 paths are downloaded at once (max-substitution-jobs, the default). Raise both.`,
      fixes: [
        {
          title: `Set max-substitution-jobs = ${jobs}`,
          applicability: "safe",
          preferred: true,
          edits: setBeside(host, definition, "max-substitution-jobs", String(jobs)),
        },
      ],
    };
  },
};
