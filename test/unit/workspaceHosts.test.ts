import assert from "node:assert/strict";
import { definitionTexts, hostNamed, modelOf, stateText } from "../support/model.js";

const FLAKE = `#- flake.nix
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs";
  outputs = { self, nixpkgs, ... }@inputs: {
    nixosConfigurations.alpha = nixpkgs.lib.nixosSystem {
      specialArgs = { inherit inputs; threads = 16; };
      modules = [ ./alpha.nix { nix.settings.cores = 4; } inputs.hardware.nixosModules.x ];
    };
    nixosConfigurations.beta = nixpkgs.lib.nixosSystem {
      specialArgs.threads = 8;
      modules = [ ./beta.nix ];
    };
  };
}
`;

describe("hosts of a flake", () => {
  it("give arguments; what a file assumes without them is told beside", async () => {
    const model = await modelOf(`#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ (import ./vm.nix { jobs = 4; }) ]; };
  };
}
#- vm.nix
{ jobs ? 2, cores ? 3, ... }: { nix.settings.max-jobs = jobs; nix.settings.cores = cores; }
`);
    assert.deepEqual(definitionTexts(model), [
      "vm.nix nix.settings.max-jobs = int 4 for a",
      "vm.nix nix.settings.cores = int 3 for a",
      "vm.nix nix.settings.max-jobs = ~int 2 for nobody",
    ]);
    assert.equal(stateText(hostNamed(model, "a").setting("max-jobs")), "int 4");
  });

  it("get the definitions of their modules, shared files with each host's own values", async () => {
    const model = await modelOf(`${FLAKE}
#- alpha.nix
{ imports = [ ./common.nix ]; zramSwap.enable = true; }
#- beta.nix
{ lib, ... }: { imports = [ ./common.nix ./common.nix ]; nix.settings.cores = lib.mkForce 2; }
#- common.nix
{ threads, lib, ... }: { nix.settings = { max-jobs = threads / 4; cores = lib.mkDefault 1; }; }
`);
    const alpha = hostNamed(model, "alpha");
    const beta = hostNamed(model, "beta");
    assert.deepEqual(alpha.files, ["flake.nix", "alpha.nix", "common.nix"]);
    assert.deepEqual(beta.files, ["flake.nix", "beta.nix", "common.nix"]);
    assert.equal(stateText(alpha.setting("max-jobs")), "int 4");
    assert.equal(stateText(beta.setting("max-jobs")), "int 2");
    assert.equal(stateText(alpha.setting("cores")), "int 4");
    assert.equal(stateText(beta.setting("cores")), "int 2");
    assert.equal(stateText(beta.option(["zramSwap", "enable"])), "unset");
    assert.deepEqual(
      definitionTexts(model).filter((text) => text.includes("max-jobs =")),
      ["common.nix nix.settings.max-jobs = int 4 for alpha", "common.nix nix.settings.max-jobs = int 2 for beta"],
    );
    assert.ok(
      model.hosts.every(({ kind }) => kind === "host"),
      "no file is left to itself",
    );
    const { start, end } = alpha.declaration.range;
    assert.equal(model.sources.get("flake.nix")?.text.slice(start, end), "alpha");
  });

  it("resolve options that the workspace declares, by type, with defaults and conditions", async () => {
    const model = await modelOf(`${FLAKE}
#- alpha.nix
{ config, lib, ... }: {
  imports = [ ./options.nix ];
  my.builds = { enable = true; users = [ "b" ]; limits.small.cores = 3; };
  nix.settings = lib.mkIf config.my.builds.enable {
    max-jobs = config.my.builds.jobs;
    timeout = config.my.builds.limits.small.cores * config.my.builds.limits.small.factor;
    trusted-users = config.my.builds.users;
    system-features = [ config.networking.hostName ];
    keep-going = config.services.x.enable;
  };
}
#- options.nix
{ lib, config, ... }: with lib; {
  options.my.builds = {
    enable = mkEnableOption "builds";
    jobs = mkOption { type = types.int; default = 2 + 3; };
    users = mkOption { type = types.listOf types.str; default = [ "default" ]; };
    limits = mkOption {
      type = types.attrsOf (types.submodule { options = {
        cores = mkOption { type = types.int; };
        factor = mkOption { type = types.int; default = 10; };
      }; });
    };
  };
  config = mkIf config.my.builds.enable { my.builds.users = [ "a" ]; networking.hostName = "alpha"; };
}
#- beta.nix
{ config, ... }: { imports = [ ./options.nix ]; nix.settings.keep-outputs = config.my.builds.enable; }
`);
    const alpha = hostNamed(model, "alpha");
    assert.equal(stateText(alpha.setting("max-jobs")), "int 5");
    assert.equal(stateText(alpha.setting("timeout")), "int 30");
    assert.equal(stateText(alpha.setting("trusted-users")), "[string a,string b]");
    assert.equal(stateText(alpha.setting("system-features")), "[string alpha]");
    assert.match(stateText(alpha.setting("keep-going")), /^\? /);
    assert.equal(stateText(hostNamed(model, "beta").setting("keep-outputs")), "bool false");
  });

  it("merge as the module system does", async () => {
    const model = await modelOf(`${FLAKE}
#- alpha.nix
{ lib, unknown, ... }: {
  imports = [
    { nix.settings = { max-jobs = lib.mkDefault 1; timeout = 5; fallback = true; keep-going = true; substituters = [ "b" ]; }; }
    { nix.settings = { max-jobs = 2; timeout = 5; fallback = false; substituters = lib.mkBefore [ "a" ]; }; }
    { nix.settings.substituters = lib.mkAfter [ "c" ]; nix.maxJobs = lib.mkForce 3; }
    { nix.settings = lib.mkIf unknown { keep-going = true; connect-timeout = 3; max-silent-time = lib.mkDefault 1; }; }
    { nix = lib.mkMerge [ { settings = lib.mkIf false { log-lines = 3; }; } { settings.max-silent-time = 60; } ]; }
  ];
}
#- beta.nix
{ inputs, lib, ... }: { nix = lib.mkMerge [ { settings.cores = 2; } inputs.x.nix ]; }
`);
    const alpha = hostNamed(model, "alpha");
    assert.equal(stateText(alpha.setting("max-jobs")), "int 3", "the old name counts, and is stronger");
    assert.equal(stateText(alpha.option(["nix", "maxJobs"])), "int 3");
    assert.equal(stateText(alpha.setting("timeout")), "int 5", "equal values agree");
    assert.equal(stateText(alpha.setting("fallback")), "? conflicting definitions");
    assert.equal(stateText(alpha.setting("substituters")), "[string a,string b,string c]");
    assert.equal(stateText(alpha.setting("keep-going")), "bool true", "an uncertain equal value changes nothing");
    assert.equal(stateText(alpha.setting("connect-timeout")), "? hangs on a condition that is not known");
    assert.equal(stateText(alpha.setting("max-silent-time")), "int 60", "an uncertain weaker value changes nothing");
    assert.equal(stateText(alpha.setting("log-lines")), "unset");
    assert.ok(definitionTexts(model).some((text) => text.includes("log-lines = int 3 for nobody")));
    assert.match(stateText(hostNamed(model, "beta").setting("cores")), /^\? /, "an unknown part may set it too");
  });

  it("are found through helpers, tables, folders and self", async () => {
    const model = await modelOf(`#- flake.nix
{
  outputs = inputs@{ self, nixpkgs, darwin, home-manager, ... }:
    let
      inherit (nixpkgs) lib;
      mkHost = name: { jobs, extra ? [ ] }: lib.nixosSystem {
        modules = [ ./hosts/\${name} self.nixosModules.base { nix.settings.max-jobs = jobs; } ] ++ extra;
      };
      hosts = { a = { jobs = 1; }; b = { jobs = 2; extra = [ { nix.settings.timeout = 9; } ]; }; };
    in {
      nixosModules.base = import ./base.nix;
      nixosConfigurations = lib.mapAttrs mkHost hosts
        // lib.genAttrs (builtins.attrNames (builtins.readDir ./more)) (name: lib.nixosSystem { modules = [ (./more + "/\${name}") ]; });
      darwinConfigurations.mac = darwin.lib.darwinSystem { modules = [ { nix.settings.cores = 6; } ]; };
      homeConfigurations."me@a" = home-manager.lib.homeManagerConfiguration {
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        modules = [ { nix.settings.build-cores = 5; } ];
      };
    };
}
#- hosts/a/default.nix
{ }
#- hosts/b/default.nix
{ nix.settings.cores = 8; }
#- more/c/default.nix
{ nix.settings.cores = 9; }
#- base.nix
{ config, ... }: { nix.settings.keep-going = true; }
`);
    const summary = model.hosts.map((host) =>
      [
        host.platform,
        host.name,
        host.files.join(" "),
        stateText(host.setting("cores")),
        stateText(host.setting("max-jobs")),
      ].join(" | "),
    );
    assert.deepEqual(summary, [
      "nixos | a | flake.nix hosts/a/default.nix base.nix | unset | int 1",
      "nixos | b | flake.nix hosts/b/default.nix base.nix | int 8 | int 2",
      "nixos | c | flake.nix more/c/default.nix | int 9 | unset",
      "darwin | mac | flake.nix | int 6 | unset",
      "home-manager | me@a | flake.nix | int 5 | unset",
    ]);
    assert.equal(stateText(hostNamed(model, "b").setting("timeout")), "int 9");
  });

  it("are found through flake-parts", async () => {
    const model = await modelOf(`#- flake.nix
{
  inputs = { nixpkgs = { }; flake-parts = { }; import-tree = { }; };
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules);
}
#- modules/base.nix
{ flake.modules.nixos.base = { lib, ... }: { nix.settings.cores = lib.mkDefault 2; }; }
#- modules/more.nix
{ flake.modules.nixos.base.nix.settings.max-jobs = 3; }
#- modules/hosts.nix
{ config, inputs, lib, withSystem, ... }: {
  options.machines = lib.mkOption { type = lib.types.attrsOf lib.types.int; default = { }; };
  config.machines.one = 7;
  config.flake.nixosConfigurations = lib.mapAttrs (name: threads: withSystem "x86_64-linux" ({ system, ... }:
    inputs.nixpkgs.lib.nixosSystem { modules = [ config.flake.modules.nixos.base { nix.settings.timeout = threads; } ]; }
  )) config.machines;
}
#- modules/_left/out.nix
{ config.machines.two = 1; }
`);
    assert.deepEqual(
      model.hosts.map(({ name }) => name),
      ["one"],
    );
    const one = hostNamed(model, "one");
    assert.deepEqual(
      ["cores", "max-jobs", "timeout"].map((name) => stateText(one.setting(name))),
      ["int 2", "int 3", "int 7"],
    );
    assert.ok(model.definitions.every(({ hosts }) => hosts.join() === "one"));
  });

  it("home-manager's users within NixOS are configurations of their own, on the host's machine", async () => {
    const asked: string[] = [];
    const model = await modelOf(
      `#- flake.nix
{
  inputs = { nixpkgs = { }; home-manager = { }; };
  outputs = { nixpkgs, home-manager, ... }: {
    nixosConfigurations.alpha = nixpkgs.lib.nixosSystem { modules = [ home-manager.nixosModules.default ./alpha.nix ]; };
  };
}
#- alpha.nix
{
  networking.hostName = "alpha";
  nix.settings.cores = 2;
  home-manager = {
    extraSpecialArgs.n = 5;
    sharedModules = [ { nix.settings.keep-going = true; } ];
    users.me = import ./home.nix;
  };
}
#- home.nix
{ n, osConfig, ... }: { imports = [ ./more.nix ]; nix.settings = { max-jobs = n; extra-platforms = [ osConfig.networking.hostName ]; }; }
#- more.nix
{ nix.settings.timeout = 3; }
`,
      {
        machineFor: ({ name }) => {
          asked.push(name);
          return undefined;
        },
      },
    );
    const me = hostNamed(model, "me@alpha");
    assert.equal(me.platform, "home-manager");
    assert.deepEqual(
      ["max-jobs", "timeout", "keep-going", "cores", "extra-platforms"].map((name) => stateText(me.setting(name))),
      ["int 5", "int 3", "bool true", "unset", "[string alpha]"],
    );
    assert.equal(stateText(hostNamed(model, "alpha").setting("cores")), "int 2");
    assert.equal(stateText(hostNamed(model, "alpha").setting("max-jobs")), "unset");
    assert.deepEqual([...new Set(asked)], ["alpha"]);
  });

  it("nixConfig is what the flake's own users get", async () => {
    const model = await modelOf(
      '#- flake.nix\n{ nixConfig = { max-jobs = 2; extra-substituters = [ "x" ]; }; outputs = _: { }; }',
    );
    const users = hostNamed(model, "nixConfig");
    assert.equal(users.platform, "flake");
    assert.equal(stateText(users.setting("max-jobs")), "int 2");
    assert.equal(stateText(users.setting("cores")), "unset");
    assert.deepEqual(model.definitions[1]?.attrPath, ["nixConfig", "max-jobs"]);
  });

  it("modules that import each other, disable others or do not exist end somewhere", async () => {
    const model = await modelOf(`${FLAKE}
#- alpha.nix
{ config, ... }: { imports = [ ./loop.nix ./absent.nix ./off.nix ]; disabledModules = [ ./off.nix ]; nix.settings.cores = config.nix.settings.cores; }
#- loop.nix
{ config, lib, ... }: { imports = [ ./alpha.nix ] ++ lib.optional config.x ./beta.nix; }
#- off.nix
{ nix.settings.timeout = 1; }
#- beta.nix
{ nix.settings.timeout = 2; }
`);
    const alpha = hostNamed(model, "alpha");
    assert.equal(stateText(alpha.setting("timeout")), "? hangs on a condition that is not known");
    assert.deepEqual(alpha.files, ["flake.nix", "alpha.nix", "loop.nix", "beta.nix"]);
  });

  it("a module's imports are told apart in linear time, whatever stands between them", async () => {
    const blank = `${"\n      ".repeat(200)}./b/./../c/${"./".repeat(200)}`;
    const model = await modelOf(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }
#- a.nix
{ imports = [ ./b.nix${blank} (x.y z) ]; }
#- b.nix
{ imports = [ # first
  ./c.nix
  ]; }
#- c.nix
{ nix.settings.cores = 2; }
`);
    assert.equal(stateText(hostNamed(model, "one").setting("cores")), "int 2");
  }).timeout(5000);

  it("do not know what coercedTo makes of an option's values", async () => {
    const model = await modelOf(`#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.alpha = nixpkgs.lib.nixosSystem {
      modules = [
        ({ lib, config, ... }: {
          options.my.jobs = lib.mkOption { type = lib.types.coercedTo lib.types.str lib.toInt lib.types.int; default = "7"; };
          options.my.cores = lib.mkOption { type = lib.types.coercedTo lib.types.str lib.toInt lib.types.int; };
          options.my.plain = lib.mkOption { type = lib.types.int; default = 3; };
          config.my.cores = "4";
          config.nix.settings = { max-jobs = config.my.jobs; cores = config.my.cores; timeout = config.my.plain; };
        })
      ];
    };
  };
}
`);
    const alpha = hostNamed(model, "alpha");
    assert.equal(alpha.setting("max-jobs").state, "unknown");
    assert.equal(alpha.setting("cores").state, "unknown");
    assert.equal(stateText(alpha.setting("timeout")), "int 3");
  });
});

describe("a model after an edit", () => {
  const files = new Map(
    Object.entries({
      "flake.nix": `{ outputs = { self, nixpkgs }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./shared.nix ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./shared.nix ]; };
      }; }; }`,
      "a.nix": "{ nix.settings.max-jobs = import ./jobs.nix; }",
      "b.nix": "{ nix.settings.max-jobs = 1; }",
      "shared.nix": "{ config, ... }: { nix.settings.cores = config.nix.settings.max-jobs; }",
      "jobs.nix": "4",
      "lone.nix": "{ nix.settings.timeout = 3; }",
    }),
  );
  const summary = (model: Awaited<ReturnType<typeof modelOf>>) => [
    ...definitionTexts(model),
    ...model.hosts.map(({ name, files: own }) => `${name}: ${own.join(" ")}`),
  ];

  for (const [path, text] of [
    ["jobs.nix", "5"],
    ["shared.nix", "{ nix.settings.cores = 9; }"],
    ["lone.nix", "{ }"],
    [
      "flake.nix",
      "{ outputs = { nixpkgs, ... }: { nixosConfigurations.c = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }",
    ],
    ["new.nix", "{ nix.settings.cores = 8; }"],
    ["a.nix", undefined],
  ] as const)
    it(`equals one made afresh: ${path} ${text === undefined ? "removed" : "changed"}`, async () => {
      const first = await modelOf(files);
      const edited = new Map(files);
      if (text === undefined) edited.delete(path);
      else edited.set(path, text);
      const second = await modelOf(edited, { previous: first });
      assert.deepEqual(summary(second), summary(await modelOf(edited)));
      const back = await modelOf(files, { previous: second });
      assert.deepEqual(summary(back), summary(first));
      assert.deepEqual(
        summary(await modelOf(edited, { previous: first })),
        summary(second),
        "from the older model too",
      );
    });
});
