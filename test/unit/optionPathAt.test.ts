// Which option is meant at a place in half-typed text. `¦` marks the cursor.
import assert from "node:assert/strict";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import {
  type OptionPlace,
  optionPlaceAt,
  optionPlaceInConf,
} from "../../server/src/core/workspace/places/optionPathAt.js";
import { loadParser } from "../support/analysis.js";

let parser: NixParser;
before(async () => {
  parser = await loadParser();
});

/** What stands before the cursor in what is replaced, after the path: `nix.settings < max-`, `nix.settings.cores = 4`. */
function summary(place: OptionPlace | undefined, text: string): string {
  if (place === undefined) return "nothing";
  const sign = place.wanted === "name" ? "<" : "=";
  return `${place.path.join(".")} ${sign} ${text.slice(place.typed.start, place.typed.end)}`.trim();
}

function placeIn(marked: string, path = "module.nix"): string {
  const offset = marked.indexOf("¦");
  const text = marked.replace("¦", "");
  const place = path.endsWith(".nix")
    ? optionPlaceAt(parser.parse(path, text), offset)
    : optionPlaceInConf(text, offset);
  return summary(place, text);
}

const PLACES: readonly (readonly [text: string, place: string])[] = [
  ["{ nix.settings.¦ }", "nix.settings <"],
  ["{ nix.settings.max-¦ }", "nix.settings < max-"],
  ["{ nix.settings.ma¦x-jobs = 4; }", "nix.settings < max-jobs"],
  ["{ nix.settings = { ¦ }; }", "nix.settings <"],
  ["{ nix.settings={¦}; }", "nix.settings <"],
  ["{ nix = { settings = { cores = 2; ma¦ }; }; }", "nix.settings < ma"],
  ["{ nix.settings = { cores = 2;\n    # so many\n    ¦\n  }; }", "nix.settings <"],
  ["{ nix.¦\n  services.foo.enable = true;\n}", "nix <"],
  ["{ nix.settings = {\n    max-¦\n    cores = 2;\n  };\n}", "nix.settings < max-"],
  ["{ lib, ... }: { nix.settings = lib.mkIf true { ¦ }; }", "nix.settings <"],
  ["{ lib, ... }: { nix = lib.mkMerge [ { settings.¦ } { } ]; }", "nix.settings <"],
  ["{ lib, ... }: lib.mkIf true { nix.settings.¦ }", "nix.settings <"],
  ["{ config, ... }: { options = { }; config = { nix.settings.¦ }; }", "nix.settings <"],
  ["{ config = lib.mkMerge [ { nix.settings = { ¦ }; } ]; }", "nix.settings <"],
  ["{ imports = [ { nix.settings.¦ } ]; }", "nix.settings <"],
  ["{ nix.settings = let a = 1; in { ¦ }; }", "nix.settings <"],
  ["{ nix.settings = { a = 1; } // { ¦ }; }", "nix.settings <"],
  ['{ nix.buildMachines = [ { hostName = "a"; ¦ } ]; }', "nix.buildMachines.[] <"],
  ["{ aspects.core.nixos = { nix.settings.¦ }; }", "nix.settings <"],
  ["{ zramSwap = { enable = true; mem¦ }; }", "zramSwap < mem"],
  ["{ boot.tmp.¦ }", "boot.tmp <"],
  ['{ boot.kernel.sysctl."vm.sw¦" = 1; }', 'boot.kernel.sysctl < "vm.sw"'],
  ["{ systemd.services.nix-daemon.serviceConfig = { Mem¦ }; }", "systemd.services.nix-daemon.serviceConfig < Mem"],
  ["{ ni¦ }", "< ni"],
  ["{ nix.settings.max-jobs = ¦ }", "nix.settings.max-jobs ="],
  ["{ nix.settings.max-jobs = ¦; }", "nix.settings.max-jobs ="],
  ["{ nix.settings = {\n    max-jobs = ¦\n    cores = 2;\n  };\n}", "nix.settings.max-jobs ="],
  ["{ nix.settings = { cores = 1¦2; }; }", "nix.settings.cores = 12"],
  ["{ nix.settings.cores = lib.mkDefault ¦; }", "nix.settings.cores ="],
  ["{ nix.settings.cores = mkOverride 900 4¦; }", "nix.settings.cores = 4"],
  [
    '{ systemd.services.nix-daemon.serviceConfig.MemoryMax = "1¦"; }',
    'systemd.services.nix-daemon.serviceConfig.MemoryMax = "1"',
  ],
  ["{ nix.extraOptions = ''\n    cores = 2\n    max-¦\n  ''; }", "nix.conf < max-"],
  ["{ nix.extraOptions = ''\n    cores = ¦\n  ''; }", "nix.conf.cores ="],
  // Not ours.
  ["{ services.¦ }", "services <"],
  ["{ services.nginx.¦ }", "nothing"],
  ["{ services.nginx.nix.settings.¦ }", "nothing"],
  ["{ foo = { nix.settings.¦ }; }", "nothing"],
  ["{ environment.etc.x.text = builtins.toJSON { nix.settings.¦ }; }", "nothing"],
  ["{ nix.settings = { # max-¦\n } ; }", "nothing"],
  ['{ x = "nix.settings.¦"; }', "nothing"],
  ["{ x = config.nix.settings.¦; }", "nothing"],
  ["{ nix.settings.substituters = [ ¦ ]; }", "nothing"],
  ["{ nix.settings.max-jobs = 4 ¦ }", "nothing"],
  ["{ x = with lib; ¦ }", "nothing"],
  ["{ x = nix.settings == ¦ }", "nothing"],
  ["{ lib, ¦ }: { }", "nothing"],
  ["{ pkgs ? { nix.settings.¦ } }: { }", "nothing"],
  ["{ nixConfig.¦ }", "nothing"],
  ["{ x.documentation.nixos.¦ }", "nothing"],
  ["{ pkgs = import nixpkgs { config = { ¦ }; }; }", "nothing"],
  ["¦", "nothing"],
];

const FLAKES: readonly (readonly [text: string, place: string])[] = [
  ["{ nixConfig = { ¦ }; outputs = _: { }; }", "nixConfig <"],
  ["{ nixConfig.max-jobs = ¦; }", "nixConfig.max-jobs ="],
  ["{ nix.settings.¦ }", "nothing"],
  [
    "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.¦ } ]; }; }; }",
    "nix.settings <",
  ],
  ["{ outputs = _: { nixosModules.builder = { nix.settings = { ¦ }; }; }; }", "nix.settings <"],
  ["{ outputs = _: { nixosModules.builder = { pkgs, ... }: { zramSwap.¦ }; }; }", "zramSwap <"],
  ["{ outputs = _: { packages.x.nix.settings.¦ }; }", "nothing"],
];

const CONFS: readonly (readonly [text: string, place: string])[] = [
  ["¦", "nix.conf <"],
  ["max-¦", "nix.conf < max-"],
  ["cores = 2\nmax-jobs = ¦", "nix.conf.max-jobs ="],
  ["cores = 2\nmax-jobs = a¦uto\n", "nix.conf.max-jobs = auto"],
  ["# max-¦", "nothing"],
  ["substituters = https://a ¦", "nothing"],
];

describe("the option at a place", () => {
  for (const [text, place] of PLACES) it(JSON.stringify(text), () => assert.equal(placeIn(text), place));
  for (const [text, place] of FLAKES)
    it(`flake.nix ${JSON.stringify(text)}`, () => assert.equal(placeIn(text, "flake.nix"), place));
  for (const [text, place] of CONFS)
    it(`nix.conf ${JSON.stringify(text)}`, () => assert.equal(placeIn(text, "nix.conf"), place));

  it("knows the platform of a module in a flake", () => {
    const platformIn = (output: string) => {
      const marked = `{ outputs = _: { ${output}.x = { nix.settings.¦ }; }; }`;
      return optionPlaceAt(parser.parse("flake.nix", marked.replace("¦", "")), marked.indexOf("¦"))?.platform;
    };
    assert.equal(platformIn("nixosModules"), "nixos");
    assert.equal(platformIn("darwinModules"), "darwin");
    assert.equal(platformIn("homeModules"), "home-manager");
  });

  it("knows the names that the same module has already, but not those of other modules or entries", () => {
    const takenIn = (marked: string) => {
      const place = optionPlaceAt(parser.parse("module.nix", marked.replace("¦", "")), marked.indexOf("¦"));
      return [...(place?.taken ?? [])].sort();
    };
    assert.deepEqual(takenIn("{ nix.settings.cores = 2; nix.settings = { max-jobs = 3; ¦ }; }"), ["cores", "max-jobs"]);
    assert.deepEqual(takenIn("{ nix = { settings.cores = 2; }; nix.settings.¦ }"), ["cores"]);
    assert.deepEqual(takenIn("{ nix.settings = { inherit cores; co¦res = 2; }; }"), ["cores"]);
    assert.deepEqual(takenIn("{ nix.settings.cor¦es = 2; }"), []);
    assert.deepEqual(takenIn('{ nix.buildMachines = [ { hostName = "a"; } { ¦ } ]; }'), []);
  });

  it("is looked for in deep and long text without failing", function () {
    this.timeout(20_000);
    for (const text of [`${"{ a = [ ".repeat(3000)}nix.settings.`, `{ ${"a.".repeat(5000)}`, `{ ${'"'.repeat(2000)}`])
      assert.equal(optionPlaceAt(parser.parse("module.nix", text), text.length), undefined);
  });
});
