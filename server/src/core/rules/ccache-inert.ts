// programs.ccache without packages: it is installed and compiles nothing.
import { code, documentation } from "../catalogue/cite.js";
import type { Rule } from "./rule.js";
import { isTrue } from "./support/sizes.js";
import { spot } from "./support/spot.js";
import { wordsOf } from "./support/words.js";

const CCACHE_STDENV = /ccacheStdenv|ccacheWrapper/;

export const ccacheInert: Rule = {
  id: "ccache-inert",
  title: "ccache is on and caches nothing",
  class: "misconfiguration",
  severity: "warning",
  confidence: 0.9,
  tier: "P2",
  docs: {
    what: "Finds `programs.ccache.enable = true` without `packageNames`, where nothing in the workspace uses `ccacheStdenv` or `ccacheWrapper`.",
    why: "The module makes the folder and the command. Packages are built with ccache only where `packageNames` names them or an overlay takes `ccacheStdenv`: so far every build compiles everything.",
    when: "NixOS.",
    risk: "None: there is no edit, for only you know which packages you rebuild often. Each one that is named is rebuilt and loses the binary cache.",
    rollback: "Nothing to undo.",
    evidence: [
      code("NixOS/nixpkgs", "nixos/modules/programs/ccache.nix", "the wrapper is set up for packageNames only"),
      documentation("NixOS Wiki: CCache", "https://wiki.nixos.org/wiki/CCache"),
    ],
  },
  examples: [
    {
      title: "No packages",
      machine: "none",
      before: "{ boot.tmp.cleanOnBoot = true; ⟦programs.ccache.enable = true;⟧ }\n",
    },
    {
      title: "One package",
      machine: "none",
      before: `{
  boot.tmp.cleanOnBoot = true;
  programs.ccache = { enable = true; packageNames = [ "ffmpeg" ]; };
  nix.settings.extra-sandbox-paths = [ "/var/cache/ccache" ];
}
`,
    },
  ],
  *checkHost(host, { model }) {
    const enabled = host.option(["programs", "ccache", "enable"]);
    const packages = host.option(["programs", "ccache", "packageNames"]);
    if (host.platform !== "nixos" || enabled.state !== "known" || !isTrue(enabled)) return;
    if (packages.state === "unknown" || model.mentions(CCACHE_STDENV)) return;
    if (packages.state === "known" && wordsOf(packages.value)?.length !== 0) return;
    yield {
      ...spot(enabled.definitions[0]),
      message:
        "ccache is switched on for no package: name the ones you rebuild often in `programs.ccache.packageNames`, or build them with `ccacheStdenv`.",
    };
  },
};
