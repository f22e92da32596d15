// Options of swap: compressed swap in RAM, swap devices, and the kernel parameters that belong to them.
import { code, documentation, issue, tested } from "../cite.js";
import { ANY, BOOL, either, enumeration, INT, listOf, nullOr, option, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const ZRAM = code("NixOS/nixpkgs", "nixos/modules/config/zram.nix");
const SWAP = code("NixOS/nixpkgs", "nixos/modules/config/swap.nix");
const SYSCTL = code("NixOS/nixpkgs", "nixos/modules/config/sysctl.nix");
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
    // What NixOS' module takes for any of them; what is written is text in the end.
    type: either(type, STRING),
    default: defaultText,
    summary,
    details,
    sources: [VM_SYSCTL, SYSCTL, INFRA],
  });
}

export const SWAP_OPTIONS: readonly OptionFact[] = [
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
    sources: [SYSCTL],
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
];
