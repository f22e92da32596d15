// Options of the daemon's scheduling, of garbage collection and deduplication on a timer.
import { code, tested } from "../cite.js";
import { ANY, BOOL, either, enumeration, INT, listOf, nullOr, option, STRING, UNSIGNED } from "../define.js";
import type { OptionFact } from "../facts.js";

const NIXOS_DAEMON = code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix");
const NIXOS_GC = code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-gc.nix");
const NIXOS_OPTIMISE = code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-optimise.nix");
const DARWIN_NIX = code("nix-darwin/nix-darwin", "modules/nix/default.nix");
const DARWIN_GC = code("nix-darwin/nix-darwin", "modules/services/nix-gc/default.nix");
const DARWIN_OPTIMISE = code("nix-darwin/nix-darwin", "modules/services/nix-optimise/default.nix");
const HOME_GC = code("nix-community/home-manager", "modules/services/nix-gc.nix");
const SRVOS = code("nix-community/srvos", "nixos/common/nix.nix");
const EVERYWHERE = ["nixos", "darwin", "home-manager"] as const;
const SYSTEMS = ["nixos", "darwin"] as const;
const STRINGS = listOf(STRING);

const NO_DARWIN_SCHEDULING =
  "On macOS it is removed: `nix.daemonProcessType` and `nix.daemonIOLowPriority` take its place.";

export const DAEMON_OPTIONS: readonly OptionFact[] = [
  option("nix.daemonCPUSchedPolicy", {
    platforms: ["nixos"],
    type: enumeration("other", "batch", "idle"),
    default: '"other"',
    summary: "CPU scheduling of the daemon and of all builds.",
    details: `\`idle\` lets builds run only when nothing else wants the CPU: the desktop stays smooth even when builds are oversubscribed. \`batch\` suits servers. Neither limits memory. ${NO_DARWIN_SCHEDULING}`,
    pitfalls: ["With `idle` a busy machine may never finish its own updates."],
    sources: [NIXOS_DAEMON, SRVOS],
  }),
  option("nix.daemonIOSchedClass", {
    platforms: ["nixos"],
    type: enumeration("best-effort", "idle"),
    default: '"best-effort"',
    summary: "Disk scheduling class of the daemon and of all builds.",
    details: `\`idle\` gives builds the disk only when nobody else wants it. Works only with an I/O scheduler that knows classes (BFQ); NVMe disks mostly run without one. ${NO_DARWIN_SCHEDULING}`,
    sources: [NIXOS_DAEMON, SRVOS],
  }),
  option("nix.daemonIOSchedPriority", {
    platforms: ["nixos"],
    type: { kind: "int", min: 0, max: 7 },
    default: "4",
    summary: "Disk priority within the class: 0 is high, 7 is low.",
    details: NO_DARWIN_SCHEDULING,
    sources: [NIXOS_DAEMON],
  }),
  option("nix.daemonIONiceLevel", {
    platforms: ["nixos"],
    type: INT,
    renamedTo: ["nix", "daemonIOSchedPriority"],
    summary: "Old name of `nix.daemonIOSchedPriority`.",
    details: "Renamed in NixOS 22.05.",
    sources: [NIXOS_DAEMON],
  }),
  option("nix.daemonNiceLevel", {
    platforms: SYSTEMS,
    type: INT,
    removed: "Use `nix.daemonCPUSchedPolicy` on NixOS, `nix.daemonProcessType` on macOS.",
    summary: "Removed: nice level of the daemon.",
    details:
      "Setting it is an error. `idle` or `batch` in `nix.daemonCPUSchedPolicy` does more than a nice level did; a nice level can still be given as `systemd.services.nix-daemon.serviceConfig.Nice`.",
    sources: [NIXOS_DAEMON, DARWIN_NIX],
  }),
  option("nix.daemonProcessType", {
    platforms: ["darwin"],
    type: nullOr(enumeration("Background", "Standard", "Adaptive", "Interactive")),
    default: '"Standard"',
    summary: "macOS: how launchd schedules the daemon and its builds.",
    details:
      "`Background` moves builds to the efficiency cores and throttles their disk access: the desktop stays smooth, builds take much longer.",
    sources: [DARWIN_NIX],
  }),
  option("nix.daemonIOLowPriority", {
    platforms: ["darwin"],
    type: BOOL,
    default: "false",
    summary: "macOS: gives the daemon's disk access low priority.",
    sources: [DARWIN_NIX],
  }),
  option("nix.nrBuildUsers", {
    platforms: SYSTEMS,
    type: UNSIGNED,
    default: "0 with auto-allocate-uids, else the larger of 32 and max-jobs",
    summary: "How many nixbld accounts exist.",
    details: "Each running build takes one: fewer accounts than `max-jobs` make builds wait.",
    sources: [NIXOS_DAEMON],
  }),

  option("nix.gc.automatic", {
    platforms: EVERYWHERE,
    type: BOOL,
    default: "false",
    summary: "Runs the garbage collector on a timer.",
    details:
      "Keeps the disk from filling without interrupting builds, as `min-free` would. It deletes what a developer machine fetched for shells: see `keep-outputs`.",
    sources: [NIXOS_GC, DARWIN_GC, HOME_GC],
  }),
  option("nix.gc.dates", {
    platforms: ["nixos", "home-manager"],
    type: either(STRING, STRINGS),
    default: '"03:15" on NixOS, "weekly" in home-manager',
    summary: "When the garbage collector runs, as systemd writes times.",
    details: "nix-darwin has `nix.gc.interval` instead.",
    sources: [NIXOS_GC, HOME_GC],
  }),
  option("nix.gc.frequency", {
    platforms: ["home-manager"],
    type: STRING,
    renamedTo: ["nix", "gc", "dates"],
    summary: "Old name of `nix.gc.dates` in home-manager.",
    sources: [HOME_GC],
  }),
  option("nix.gc.interval", {
    platforms: ["darwin"],
    type: either({ kind: "attrs" }, listOf({ kind: "attrs" })),
    default: "[ { Weekday = 7; Hour = 3; Minute = 15; } ]",
    summary: "macOS: when the garbage collector runs.",
    sources: [DARWIN_GC],
  }),
  option("nix.gc.options", {
    platforms: EVERYWHERE,
    type: nullOr(STRING),
    default: '""',
    summary: "Arguments of nix-collect-garbage, such as `--delete-older-than 14d`.",
    sources: [NIXOS_GC, DARWIN_GC, HOME_GC],
  }),
  option("nix.gc.persistent", {
    platforms: ["nixos", "home-manager"],
    type: BOOL,
    default: "true",
    summary: "Makes up for a run that was missed while the machine was off.",
    details: "On a laptop the run then starts right after boot, beside whatever is being built.",
    sources: [NIXOS_GC, HOME_GC],
  }),
  option("nix.gc.randomizedDelaySec", {
    platforms: ["nixos", "home-manager"],
    type: STRING,
    default: '"0"',
    summary: "Random delay before each run.",
    sources: [NIXOS_GC, HOME_GC],
  }),
  ...(["user", "dates", "randomizedDelaySec", "persistent"] as const).map((name) =>
    option(["nix", "gc", name], {
      platforms: ["darwin"],
      type: ANY,
      removed: name === "dates" ? "Use `nix.gc.interval`." : "nix-darwin has no such option.",
      summary: "Removed in nix-darwin.",
      sources: [DARWIN_GC],
    }),
  ),
  option("nix.optimise.automatic", {
    platforms: SYSTEMS,
    type: BOOL,
    default: "false",
    summary: "Deduplicates the store on a timer.",
    details: "Saves the same space as `auto-optimise-store` without slowing each build and download down.",
    sources: [NIXOS_OPTIMISE, DARWIN_OPTIMISE],
  }),
  option("nix.optimise.dates", {
    platforms: ["nixos"],
    type: either(STRING, STRINGS),
    default: '[ "03:45" ]',
    summary: "When the store is deduplicated.",
    sources: [NIXOS_OPTIMISE],
  }),
  option("nix.optimise.persistent", {
    platforms: ["nixos"],
    type: BOOL,
    default: "true",
    summary: "Makes up for a missed run.",
    sources: [NIXOS_OPTIMISE],
  }),
  option("nix.optimise.randomizedDelaySec", {
    platforms: ["nixos"],
    type: STRING,
    default: '"1800"',
    summary: "Random delay before each run.",
    sources: [NIXOS_OPTIMISE],
  }),
  option("nix.optimise.interval", {
    platforms: ["darwin"],
    type: either({ kind: "attrs" }, listOf({ kind: "attrs" })),
    default: "[ { Weekday = 7; Hour = 4; Minute = 15; } ]",
    summary: "macOS: when the store is deduplicated.",
    sources: [DARWIN_OPTIMISE],
  }),
  ...(["daemonCPUSchedPolicy", "daemonIOSchedClass", "daemonIOSchedPriority"] as const).map((name) =>
    option(["nix", name], {
      platforms: ["darwin"],
      type: ANY,
      removed: name === "daemonIOSchedPriority" ? "Use `nix.daemonIOLowPriority`." : "Use `nix.daemonProcessType`.",
      summary: "An option of NixOS that nix-darwin has removed.",
      details: "Setting it on macOS is an error.",
      sources: [DARWIN_NIX, tested("nix-darwin a1fa429e: mkRemovedOptionModule")],
    }),
  ),
  option("nix.daemonIONice", {
    platforms: ["darwin"],
    type: BOOL,
    renamedTo: ["nix", "daemonIOLowPriority"],
    summary: "Old name of `nix.daemonIOLowPriority`.",
    sources: [DARWIN_NIX],
  }),
];
