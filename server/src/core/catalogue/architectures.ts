// CPU names that compilers take for -march and -mtune, so that a misspelt one can be told.

/** Source: nixpkgs lib/systems/architectures.nix, 2026-06. */
const NIXPKGS = [
  ...["default", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "nehalem", "westmere", "silvermont", "sandybridge"],
  ...["ivybridge", "haswell", "broadwell", "skylake", "skylake-avx512", "cannonlake", "icelake-client"],
  ...["icelake-server", "rocketlake", "cascadelake", "cooperlake", "tigerlake", "alderlake", "sapphirerapids"],
  ...["emeraldrapids", "sierraforest", "btver1", "btver2", "bdver1", "bdver2", "bdver3", "bdver4"],
  ...["znver1", "znver2", "znver3", "znver4", "znver5", "loongson2f", "la464", "la664", "la64v1.0", "la64v1.1"],
  ...["loongarch64", "mips32", "armv5te", "armv6", "armv7-a", "armv8-a"],
] as const;

/** Names of gcc's manual that nixpkgs has no features for. */
const GCC = [
  ...["native", "generic", "intel", "i386", "i486", "i586", "i686", "pentium", "pentium4", "prescott", "nocona"],
  ...["core2", "bonnell", "atom", "corei7", "corei7-avx", "core-avx-i", "core-avx2", "knl", "knm", "goldmont"],
  ...["goldmont-plus", "tremont", "gracemont", "grandridge", "clearwaterforest", "arrowlake", "arrowlake-s"],
  ...["lunarlake", "pantherlake", "meteorlake", "raptorlake", "graniterapids", "graniterapids-d", "diamondrapids"],
  ...["novalake", "wildcatlake", "k6", "k8", "k8-sse3", "athlon", "athlon64", "opteron", "barcelona", "amdfam10"],
  ...["geode", "c3", "lujiazui", "yongfeng", "shijidadao", "znver6", "armv6k", "armv6kz", "armv7", "armv7ve"],
  ...["armv7-r", "armv7-m", "armv8.1-a", "armv8.2-a", "armv8.3-a", "armv8.4-a", "armv8.5-a", "armv9-a"],
] as const;

export const ARCHITECTURES: ReadonlySet<string> = new Set([...NIXPKGS, ...GCC]);
