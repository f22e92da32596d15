// Options of the daemon's scheduling, of garbage collection, and of remote builders.
import { code, tested } from "./cite.js";
import { ANY, BOOL, either, enumeration, INT, listOf, nullOr, option, POSITIVE, STRING, UNSIGNED } from "./define.js";
import type { OptionFact } from "./facts.js";

const NIXOS_DAEMON = code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix");
const NIXOS_REMOTE = code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix");
const NIXOS_GC = code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-gc.nix");
const NIXOS_OPTIMISE = code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-optimise.nix");
const DARWIN_NIX = code("nix-darwin/nix-darwin", "modules/nix/default.nix");
const DARWIN_GC = code("nix-darwin/nix-darwin", "modules/services/nix-gc/default.nix");
const DARWIN_OPTIMISE = code("nix-darwin/nix-darwin", "modules/services/nix-optimise/default.nix");
const DARWIN_BUILDER = code("nix-darwin/nix-darwin", "modules/nix/linux-builder.nix");
const HOME_GC = code("nix-community/home-manager", "modules/services/nix-gc.nix");
const HOME_REMOTE = code("nix-community/home-manager", "modules/misc/nix/remote-build.nix");
const SRVOS = code("nix-community/srvos", "nixos/common/nix.nix");
const EVERYWHERE = ["nixos", "darwin", "home-manager"] as const;
const SYSTEMS = ["nixos", "darwin"] as const;
const STRINGS = listOf(STRING);

const NO_DARWIN_SCHEDULING =
  "On macOS it is removed: `nix.daemonProcessType` and `nix.daemonIOLowPriority` take its place.";

/** A field of each entry of `nix.buildMachines` (and of Determinate's copy of it). */
function buildMachine(name: string, draft: Omit<Parameters<typeof option>[1], "platforms" | "sources">): OptionFact[] {
  return [
    option(["nix", "buildMachines", "[]", name], {
      ...draft,
      platforms: EVERYWHERE,
      sources: [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE],
    }),
    option(["determinateNix", "buildMachines", "[]", name], {
      ...draft,
      platforms: SYSTEMS,
      sources: [code("DeterminateSystems/determinate", "modules/nix-darwin/default.nix")],
    }),
  ];
}

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

  option("nix.distributedBuilds", {
    platforms: EVERYWHERE,
    type: BOOL,
    default: "false",
    summary: "Whether builds are sent to `nix.buildMachines`.",
    details:
      "With `false` the module sets `builders` to empty: the machines are written to /etc/nix/machines **and ignored**.",
    sources: [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE],
  }),
  ...(["nix", "determinateNix"] as const).map((root) =>
    option([root, "buildMachines"], {
      platforms: root === "nix" ? EVERYWHERE : SYSTEMS,
      type: listOf({ kind: "submodule" }),
      default: "[ ]",
      summary: "Machines that builds are sent to.",
      details:
        "Needs `distributedBuilds = true`. Nix tries them first, by free jobs and `speedFactor`, and builds here only what none accepts. `builders-use-substitutes = true` lets them fetch dependencies by themselves. home-manager knows `systems` only, and writes a setting that the daemon takes from trusted users only.",
      sources:
        root === "nix"
          ? [NIXOS_REMOTE, DARWIN_NIX, HOME_REMOTE]
          : [code("DeterminateSystems/determinate", "modules/nix-darwin/default.nix")],
    }),
  ),
  ...buildMachine("hostName", { type: STRING, summary: "Name by which ssh reaches the machine.", details: "" }),
  ...buildMachine("protocol", {
    type: enumeration("ssh", "ssh-ng"),
    default: '"ssh"',
    summary: "How Nix talks to the machine.",
    details: "`ssh-ng` shows the build's log live and copies more efficiently; it needs the user to be trusted there.",
  }),
  ...buildMachine("system", {
    type: nullOr(STRING),
    default: "null",
    summary: "The one system type it builds for.",
    details: "This or `systems` is needed.",
  }),
  ...buildMachine("systems", { type: STRINGS, default: "[ ]", summary: "The system types it builds for." }),
  ...buildMachine("sshUser", { type: nullOr(STRING), default: "null", summary: "User name over there." }),
  ...buildMachine("sshKey", { type: nullOr(STRING), default: "null", summary: "Path of root's private key for it." }),
  ...buildMachine("publicHostKey", {
    type: nullOr(STRING),
    default: "null",
    summary: "The machine's host key, in base64.",
  }),
  ...buildMachine("maxJobs", {
    type: INT,
    default: "1",
    summary: "How many builds Nix sends there at once.",
    details:
      "Each of them uses that machine's own `cores`. Set it by that machine's memory, as `max-jobs` here: 8 threads with 16 GB hold 2-3 heavy builds, not 8.",
  }),
  ...buildMachine("speedFactor", {
    type: either(POSITIVE, { kind: "float" }),
    default: "1",
    summary: "Preference among machines: the higher, the earlier it is chosen.",
    details: "Relative to the others. NixOS takes positive numbers, nix-darwin and home-manager integers.",
  }),
  ...buildMachine("supportedFeatures", {
    type: STRINGS,
    default: "[ ]",
    summary: "System features the machine offers.",
    details:
      "Empty by default: without `big-parallel` it never receives kernels, browsers or CUDA packages, and they are built here. List `kvm` and `nixos-test` for NixOS tests.",
  }),
  ...buildMachine("mandatoryFeatures", {
    type: STRINGS,
    default: "[ ]",
    summary: "Features without which a derivation is not sent there.",
    details: "Reserves a machine: with `big-parallel` in here it gets nothing but large packages.",
  }),

  option("nix.linux-builder.enable", {
    platforms: ["darwin"],
    type: BOOL,
    default: "false",
    summary: "macOS: runs a Linux virtual machine as a remote builder.",
    details: "Its threads and memory are taken from this Mac while it runs.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.maxJobs", {
    platforms: ["darwin"],
    type: POSITIVE,
    default: "the machine's virtualisation.cores",
    summary: "How many builds the virtual machine gets at once.",
    details: "Each uses up to all of the machine's cores: jobs × cores inside it counts against its memory.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.speedFactor", {
    platforms: ["darwin"],
    type: POSITIVE,
    default: "1",
    summary: "Preference among remote builders.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.supportedFeatures", {
    platforms: ["darwin"],
    type: STRINGS,
    default: '[ "kvm" "benchmark" "big-parallel" ]',
    summary: "System features the virtual machine offers.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.mandatoryFeatures", {
    platforms: ["darwin"],
    type: STRINGS,
    default: "[ ]",
    summary: "Features a derivation must ask for to be sent there.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.systems", {
    platforms: ["darwin"],
    type: STRINGS,
    default: "the machine's own system",
    summary: "System types it builds for.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.protocol", {
    platforms: ["darwin"],
    type: STRING,
    default: '"ssh-ng"',
    summary: "How Nix talks to the virtual machine.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.ephemeral", {
    platforms: ["darwin"],
    type: BOOL,
    default: "false",
    summary: "Starts the virtual machine with an empty disk each time.",
    sources: [DARWIN_BUILDER],
  }),
  option("nix.linux-builder.config", {
    platforms: ["darwin"],
    type: { kind: "submodule" },
    default: "{ }",
    summary: "NixOS configuration of the virtual machine.",
    details: "Changing it rebuilds the machine, for which a Linux builder must be at hand.",
    sources: [DARWIN_BUILDER],
  }),

  option("virtualisation.cores", {
    platforms: ["nixos"],
    type: POSITIVE,
    default: "1",
    summary: "How many threads a NixOS virtual machine gets.",
    details: "Taken from the host while it runs. Leave the host its reserve: at most its threads minus two.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/virtualisation/qemu-vm.nix")],
  }),
  option("virtualisation.memorySize", {
    platforms: ["nixos"],
    type: POSITIVE,
    default: "1024",
    summary: "How much memory a NixOS virtual machine gets, in MiB.",
    details: "32 × 1024 on a 16 GB host cannot run; 8192 is a sensible upper end there.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/virtualisation/qemu-vm.nix")],
  }),
  option("virtualisation.diskSize", {
    platforms: ["nixos"],
    type: either(POSITIVE, enumeration("auto")),
    default: "1024",
    summary: "Size of the virtual machine's disk, in MiB.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/virtualisation/qemu-vm.nix")],
  }),
  option("virtualisation.darwin-builder.memorySize", {
    platforms: ["nixos"],
    type: INT,
    default: "3072",
    summary: "How much memory the Linux builder on macOS gets, in MiB.",
    details:
      "Inside `nix.linux-builder.config`. It must hold jobs × cores × about 2 GiB, and the Mac must keep its own reserve.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/profiles/nix-builder-vm.nix")],
  }),
  option("virtualisation.darwin-builder.diskSize", {
    platforms: ["nixos"],
    type: INT,
    default: "20480",
    summary: "Size of the Linux builder's disk, in MiB.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/profiles/nix-builder-vm.nix")],
  }),
  option("virtualisation.darwin-builder.*", {
    platforms: ["nixos"],
    type: ANY,
    summary: "Further properties of the Linux builder on macOS (hostPort, min-free, max-free, workingDirectory).",
    sources: [code("NixOS/nixpkgs", "nixos/modules/profiles/nix-builder-vm.nix")],
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
