// Options of memory: compressed swap, swap devices, /tmp, kernel tuning, and who is killed when memory is short.
import { code, documentation, issue, tested } from "./cite.js";
import { ANY, BOOL, either, enumeration, INT, listOf, nullOr, option, POSITIVE, STRING } from "./define.js";
import type { OptionFact } from "./facts.js";

const ZRAM = code("NixOS/nixpkgs", "nixos/modules/config/zram.nix");
const TMP = code("NixOS/nixpkgs", "nixos/modules/system/boot/tmp.nix");
const ZRAM_TMP = code("NixOS/nixpkgs", "nixos/modules/system/boot/zram-as-tmp.nix");
const SWAP = code("NixOS/nixpkgs", "nixos/modules/config/swap.nix");
const OOMD = code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix");
const EARLYOOM = code("NixOS/nixpkgs", "nixos/modules/services/system/earlyoom.nix");
const INFRA = code(
  "nix-community/infra",
  "modules/nixos/common/default.nix",
  "zram with swappiness 180, page-cluster 0",
);
const VM_SYSCTL = documentation("Linux kernel, /proc/sys/vm", "https://docs.kernel.org/admin-guide/sysctl/vm.html");
const ZRAM_KERNEL = documentation("Linux kernel, zram", "https://docs.kernel.org/admin-guide/blockdev/zram.html");
const NIXOS = ["nixos"] as const;

function sysctl(
  name: string,
  type: OptionFact["type"],
  defaultText: string,
  summary: string,
  details: string,
): OptionFact {
  return option(["boot", "kernel", "sysctl", name], {
    platforms: NIXOS,
    type,
    default: defaultText,
    summary,
    details,
    sources: [VM_SYSCTL, INFRA],
  });
}

function earlyoom(
  name: string,
  type: OptionFact["type"],
  defaultText: string,
  summary: string,
  details = "",
): OptionFact {
  return option(["services", "earlyoom", name], {
    platforms: NIXOS,
    type,
    default: defaultText,
    summary,
    details,
    sources: [EARLYOOM],
  });
}

const PERCENT = { kind: "int", min: 1, max: 100 } as const;

export const MEMORY_OPTIONS: readonly OptionFact[] = [
  option("zramSwap.enable", {
    platforms: NIXOS,
    type: BOOL,
    default: "false",
    summary: "Compressed swap in RAM.",
    details:
      "Pages that a build has touched and no longer needs are compressed to a half or a third and stay in RAM. It stretches 14 GiB to about 16-18 GiB of build memory, not to RAM plus device size: the compressed data lives in the same RAM. It does nothing for memory that all running compilers use at once.",
    pitfalls: [
      "Builds then thrash before they fail: keep `max-jobs` × `cores` within the plan.",
      "Don't run zswap beside it (`zswap.enabled=1`).",
    ],
    sources: [ZRAM, ZRAM_KERNEL, issue("NixOS/nixpkgs#195522", "zram is no replacement for fewer cores")],
  }),
  option("zramSwap.memoryPercent", {
    platforms: NIXOS,
    type: INT,
    default: "50",
    summary: "Size of the zram device, in percent of RAM, counted uncompressed.",
    details:
      "Not the memory it takes, but how much data may be swapped into it: 75 on 16 GB is a device of 12 GB that needs about 4.8 GB of RAM when full at a ratio of 2.5. Values over 100 are legal; beyond 200 there is little point, since the compressed data no longer fits.",
    pitfalls: ['An integer: `0.75` and `"75%"` fail the evaluation.'],
    sources: [
      ZRAM,
      ZRAM_KERNEL,
      issue("NixOS/nixpkgs#189111", "what the number means"),
      tested("lib.evalModules: 150 is accepted, 0.75 is not"),
    ],
  }),
  option("zramSwap.memoryMax", {
    platforms: NIXOS,
    type: nullOr(INT),
    default: "null",
    summary: "Upper limit of the device's size, in bytes.",
    details: "The size is the smaller of this and `memoryPercent`.",
    sources: [ZRAM],
  }),
  option("zramSwap.algorithm", {
    platforms: NIXOS,
    type: either(enumeration("lzo", "lz4", "zstd"), STRING),
    default: '"zstd"',
    summary: "Compression algorithm.",
    details:
      "`zstd`, the default, holds 28-53 % more than `lz4` at about a third of its speed. With builds that run out of memory, holding more is what counts; with builds that swap all the time on few threads, `lz4` costs them less CPU.",
    sources: [ZRAM, documentation("zram measurements collected", "https://notes.xeome.dev/notes/Zram")],
  }),
  option("zramSwap.priority", {
    platforms: NIXOS,
    type: INT,
    default: "5",
    summary: "Swap priority; must be above that of disk swap.",
    details: "With a lower one the disk is filled first and zram stays empty.",
    sources: [ZRAM],
  }),
  option("zramSwap.swapDevices", {
    platforms: NIXOS,
    type: INT,
    default: "1",
    summary: "How many zram devices.",
    details: "One is right: the kernel uses all threads on one device.",
    sources: [ZRAM],
  }),
  option("zramSwap.writebackDevice", {
    platforms: NIXOS,
    type: nullOr({ kind: "path" }),
    default: "null",
    summary: "Block device to which pages go that don't compress.",
    details: "Needs `swapDevices` of 1.",
    sources: [ZRAM],
  }),
  option("zramSwap.numDevices", {
    platforms: NIXOS,
    type: INT,
    removed: "Use `zramSwap.swapDevices`.",
    summary: "Removed: number of zram devices.",
    sources: [ZRAM],
  }),

  option("boot.tmp.useTmpfs", {
    platforms: NIXOS,
    type: BOOL,
    default: "false",
    summary: "Keeps /tmp in memory.",
    details:
      "Up to Nix 2.29 builds run in /tmp: then every build tree is RAM, and large builds fail with `No space left on device` or push everything else into swap. Since 2.30 builds run in /nix/var/nix/builds on disk and this option doesn't touch them, unless `build-dir` points into /tmp.",
    sources: [TMP, issue("NixOS/nix#4137", "builds fail on a small tmpfs")],
  }),
  option("boot.tmp.tmpfsSize", {
    platforms: NIXOS,
    type: either(STRING, POSITIVE),
    default: '"50%"',
    summary: "Upper limit of that tmpfs.",
    details:
      "A percentage of RAM, or a size with suffix. Files in it are taken from the memory of builds and programs.",
    sources: [TMP, tested("lib.evalModules: 0 is refused")],
  }),
  option("boot.tmp.tmpfsHugeMemoryPages", {
    platforms: NIXOS,
    type: enumeration("never", "always", "within_size", "advise"),
    default: '"never"',
    summary: "Huge pages for that tmpfs.",
    details: "`always` makes small files take 2 MiB each.",
    sources: [TMP],
  }),
  option("boot.tmp.cleanOnBoot", {
    platforms: NIXOS,
    type: BOOL,
    default: "false",
    summary: "Empties /tmp at boot.",
    details: "With builds in /tmp (Nix before 2.30) it removes what killed builds left.",
    sources: [TMP],
  }),
  option("boot.tmp.useZram", {
    platforms: NIXOS,
    type: BOOL,
    default: "false",
    summary: "Keeps /tmp on a compressed device in memory.",
    pitfalls: ["Fails an assertion together with `boot.tmp.useTmpfs`."],
    sources: [ZRAM_TMP, issue("NixOS/nixpkgs#320917")],
  }),
  option("boot.tmp.zramSettings.zram-size", {
    platforms: NIXOS,
    type: STRING,
    default: '"ram * 0.5"',
    summary: "Size of that device: an expression in MB.",
    pitfalls: ['A literal with a unit (`"8G"`) is misread: write `"8192"` or `"ram / 2"`.'],
    sources: [ZRAM_TMP],
  }),
  option("boot.tmp.zramSettings.compression-algorithm", {
    platforms: NIXOS,
    type: STRING,
    default: '"zstd"',
    summary: "Its compression algorithm.",
    sources: [ZRAM_TMP],
  }),
  option("boot.tmp.zramSettings.fs-type", {
    platforms: NIXOS,
    type: STRING,
    default: '"ext4"',
    summary: "Its file system.",
    sources: [ZRAM_TMP],
  }),
  option("boot.tmp.zramSettings.options", {
    platforms: NIXOS,
    type: STRING,
    default: '"X-mount.mode=1777,discard"',
    summary: "Its mount options.",
    sources: [ZRAM_TMP],
  }),
  option("boot.tmpOnTmpfs", {
    platforms: NIXOS,
    type: BOOL,
    renamedTo: ["boot", "tmp", "useTmpfs"],
    summary: "Old name of `boot.tmp.useTmpfs`.",
    details: "Renamed in NixOS 23.05.",
    sources: [TMP],
  }),
  option("boot.tmpOnTmpfsSize", {
    platforms: NIXOS,
    type: either(STRING, POSITIVE),
    renamedTo: ["boot", "tmp", "tmpfsSize"],
    summary: "Old name of `boot.tmp.tmpfsSize`.",
    details: "Renamed in NixOS 23.05.",
    sources: [TMP],
  }),
  option("boot.cleanTmpDir", {
    platforms: NIXOS,
    type: BOOL,
    renamedTo: ["boot", "tmp", "cleanOnBoot"],
    summary: "Old name of `boot.tmp.cleanOnBoot`.",
    details: "Renamed in NixOS 23.05.",
    sources: [TMP],
  }),
  option("boot.readOnlyNixStore", {
    platforms: NIXOS,
    type: BOOL,
    default: "true",
    summary: "Mounts /nix/store read-only for everybody but the daemon.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/system/boot/stage-2.nix")],
  }),

  option("swapDevices", {
    platforms: NIXOS,
    type: listOf({ kind: "submodule" }),
    default: "[ ]",
    summary: "Swap partitions and files on disk.",
    details:
      "Behind zram they catch what is really cold: 8-16 GB let chromium-class builds finish on 16 GB. They are much slower than RAM, so they don't count as memory for planning.",
    sources: [
      SWAP,
      documentation(
        "Chromium's build instructions",
        "https://chromium.googlesource.com/chromium/src/+/main/docs/linux/build_instructions.md",
      ),
    ],
  }),
  option("swapDevices.[].device", {
    platforms: NIXOS,
    type: STRING,
    summary: "Path of the partition or file.",
    sources: [SWAP],
  }),
  option("swapDevices.[].label", {
    platforms: NIXOS,
    type: STRING,
    summary: "Label of the partition, instead of `device`.",
    sources: [SWAP],
  }),
  option("swapDevices.[].size", {
    platforms: NIXOS,
    type: nullOr(INT),
    default: "null",
    summary: "Size in MiB of a swap file that NixOS creates.",
    sources: [SWAP],
  }),
  option("swapDevices.[].priority", {
    platforms: NIXOS,
    type: nullOr(INT),
    default: "null",
    summary: "Priority; keep it below that of zram (5).",
    sources: [SWAP],
  }),
  option("swapDevices.[].discardPolicy", {
    platforms: NIXOS,
    type: nullOr(enumeration("once", "pages", "both")),
    default: "null",
    summary: "Which freed space is reported to the SSD.",
    sources: [SWAP],
  }),
  option("swapDevices.[].options", {
    platforms: NIXOS,
    type: listOf(STRING),
    default: '[ "defaults" ]',
    summary: "Mount options.",
    sources: [SWAP],
  }),
  option("swapDevices.[].randomEncryption", {
    platforms: NIXOS,
    type: either(BOOL, { kind: "submodule" }),
    default: "false",
    summary: "Encrypts with a new key at each boot.",
    details: "Hibernation is impossible with it.",
    sources: [SWAP],
  }),
  option("swapDevices.[].randomEncryption.*", {
    platforms: NIXOS,
    type: ANY,
    summary: "Details of that encryption.",
    sources: [SWAP],
  }),

  option("boot.kernel.sysctl", {
    platforms: NIXOS,
    type: { kind: "attrs" },
    default: "{ }",
    summary: "Kernel parameters under /proc/sys.",
    details: "Each name is defined once: two modules that set the same name differently fail the evaluation.",
    sources: [code("NixOS/nixpkgs", "nixos/modules/config/sysctl.nix")],
  }),
  sysctl(
    "vm.swappiness",
    { kind: "int", min: 0, max: 200 },
    "60",
    "How readily the kernel swaps instead of dropping file caches.",
    "With zram 100-180: fetching a page back from compressed RAM is faster than reading a file again. Over 100 needs Linux 5.8. With disk swap only, keep 60 or less.",
  ),
  sysctl(
    "vm.page-cluster",
    { kind: "int", min: 0 },
    "3",
    "How many pages are read ahead from swap, as a power of two.",
    "With zram 0: neighbours cost decompression and are rarely needed. Measured read latency with zstd fell from 41 to 5.7 µs.",
  ),
  sysctl(
    "vm.watermark_boost_factor",
    { kind: "int", min: 0 },
    "15000",
    "How much memory is freed in advance when it is fragmented.",
    "0 with zram, so that the kernel doesn't swap in bursts.",
  ),
  sysctl(
    "vm.watermark_scale_factor",
    { kind: "int", min: 1, max: 3000 },
    "10",
    "How early background swapping starts, in 1/10000 of memory.",
    "125 with zram: it starts before builds have to wait for memory.",
  ),
  sysctl(
    "vm.vfs_cache_pressure",
    { kind: "int", min: 0 },
    "100",
    "How readily directory and inode caches are dropped.",
    "Rarely worth a change for builds.",
  ),
  sysctl(
    "vm.dirty_ratio",
    { kind: "int", min: 0, max: 100 },
    "20",
    "Share of memory, in percent, that may wait to be written before writers are stopped.",
    "20 % of 16 GB are 3.2 GB that a build's output can hold; lower it if the desktop stalls while large files are written.",
  ),
  sysctl(
    "vm.dirty_background_ratio",
    { kind: "int", min: 0, max: 100 },
    "10",
    "Share of memory, in percent, at which writing begins in the background.",
    "Keep it below `vm.dirty_ratio`.",
  ),
  sysctl(
    "vm.dirty_bytes",
    { kind: "int", min: 0 },
    "0",
    "As `vm.dirty_ratio`, in bytes; the one that was set last counts.",
    "Steadier than a percentage on machines with much memory.",
  ),
  sysctl("vm.dirty_background_bytes", { kind: "int", min: 0 }, "0", "As `vm.dirty_background_ratio`, in bytes.", ""),
  sysctl(
    "vm.overcommit_memory",
    { kind: "int", min: 0, max: 2 },
    "0",
    "Whether the kernel promises more memory than there is.",
    "2 makes large allocations of linkers, GHC and node fail although memory is free. 1 never refuses: failures come as kills later.",
  ),
  sysctl(
    "vm.overcommit_ratio",
    { kind: "int", min: 0 },
    "50",
    "Percentage of RAM that may be promised with `vm.overcommit_memory` = 2.",
    "",
  ),
  sysctl(
    "vm.min_free_kbytes",
    { kind: "int", min: 0 },
    "computed from RAM",
    "Memory that is always kept free, in KiB.",
    "Whatever is set here is missing from the builds.",
  ),
  sysctl(
    "vm.max_map_count",
    { kind: "int", min: 0 },
    "1048576 on NixOS",
    "How many memory mappings one process may have.",
    "Large links with mold or lld map every object file.",
  ),
  sysctl(
    "vm.oom_kill_allocating_task",
    { kind: "int", min: 0, max: 1 },
    "0",
    "Kills who asked for memory instead of the largest process.",
    "With 1 an innocent desktop program may die for a build.",
  ),
  sysctl("vm.panic_on_oom", { kind: "int", min: 0, max: 2 }, "0", "Stops the machine when memory runs out.", ""),
  sysctl(
    "kernel.sched_autogroup_enabled",
    { kind: "int", min: 0, max: 1 },
    "1",
    "Shares CPU time by session first.",
    "Has no effect between systemd units, which have their own groups.",
  ),

  option("systemd.oomd.enable", {
    platforms: NIXOS,
    type: BOOL,
    default: "true",
    summary: "Kills whole control groups when memory stays short.",
    details:
      "On by default but watching nothing: it needs `enableRootSlice`, `enableSystemSlice`, `enableUserSlices`, or `ManagedOOM...=` on a unit.",
    sources: [OOMD],
  }),
  ...(["enableRootSlice", "enableSystemSlice", "enableUserSlices"] as const).map((name) =>
    option(["systemd", "oomd", name], {
      platforms: NIXOS,
      type: BOOL,
      default: "false",
      summary: `Lets oomd watch the ${name.slice("enable".length).replace("Slice", " slice").toLowerCase()}.`,
      details:
        name === "enableSystemSlice"
          ? "nix-daemon and with it all builds are in the system slice, but so is every other service: any of them may be killed."
          : "",
      sources: [OOMD],
    }),
  ),
  option("systemd.oomd.settings.OOM", {
    platforms: NIXOS,
    type: { kind: "attrs" },
    default: "{ }",
    summary: "Content of oomd.conf.",
    sources: [OOMD],
  }),
  option("systemd.oomd.settings.OOM.*", {
    platforms: NIXOS,
    type: ANY,
    summary: "A key of oomd.conf.",
    sources: [
      OOMD,
      documentation("oomd.conf(5)", "https://www.freedesktop.org/software/systemd/man/latest/oomd.conf.html"),
    ],
  }),
  option("systemd.oomd.enableUserServices", {
    platforms: NIXOS,
    type: BOOL,
    renamedTo: ["systemd", "oomd", "enableUserSlices"],
    summary: "Old name of `systemd.oomd.enableUserSlices`.",
    sources: [OOMD],
  }),
  option("systemd.oomd.extraConfig", {
    platforms: NIXOS,
    type: { kind: "attrs" },
    renamedTo: ["systemd", "oomd", "settings", "OOM"],
    summary: "Old name of `systemd.oomd.settings.OOM`.",
    sources: [OOMD],
  }),
  option("systemd.oomd.extraConfig.*", {
    platforms: NIXOS,
    type: ANY,
    renamedTo: ["systemd", "oomd", "settings", "OOM", "*"],
    summary: "A key of oomd.conf, at its old place.",
    sources: [OOMD],
  }),

  earlyoom(
    "enable",
    BOOL,
    "false",
    "Kills the largest process before memory runs out.",
    "It acts when free memory **and** free swap are both below their thresholds: with a large zram device the second comes late, after long thrashing. Then raise `freeSwapThreshold`.",
  ),
  earlyoom("freeMemThreshold", PERCENT, "10", "Free memory, in percent, below which it acts."),
  earlyoom(
    "freeSwapThreshold",
    PERCENT,
    "10",
    "Free swap, in percent, below which it acts.",
    "Both conditions must hold.",
  ),
  earlyoom(
    "freeMemKillThreshold",
    nullOr(PERCENT),
    "null",
    "Free memory, in percent, below which it kills without warning.",
    "Half of `freeMemThreshold` unless set.",
  ),
  earlyoom(
    "freeSwapKillThreshold",
    nullOr(PERCENT),
    "null",
    "Free swap, in percent, below which it kills without warning.",
    "Half of `freeSwapThreshold` unless set.",
  ),
  earlyoom("enableNotifications", BOOL, "false", "Tells the desktop what it killed."),
  earlyoom("enableDebugInfo", BOOL, "false", "Logs more."),
  earlyoom("killHook", nullOr({ kind: "path" }), "null", "Program that runs for each process it kills."),
  earlyoom("reportInterval", INT, "3600", "Seconds between reports of free memory in the log."),
  earlyoom(
    "extraArgs",
    listOf(STRING),
    "[ ]",
    "Further arguments.",
    "`--prefer '^(cc1plus|rustc|ld|node)$'` makes builds die before the session; `-g` kills the whole process group.",
  ),
];
