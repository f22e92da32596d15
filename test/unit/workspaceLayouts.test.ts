// Hosts that a flake input makes out of folders or tables. Real Nix lists the same files for these flakes.
import assert from "node:assert/strict";
import type { Model } from "../../server/src/core/workspace/model.js";
import { definitionTexts, hostNamed, modelOf, stateText } from "../support/model.js";
import { fixtureFiles } from "../support/fixture.js";

function hostFiles(model: Model): string[] {
  return model.hosts
    .filter(({ kind, platform }) => kind === "host" && platform !== "flake")
    .map(({ platform, name, files }) => `${platform} ${name}: ${files.slice(1).join(" ")}`);
}

const BLUEPRINT = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; bp.url = "github:numtide/blueprint"; };
  outputs = inputs: inputs.bp { inherit inputs; prefix = "nix/"; };
}
#- nix/hosts/web/configuration.nix
{ flake, inputs, hostName, ... }: {
  imports = [ flake.nixosModules.base inputs.self.nixosModules.applied ./disks.nix ];
  networking.hostName = hostName;
}
#- nix/hosts/web/disks.nix
{ config, ... }: { nix.settings.timeout = if config.networking.hostName == "web" then 60 else 1; }
#- nix/hosts/mac/darwin-configuration.nix
{ flake, ... }: { imports = [ flake.modules.darwin.base ]; }
#- nix/hosts/own/default.nix
{ flake, inputs, hostName }: {
  class = "nixos";
  value = inputs.nixpkgs.lib.nixosSystem { modules = [ ./own.nix flake.nixosModules.base ]; };
}
#- nix/hosts/own/own.nix
{ nix.settings.cores = 1; }
#- nix/hosts/plain/users/me.nix
{ }
#- nix/modules/nixos/base.nix
{ lib, ... }: { nix.settings.cores = lib.mkDefault 2; }
#- nix/modules/nixos/applied.nix
{ inputs, ... }: { pkgs, ... }: { nix.settings.max-jobs = if inputs ? nixpkgs then 3 else 1; }
#- nix/modules/darwin/base/default.nix
{ nix.settings.cores = 6; }
`;

const FLAKE_UTILS_PLUS = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; utils.url = "github:gytis-ivaskevicius/flake-utils-plus"; darwin = { }; };
  outputs = inputs@{ self, utils, ... }:
    let modules = utils.lib.exportModules [ ./modules/builds.nix ./modules/desk.nix ]; in
    utils.lib.mkFlake {
      inherit self inputs;
      nixosModules = modules;
      hostDefaults.modules = [ modules.builds ];
      hostDefaults.extraArgs.jobs = 1;
      hosts.one = { modules = [ self.nixosModules.desk ./one.nix ]; extraArgs.jobs = 3; };
      hosts.two.modules = [ ];
      hosts.mac = { output = "darwinConfigurations"; system = "aarch64-darwin"; builder = args: inputs.darwin.lib.darwinSystem args; };
    };
}
#- modules/builds.nix
{ jobs, ... }: { nix.settings.max-jobs = jobs; }
#- modules/desk.nix
{ nix.settings.cores = 4; }
#- one.nix
{ nix.settings.timeout = 5; }
`;

describe("hosts by convention", () => {
  it("of blueprint: hosts and modules by folder, also modules that are applied to the flake first", async () => {
    const model = await modelOf(BLUEPRINT);
    assert.deepEqual(hostFiles(model), [
      "nixos own: nix/hosts/own/own.nix nix/modules/nixos/base.nix",
      "nixos web: nix/hosts/web/configuration.nix nix/modules/nixos/base.nix nix/modules/nixos/applied.nix nix/hosts/web/disks.nix",
      "darwin mac: nix/hosts/mac/darwin-configuration.nix nix/modules/darwin/base/default.nix",
    ]);
    const web = hostNamed(model, "web");
    assert.deepEqual(
      ["cores", "max-jobs", "timeout"].map((name) => stateText(web.setting(name))),
      ["int 2", "int 3", "int 60"],
    );
    assert.equal(stateText(hostNamed(model, "own").setting("cores")), "int 1");
  });

  it("follow folders that come and go", async () => {
    const before = fixtureFiles(BLUEPRINT);
    const after = new Map(before);
    after.set("nix/hosts/new/configuration.nix", "{ nix.settings.cores = 4; }");
    after.delete("nix/hosts/mac/darwin-configuration.nix");
    const first = await modelOf(before);
    const second = await modelOf(after, { previous: first });
    assert.deepEqual(hostFiles(second), hostFiles(await modelOf(after)));
    assert.deepEqual(
      second.hosts.filter(({ kind }) => kind === "host").map(({ name }) => name),
      ["new", "own", "web"],
    );
    assert.deepEqual(hostFiles(await modelOf(before, { previous: second })), hostFiles(first));
  });

  for (const [name, text] of Object.entries({ blueprint: BLUEPRINT, "flake-utils-plus": FLAKE_UTILS_PLUS }))
    it(`of ${name} follow an edit of any file`, async () => {
      const files = fixtureFiles(text);
      let last = await modelOf(files);
      for (const [path, old] of files) {
        const edited = new Map(files).set(path, `\n${old.replace(/= \d+;/g, "= 77;")}`);
        last = await modelOf(edited, { previous: last });
        assert.deepEqual(definitionTexts(last), definitionTexts(await modelOf(edited)), path);
        assert.deepEqual(
          last.definitions.map(({ range }) => range),
          (await modelOf(edited)).definitions.map(({ range }) => range),
          path,
        );
      }
    });

  it("of snowfall-lib: systems, homes, and all modules of their kind", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; snowfall-lib.url = "github:snowfallorg/lib"; };
  outputs = inputs: inputs.snowfall-lib.mkFlake {
    inherit inputs;
    src = ./.;
    snowfall.namespace = "demo";
    systems.modules.nixos = [ ./extra/all.nix ];
    systems.hosts.web = { modules = [ ./extra/web.nix ]; specialArgs.threads = 8; };
    homes.modules = [ ./extra/home.nix ];
  };
}
#- systems/x86_64-linux/web/default.nix
{ threads, namespace, ... }: { imports = [ ./disks.nix ]; nix.settings.cores = threads / 4; networking.domain = namespace; }
#- systems/x86_64-linux/web/disks.nix
{ config, ... }: { nix.settings.timeout = if config.networking.domain == "demo" then 60 else 1; }
#- systems/x86_64-linux/lab/default.nix
{ host, lib, ... }: { networking.hostName = host; }
#- systems/aarch64-darwin/mac/default.nix
{ }
#- systems/x86_64-iso/live/default.nix
{ }
#- modules/nixos/base/default.nix
{ lib, ... }: { nix.settings.max-jobs = lib.mkDefault 3; }
#- modules/nixos/deep/more/default.nix
{ imports = [ ./part.nix ]; }
#- modules/nixos/deep/more/part.nix
{ }
#- modules/darwin/base/default.nix
{ }
#- modules/home/shell/default.nix
{ }
#- homes/x86_64-linux/me@web/default.nix
{ }
#- extra/all.nix
{ }
#- extra/web.nix
{ }
#- extra/home.nix
{ }
`);
    const shared = "modules/nixos/base/default.nix modules/nixos/deep/more/default.nix";
    const part = "modules/nixos/deep/more/part.nix";
    assert.deepEqual(hostFiles(model), [
      `nixos lab: systems/x86_64-linux/lab/default.nix ${shared} extra/all.nix ${part}`,
      `nixos web: systems/x86_64-linux/web/default.nix ${shared} extra/web.nix extra/all.nix systems/x86_64-linux/web/disks.nix ${part}`,
      "darwin mac: systems/aarch64-darwin/mac/default.nix modules/darwin/base/default.nix",
      "home-manager me@web: homes/x86_64-linux/me@web/default.nix modules/home/shell/default.nix extra/home.nix",
    ]);
    const web = hostNamed(model, "web");
    assert.deepEqual(
      ["cores", "max-jobs", "timeout"].map((name) => stateText(web.setting(name))),
      ["int 2", "int 3", "int 60"],
    );
  });

  it("of flake-utils-plus: a table of hosts over defaults", async () => {
    const model = await modelOf(FLAKE_UTILS_PLUS);
    assert.deepEqual(hostFiles(model), [
      "nixos one: modules/builds.nix modules/desk.nix one.nix",
      "nixos two: modules/builds.nix",
      "darwin mac: modules/builds.nix",
    ]);
    const jobs = ["one", "two", "mac"].map((name) => stateText(hostNamed(model, name).setting("max-jobs")));
    assert.deepEqual(jobs, ["int 3", "int 1", "int 1"]);
  });

  it("of nixos-unified: configurations by folder, modules of self", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; flake-parts = { }; nixos-unified.url = "github:srid/nixos-unified"; };
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    imports = with inputs.nixos-unified.flakeModules; [ default autoWire ];
  };
}
#- configurations/nixos/one/default.nix
{ flake, ... }: { imports = [ flake.inputs.self.nixosModules.builds (flake.inputs.self + "/shared.nix") ]; }
#- configurations/darwin/mac.nix
{ flake, ... }: { imports = [ flake.self.darwinModules.default ]; }
#- modules/nixos/builds.nix
{ nix.settings.max-jobs = 2; }
#- modules/darwin/default.nix
{ nix.settings.cores = 5; }
#- shared.nix
{ nix.settings.cores = 3; }
`);
    assert.deepEqual(hostFiles(model), [
      "nixos one: configurations/nixos/one/default.nix modules/nixos/builds.nix shared.nix",
      "darwin mac: configurations/darwin/mac.nix modules/darwin/default.nix",
    ]);
  });
});
