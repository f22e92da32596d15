import assert from "node:assert/strict";
import { BUILDER_ATTRIBUTES } from "../../server/src/core/catalogue/builderAttributes.js";
import { relevantWords } from "../../server/src/core/catalogue/relevance.js";
import { OPTIONS } from "../../server/src/core/catalogue/options.js";
import { SETTINGS } from "../../server/src/core/catalogue/settings.js";
import { relevantOffsets } from "../../server/src/core/workspace/relevance.js";

/**
 * Options that nearly every configuration sets and that matter only together with something else that is looked for:
 * a platform's `gcc`, `zswap` on the kernel's command line, an overlay's packages, units named just `nix`.
 */
const SEEN_WITH_OTHERS = new Set([
  "nixpkgs.hostPlatform",
  "nixpkgs.buildPlatform",
  "nixpkgs.localSystem",
  "nixpkgs.crossSystem",
  "nixpkgs.system",
  "nixpkgs.overlays",
  "boot.kernelParams",
  "boot.kernel.sysctl",
]);

/** Whether the text may set something the catalogue knows, or build a package. */
function mayMatter(text: string): boolean {
  return relevantOffsets(text).length > 0;
}

function bound(name: string): string {
  return /^[A-Za-z_][\w'-]*$/.test(name) ? name : `"${name}"`;
}

/** `a.b.c = 1;`, list levels left out as they are no names. */
function dotted(path: readonly string[]): string {
  return `{ ${path
    .filter((name) => name !== "[]")
    .map(bound)
    .join(".")} = 1; }`;
}

/** `{ a = { b = { c = 1; }; }; }` */
function nested(path: readonly string[]): string {
  return path.filter((name) => name !== "[]").reduceRight((inner, name) => `{\n  ${bound(name)} = ${inner};\n}`, "1");
}

describe("catalogue prefilter", () => {
  it("lets every option through, dotted and nested", () => {
    for (const { path } of OPTIONS) {
      if (SEEN_WITH_OTHERS.has(path.join("."))) continue;
      const real = path.map((name) => (name === "*" ? "someKey" : name));
      assert.ok(mayMatter(dotted(real)), dotted(real));
      if (path.slice(0, -1).join(".").endsWith(".nix") || path.includes("nix", 1)) continue;
      assert.ok(mayMatter(nested(real)), nested(real));
    }
  });

  it("lets every setting through, wherever it stands", () => {
    for (const { name, aliases } of SETTINGS) {
      for (const spelt of [name, ...aliases]) {
        for (const path of [
          ["nix", "settings", spelt],
          ["nixConfig", spelt],
          ["determinateNix", "customSettings", spelt],
        ]) {
          assert.ok(mayMatter(dotted(path)), dotted(path));
          assert.ok(mayMatter(nested(path)), nested(path));
        }
      }
    }
    for (const loose of [
      "max-jobs",
      "cores",
      "http-connections",
      "substituters",
      "min-free",
      "sandbox",
      "fallback",
      "builders",
    ])
      assert.ok(mayMatter(`let settings = { ${loose} = 1; }; in settings`), loose);
    assert.ok(mayMatter("max-jobs = 4\ncores = 2\n"), "nix.conf");
    assert.ok(mayMatter("{ machines.a.maxJobs = 4; }"), "machine table");
  });

  it("lets every package attribute through", () => {
    for (const { name } of BUILDER_ATTRIBUTES) {
      const real = name.replace("*", "X");
      assert.ok(mayMatter(`{ ${real} = 1; }`), real);
    }
    assert.ok(mayMatter('{ buildPhase = "make -j8 NODE=--max-old-space-size=3072"; }'));
  });

  it("keeps ordinary files out", () => {
    for (const text of [
      "{ pkgs, ... }: { services.openssh.enable = true; programs.git.enable = true; }",
      "{ programs.firefox.settings = { timeout = 3; store = 1; }; }",
      '{ inputs.nixpkgs.url = "github:NixOS/nixpkgs"; inputs.nix = { url = "github:NixOS/nix"; }; }',
      '# the cores of this machine, a fallback and a sandbox\n{ networking.hostName = "x"; }',
      "{ imports = [ ./nix.nix ./services.nix ]; }",
    ])
      assert.equal(mayMatter(text), false, text);
  });

  it("sees packages by their builders and overrides", () => {
    assert.ok(mayMatter("final: prev: { a = prev.a.overrideAttrs (old: { }); }"));
    assert.ok(mayMatter("rustPlatform.buildRustPackage { }"));
    assert.equal(mayMatter("{ environment.systemPackages = [ pkgs.git ]; }"), false);
  });

  it("names words without repetition", () => {
    const words = relevantWords();
    assert.equal(new Set(words).size, words.length);
    for (const word of ["max-jobs", "cores", "zramSwap", "NIX_BUILD_CORES", "nix"])
      assert.ok(words.includes(word), word);
  });
});
