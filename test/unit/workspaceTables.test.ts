// Hosts out of tables: of colmena, lite-config and flake-parts, per system, and beside what is made for each system.
import assert from "node:assert/strict";
import { followsEdits, hostFiles } from "../support/layouts.js";
import { hostNamed, modelOf, stateText } from "../support/model.js";

const COLMENA = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; colmena.url = "github:zhaofengli/colmena"; };
  outputs = { self, nixpkgs, colmena, ... }@inputs: {
    nixosConfigurations = {
      both = nixpkgs.lib.nixosSystem { modules = [ ./both.nix ]; };
    } // self.colmenaHive.nodes;
    colmenaHive = colmena.lib.makeHive {
      meta = {
        nixpkgs = import nixpkgs { system = "aarch64-linux"; };
        specialArgs = { inherit inputs; jobs = 1; };
        nodeSpecialArgs.web.jobs = 4;
      };
      defaults = { jobs, lib, ... }: { nix.settings.max-jobs = lib.mkDefault jobs; };
      web = ./web.nix;
      db = { name, pkgs, ... }: { imports = [ (./. + "/\${name}.nix") ]; nix.settings.timeout = if pkgs.stdenv.isAarch64 then 60 else 1; };
    };
    colmena = {
      meta.nixpkgs = import nixpkgs { system = "x86_64-linux"; };
      both = { imports = [ ./other.nix ]; };
      only = { imports = [ ./only.nix ]; };
    };
  };
}
#- both.nix
{ nix.settings.cores = 1; }
#- web.nix
{ nix.settings.cores = 2; }
#- db.nix
{ nix.settings.cores = 3; }
#- only.nix
{ nix.settings.cores = 4; }
#- other.nix
{ nix.settings.cores = 5; }
`;

const LITE_CONFIG = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; flake-parts = { }; lite-config.url = "github:yelite/lite-config"; };
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    imports = [ inputs.lite-config.flakeModule ];
    lite-config = { lib, ... }: {
      hostModuleDir = ./hosts;
      hosts = {
        web.system = "x86_64-linux";
        db = { system = "aarch64-linux"; hostModule = ./db.nix; };
        mac.system = "aarch64-darwin";
      };
      extraSpecialArgs.jobs = 3;
      systemModules = [
        ({ hostPlatform, ... }: { imports = lib.optional hostPlatform.isLinux ./linux.nix ++ lib.optional hostPlatform.isDarwin ./darwin.nix; })
      ];
    };
  };
}
#- hosts/web/default.nix
{ jobs, ... }: { nix.settings.max-jobs = jobs; }
#- hosts/mac/default.nix
{ useHomeManager, ... }: { nix.settings.timeout = if useHomeManager then 1 else 60; }
#- db.nix
{ config, ... }: { nix.settings.max-jobs = if config.networking.hostName == "db" then 6 else 1; }
#- linux.nix
{ nix.settings.cores = 2; }
#- darwin.nix
{ nix.settings.cores = 5; }
`;

const FLAKE_UTILS = `#- flake.nix
{
  inputs = {
    nixpkgs.url = "https://channels.nixos.org/nixos-unstable/nixexprs.tar.xz";
    utils = { type = "github"; owner = "numtide"; repo = "flake-utils"; };
  };
  outputs = { self, nixpkgs, utils, ... }: {
    nixosModules = { a = ./a.nix; b = ./b.nix; };
    nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = builtins.attrValues self.nixosModules; };
  } // utils.lib.eachDefaultSystem (system: let
    pkgs = import nixpkgs { inherit system; };
  in {
    devShells.default = pkgs.mkShell { };
    packages.nixosConfigurations.two = nixpkgs.lib.nixosSystem {
      inherit system;
      modules = [ self.nixosModules.a { nix.settings.cores = if system == "x86_64-linux" then 4 else 1; } ];
    };
  }) // utils.lib.eachSystem [ "aarch64-linux" ] (system: {
    legacyPackages.homeConfigurations.me = self.lib.home {
      pkgs = import nixpkgs { inherit system; };
      modules = [ ({ pkgs, ... }: { nix.settings.cores = if pkgs.stdenv.isAarch64 then 8 else 1; }) ];
    };
  }) // utils.lib.eachDefaultSystemPassThrough (system: { lib.home = nixpkgs.lib.homeManagerConfiguration; });
}
#- a.nix
{ nix.settings.max-jobs = 2; }
#- b.nix
{ nix.settings.timeout = 60; }
`;

const NIXOS_UNIFIED = `#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; nixos-unified.url = "github:srid/nixos-unified"; };
  outputs = inputs: inputs.nixos-unified.lib.mkFlake { inherit inputs; root = ./.; };
}
#- modules/flake-parts/default.nix
{ inputs, ... }: { imports = with inputs.nixos-unified.flakeModules; [ default autoWire ]; }
#- modules/flake-parts/more.nix
{ root, inputs, ... }: {
  flake = { config, lib, ... }: {
    nixosConfigurations = lib.genAttrs config.names (name: inputs.nixpkgs.lib.nixosSystem { modules = [ (root + "/more/\${name}.nix") ]; });
    names = [ "three" ];
  };
}
#- configurations/nixos/one.nix
{ flake, ... }: { imports = [ flake.self.nixosModules.builds ]; }
#- configurations/home/me.nix
{ nix.settings.cores = 1; }
#- modules/nixos/builds.nix
{ nix.settings.max-jobs = 2; }
#- more/three.nix
{ nix.settings.max-jobs = 3; }
`;

const CLAN = `#- flake.nix
{
  inputs = { nixpkgs = { }; clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz"; };
  outputs = inputs: let clan = inputs.clan-core.lib.clan {
    inherit (inputs) self;
    modules."@me/builds" = ./services/builds.nix;
    inventory = {
      machines = { one.tags = [ "server" ]; two = { }; three.machineClass = "darwin"; };
      tags = { config, ... }: { quiet = builtins.filter (name: name != "one") config.nixos; };
      instances = {
        builds = {
          module = { input = "self"; name = "@me/builds"; };
          roles.server.tags = [ "server" ];
          roles.client.machines.two.settings.jobs = 5;
          roles.mac.tags.darwin = { };
        };
        importer = { roles.default.tags.all = { }; roles.default.extraModules = [ ./all.nix "by/text.nix" ]; };
        quiet = { module.name = "importer"; roles.default.tags.quiet = { }; roles.default.extraModules = [ ./quiet.nix ]; };
        odd = { module.name = "importer"; roles.default.machines = inputs.nixpkgs.lib.elsewhere; };
      };
    };
  }; in { inherit (clan.config) nixosConfigurations darwinConfigurations; };
}
#- services/builds.nix
{ lib, ... }: {
  _class = "clan.service";
  roles.server.perInstance.nixosModule = ./server.nix;
  roles.client.perInstance = { settings, instanceName, machine, ... }: {
    nixosModule = { ... }: { nix.settings.max-jobs = settings.jobs; nix.settings.timeout = if machine.name == "two" then 60 else 1; };
    darwinModule = ./never.nix;
  };
  roles.mac.perInstance = { ... }: { darwinModule = ./mac.nix; nixosModule = ./never.nix; };
  perMachine = { machine, ... }: { nixosModule = import ./each.nix { inherit machine; }; };
}
#- services/server.nix
{ nix.settings.max-jobs = 2; }
#- services/mac.nix
{ nix.settings.max-jobs = 3; }
#- services/each.nix
{ machine }: { nix.settings.connect-timeout = 5; }
#- services/never.nix
{ nix.settings.max-jobs = 9; }
#- all.nix
{ nix.settings.cores = 1; }
#- by/text.nix
{ nix.settings.http-connections = 50; }
#- quiet.nix
{ nix.settings.keep-going = true; }
`;

const DEN = `#- flake.nix
{
  inputs = { nixpkgs = { }; flake-parts = { }; den.url = "github:denful/den"; import-tree.url = "github:vic/import-tree"; };
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ((inputs.import-tree.matchNot ".*/draft/.*") ./modules);
}
#- modules/den.nix
{ inputs, lib, ... }: {
  imports = [ inputs.den.flakeModule ((inputs.import-tree.filter (lib.hasSuffix "host.nix")) ../hosts) ];
  den.hosts.x86_64-linux = {
    one.users.me = { };
    two.instantiate = args: inputs.nixpkgs.lib.nixosSystem (args // { specialArgs.jobs = 5; });
  };
  den.hosts.aarch64-darwin.mac = { };
  den.default.nixos = { nix.settings.connect-timeout = 5; };
}
#- modules/builds.nix
{ den, ... }: {
  den.aspects.builds = { nixos = ./builds/nixos.nix; darwin.nix.settings.max-jobs = 6; homeManager = ./builds/home.nix; };
  den.aspects.more.timeouts = { host, ... }: { os.nix.settings.timeout = if host.name == "one" then 60 else 1; };
  den.aspects.me.includes = [ den.aspects.trusted ];
  den.aspects.trusted = { user, ... }: { nixos.nix.settings.trusted-users = [ user.name ]; };
}
#- modules/again.nix
{ den.aspects.builds.nixos = { nix.settings.cores = 2; }; }
#- modules/builds/nixos.nix
{ nix.settings.max-jobs = 3; }
#- modules/draft/other.nix
{ den.aspects.builds.nixos = { nix.settings.cores = 9; }; }
#- modules/_hidden.nix
{ den.aspects.builds.nixos = { nix.settings.cores = 8; }; }
#- hosts/one/host.nix
{ den, ... }: { den.aspects.one = { includes = with den.aspects; [ builds more.timeouts trusted ]; nixos.imports = [ ./disks.nix ]; }; }
#- hosts/one/disks.nix
{ zramSwap.enable = true; }
#- hosts/two/host.nix
{ den, ... }: { den.aspects.two = { nixos = { jobs, ... }: { nix.settings.max-jobs = jobs; }; includes = [ den.provides.anything ]; }; }
#- hosts/mac/host.nix
{ den, ... }: { den.aspects.mac.includes = [ den.aspects.builds ]; }
`;

describe("hosts in tables", () => {
  it("of den: the modules of their aspects, of all that these include, and of their users'", async () => {
    const model = await modelOf(
      DEN.replace("modules/builds/nixos.nix\n", "modules/builds/_nixos.nix\n").replace(
        "builds/nixos.nix",
        "builds/_nixos.nix",
      ),
    );
    assert.deepEqual(hostFiles(model).sort(), [
      "darwin mac: modules/builds.nix",
      "nixos one: modules/builds.nix hosts/one/host.nix modules/builds/_nixos.nix modules/again.nix modules/den.nix hosts/one/disks.nix",
      "nixos two: hosts/two/host.nix modules/den.nix",
    ]);
    const settings = (name: string, ...names: string[]) =>
      names.map((one) => stateText(hostNamed(model, name).setting(one)));
    assert.deepEqual(settings("one", "max-jobs", "cores", "timeout", "connect-timeout"), [
      "int 3",
      "int 2",
      "int 60",
      "int 5",
    ]);
    assert.deepEqual(settings("two", "max-jobs", "cores"), ["int 5", "unset"]);
    assert.deepEqual(settings("mac", "max-jobs"), ["int 6"]);
    assert.match(settings("one", "trusted-users")[0] ?? "", /string me/);
  });

  it("of den are partly known where contexts or policies pass on more", async () => {
    const model = await modelOf(`${DEN}
#- modules/policies.nix
{ den.policies.x = { host, ... }: [ ]; }
#- lone.nix
{ nix.settings.max-jobs = 9; nix.settings.cores = 9; }
`);
    assert.match(stateText(hostNamed(model, "mac").setting("cores")), /^\? a module that can't be followed may set it/);
  });

  it("of a clan: what services of its inventory give each machine", async () => {
    const model = await modelOf(CLAN);
    assert.deepEqual(hostFiles(model), [
      "nixos one: all.nix by/text.nix services/server.nix services/each.nix",
      "nixos two: all.nix by/text.nix quiet.nix services/builds.nix services/each.nix",
      "darwin three: all.nix by/text.nix services/mac.nix",
    ]);
    const [one, two] = [hostNamed(model, "one"), hostNamed(model, "two")];
    assert.equal(stateText(one.setting("max-jobs")), "int 2");
    assert.equal(stateText(two.setting("max-jobs")), "? settings of a clan's service");
    assert.equal(stateText(two.setting("timeout")), "int 60");
    // Who is in the odd role can't be told.
    assert.match(stateText(one.setting("keep-going")), /^\? a module that can't be followed may set it/);
  });

  it("of colmena: nodes of a hive, each once", async () => {
    const model = await modelOf(COLMENA);
    assert.deepEqual(hostFiles(model).sort(), [
      "nixos both: both.nix",
      "nixos db: db.nix",
      "nixos only: only.nix",
      "nixos web: web.nix",
    ]);
    assert.equal(stateText(hostNamed(model, "web").setting("max-jobs")), "int 4");
    assert.equal(stateText(hostNamed(model, "db").setting("max-jobs")), "int 1");
    assert.equal(stateText(hostNamed(model, "db").setting("timeout")), "int 60");
    assert.equal(stateText(hostNamed(model, "both").setting("cores")), "int 1");
  });

  it("of lite-config: modules by folder, by name and for all", async () => {
    const model = await modelOf(LITE_CONFIG);
    assert.deepEqual(hostFiles(model), [
      "nixos web: hosts/web/default.nix linux.nix",
      "nixos db: db.nix linux.nix",
      "darwin mac: hosts/mac/default.nix darwin.nix",
    ]);
    assert.equal(stateText(hostNamed(model, "web").setting("max-jobs")), "int 3");
    assert.equal(stateText(hostNamed(model, "db").setting("max-jobs")), "int 6");
    assert.equal(stateText(hostNamed(model, "mac").setting("timeout")), "int 60");
  });

  it("beside and among outputs that flake-utils makes for each system", async () => {
    const model = await modelOf(FLAKE_UTILS);
    assert.deepEqual(hostFiles(model), ["nixos one: a.nix b.nix", "nixos two: a.nix", "home-manager me: "]);
    assert.equal(stateText(hostNamed(model, "two").setting("cores")), "int 4");
    assert.equal(stateText(hostNamed(model, "me").setting("cores")), "int 8");
  });

  it("of nixos-unified's own mkFlake, and by a function of flake-parts' outputs", async () => {
    const model = await modelOf(NIXOS_UNIFIED);
    assert.deepEqual(hostFiles(model).sort(), [
      "home-manager me: configurations/home/me.nix",
      "nixos one: configurations/nixos/one.nix modules/nixos/builds.nix",
      "nixos three: more/three.nix",
    ]);
  });

  it("of flake-parts' evalFlakeModule, merged with others", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs.url = "github:NixOS/nixpkgs"; parts.url = "github:hercules-ci/flake-parts"; };
  outputs = { self, nixpkgs, parts, ... }@inputs: let
    made = parts.lib.evalFlakeModule { inherit inputs; } ({ self, inputs, ... }: {
      flake.nixosConfigurations.one = inputs.nixpkgs.lib.nixosSystem { modules = [ self.extra ./one.nix ]; };
    });
    same = parts.lib.mkFlake { inherit inputs; } { flake.darwinConfigurations.two = nixpkgs.lib.darwinSystem { modules = [ ./one.nix ]; }; };
  in made.config.flake // same // { extra = ./extra.nix; };
}
#- one.nix
{ nix.settings.cores = 2; }
#- extra.nix
{ nix.settings.max-jobs = 2; }
`);
    assert.deepEqual(hostFiles(model), ["nixos one: extra.nix one.nix", "darwin two: one.nix"]);
  });

  for (const [name, text] of Object.entries({ COLMENA, LITE_CONFIG, FLAKE_UTILS, NIXOS_UNIFIED, CLAN, DEN }))
    it(`follow an edit of any file: ${name.toLowerCase().replace("_", "-")}`, () => followsEdits(text));
});
