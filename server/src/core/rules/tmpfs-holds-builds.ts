// Builds in a /tmp that lies in memory.
import { setOptions, type OptionEdit } from "../edits/options.js";
import type { Definition, Host } from "../workspace/model.js";
import type { Draft, Rule } from "./rule.js";
import { atLeast, ifVersionKnown, nixName } from "./support/nixVersion.js";
import { spot } from "./support/spot.js";

export const tmpfsHoldsBuilds: Rule = {
  id: "tmpfs-holds-builds",
  title: "Build trees take memory: /tmp is a tmpfs",
  class: "exceeds-budget",
  severity: "warning",
  confidence: 0.85,
  claimedConfidence: 0.82,
  tier: "P1",
  docs: {
    what: "Finds `boot.tmp.useTmpfs = true` where Nix builds under /tmp: before Nix 2.30, or with `build-dir` set to a folder in /tmp.",
    why: "Sources, objects and outputs of each build then lie in memory, beside the compilers that need it. A tmpfs takes up to half of the memory unless told otherwise; large C++ builds fill it and fail with `No space left on device`, or push the compilers out of memory.",
    when: "Nix before 2.30. Since 2.30 builds run in /nix/var/nix/builds on disk and this option does not touch them.",
    risk: "/tmp is on disk afterwards. On a solid-state disk the page cache makes up for most of it.",
    rollback: "Set `boot.tmp.useTmpfs = true` again.",
    evidence: [
      {
        grade: "documentation",
        text: "Release notes of Nix 2.30: the build folder moved out of /tmp",
        url: "https://github.com/NixOS/nix/blob/master/doc/manual/source/release-notes/rl-2.30.md",
      },
      {
        grade: "source-code",
        text: "NixOS nixos/modules/system/boot/tmp.nix: the option's own text warns that large builds can fail",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/tmp.nix",
      },
      { grade: "issue", text: "NixOS/nix#4137", url: "https://github.com/NixOS/nix/issues/4137" },
    ],
  },
  examples: [
    {
      title: "Nix 2.28 builds in /tmp",
      machine: "threads=8,memory=16GiB,nix-version=2.28",
      before: "{\n  boot.tmp = {\n    ⟦useTmpfs = true;⟧\n  };\n}\n",
      after: "{\n  boot.tmp = {\n    useTmpfs = false;\n    cleanOnBoot = true;\n  };\n}\n",
    },
    {
      title: "The size stays, for whoever switches it on again",
      machine: "threads=8,memory=16GiB,nix-version=2.28",
      before: '{\n  boot.tmp = {\n    ⟦useTmpfs = true;⟧\n    tmpfsSize = "25%"; # of 16 GB\n  };\n}\n',
      after:
        '{\n  boot.tmp = {\n    useTmpfs = false;\n    cleanOnBoot = true;\n    tmpfsSize = "25%"; # of 16 GB\n  };\n}\n',
    },
    {
      title: "Which Nix it is, nobody can tell: most are younger, so this is said on request only",
      before: "{ ⟦boot.tmp.useTmpfs = true;⟧ }\n",
      after: "{ boot.tmp.useTmpfs = false; boot.tmp.cleanOnBoot = true; }\n",
    },
    {
      title: "Nix 2.31 does not",
      machine: "threads=8,memory=16GiB,nix-version=2.31",
      before: "{ boot.tmp.useTmpfs = true; }\n",
    },
    {
      title: "Unless it is told to",
      machine: "threads=8,memory=16GiB,nix-version=2.31",
      before: '{ ⟦boot.tmp.useTmpfs = true;⟧ nix.settings.build-dir = "/tmp/builds"; }\n',
      after: '{ boot.tmp.useTmpfs = false; boot.tmp.cleanOnBoot = true; nix.settings.build-dir = "/tmp/builds"; }\n',
    },
  ],
  *checkHost(host) {
    const tmpfs = host.option(["boot", "tmp", "useTmpfs"]);
    if (tmpfs.state !== "known" || tmpfs.value.kind !== "bool" || !tmpfs.value.value) return;
    const place = buildPlace(host);
    if (place) yield finding(host, tmpfs.definitions[0], place);
  },
};

/** Whether builds lie under /tmp, and why; undefined if they do not, or nobody can tell. */
function buildPlace(host: Host): { readonly why: string; readonly certain: boolean } | undefined {
  const folder = host.setting("build-dir");
  if (folder.state === "known" && folder.value.kind === "string")
    return /^\/tmp(\/|$)/.test(folder.value.value)
      ? { why: `\`build-dir\` is ${folder.value.value}`, certain: true }
      : undefined;
  if (folder.state !== "unset") return undefined;
  switch (atLeast(host, 2, 30)) {
    case true:
      return undefined;
    case false:
      return { why: `${nixName(host)} builds in /tmp`, certain: true };
    default:
      return { why: "Nix before 2.30 builds in /tmp (the version here is not known)", certain: false };
  }
}

function finding(
  host: Host,
  definition: Definition,
  place: { readonly why: string; readonly certain: boolean },
): Draft {
  const entries: OptionEdit[] = [{ path: ["boot", "tmp", "useTmpfs"], value: "false" }];
  if (host.option(["boot", "tmp", "cleanOnBoot"]).state === "unset")
    entries.push({ path: ["boot", "tmp", "cleanOnBoot"], value: "true" });
  return {
    ...spot(definition),
    message: `${place.why}, and this puts /tmp into memory: build trees compete with the compilers for it.`,
    ...(place.certain ? {} : { severity: ifVersionKnown(undefined, "warning"), confidence: 0.5 }),
    fixes: [
      {
        title: "Keep /tmp on disk and clean it at boot",
        // Where the version is not known, /tmp in memory may be what somebody wants, and harmless.
        applicability: place.certain ? "safe" : "unsafe",
        preferred: true,
        edits: setOptions(host, entries, definition),
      },
    ],
  };
}
