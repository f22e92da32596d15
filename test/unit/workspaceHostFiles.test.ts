import assert from "node:assert/strict";
import { hostNamed, modelOf, stateText } from "../support/model.js";

/** A flake whose outputs are written as text. */
function flake(outputs: string): string {
  return `#- flake.nix\n{ outputs = inputs@{ self, nixpkgs, darwin, flake-parts, ... }: ${outputs}; }\n`;
}

describe("the files that make up a host", () => {
  it("are found where one helper wraps every module, and wrapped modules import each other", async () => {
    const model = await modelOf(`${flake(`{
      nixosModules = nixpkgs.lib.genAttrs [ "desktop" "builds" ]
        (name: args@{ config, lib, self, ... }: import (./modules + "/\${name}") (args // { inherit name; }));
      nixosConfigurations.one = nixpkgs.lib.nixosSystem {
        specialArgs = { inherit self; };
        modules = [ self.nixosModules.desktop ];
      };
    }`)}
#- modules/desktop/default.nix
{ self, name, ... }: { imports = [ self.nixosModules.builds ]; networking.domain = name; }
#- modules/builds/default.nix
{ name, ... }: { imports = [ ../cores.nix ]; nix.settings.max-jobs = if name == "builds" then 3 else 1; }
#- modules/cores.nix
{ nix.settings.cores = 2; }
`);
    const one = hostNamed(model, "one");
    assert.deepEqual(
      one.files.filter((file) => file.startsWith("modules/")),
      ["modules/desktop/default.nix", "modules/builds/default.nix", "modules/cores.nix"],
    );
    assert.equal(stateText(one.setting("max-jobs")), "int 3");
    assert.equal(stateText(one.setting("cores")), "int 2");
  });

  it("are found by helpers that read folders and pick by a test", async () => {
    const model = await modelOf(`${flake(`let
      lib = nixpkgs.lib.extend (final: prev: { my = import ./lib { lib = final; }; });
    in { nixosConfigurations = lib.my.modulesIn ./hosts (path: lib.nixosSystem {
      modules = [ path ] ++ lib.attrValues (lib.my.modulesIn (toString ./modules) (path: path));
    }); }`)}
#- lib/default.nix
{ lib }: {
  modulesIn = folder: f: lib.filterAttrs (name: value: value != null && !(lib.hasPrefix "_" name)) (lib.mapAttrs' (name: kind:
    let path = "\${toString folder}/\${name}"; in
    if kind == "directory" && builtins.pathExists "\${path}/default.nix" then lib.nameValuePair name (f path)
    else if kind == "regular" && lib.hasSuffix ".nix" name then lib.nameValuePair (lib.removeSuffix ".nix" name) (f path)
    else lib.nameValuePair "" null) (builtins.readDir folder));
}
#- hosts/left.nix
{ nix.settings.cores = 2; }
#- hosts/right/default.nix
{ nix.settings.cores = 4; }
#- hosts/right/notes.txt
nothing
#- modules/builds.nix
{ nix.settings.max-jobs = 3; }
#- modules/_draft.nix
{ nix.settings.max-jobs = 9; }
#- modules/readme.md
nothing
`);
    const summary = ["left", "right"].map((name) => {
      const host = hostNamed(model, name);
      return [...host.files.slice(1), stateText(host.setting("cores")), stateText(host.setting("max-jobs"))];
    });
    assert.deepEqual(summary, [
      ["hosts/left.nix", "modules/builds.nix", "int 2", "int 3"],
      ["hosts/right/default.nix", "modules/builds.nix", "int 4", "int 3"],
    ]);
  });

  it("of flake-parts modules that declare outputs of their own or are applied to values", async () => {
    const model =
      await modelOf(`${flake("inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./outputs.nix ./hosts.nix ]; }")}
#- outputs.nix
{ lib, flake-parts-lib, ... }: {
  imports = [ (flake-parts-lib.importApply ./shared.nix { threads = 12; }) ];
  options.flake = flake-parts-lib.mkSubmoduleOptions {
    darwinConfigurations = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.raw; default = { }; };
  };
}
#- shared.nix
{ threads }: { ... }: { flake.nixosModules.shared = { nix.settings.cores = threads / 4; }; }
#- hosts.nix
{ inputs, self, ... }: { flake = {
  nixosConfigurations.one = inputs.nixpkgs.lib.nixosSystem { modules = [ self.nixosModules.shared ./one.nix ]; };
  darwinConfigurations.mac = inputs.darwin.lib.darwinSystem { modules = [ self.nixosModules.shared ]; };
}; }
#- one.nix
{ nix.settings.max-jobs = 1; }
`);
    assert.deepEqual(
      model.hosts.filter(({ kind }) => kind === "host").map(({ name, files }) => `${name}: ${files.join(" ")}`),
      ["one: hosts.nix one.nix shared.nix", "mac: hosts.nix shared.nix"],
    );
    assert.equal(stateText(hostNamed(model, "mac").setting("cores")), "int 3");
  });

  it("of one module of flake-parts that several files define, as a set and as a function", async () => {
    const model =
      await modelOf(`${flake("inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./jobs.nix ./cores.nix ./host.nix ]; }")}
#- jobs.nix
{ flake.nixosModules.default = { nix.settings.max-jobs = 4; }; }
#- cores.nix
{ flake = { nixosModules.default = { config, ... }: { nix.settings.cores = 2; }; nixosModules.other = { nix.settings.timeout = 1; }; }; }
#- host.nix
{ inputs, self, ... }: {
  flake.nixosConfigurations.one = inputs.nixpkgs.lib.nixosSystem { modules = [ self.nixosModules.default ]; };
}
`);
    const one = hostNamed(model, "one");
    assert.deepEqual(
      ["max-jobs", "cores", "timeout"].map((name) => stateText(one.setting(name))),
      ["int 4", "int 2", "unset"],
    );
  });

  it("with the extraModules of nixosSystem, before its modules", async () => {
    const model = await modelOf(`${flake(`{
      nixosConfigurations.one = nixpkgs.lib.nixosSystem { extraModules = [ ./extra.nix ]; modules = [ ./one.nix ]; };
    }`)}
#- extra.nix
{ nix.settings.cores = 4; }
#- one.nix
{ nix.settings.max-jobs = 2; }
`);
    const one = hostNamed(model, "one");
    assert.deepEqual(
      [...one.files.slice(1), stateText(one.setting("cores")), stateText(one.setting("max-jobs"))],
      ["extra.nix", "one.nix", "int 4", "int 2"],
    );
  });

  it("without what only a disabled module imports", async () => {
    const model = await modelOf(`${flake(`{
      nixosConfigurations.small = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ./small.nix ]; };
      nixosConfigurations.large = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ./shared.nix ]; };
    }`)}
#- common.nix
{ imports = [ ./heavy.nix ./shared.nix ]; nix.settings.max-jobs = 8; }
#- heavy.nix
{ nix.settings.cores = 4; }
#- shared.nix
{ nix.settings.timeout = 60; }
#- small.nix
{ imports = [ ./shared.nix ]; disabledModules = [ ./common.nix "profiles/base.nix" ]; }
`);
    assert.deepEqual(
      ["small", "large"].map((name) => {
        const host = hostNamed(model, name);
        return [...host.files.slice(1), ...["max-jobs", "cores", "timeout"].map((n) => stateText(host.setting(n)))];
      }),
      [
        ["small.nix", "shared.nix", "unset", "unset", "int 60"],
        ["common.nix", "shared.nix", "heavy.nix", "int 8", "int 4", "int 60"],
      ],
    );
  });

  it("of configurations that extend another", async () => {
    const model = await modelOf(`${flake(`let
      base = nixpkgs.lib.nixosSystem { specialArgs = { jobs = 1; threads = 8; }; modules = [ ./base.nix ]; };
      extended = base.extendModules { modules = [ ./one.nix ]; specialArgs.jobs = 3; };
    in {
      nixosConfigurations = { inherit base; one = extended; two = extended.extendModules { modules = [ ./two.nix ]; }; };
    }`)}
#- base.nix
{ jobs, threads, ... }: { nix.settings = { max-jobs = jobs; cores = threads / 4; }; }
#- one.nix
{ nix.settings.timeout = 1; }
#- two.nix
{ lib, ... }: { nix.settings.timeout = lib.mkForce 2; }
`);
    const summary = ["base", "one", "two"].map((name) => {
      const host = hostNamed(model, name);
      return [
        host.files.slice(1).join(" "),
        ...["max-jobs", "cores", "timeout"].map((setting) => stateText(host.setting(setting))),
      ];
    });
    assert.deepEqual(summary, [
      ["base.nix", "int 1", "int 2", "unset"],
      ["base.nix one.nix", "int 3", "int 2", "int 1"],
      ["base.nix one.nix two.nix", "int 3", "int 2", "int 2"],
    ]);
  });

  it("of a flake that calls nixpkgs by another name", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { stable.url = "github:NixOS/nixpkgs/nixos-25.05"; same.follows = "stable"; wayland.url = "github:nix-community/nixpkgs-wayland"; };
  outputs = { stable, same, wayland, ... }: {
    nixosConfigurations.one = stable.lib.nixosSystem {
      modules = stable.lib.optional (stable.lib.hasPrefix "o" "one") ./one.nix
        ++ wayland.lib.optional true ./not-lib.nix;
    };
  };
}
#- one.nix
{ nix.settings.cores = 2; }
#- not-lib.nix
{ nix.settings.cores = 3; }
`);
    assert.deepEqual(hostNamed(model, "one").files, ["flake.nix", "one.nix"]);
  });

  it("of a flake whose own lib lies below that of nixpkgs", async () => {
    const model = await modelOf(`${flake(`flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ ./lib ];
      flake.nixosConfigurations.one = self.lib.makeSystem {
        modules = self.lib.flatten [ (self.lib.tree ./modules) [ [ ./one.nix ] ] ];
      };
    }`)}
#- lib/default.nix
{ inputs, ... }: let
  inherit (inputs.nixpkgs) lib;
  own = final: {
    tree = folder: builtins.filter (final.hasSuffix "module.nix") (map toString (final.filesystem.listFilesRecursive folder));
    makeSystem = { modules }: final.nixosSystem { specialArgs.lib = final; inherit modules; };
  };
in {
  flake.lib = (lib.makeExtensible own).extend (lib.composeManyExtensions [ (_: _: lib) (_: _: inputs.flake-parts.lib) ]);
}
#- modules/a/module.nix
{ lib, ... }: { imports = lib.tree ../../more; nix.settings.cores = 2; }
#- modules/a/other.nix
{ nix.settings.cores = 9; }
#- modules/x.nix
{ nix.settings.cores = 9; }
#- more/module.nix
{ nix.settings.max-jobs = 3; }
#- one.nix
{ nix.settings.timeout = 1; }
`);
    const one = hostNamed(model, "one");
    assert.deepEqual(one.files.slice(-3), ["modules/a/module.nix", "one.nix", "more/module.nix"]);
    assert.equal(stateText(one.setting("cores")), "int 2");
    assert.equal(stateText(one.setting("max-jobs")), "int 3");
  });

  it("are not found by a name that nixpkgs' lib may have under the flake's own", async () => {
    const model = await modelOf(`${flake(`let lib = { toHex = _: ./hex.nix; own = ./own.nix; } // nixpkgs.lib; in {
      nixosConfigurations.one = lib.nixosSystem { modules = [ (lib.toHex 1) lib.own ]; };
    }`)}
#- hex.nix
{ nix.settings.cores = 1; }
#- own.nix
{ nix.settings.max-jobs = 1; }
`);
    const one = hostNamed(model, "one");
    assert.equal(stateText(one.setting("cores")).slice(0, 1), "?");
    assert.equal(stateText(one.setting("max-jobs")), "int 1");
  });

  it("hang on the lib that modules are given", async () => {
    const systems = {
      extended:
        "let lib = nixpkgs.lib.extend (_: _: { own = [ ./own.nix ]; }); in lib.nixosSystem { modules = [ ./one.nix ]; }",
      argument: "nixpkgs.lib.nixosSystem { lib = nixpkgs.lib // { own = [ ./own.nix ]; }; modules = [ ./one.nix ]; }",
      special:
        "nixpkgs.lib.nixosSystem { lib.own = [ ]; specialArgs.lib.own = [ ./own.nix ]; modules = [ ./one.nix ]; }",
      merged: "let lib = nixpkgs.lib // { own = [ ./own.nix ]; }; in lib.nixosSystem { modules = [ ./one.nix ]; }",
    };
    const hosts = Object.entries(systems).map(([name, system]) => `nixosConfigurations.${name} = ${system};`);
    const model = await modelOf(`${flake(`{ ${hosts.join(" ")} }`)}
#- one.nix
{ lib, ... }: { imports = lib.own; nix.settings.cores = 2; }
#- own.nix
{ nix.settings.max-jobs = 3; }
`);
    const jobs = Object.keys(systems).map((name) => stateText(hostNamed(model, name).setting("max-jobs")).slice(0, 5));
    assert.deepEqual(jobs, ["int 3", "int 3", "int 3", "? a m"]);
  });

  it("of a flake that makes its inputs anew and asks for outputs of its own", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = raw: let
    inputs = builtins.mapAttrs (name: input: if input ? nixosModules then input // {
      nixosModules = builtins.mapAttrs (_: raw.nixpkgs.lib.setDefaultModuleLocation name) input.nixosModules;
    } else input) raw;
    inherit (inputs) self nixpkgs;
    parts = map (file: nixpkgs.lib.toFunction (import file) inputs) [ ./a.nix ./b.nix ];
  in {
    nixosConfigurations = nixpkgs.lib.mapAttrs (_: modules: nixpkgs.lib.nixosSystem { inherit modules; }) (nixpkgs.lib.zipAttrs parts);
    jobs = if self ? nixosModules then 9 else if self ? rev then 3 else 3;
  };
}
#- a.nix
{ self, ... }: { one = { nix.settings.max-jobs = self.jobs; }; }
#- b.nix
{ one = { nix.settings.cores = 2; }; two = { nix.settings.cores = 4; }; }
`);
    const [one, two] = [hostNamed(model, "one"), hostNamed(model, "two")];
    assert.deepEqual(one.files, ["flake.nix", "a.nix", "b.nix"]);
    assert.equal(stateText(one.setting("max-jobs")), "int 3");
    assert.equal(stateText(two.setting("cores")), "int 4");
  });

  it("have nixpkgs' own lib where the one given can't be followed", async () => {
    const system = "nixpkgs.lib.nixosSystem { lib = (import (f nixpkgs) { }).lib; modules = [ ./one.nix ]; }";
    const model = await modelOf(`${flake(`{ nixosConfigurations.one = ${system}; }`)}
#- one.nix
{ lib, config, ... }: { nix.extraOptions = lib.mkIf config.some.thing "keep-outputs = true"; nix.settings.cores = lib.mkDefault 2; }
`);
    const one = hostNamed(model, "one");
    assert.deepEqual([stateText(one.setting("cores")), one.setting("max-jobs").state], ["int 2", "unset"]);
  });
});
