// What one module sets, in whatever way, another one reads.
import assert from "node:assert/strict";
import { hostNamed, modelOf, stateText } from "../support/model.js";

/** What `config.my.jobs` is for a host whose module of that text says nothing build-related. */
async function readThrough(module: string): Promise<string> {
  const model = await modelOf(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem {
  specialArgs.mine = import ./mine.nix;
  modules = [ ./plain.nix ./reader.nix ];
}; }; }
#- mine.nix
{ made = { }: { my.jobs = 3; }; set.my.jobs = 3; key = "jobs"; both = [ "my" "jobs" ]; file = ./set.nix; }
#- set.nix
{ my.jobs = 3; }
#- plain.nix
${module}
#- reader.nix
{ config, lib, ... }: {
  options.my.jobs = lib.mkOption { default = 1; };
  config.nix.settings.max-jobs = config.my.jobs;
}
`);
  return stateText(hostNamed(model, "one").setting("max-jobs"));
}

describe("a module that names nothing build-related", () => {
  for (const module of [
    "{ my.jobs = 3; }",
    "{ imports = [ ./set.nix ]; }",
    "{ imports = [ # sets it\n ./set.nix ]; services.x.enable = true; }",
    "{ mine, ... }: mine.made { }",
    "{ mine, ... }: { config = mine.made { }; }",
    "{ mine, ... }: { config = mine.set; }",
    "{ mine, ... }: with mine; { config = set; }",
    "{ mine, ... }: { inherit (mine.set) my; }",
    "{ mine, ... }: { imports = [ mine.file ]; }",
    "{ mine, ... }: { my.${mine.key} = 3; }",
    '{ mine, ... }: { my."${mine.key}" = 3; }',
    '{ mine, ... }: { my."jo${"bs"}" = 3; }',
    '{ mine, ... }: { my."${"jo"}bs" = 3; }',
    "{ lib, mine, ... }: lib.setAttrByPath mine.both 3",
    "{ lib, mine, ... }: lib.mkIf true mine.set",
    "{ lib, mine, ... }: { config = lib.mkMerge [ { services.x.enable = true; } mine.set ]; }",
    "{ mine, ... }: { services.x.enable = true; } // mine.set",
  ])
    it(`is read by others: ${module.replaceAll("\n", " ")}`, async () => {
      assert.equal(await readThrough(module), "int 3");
    });
});

it("what an inline module sets under an unknown condition hides no other option", async () => {
  const model = await modelOf(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem {
  modules = [
    ({ config, lib, ... }: {
      options.my.jobs = lib.mkOption { default = 3; };
      config.nix.settings.max-jobs = config.my.jobs;
    })
    ({ lib, pkgs, ... }: { config = lib.optionalAttrs pkgs.stdenv.isLinux { services.x.enable = true; }; })
  ];
}; }; }
`);
  assert.equal(stateText(hostNamed(model, "one").setting("max-jobs")), "int 3");
});
