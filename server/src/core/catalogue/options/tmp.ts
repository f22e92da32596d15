// Options of /tmp: where it is, how large it may be, and when it is emptied.
import { code, issue, tested } from "../cite.js";
import { BOOL, either, enumeration, option, POSITIVE, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const TMP = code("NixOS/nixpkgs", "nixos/modules/system/boot/tmp.nix");
const ZRAM_TMP = code("NixOS/nixpkgs", "nixos/modules/system/boot/zram-as-tmp.nix");
const NIXOS = ["nixos"] as const;

export const TMP_OPTIONS: readonly OptionFact[] = [
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
];
