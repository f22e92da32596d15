// Hosts that a flake input makes out of folders or tables. The expected files are what the source of each input says; real Nix
// with the real inputs listed the same for flakes of blueprint, snowfall-lib, flake-utils-plus, nixos-unified and haumea.
import assert from "node:assert/strict";
import { fixtureFiles } from "../support/fixture.js";
import { followsEdits, hostFiles } from "../support/layouts.js";
import { hostNamed, modelOf, stateText } from "../support/model.js";

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

const FLAKELIGHT = `#- flake.nix
{
  inputs = { nixpkgs = { }; flakelight.url = "github:nix-community/flakelight"; };
  outputs = inputs: inputs.flakelight ./. {
    inherit inputs;
    imports = [ ./nix/flakelight/desks.nix ];
    nixDirAliases.desks = [ "config/desks" ];
    nixosModules.extra = ./extra.nix;
    nixosConfigurations.inline = { modules = [ inputs.self.nixosModules.extra ]; specialArgs.jobs = 2; };
  };
}
#- nix/nixos/one.nix
{ inputs, src, ... }: {
  system = "x86_64-linux";
  modules = [ inputs.self.nixosModules.builds inputs.self.desks.plain (src + "/extra.nix") ];
  specialArgs.jobs = 4;
}
#- nix/nixos/two/default.nix
{ modules = [ ({ hostname, ... }: { nix.settings.cores = if hostname == "two" then 2 else 1; }) ]; }
#- nix/nixos/three.nix
{ inputs, ... }: inputs.nixpkgs.lib.nixosSystem { modules = [ inputs.self.nixosModules.builds { _module.args.jobs = 6; } ]; }
#- nix/home.nix
{ "me@one" = { system = "x86_64-linux"; modules = [ ./me.nix ]; }; }
#- nix/me.nix
{ nix.settings.cores = 8; }
#- nix/nixosModules/builds.nix
{ jobs, ... }: { nix.settings.max-jobs = jobs; }
#- nix/config/desks/plain.nix
{ nix.settings.timeout = 60; }
#- nix/flakelight/desks.nix
{ config, lib, ... }: {
  options.desks = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.raw; default = { }; };
  config = { outputs = lib.mkIf (config.desks != { }) { inherit (config) desks; }; nixDirPathAttrs = [ "desks" ]; };
}
#- extra.nix
{ nix.settings.connect-timeout = 5; }
`;

const HAUMEA = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; haumea.url = "github:nix-community/haumea/v0.2.2"; };
  outputs = inputs@{ nixpkgs, haumea, ... }: let
    data = haumea.lib.load { src = ./src; inputs = { inherit inputs; inherit (nixpkgs) lib; jobs = 3; }; };
    paths = haumea.lib.load { src = ./modules; loader = haumea.lib.loaders.path; };
    lifted = haumea.lib.load { src = ./more; transformer = haumea.lib.transformers.liftDefault; loader = haumea.lib.loaders.verbatim; };
  in {
    nixosConfigurations = nixpkgs.lib.mergeAttrsList (map (one: one.nixosConfigurations) (builtins.attrValues data)) // {
      two = nixpkgs.lib.nixosSystem { modules = [ paths.base paths.deep.cores ]; };
      three = nixpkgs.lib.nixosSystem { modules = [ lifted.module ]; };
    };
  };
}
#- src/one.nix
{ lib, jobs, root, super, inputs, ... }@args: {
  nixosConfigurations.one = lib.nixosSystem { modules = [
    root.shared.module
    { nix.settings = { max-jobs = jobs; timeout = super._private or super.private; cores = if args ? self then 1 else 2; }; }
  ]; };
}
#- src/_shared/module.nix
{ super }: { nix.settings.fallback = super.secret; }
#- src/_shared/__secret.nix
true
#- src/__private.nix
{ }: 60
#- modules/base.nix
{ nix.settings.max-jobs = 5; }
#- modules/deep/cores.nix
{ nix.settings.cores = 4; }
#- more/default.nix
{ module = { nix.settings.cores = 7; }; }
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

  for (const [name, text] of Object.entries({
    blueprint: BLUEPRINT,
    "flake-utils-plus": FLAKE_UTILS_PLUS,
    haumea: HAUMEA,
    flakelight: FLAKELIGHT,
  }))
    it(`of ${name} follow an edit of any file`, () => followsEdits(text));

  for (const call of ["inputs.flakelight ./.", '(import "${inputs.flakelight}" { }).mkFlake ./.'])
    it(`of flakelight by ${call}: files below nix/ that bear the names of outputs`, async () => {
      const model = await modelOf(FLAKELIGHT.replace("inputs.flakelight ./.", call));
      assert.deepEqual(hostFiles(model).sort(), [
        "home-manager me@one: nix/me.nix",
        "nixos inline: extra.nix",
        "nixos one: nix/nixosModules/builds.nix nix/config/desks/plain.nix extra.nix",
        "nixos three: nix/nixosModules/builds.nix nix/nixos/three.nix",
        "nixos two: nix/nixos/two/default.nix",
      ]);
      const jobs = ["one", "three"].map((name) => stateText(hostNamed(model, name).setting("max-jobs")));
      assert.deepEqual(jobs, ["int 4", "int 6"]);
      assert.equal(stateText(hostNamed(model, "two").setting("cores")), "int 2");
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
      "nixos one: configurations/nixos/one/default.nix shared.nix modules/nixos/builds.nix",
      "darwin mac: configurations/darwin/mac.nix modules/darwin/default.nix",
    ]);
  });

  it("of haumea: a tree of sets out of a folder, hidden names and all", async () => {
    const model = await modelOf(HAUMEA);
    const states = [
      ...["max-jobs", "timeout", "cores", "fallback"].map((name) => ["one", name] as const),
      ...["max-jobs", "cores"].map((name) => ["two", name] as const),
      ["three", "cores"] as const,
    ].map(([host, name]) => `${host} ${name} ${stateText(hostNamed(model, host).setting(name))}`);
    assert.deepEqual(states, [
      "one max-jobs int 3",
      "one timeout int 60",
      "one cores int 2",
      "one fallback bool true",
      "two max-jobs int 5",
      "two cores int 4",
      "three cores int 7",
    ]);
    assert.ok(hostFiles(model).includes("nixos two: modules/base.nix modules/deep/cores.nix"));
  });

  it("of ez-configs: hosts, users and modules by folder, and a table of what deviates", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs = { }; home-manager = { }; flake-parts = { }; ez-configs.url = "github:ehllie/ez-configs"; };
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.ez-configs.flakeModule ];
    ezConfigs = {
      root = ./nix;
      globalArgs = { inherit inputs; jobs = 3; };
      nixos.hosts.one.userHomeModules = [ "me" ];
      nixos.hosts.two.importDefault = false;
      home.users.me.nameFunction = host: "\${host}-me";
    };
  };
}
#- nix/nixos-configurations/one/default.nix
{ ezModules, jobs, ... }: { imports = [ ezModules.builds ]; nix.settings.max-jobs = jobs; }
#- nix/nixos-configurations/two.nix
{ config, ... }: { nix.settings.cores = if config.networking.hostName == "two" then 2 else 1; }
#- nix/darwin-configurations/mac.nix
{ }
#- nix/home-configurations/me.nix
{ }
#- nix/nixos-modules/default.nix
{ nix.settings.timeout = 60; }
#- nix/nixos-modules/builds.nix
{ nix.settings.cores = 4; }
#- nix/nixos-modules/empty/other.nix
{ }
#- nix/home-modules/default.nix
{ nix.settings.cores = 9; }
#- nix/home-modules/linux.nix
{ }
#- nix/home-modules/darwin.nix
{ }
`);
    assert.deepEqual(hostFiles(model), [
      "nixos one: nix/nixos-configurations/one/default.nix nix/nixos-modules/default.nix nix/nixos-modules/builds.nix",
      "home-manager me@one: nix/home-configurations/me.nix nix/home-modules/default.nix nix/home-modules/linux.nix",
      "nixos two: nix/nixos-configurations/two.nix",
      "darwin mac: nix/darwin-configurations/mac.nix",
      "home-manager one-me: nix/home-configurations/me.nix nix/home-modules/default.nix nix/home-modules/linux.nix",
      "home-manager two-me: nix/home-configurations/me.nix nix/home-modules/default.nix nix/home-modules/linux.nix",
      "home-manager mac-me: nix/home-configurations/me.nix nix/home-modules/default.nix nix/home-modules/darwin.nix",
    ]);
    assert.equal(stateText(hostNamed(model, "one").setting("max-jobs")), "int 3");
  });

  for (const form of ["lib.clan", "flake-parts"])
    it(`of clan by ${form}: machines by folder and inventory`, async () => {
      const outputs =
        form === "lib.clan"
          ? "let made = inputs.clan-core.lib.clan (clan // { inherit (inputs) self; }); in { inherit (made.config) nixosConfigurations darwinConfigurations; }"
          : "inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ inputs.clan-core.flakeModules.default ]; inherit clan; }";
      const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs = { }; flake-parts = { }; clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz"; };
  outputs = inputs: let clan = {
    specialArgs.jobs = 3;
    machines.two = { imports = [ ./shared.nix ]; };
    inventory.machines = { two.tags = [ ]; mac.machineClass = "darwin"; };
  }; in ${outputs};
}
#- shared.nix
{ jobs, ... }: { nix.settings.max-jobs = jobs; }
#- machines/one/configuration.nix
{ imports = [ ../../shared.nix ]; }
#- machines/one/disko.nix
{ }
#- machines/one/facter.json
{ "version": 1 }
#- machines/mac/configuration.nix
{ nix.settings.cores = 2; }
`);
      assert.deepEqual(hostFiles(model), [
        "nixos one: machines/one/configuration.nix machines/one/disko.nix shared.nix",
        "nixos two: shared.nix",
        "darwin mac: machines/mac/configuration.nix",
      ]);
      const one = hostNamed(model, "one");
      assert.equal(stateText(one.setting("max-jobs")), "int 3");
      assert.equal(
        stateText(one.setting("min-free")),
        "? the module inputs.clan-core.nixosModules.clanCore may set it",
      );
    });
});
