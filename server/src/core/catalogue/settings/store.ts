// Settings of the store: what is kept, freed, flushed and deduplicated.
import { code, issue, releaseNotes, tested } from "../cite.js";
import { setting } from "../define.js";
import type { SettingFact } from "../facts.js";

export const STORE_SETTINGS: readonly SettingFact[] = [
  setting("auto-optimise-store", {
    type: "bool",
    default: "false",
    since: "1.2",
    summary: "Replaces equal files in the store by hard links while they are added.",
    details: [
      "Saves disk space, mostly 15-35 % of the store, and pays for it on every build and download: each file is hashed and linked while the next step waits. Adding a source of 1,757 files took 41 instead of 6 seconds on macOS.",
      "`nix.optimise.automatic = true` does the same on a timer, while the machine is idle, and suits builds better.",
    ].join("\n\n"),
    pitfalls: [
      "On macOS it corrupted stores before Nix 2.31.3, 2.32.5 and 2.33; nix-darwin refuses it there.",
      "A file system with few hard links for each file (ext4: 65,000) logs warnings.",
    ],
    sources: [
      issue("NixOS/nix#462", "refused as default for its cost"),
      issue("NixOS/nix#7273", "corruption on macOS"),
      issue("indexable-inc/index#938", "6 s against 41 s"),
      code("nix-darwin/nix-darwin", "modules/nix/default.nix", "assertion by version"),
    ],
  }),
  setting("keep-outputs", {
    aliases: ["gc-keep-outputs"],
    type: "bool",
    default: "false",
    summary: "Garbage collection keeps what was needed to build the things that are alive.",
    details:
      "Spares a developer machine from fetching or rebuilding compilers and dependencies after each collection, at the cost of disk space (often tens of GB). nix-direnv keeps its shells alive without it.",
    sources: [issue("NixOS/nix#2208"), issue("nix-community/nix-direnv#368", "not needed with nix-direnv")],
  }),
  setting("keep-derivations", {
    aliases: ["gc-keep-derivations"],
    type: "bool",
    default: "true",
    summary: "Garbage collection keeps the .drv files of the things that are alive.",
    details:
      "Small files; needed for `keep-outputs` to work and to rebuild something without evaluating it again. `false` saves little.",
  }),
  setting("keep-env-derivations", {
    aliases: ["env-keep-derivations"],
    type: "bool",
    default: "false",
    daemon: "client",
    summary: "`nix-env` profiles keep the .drv files of what is installed.",
    details:
      "Concerns `nix-env` only. With `keep-outputs` it keeps the whole build closure of every installed package on disk.",
  }),
  setting("min-free", {
    type: "bytes",
    accepts: "bytes; 0 is off. With a binary suffix since Nix 2.23, an error before",
    default: "0",
    summary: "Starts a garbage collection during a build when the store's disk has less free space than this.",
    details:
      "Prevents a large build from failing on a full disk; it collects until `max-free` bytes are free. The collection runs inside the build and takes disk bandwidth from it. It must be larger than what one build writes while the check sleeps: 5-10 GiB on a machine that builds browsers or CUDA; 128 MB comes too late. `nix.gc.automatic` on a timer is the gentler way.",
    pitfalls: [
      "A suffix (`5G`) is an error on Nix before 2.23: write bytes.",
      "With `max-free` not above it, every check collects again.",
    ],
    sources: [
      releaseNotes("2.23", "suffixes in nix.conf"),
      tested("Nix 2.8.0: min-free = 1G is refused"),
      code("nix-community/srvos", "nixos/common/nix.nix", "512 MiB to 3 GiB on servers"),
    ],
  }),
  setting("max-free", {
    type: "bytes",
    default: "9223372036854775807",
    summary: "A collection started by `min-free` stops when this much is free.",
    details:
      "The default deletes all garbage at once. Set it a few times higher than `min-free` (for example 5 GiB and 20 GiB), so that a build loses only what it must.",
    pitfalls: ["A value not above `min-free` makes Nix collect again and again during builds."],
  }),
  setting("min-free-check-interval", {
    type: "seconds",
    default: "5",
    since: "2.3",
    summary: "How often free space is looked at for `min-free`.",
    details: "A build writes up to this many seconds unseen: 5 s at 1 GB/s are 5 GB.",
  }),
  setting("gc-reserved-space", {
    type: "bytes",
    default: "8388608",
    since: "0.10",
    summary: "Space held back so that a collection can run on a full disk.",
    details: "8 MiB. No reason to change it is known.",
  }),
  setting("fsync-metadata", {
    type: "bool",
    default: "true",
    since: "0.14",
    summary: "Flushes the store's database to disk.",
    details:
      "`false` speeds up many small store operations a little and risks a corrupt database when the power fails: never on a laptop.",
    sources: [code("NixOS/nix", "src/libstore/local-store.cc", "sets SQLite's synchronous mode")],
  }),
  setting("fsync-store-paths", {
    type: "bool",
    default: "false",
    since: "2.25",
    summary: "Flushes each finished path to disk before it is registered.",
    details: "Safer against power loss, slower for every build and download. It replaces `sync-before-registering`.",
  }),
  setting("sync-before-registering", {
    type: "bool",
    default: "false",
    since: "1.0",
    summary: "Flushes *all* file systems before a path is registered.",
    details: "Very slow: it waits for every other program's writes too. `fsync-store-paths` does what is needed.",
    sources: [code("NixOS/nix", "src/libstore/include/nix/store/local-settings.hh", "marked to be removed")],
  }),
  setting("preallocate-contents", {
    type: "bool",
    default: "false",
    since: "2.4",
    summary: "Reserves the space of files before they are unpacked.",
    details:
      "Can reduce fragmentation on ext4 and XFS. Of no use on copy-on-write file systems (btrfs, ZFS), where it may slow unpacking.",
  }),
  setting("nar-buffer-size", {
    type: "bytes",
    default: "33554432",
    since: "2.4",
    summary: "Archives larger than this go to disk instead of memory while they are added.",
    details: "32 MiB for each path being added. A higher value costs memory in the daemon for each parallel download.",
  }),
  setting("warn-large-path-threshold", {
    type: "bytes",
    accepts: "bytes; 0 is off. With a binary suffix",
    default: "0",
    since: "2.23",
    daemon: "client",
    summary: "Warns when a path larger than this is copied to the store.",
    details:
      "A tripwire for `src = ./.` that drags `target/`, `node_modules/` or `.git` into the store at every evaluation. `100M` is a good value.",
    sources: [releaseNotes("2.23")],
  }),
];
