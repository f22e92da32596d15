// Options that decide who is killed when memory is short.
import { code, documentation } from "../cite.js";
import { ANY, BOOL, INT, listOf, nullOr, option, STRING } from "../define.js";
import type { OptionFact } from "../facts.js";

const OOMD = code("NixOS/nixpkgs", "nixos/modules/system/boot/systemd/oomd.nix");
const EARLYOOM = code("NixOS/nixpkgs", "nixos/modules/services/system/earlyoom.nix");
const NIXOS = ["nixos"] as const;

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

export const OOM_OPTIONS: readonly OptionFact[] = [
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
