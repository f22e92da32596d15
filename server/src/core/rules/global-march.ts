// The whole system compiled for one processor.
import { issue, documentation, estimate } from "../catalogue/cite.js";
import { removeDefinition } from "../edits/options.js";
import type { TextEdit } from "../text/edit.js";
import type { Definition, Host } from "../workspace/model.js";
import type { FixDraft, Rule } from "./rule.js";
import { spot } from "./support/spot.js";

/** Processors that cache.nixos.org holds nothing for, so there is nothing to lose. 64-bit ARM it does serve. */
const UNCACHED = /^(armv[4-7]|mips|loong|la\d|rv|riscv|power|ppc|s390|octeon|default$)/;
const PLATFORMS = ["hostPlatform", "localSystem", "buildPlatform"];

export const globalMarch: Rule = {
  id: "global-march",
  title: "The whole system compiled for one processor",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.85,
  claimedConfidence: 0.25,
  tier: "P1",
  opposes: ["generic-march"],
  docs: {
    what: "Finds `gcc.arch` or `gcc.tune` for the whole system, in `nixpkgs.hostPlatform` or `nixpkgs.localSystem`.",
    why: "It changes every package, so nothing comes from the binary cache: the compiler itself is built first, then all else, for days and after each update. The gain is mixed: 5-15 % in programs that calculate, none or less in the rest, and what chooses at run time (openssl, ffmpeg, numpy) has it already. The founding document recommends such flags with 0.75, so under its profile this rule is off.",
    when: "Always, unless you keep a build farm or a cache of your own.",
    risk: "Packages that were to use the instructions must be named one by one (`env.NIX_CFLAGS_COMPILE`, `-C target-cpu`). Not applied automatically.",
    rollback: "Set the option again.",
    evidence: [
      issue("NixOS/nixpkgs#59148", "the whole closure is rebuilt, and needs the feature `gccarch-…`"),
      documentation("NixOS Wiki: build flags", "https://wiki.nixos.org/wiki/Build_flags"),
      estimate("distribution-wide tests of x86-64-v3 (sunnyflunk 2023, Arch RFC 2) are mixed"),
    ],
  },
  examples: [
    {
      title: "Skylake for everything",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.system-features = [ "gccarch-skylake" "big-parallel" ];
  nixpkgs.hostPlatform = {
    system = "x86_64-linux";
    ⟦gcc.arch = "skylake";⟧
    gcc.tune = "skylake";
  };
}
`,
      after: `{
  boot.tmp.cleanOnBoot = true;
  nix.settings.system-features = [ "gccarch-skylake" "big-parallel" ];
  nixpkgs.hostPlatform = {
    system = "x86_64-linux";
  };
}
`,
    },
    {
      title: "A board that no cache serves",
      machine: "none",
      before:
        '{ boot.tmp.cleanOnBoot = true; nix.settings.system-features = [ "gccarch-armv6" ]; nixpkgs.hostPlatform = { system = "armv6l-linux"; gcc.arch = "armv6"; }; }\n',
    },
  ],
  *checkHost(host) {
    const flags = host.definitions.filter(isFlag);
    const first = flags.find(({ value }) => value.kind === "string" && !UNCACHED.test(value.value));
    if (first?.value.kind !== "string") return;
    yield {
      ...spot(first),
      message: `gcc.${first.attrPath.at(-1)} = "${first.value.value}" for the whole system: nothing comes from the binary cache, compilers included, and most programs gain nothing. Set flags for the packages that do.`,
      fixes: [
        {
          title: "Compile the system for any processor",
          applicability: "unsafe",
          rebuilds: true,
          edits: removal(
            flags.filter(({ file }) => file === first.file),
            host,
          ),
        },
      ],
    };
  },
};

function isFlag({ attrPath }: Definition): boolean {
  const [nixpkgs, platform = "", gcc, name = ""] = attrPath;
  return (
    attrPath.length === 4 &&
    nixpkgs === "nixpkgs" &&
    PLATFORMS.includes(platform) &&
    gcc === "gcc" &&
    /^(arch|tune)$/.test(name)
  );
}

/** All of them at once; refused where one can't go, or another file sets more. */
function removal(flags: readonly Definition[], host: Host): FixDraft["edits"] {
  if (flags.length !== host.definitions.filter(isFlag).length) return undefined;
  const edits: TextEdit[] = [];
  for (const flag of flags) {
    const removed = removeDefinition(flag);
    if (!removed) return undefined;
    edits.push(...removed);
  }
  return edits;
}
