// Kernel settings that suit swap in memory.

/** Source: nix-community/infra modules/nixos/common/default.nix; the kernel's defaults are made for disks. */
export const ZRAM_SYSCTL: readonly (readonly [name: string, value: string])[] = [
  ["vm.swappiness", "180"],
  ["vm.page-cluster", "0"],
  ["vm.watermark_boost_factor", "0"],
  ["vm.watermark_scale_factor", "125"],
];
