// Parallel downloads left at their defaults on a fast line.
import { setOptions } from "../edits/options.js";
import type { Host } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { atLeast } from "./support/nixVersion.js";
import { spot } from "./support/spot.js";

const FAST_LINE = 100e6;
/** Ours, and what the founding document asks for. */
const REVIEWED = 64;
const FOUNDING = 128;

export const fewSubstitutionConnections: Rule = {
  id: "few-substitution-connections",
  title: "Few parallel downloads on a fast line",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.5,
  claimedConfidence: 0.87,
  tier: "P2",
  docs: {
    what: "Finds hosts with a line of 100 Mbit/s or more that leave both `max-substitution-jobs` (16) and `http-connections` (25) at their defaults.",
    why: "Nix downloads at most `max-substitution-jobs` paths at once, through at most `http-connections` connections. On a fast line with many small paths more of both can shorten a big update. Raising `http-connections` alone changes little: the number of paths at once stays 16, and over HTTP/2 one connection carries many of them.",
    when: "A line of 100 Mbit/s or more (`network` in nix-build-budget.json), Nix 2.16 or later, a system configuration or a trusted user. Caches that speak HTTP/1.1 gain most. The gain on cache.nixos.org has not been measured.",
    risk: "Home routers and rate limits: the default was 150 once and was lowered to 25 because connections were dropped. Unpacking runs in parallel too and takes processor time.",
    rollback: "Remove the two lines.",
    evidence: [
      {
        grade: "issue",
        text: "NixOS/nixpkgs#9453: why the default was lowered to 25",
        url: "https://github.com/NixOS/nixpkgs/issues/9453",
      },
      { grade: "issue", text: "NixOS/nix#898", url: "https://github.com/NixOS/nix/pull/898" },
      {
        grade: "issue",
        text: "NixOS/nix#5118: the bottleneck that was measured lay in the threads of look-ups, and is mended",
        url: "https://github.com/NixOS/nix/issues/5118",
      },
      {
        grade: "source-code",
        text: "NixOS/nix src/libstore/filetransfer.cc: HTTP/2 multiplexing, CURLOPT_PIPEWAIT",
        url: "https://github.com/NixOS/nix/blob/master/src/libstore/filetransfer.cc",
      },
    ],
  },
  examples: [
    {
      title: "A gigabit line under the founding profile",
      machine: "threads=8,memory=16GiB,network=1Gbit/s,nix-version=2.28",
      configuration: { confidenceProfile: "founding" },
      before: `{
  boot.tmp.cleanOnBoot = true;
  ⟦nix.settings⟧ = {
    max-jobs = 3;
    cores = 2;
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings = {
    max-jobs = 3;
    cores = 2;
    max-substitution-jobs = 128;
    http-connections = 128;
  };
}
`,
    },
    {
      title: "The line is not known",
      configuration: { confidenceProfile: "founding" },
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings = { max-jobs = 3; cores = 2; }; }\n",
    },
  ],
  *checkHost(host, { configuration }) {
    if (host.platform !== "nixos" && host.platform !== "darwin") return;
    const speed = host.machine?.networkBitsPerSecond;
    if (speed === undefined || speed < FAST_LINE || atLeast(host, 2, 16) === false) return;
    if (host.setting("max-substitution-jobs").state !== "unset" || host.setting("http-connections").state !== "unset")
      return;
    const draft = finding(
      host,
      configuration.confidenceProfile === "founding" ? [FOUNDING, REVIEWED] : [REVIEWED, FOUNDING],
    );
    if (draft) yield draft;
  },
};

function finding(host: Host, counts: readonly number[]): Draft | undefined {
  const anchor = host.definitions.find((d) => d.attrPath[0] === "nix" && d.attrPath[1] === "settings" && !d.inText);
  if (!anchor) return undefined;
  const fixes = counts.map(
    (count, i): FixDraft => ({
      title: `Set max-substitution-jobs and http-connections to ${count}`,
      applicability: "safe",
      preferred: i === 0,
      edits: setOptions(
        host,
        [
          { path: ["nix", "settings", "max-substitution-jobs"], value: String(count) },
          { path: ["nix", "settings", "http-connections"], value: String(count) },
        ],
        anchor,
      ),
    }),
  );
  const megabits = Math.round((host.machine?.networkBitsPerSecond ?? 0) / 1e6);
  return {
    ...spot(anchor),
    message: `Downloads run 16 at a time over 25 connections (the defaults) on a line of ${megabits} Mbit/s. Raising both together may shorten big updates.`,
    fixes,
  };
}
