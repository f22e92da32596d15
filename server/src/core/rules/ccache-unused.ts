// A large C++ package that is built here again and again, without a compiler cache.
import { appendWord } from "../edits/optionLists.js";
import { setOptions, type OptionEdit } from "../edits/options.js";
import { both } from "../edits/packageMove.js";
import type { Definition, Host, Package } from "../workspace/model.js";
import type { Draft, FixDraft, Rule } from "./rule.js";
import { argumentText } from "./support/attributes.js";
import { spot } from "./support/spot.js";
import { wordsOfSetting } from "./support/words.js";

/** The module's default. Source: nixos/modules/programs/ccache.nix. */
const CACHE_FOLDER = "/var/cache/ccache";

export const ccacheUnused: Rule = {
  id: "ccache-unused",
  title: "A patched C++ package without a compiler cache",
  class: "missed-optimization",
  severity: "warning",
  confidence: 0.4,
  claimedConfidence: 0.72,
  tier: "experimental",
  docs: {
    what: "Finds NixOS hosts that build C or C++ packages with overrides of their own (patches, flags) and do not use `programs.ccache`.",
    why: "A changed patch or flag builds the whole package again, although most of its files compile to what they did before. ccache keeps those results across builds. At a hit rate of 40 % a build becomes 30 % faster, at 60 % twice as fast; below, its own cost (5-20 % of each miss) eats the gain.",
    when: "The same sources built often: a kernel, browser or onnxruntime that you patch. Updates of the compiler or of dependencies miss entirely, for their store paths are part of the command line. Not for Rust or Go.",
    risk: "A hole in the sandbox: results depend on a folder of the machine. It needs two activations, the first one makes the folder. The packages that are named are rebuilt and lose the binary cache.",
    rollback: "Remove the options, then /var/cache/ccache.",
    evidence: [
      { grade: "documentation", text: "ccache: performance", url: "https://ccache.dev/performance.html" },
      { grade: "documentation", text: "NixOS Wiki: CCache", url: "https://wiki.nixos.org/wiki/CCache" },
      {
        grade: "source-code",
        text: "NixOS nixos/modules/programs/ccache.nix: only `packageNames` puts it to use, and the sandbox path is not added",
        url: "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/programs/ccache.nix",
      },
    ],
  },
  examples: [
    {
      title: "Under the founding profile",
      configuration: { confidenceProfile: "founding" },
      before: `#- flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./host.nix ];
    };
  };
}
#- host.nix
{
  ⟦nix.settings⟧ = {
    max-jobs = 3;
    cores = 2;
  };
  nixpkgs.overlays = [
    (final: prev: {
      onnxruntime = prev.onnxruntime.overrideAttrs (old: {
        patches = (old.patches or [ ]) ++ [ ./fix.patch ];
        cmakeFlags = old.cmakeFlags ++ [ "-Donnxruntime_ENABLE_LTO=OFF" ];
      });
    })
  ];
}
`,
      after: `#- flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
      modules = [ ./host.nix ];
    };
  };
}
#- host.nix
{
  nix.settings = {
    max-jobs = 3;
    cores = 2;
    extra-sandbox-paths = [ "/var/cache/ccache" ];
  };
  programs.ccache = {
    enable = true;
    packageNames = [ "onnxruntime" ];
  };
  nixpkgs.overlays = [
    (final: prev: {
      onnxruntime = prev.onnxruntime.overrideAttrs (old: {
        patches = (old.patches or [ ]) ++ [ ./fix.patch ];
        cmakeFlags = old.cmakeFlags ++ [ "-Donnxruntime_ENABLE_LTO=OFF" ];
      });
    })
  ];
}
`,
    },
    {
      title: "Beside the paths that the sandbox has",
      configuration: { confidenceProfile: "founding" },
      before: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
  };
}
#- host.nix
{
  ⟦nix.settings⟧ = {
    max-jobs = 3;
    cores = 2;
    extra-sandbox-paths = [ "/etc/keys" ];
  };
  nixpkgs.overlays = [
    (final: prev: {
      onnxruntime = prev.onnxruntime.overrideAttrs (old: { cmakeFlags = [ "-GNinja" "-DX=OFF" ]; });
    })
  ];
}
`,
      after: `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
  };
}
#- host.nix
{
  nix.settings = {
    max-jobs = 3;
    cores = 2;
    extra-sandbox-paths = [ "/etc/keys" "/var/cache/ccache" ];
  };
  programs.ccache = {
    enable = true;
    packageNames = [ "onnxruntime" ];
  };
  nixpkgs.overlays = [
    (final: prev: {
      onnxruntime = prev.onnxruntime.overrideAttrs (old: { cmakeFlags = [ "-GNinja" "-DX=OFF" ]; });
    })
  ];
}
`,
    },
    {
      title: "Not for Rust",
      configuration: { confidenceProfile: "founding" },
      before: `{ pkgs, ... }:
{
  boot.tmp.cleanOnBoot = true;
  nix.settings.cores = 2;
  nixpkgs.overlays = [
    (final: prev: {
      demo = prev.demo.overrideAttrs (old: { patches = [ ./fix.patch ]; cargoHash = ""; });
    })
  ];
}
`,
    },
    {
      title: "No package of C++ is built",
      configuration: { confidenceProfile: "founding" },
      before: "{ boot.tmp.cleanOnBoot = true; nix.settings.cores = 2; }\n",
    },
  ],
  *checkHost(host, { model }) {
    if (host.platform !== "nixos" || host.option(["programs", "ccache", "enable"]).state !== "unset") return;
    const packages = model.packages.filter((pkg) => pkg.hosts.includes(host) && isCandidate(pkg));
    const draft = finding(host, [...new Set(packages.map((pkg) => pkg.name))], packages);
    if (draft) yield draft;
  },
};

/** An override of a package of nixpkgs: only those can be named in `programs.ccache.packageNames`. */
function isCandidate(pkg: Package): boolean {
  return (
    pkg.form === "overrideAttrs" && (pkg.builder === "c" || pkg.builder === "cuda") && !/ccache/.test(argumentText(pkg))
  );
}

function finding(host: Host, names: readonly string[], packages: readonly Package[]): Draft | undefined {
  const anchor = host.definitions.find((d) => d.attrPath[0] === "nix" && d.attrPath[1] === "settings" && !d.inText);
  if (names.length === 0 || !anchor) return undefined;
  const entries: OptionEdit[] = [
    { path: ["programs", "ccache", "enable"], value: "true" },
    { path: ["programs", "ccache", "packageNames"], value: `[ ${names.map((name) => `"${name}"`).join(" ")} ]` },
  ];
  return {
    ...spot(anchor),
    message: `This host builds ${names.join(", ")} with changes of its own and has no compiler cache. ccache pays where most of the same source compiles again: 30 % faster at a hit rate of 40 %.`,
    related: packages.map((pkg) => ({ file: pkg.file, range: pkg.range, message: `\`${pkg.name}\` is changed here` })),
    fixes: [
      {
        title: `Cache the compilation of ${names.join(", ")} with ccache`,
        applicability: "unsafe",
        preferred: true,
        rebuilds: true,
        edits: edits(host, entries, anchor),
      },
    ],
  };
}

/** The options, and the folder among the sandbox's paths, beside those that are there. */
function edits(host: Host, entries: readonly OptionEdit[], near: Definition): FixDraft["edits"] {
  const extra = host.setting("extra-sandbox-paths");
  if (extra.state === "unset") {
    const folder = { path: ["nix", "settings", "extra-sandbox-paths"], value: `[ "${CACHE_FOLDER}" ]` };
    return setOptions(host, [...entries, folder], near);
  }
  const isThere = wordsOfSetting(host, "extra-sandbox-paths")?.includes(CACHE_FOLDER);
  const added = isThere ? [] : extra.state === "known" ? appendWord(extra.definitions[0], CACHE_FOLDER) : undefined;
  return both(setOptions(host, entries, near), added);
}
