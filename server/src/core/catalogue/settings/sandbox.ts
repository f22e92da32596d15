// Settings of the place in which a build runs: directory, sandbox, cgroup, users.
import { code, issue, releaseNotes, tested } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

export const SANDBOX_SETTINGS: readonly SettingFact[] = [
  setting("build-dir", {
    type: "path",
    accepts: "an absolute path that only root can write to",
    default: [{ value: "$TMPDIR, else /tmp" }, { value: "/nix/var/nix/builds", since: "2.30" }],
    since: "2.22",
    summary: "The folder on this machine in which build trees are unpacked.",
    details: [
      "Since Nix 2.30 builds run in /nix/var/nix/builds, on the disk of the store; before, in /tmp. So a tmpfs on /tmp (`boot.tmp.useTmpfs`) takes memory from builds up to 2.29 and no longer since, unless this setting points back into it.",
      "Large build trees (chromium, CUDA, LLVM: 20-60 GB) need a disk. On a tmpfs they are RAM and swap, and count against the memory of the very build that writes them.",
    ].join("\n\n"),
    pitfalls: [
      "A world-writable folder such as /tmp, /var/tmp or /dev/shm is refused since Nix 2.30.",
      "`systemd.services.nix-daemon.environment.TMPDIR` no longer moves builds since Nix 2.30.",
      "Folders of killed builds stay; look into it from time to time.",
    ],
    sources: [
      releaseNotes("2.30", "builds leave /tmp"),
      code("NixOS/nix", "src/libstore/unix/build/derivation-builder.cc", "checkNotWorldWritable"),
      issue("NixOS/nix#5207", "stale build folders"),
    ],
  }),
  setting("sandbox", {
    aliases: ["build-use-chroot", "build-use-sandbox"],
    type: "sandbox",
    default: [{ value: "true" }, { value: "false", platform: "darwin" }],
    summary: "Whether builds see only their declared inputs.",
    details:
      "On by default on Linux, off on macOS. It costs a few milliseconds a build. Without it results depend on what happens to be installed, and the caches of others are worth less.",
    pitfalls: ["Only `true`, `relaxed` and `false` are accepted: `on`, `yes` or `1` are errors here."],
    sources: [
      tested("Nix 2.8.0: sandbox = on is refused"),
      code("nix-darwin/nix-darwin", "modules/nix/default.nix", "false on macOS"),
    ],
  }),
  setting("sandbox-paths", {
    aliases: ["build-chroot-dirs", "build-sandbox-paths"],
    type: "list",
    accepts: "paths, `TARGET=SOURCE` pairs, with `?` at the end if the source may be absent",
    default: "/bin/sh of the store, where Nix was built with one",
    summary: "Paths of this machine that builds may see.",
    details:
      "Needed for ccache: its folder must be in here (`extra-sandbox-paths`), or every compile misses or fails. Each entry is a hole: results may depend on what lies there.",
    pitfalls: ["A source that does not exist and has no `?` behind it makes **every** build fail."],
    sources: [code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix", "does not add the path itself")],
  }),
  setting("sandbox-dev-shm-size", {
    type: "string",
    accepts: "a size as tmpfs takes it: bytes with K, M, G, or a percentage of RAM",
    default: "50%",
    summary: "Upper limit of /dev/shm in the sandbox of each build.",
    details:
      "Half of RAM for **each** build that runs at the same time: three builds may fill one and a half times the memory of the machine. Few builds use /dev/shm (browser tests do). `25%` is a cautious value for several jobs.",
    pitfalls: ["The text is not checked: `1000%` is taken."],
    sources: [tested("Nix 2.8.0: 1000% is accepted")],
  }),
  setting("sandbox-fallback", {
    type: "bool",
    default: [{ value: "true" }, { value: "false", platform: "nixos" }],
    since: "2.3",
    summary: "Builds without a sandbox if the kernel refuses one.",
    details: "Matters in containers. No influence on resources.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/config/nix.nix", "false on NixOS")],
  }),
  setting("use-cgroups", {
    type: "bool",
    default: "false",
    since: "2.12",
    summary: "Runs each build in a control group of its own.",
    details: [
      "It counts the CPU time of each build, and lets the kernel kill one build's group rather than the whole daemon. It sets **no** limit of memory or CPU: that is done by `MemoryHigh`, `MemoryMax` and `CPUQuota` on nix-daemon.",
      "Needs the experimental feature `cgroups` (and mostly `auto-allocate-uids`). Linux only.",
    ].join("\n\n"),
    pitfalls: [
      "Without `cgroups` among `experimental-features` builds fail.",
      "`deleting cgroup … busy` errors were reported.",
      "Since Nix 2.34 the daemon's unit delegates no controllers, so there is no `memory.peak` for each build.",
    ],
    sources: [
      code("NixOS/nix", "src/libstore/linux/build/linux-derivation-builder.cc"),
      issue("NixOS/nix#7388", "memory limits, proposed and closed"),
      issue("nix-community/infra#1622", "deleting cgroup busy"),
    ],
  }),
  setting("auto-allocate-uids", {
    type: "bool",
    default: "false",
    since: "2.12",
    summary: "Takes user ids for builds from a range instead of nixbld accounts.",
    details:
      "The number of accounts then no longer bounds how many builds run at once; `max-jobs` alone does. Experimental feature `auto-allocate-uids`. On NixOS `nix.nrBuildUsers` becomes 0 with it.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix")],
  }),
  setting("start-id", {
    type: "unsigned",
    default: "872415232 on Linux, 56930 on macOS",
    since: "2.12",
    summary: "First user id that `auto-allocate-uids` hands out.",
    details: "Change it only where the range collides with ids of containers or of a directory service.",
  }),
  setting("id-count", {
    type: "unsigned",
    default: "8388608 on Linux, 128 on macOS",
    since: "2.12",
    summary: "How many user ids `auto-allocate-uids` may hand out.",
    details: "A build takes 65,536 of them on Linux, so the default allows 128 builds at once.",
    sources: [code("NixOS/nix", "src/libstore/include/nix/store/local-settings.hh")],
  }),
  setting("build-users-group", {
    type: "string",
    accepts: "name of a group; its members run the builds",
    default: "nixbld when Nix runs as root, else empty",
    since: "0.11",
    daemon: "file-only",
    summary: "The group whose members run the builds.",
    details:
      "Each running build takes one member. With fewer members than `max-jobs`, Nix waits (`waiting for a free build user ID`); so the group bounds concurrency as well.",
    sources: [code("NixOS/nix", "src/libstore/build/derivation-building-goal.cc")],
  }),
];
