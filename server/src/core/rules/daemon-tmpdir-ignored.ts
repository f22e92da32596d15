// TMPDIR of the daemon: since Nix 2.30 it decides nothing about where builds lie.
import { manual, releaseNotes } from "../catalogue/cite.js";
import { setOption } from "../edits/options.js";
import type { Rule } from "./rule.js";
import { atLeast, ifVersionKnown } from "./support/nixVersion.js";
import { isWorldWritable } from "./support/folders.js";
import { spot } from "./support/spot.js";

export const daemonTmpdirIgnored: Rule = {
  id: "daemon-tmpdir-ignored",
  title: "The daemon's TMPDIR no longer moves builds",
  class: "misconfiguration",
  severity: "information",
  confidence: 0.85,
  tier: "P2",
  docs: {
    what: "Finds `systemd.services.nix-daemon.environment.TMPDIR`.",
    why: "Up to Nix 2.29 builds lay in the daemon's TMPDIR. Since 2.30 they lie in /nix/var/nix/builds, or where the setting `build-dir` says; the variable is left without effect, and large builds land on another disk than the one that was chosen for them.",
    when: "Nix 2.30 and later; where the version is not known it is a hint.",
    risk: "Neither the folder nor one above it may be writable for everybody. Nix before 2.22 does not know the setting.",
    rollback: "Remove `build-dir`.",
    evidence: [releaseNotes("2.30", "builds lie in /nix/var/nix/builds"), manual("build-dir")],
  },
  examples: [
    {
      title: "The setting that counts",
      machine: "none",
      before: `{
  ⟦systemd.services.nix-daemon.environment.TMPDIR = "/scratch/nix";⟧
  nix.settings.max-jobs = 2;
}
`,
      after: `{
  systemd.services.nix-daemon.environment.TMPDIR = "/scratch/nix";
  nix.settings.max-jobs = 2;
  nix.settings.build-dir = "/scratch/nix";
}
`,
    },
    {
      title: "A folder that Nix would refuse as `build-dir`",
      machine: "none",
      before: `{
  ⟦systemd.services.nix-daemon.environment.TMPDIR = "/var/tmp";⟧
  nix.settings.max-jobs = 2;
}
`,
    },
    {
      title: "Both are set",
      machine: "none",
      before: `{
  systemd.services.nix-daemon.environment.TMPDIR = "/scratch/nix";
  nix.settings.build-dir = "/scratch/nix";
}
`,
    },
  ],
  *checkHost(host) {
    const isNew = atLeast(host, 2, 30);
    if (host.platform !== "nixos" || isNew === false || host.setting("build-dir").state !== "unset") return;
    for (const definition of host.definitions) {
      if (definition.attrPath.join(".") !== "systemd.services.nix-daemon.environment.TMPDIR") continue;
      const { value } = definition;
      const isMovable = value.kind === "string" && !definition.conditional && !isWorldWritable(value.value);
      const folder = isMovable ? value.value : undefined;
      yield {
        ...spot(definition),
        severity: ifVersionKnown(isNew, "information"),
        message:
          "Since Nix 2.30 builds no longer lie in the daemon's TMPDIR but in /nix/var/nix/builds; `nix.settings.build-dir` moves them.",
        fixes:
          folder === undefined
            ? []
            : [
                {
                  title: `Set build-dir = "${folder}"`,
                  applicability: "unsafe",
                  preferred: true,
                  edits: setOption(host, ["nix", "settings", "build-dir"], `"${folder}"`),
                },
              ],
      };
    }
  },
};
