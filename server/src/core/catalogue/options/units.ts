// Keys of the systemd units that govern nix-daemon and, with it, every build.
import { code, documentation, issue } from "../cite.js";
import { ANY, either, INT, option, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const RESOURCE_CONTROL = documentation(
  "systemd.resource-control(5)",
  "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html",
);
const EXEC = documentation(
  "systemd.exec(5)",
  "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html",
);
const NIXOS_DAEMON = code("NixOS/nixpkgs", "nixos/modules/services/system/nix-daemon.nix");
const UNIT = code("NixOS/nix", "misc/systemd/nix-daemon.service.in");
const SRVOS = code("nix-community/srvos", "nixos/common/nix.nix");

/** The units that people limit builds with; slices carry any of these names. */
const UNIT_NAMES = ["nix-daemon", "nix-build", "nix"] as const;

interface UnitKey {
  readonly key: string;
  readonly type: OptionFact["type"];
  readonly default?: string;
  readonly summary: string;
  readonly details: string;
  readonly pitfalls?: readonly string[];
  readonly sources: OptionFact["sources"];
  /** Only services know it. */
  readonly serviceOnly?: boolean;
}

const SIZE = either(STRING, INT);

const KEYS: readonly UnitKey[] = [
  {
    key: "MemoryHigh",
    type: SIZE,
    default: '"infinity"',
    summary: "Memory above which the daemon and all its builds together are slowed down and swapped out.",
    details:
      "The soft limit: nothing is killed. Set it below `MemoryMax`, about 85 % of it: `12G` on a 16 GB machine with 2 GB reserve. All builds share it, since they run in the daemon's control group unless `use-cgroups` is on. Files in tmpfs and /dev/shm count too. Sizes are binary: `12G` is 12 × 2^30.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "MemoryMax",
    type: SIZE,
    default: '"infinity"',
    summary: "Memory that the daemon and all its builds together may use; beyond it the kernel kills among them.",
    details:
      "RAM minus reserve: `14G` on 16 GB. It keeps a runaway build from taking the session with it. Percentages are of physical RAM.",
    pitfalls: [
      "Without `MemoryHigh` the first sign is a killed compiler.",
      "`90%` of 16 GB leaves 1.6 GB for everything else.",
    ],
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "MemorySwapMax",
    type: SIZE,
    default: '"infinity"',
    summary: "Swap that the daemon and all its builds together may use.",
    details:
      "Bounds thrashing: builds that don't fit are killed instead of swapping for hours. With zram keep it at about the device's size.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "CPUQuota",
    type: STRING,
    summary: "CPU time of all builds together: `100%` is one thread.",
    details:
      "`600%` leaves 2 of 8 threads to the desktop, whatever `max-jobs` × `cores` is. With `cores = 0` Nix reads it and hands 6 to each build; `max-jobs = auto` ignores it.",
    sources: [RESOURCE_CONTROL, code("NixOS/nix", "src/libutil/unix/current-process.cc", "getMaxCPU")],
  },
  {
    key: "CPUWeight",
    type: either(STRING, INT),
    default: "100",
    summary: "Share of CPU time while others want it too, 1 to 10000, or `idle`.",
    details:
      "20-30 lets builds use the whole machine while it is idle and step back for the desktop. It limits no memory.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "IOWeight",
    type: INT,
    default: "100",
    summary: "Share of disk bandwidth while others want it too, 1 to 10000.",
    details: "Works with BFQ or io.cost on the disk.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "TasksMax",
    type: either(STRING, INT),
    summary: "How many processes and threads the builds may have together.",
    details: "Large builds start thousands. Nix' own unit allows 1048576.",
    sources: [RESOURCE_CONTROL, UNIT],
  },
  {
    key: "AllowedCPUs",
    type: STRING,
    summary: "Hardware threads that builds may run on, as `0-5`.",
    details: "A hard reserve. Nix counts only these for `auto` and `0` where its affinity mask is honoured.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "Delegate",
    type: either(STRING, { kind: "bool" }),
    summary: "Lets the daemon make control groups of its own below the unit.",
    details:
      "Needed for `use-cgroups`. Upstream's unit says `yes` in Nix 2.25-2.33, and delegates without controllers since 2.34.",
    sources: [UNIT, issue("NixOS/nixpkgs#339310")],
  },
  {
    key: "ManagedOOMMemoryPressure",
    type: STRING,
    default: '"auto"',
    summary: "`kill`: systemd-oomd kills the unit when memory pressure stays high.",
    details: "It kills the whole control group: every running build at once.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "ManagedOOMSwap",
    type: STRING,
    default: '"auto"',
    summary: "`kill`: systemd-oomd kills the unit when swap is nearly full.",
    details: "It kills the whole control group: every running build at once.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "ManagedOOMMemoryPressureLimit",
    type: STRING,
    default: '"0%"',
    summary: "Memory pressure, in percent of time, above which systemd-oomd acts.",
    details: "`0%` takes oomd.conf's own limit of 60 %.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "Slice",
    type: STRING,
    default: '"system.slice"',
    serviceOnly: true,
    summary: "The slice the daemon runs in.",
    details: "Limits of the slice hold for all units in it together.",
    sources: [RESOURCE_CONTROL],
  },
  {
    key: "OOMScoreAdjust",
    type: INT,
    default: "0",
    serviceOnly: true,
    summary: "How readily the kernel kills builds when memory runs out: -1000 never, 1000 first.",
    details: "`250` makes a build die before the session (user slices have 100, and 0 would let the desktop go first).",
    sources: [EXEC, SRVOS, issue("nix-community/srvos#315", "why 250")],
  },
  {
    key: "OOMPolicy",
    type: STRING,
    serviceOnly: true,
    summary: "What happens to the unit when the kernel kills one of its processes.",
    details:
      "`continue` keeps the daemon and the other builds; `stop` and `kill` end them all. `Delegate=` makes `continue` the default.",
    sources: [
      documentation(
        "systemd.service(5)",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html",
      ),
      issue("NixOS/nixpkgs#339310"),
    ],
  },
  {
    key: "Nice",
    type: INT,
    default: "0",
    serviceOnly: true,
    summary: "Nice level of the daemon and all builds, -20 to 19.",
    details: '19 yields to everything else; `nix.daemonCPUSchedPolicy = "idle"` or `CPUWeight` do it better.',
    sources: [EXEC],
  },
  ...(["CPUSchedulingPolicy", "IOSchedulingClass", "IOSchedulingPriority"] as const).map(
    (key): UnitKey => ({
      key,
      type: either(STRING, INT),
      serviceOnly: true,
      summary: "Scheduling of the daemon; NixOS sets it from `nix.daemon...` options.",
      details: `Use \`${{ CPUSchedulingPolicy: "nix.daemonCPUSchedPolicy", IOSchedulingClass: "nix.daemonIOSchedClass", IOSchedulingPriority: "nix.daemonIOSchedPriority" }[key]}\`.`,
      pitfalls: ["A second definition without `lib.mkForce` is a conflict: the evaluation fails."],
      sources: [EXEC, NIXOS_DAEMON],
    }),
  ),
  {
    key: "LimitNOFILE",
    type: INT,
    default: "1048576",
    serviceOnly: true,
    summary: "How many files the daemon and each build process may have open.",
    details: "Set by the module: another value needs `lib.mkForce`.",
    sources: [EXEC, NIXOS_DAEMON],
  },
  {
    key: "KillMode",
    type: STRING,
    default: '"process"',
    serviceOnly: true,
    summary: "What is killed when the daemon is stopped.",
    details: "With `process`, upstream's choice, running builds survive a restart of the daemon.",
    sources: [UNIT],
  },
  {
    key: "PrivateTmp",
    type: { kind: "bool" },
    default: "false",
    serviceOnly: true,
    summary: "Gives the daemon a /tmp of its own.",
    details: "Up to Nix 2.29 builds then run in it.",
    sources: [EXEC],
  },
];

function keyOption(prefix: readonly string[], entry: UnitKey): OptionFact {
  const { key, serviceOnly: _, ...rest } = entry;
  return option([...prefix, key], { platforms: ["nixos"], ...rest });
}

function fallback(path: readonly string[], summary: string): OptionFact {
  return option(path, { platforms: ["nixos"], type: ANY, summary, sources: [NIXOS_DAEMON, EXEC] });
}

export const UNIT_OPTIONS: readonly OptionFact[] = UNIT_NAMES.flatMap((unit) => [
  ...KEYS.map((entry) => keyOption(["systemd", "services", unit, "serviceConfig"], entry)),
  ...KEYS.filter((entry) => entry.serviceOnly !== true).map((entry) =>
    keyOption(["systemd", "slices", unit, "sliceConfig"], entry),
  ),
  option(["systemd", "services", unit, "environment", "TMPDIR"], {
    platforms: ["nixos"],
    type: STRING,
    summary: "Temporary folder of the daemon.",
    details: "Moved builds up to Nix 2.29. Since 2.30 it doesn't: use `nix.settings.build-dir`.",
    sources: [code("NixOS/nix", "doc/manual/source/release-notes/rl-2.30.md")],
  }),
  ...(["services", "slices", "sockets"] as const).flatMap((kind) => [
    fallback(["systemd", kind, unit, "*"], "A key of a unit that governs Nix builds."),
    fallback(["systemd", kind, unit, "*", "*"], "A key of a unit that governs Nix builds."),
  ]),
  fallback(["systemd", "user", "services", unit, "*"], "A key of a user unit that governs Nix builds."),
  fallback(["systemd", "user", "services", unit, "*", "*"], "A key of a user unit that governs Nix builds."),
]);
