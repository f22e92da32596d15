// Options below a known set that no table describes by name: newer ones, or those of other implementations.
// A lookup finds them last, so that every key of these sets is reported and none is taken for a known one.
import { code, documentation } from "../cite.js";
import { ANY, option } from "../define.js";
import type { OptionFact } from "../facts.js";
import type { Source } from "../source.js";

const SYSTEMD = documentation(
  "systemd.unit(5)",
  "https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html",
);
const REMOTE = code("NixOS/nixpkgs", "nixos/modules/config/nix-remote-build.nix");

const SETS: readonly (readonly [path: string, platforms: OptionFact["platforms"], what: string, source: Source])[] = [
  ["zramSwap.*", ["nixos"], "zram", code("NixOS/nixpkgs", "nixos/modules/config/zram.nix")],
  ["boot.tmp.*", ["nixos"], "/tmp", code("NixOS/nixpkgs", "nixos/modules/system/boot/tmp.nix")],
  [
    "boot.tmp.zramSettings.*",
    ["nixos"],
    "/tmp on zram",
    code("NixOS/nixpkgs", "nixos/modules/system/boot/zram-as-tmp.nix"),
  ],
  ["swapDevices.[].*", ["nixos"], "a swap device", code("NixOS/nixpkgs", "nixos/modules/config/swap.nix")],
  ["systemd.oomd.*", ["nixos"], "systemd-oomd", code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix")],
  ["systemd.oomd.*.*", ["nixos"], "systemd-oomd", code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix")],
  ["services.earlyoom.*", ["nixos"], "earlyoom", code("NixOS/nixpkgs", "nixos/modules/services/system/earlyoom.nix")],
  ["systemd.services.earlyoom.*", ["nixos"], "earlyoom's unit", SYSTEMD],
  ["systemd.services.earlyoom.*.*", ["nixos"], "earlyoom's unit", SYSTEMD],
  ["programs.ccache.*", ["nixos"], "ccache", code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix")],
  [
    "nix.gc.*",
    ["nixos", "darwin", "home-manager"],
    "garbage collection on a timer",
    code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-gc.nix"),
  ],
  [
    "nix.gc.interval.*",
    ["darwin"],
    "the time of garbage collection",
    code("nix-darwin/nix-darwin", "modules/services/nix-gc/default.nix"),
  ],
  [
    "nix.gc.interval.[].*",
    ["darwin"],
    "the time of garbage collection",
    code("nix-darwin/nix-darwin", "modules/services/nix-gc/default.nix"),
  ],
  [
    "nix.optimise.*",
    ["nixos", "darwin"],
    "deduplication on a timer",
    code("NixOS/nixpkgs", "nixos/modules/services/misc/nix-optimise.nix"),
  ],
  [
    "nix.optimise.interval.*",
    ["darwin"],
    "the time of deduplication",
    code("nix-darwin/nix-darwin", "modules/services/nix-optimise/default.nix"),
  ],
  [
    "nix.optimise.interval.[].*",
    ["darwin"],
    "the time of deduplication",
    code("nix-darwin/nix-darwin", "modules/services/nix-optimise/default.nix"),
  ],
  ["nix.buildMachines.[].*", ["nixos", "darwin", "home-manager"], "a remote builder", REMOTE],
  ["determinateNix.buildMachines.[].*", ["nixos", "darwin"], "a remote builder", REMOTE],
  [
    "nix.linux-builder.*",
    ["darwin"],
    "the Linux builder on macOS",
    code("nix-darwin/nix-darwin", "modules/nix/linux-builder.nix"),
  ],
];

export const FALLBACK_OPTIONS: readonly OptionFact[] = SETS.map(([path, platforms, what, source]) =>
  option(path, { platforms, type: ANY, summary: `A property of ${what}.`, sources: [source] }),
);
