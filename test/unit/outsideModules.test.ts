// What modules from elsewhere leave of "unset", and what a host's own modules know of the packages that it is given.
import assert from "node:assert/strict";
import { hostNamed, modelOf, stateText } from "../support/model.js";

const SCORE = ["systemd", "services", "nix-daemon", "serviceConfig", "OOMScoreAdjust"];

const NAMES = ["home-manager", "srvos", "base", "hm", "house", "nixos-hardware", "disko", "choice"];

/** A host of these modules, in a flake with these inputs. */
async function hostOf(modules: string, inputs: Record<string, string> = {}, files = "") {
  const nodes = Object.entries(inputs).map(([name, place]) => {
    const [owner, repo] = place.split("/");
    return [name, { locked: { owner, repo, type: "github" }, original: { owner, repo, type: "github" } }];
  });
  const root = { inputs: Object.fromEntries(Object.keys(inputs).map((name) => [name, name])) };
  const lock = JSON.stringify({ nodes: { ...Object.fromEntries(nodes), root }, root: "root", version: 7 });
  const model = await modelOf(`#- flake.nix
{
  inputs = { ${NAMES.map((name) => `${name}.url = "";`).join(" ")} };
  outputs = inputs@{ self, nixpkgs, ... }: {
    sets = { a = ./a.nix; b = ./b.nix; };
    nixosConfigurations.one = nixpkgs.lib.nixosSystem {
      system = "aarch64-linux";
      specialArgs = { inherit inputs self; };
      modules = [ ${modules} { nix.settings.timeout = 3600; } ];
    };
  };
}
#- flake.lock
${lock}
${files}`);
  return hostNamed(model, "one");
}

describe("modules from elsewhere", () => {
  it("leave unset what they don't set", async () => {
    const one = await hostOf("inputs.home-manager.nixosModules.home-manager inputs.srvos.nixosModules.mixins-terminfo");
    assert.equal(one.option(SCORE).state, "unset");
    assert.equal(one.setting("min-free").state, "unset");
    assert.equal(stateText(one.setting("timeout")), "int 3600");
  });

  it("may have set what their sources set", async () => {
    const one = await hostOf("inputs.srvos.nixosModules.server");
    const reason = "the module inputs.srvos.nixosModules.server may set it";
    assert.equal(stateText(one.option(SCORE)), `? ${reason}`);
    assert.equal(stateText(one.setting("min-free")), `? ${reason}`);
    assert.equal(stateText(one.option(["nix", "optimise", "automatic"])), `? ${reason}`);
    assert.equal(one.option(["zramSwap", "enable"]).state, "unset");
    assert.equal(stateText(one.setting("timeout")), "int 3600");
  });

  it("of lib that rename options set the new name at most", async () => {
    const rest = "#- lone.nix\n{ nix.settings.cores = 9; nix.settings.max-jobs = 9; }\n";
    const one = await hostOf(
      `({ lib, ... }: { imports = [
        (lib.mkRenamedOptionModule [ "my" "jobs" ] [ "nix" "settings" "max-jobs" ])
        (lib.modules.mkAliasOptionModule [ "tmp" ] [ "boot" "tmp" ])
        (lib.mkRemovedOptionModule [ "my" "cores" ] "gone")
      ]; })`,
      {},
      rest,
    );
    assert.equal(stateText(one.setting("max-jobs")).slice(0, 1), "?");
    assert.equal(stateText(one.option(["boot", "tmp", "useTmpfs"])).slice(0, 1), "?");
    assert.equal(stateText(one.setting("cores")), "unset");
    assert.equal(stateText(one.option(SCORE)), "unset");
  });

  it("that are downloaded set nothing in sight", async () => {
    const rest = "#- lone.nix\n{ nix.settings.cores = 9; }\n";
    const modules = [
      '(builtins.fetchTarball "https://x.org/a.tar.gz" + "/m.nix")',
      "(import (fetchTarball ./a) { }).m",
    ];
    const states = await Promise.all(modules.map((module) => hostOf(module, {}, rest)));
    assert.deepEqual(
      states.map((one) => stateText(one.setting("cores")).slice(0, 5)),
      ["unset", "? a m"],
    );
  });

  it("may add to lists, unless these are forced", async () => {
    const one = await hostOf(`inputs.srvos.nixosModules.mixins-trusted-nix-caches ({ lib, ... }: { nix.settings = {
      trusted-public-keys = [ "a:b" ]; system-features = [ "kvm" ]; trusted-substituters = lib.mkForce [ "https://a" ];
    }; })`);
    const open = ["trusted-public-keys", "system-features", "trusted-substituters"].map((name) => {
      const state = one.setting(name);
      return state.state === "known" && state.value.kind === "list" && state.value.openTail !== undefined;
    });
    assert.deepEqual(open, [true, false, false]);
  });

  it("are known by what flake.lock says, forks too", async () => {
    const one = await hostOf("inputs.base.nixosModules.common inputs.hm.nixosModules.default", {
      base: "someone/srvos",
      hm: "rycee/home-manager",
    });
    assert.equal(one.option(SCORE).state, "unknown");
    assert.equal(one.option(["zramSwap", "enable"]).state, "unset");
  });

  it("that nobody knows may have set what any of the known ones sets", async () => {
    const one = await hostOf("inputs.house.nixosModules.defaults");
    assert.equal(stateText(one.option(SCORE)), "? the module inputs.house.nixosModules.defaults may set it");
    assert.equal(one.option(["zramSwap", "memoryPercent"]).state, "unknown");
    assert.equal(one.setting("max-jobs").state, "unset");
    assert.equal(one.setting("cores").state, "unset");
  });

  it("of nixpkgs go by their file", async () => {
    const one = await hostOf(`({ modulesPath, ... }: { imports = [
      (modulesPath + "/profiles/qemu-guest.nix") "\${modulesPath}/profiles/minimal.nix"
    ]; }) "\${nixpkgs}/nixos/modules/profiles/headless.nix"`);
    assert.equal(one.option(["documentation", "man", "generateCaches"]).state, "unknown");
    assert.equal(one.option(SCORE).state, "unset");
    const builder = await hostOf(`"\${nixpkgs}/nixos/modules/profiles/nix-builder-vm.nix"`);
    assert.equal(builder.setting("min-free").state, "unknown");
  });

  it("out of one of several sets may be either's", async () => {
    const one = await hostOf(`((nixpkgs.nixosModules // inputs.nixos-hardware.nixosModules).common-pc)`);
    assert.equal(one.option(["powerManagement", "cpuFreqGovernor"]).state, "unknown");
    assert.equal(one.option(SCORE).state, "unset");
  });

  it("and what the installer wrote hold the machine's own", async () => {
    const one = await hostOf("/etc/nixos/hardware-configuration.nix");
    assert.equal(one.option(["swapDevices"]).state, "unknown");
    assert.equal(one.option(SCORE).state, "unset");
    const disko = await hostOf("inputs.disko.nixosModules.disko");
    assert.equal(disko.option(["swapDevices"]).state, "unknown");
  });
});

describe("a module under a name that is not known", () => {
  it("may be any of its set", async () => {
    const one = await hostOf(
      "self.sets.${inputs.choice}",
      {},
      `#- a.nix
{ nix.settings.max-jobs = 2; }
#- b.nix
{ nix.settings.cores = 4; }
`,
    );
    assert.deepEqual(one.files, ["flake.nix", "a.nix", "b.nix"]);
    assert.equal(stateText(one.setting("max-jobs")), "? hangs on a condition that is not known");
    assert.equal(one.setting("cores").state, "unknown");
    assert.equal(one.setting("fallback").state, "unset");
  });
});

describe("the packages of a host", () => {
  it("are for its platform", async () => {
    const one = await hostOf(`({ pkgs, lib, ... }: { nix.settings = {
      cores = if pkgs.stdenv.isLinux then 2 else 4;
      max-jobs = if pkgs.stdenv.hostPlatform.isx86_64 then 8 else 6;
      timeout = lib.mkIf pkgs.stdenv.isDarwin 5;
      builders = pkgs.stdenv.hostPlatform.system + pkgs.system;
      min-free = if pkgs.stdenv.hostPlatform.isMusl then 1 else 2;
      use-cgroups = pkgs.lib.id true;
    }; })`);
    assert.equal(stateText(one.setting("cores")), "int 2");
    assert.equal(stateText(one.setting("max-jobs")), "int 6");
    assert.equal(stateText(one.setting("timeout")), "int 3600");
    assert.equal(stateText(one.setting("builders")), "string aarch64-linuxaarch64-linux");
    assert.equal(one.setting("min-free").state, "unknown");
    assert.equal(stateText(one.setting("use-cgroups")), "bool true");
  });

  it("tell the kernel where nothing tells the processor", async () => {
    const model = await modelOf(`#- flake.nix
{
  outputs = { nixpkgs, darwin, home-manager, ... }: let
    module = { pkgs, ... }: { nix.settings = {
      cores = if pkgs.stdenv.isDarwin then 2 else 4;
      max-jobs = if pkgs.stdenv.hostPlatform.isAarch64 then 8 else 6;
    }; };
  in {
    nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = [ module ]; };
    darwinConfigurations.two = darwin.lib.darwinSystem { modules = [ module ]; };
    homeConfigurations.three = home-manager.lib.homeManagerConfiguration {
      pkgs = nixpkgs.legacyPackages.aarch64-darwin; modules = [ module ];
    };
    homeConfigurations.four = home-manager.lib.homeManagerConfiguration { pkgs = nixpkgs; modules = [ module ]; };
  };
}
`);
    const states = ["one", "two", "three", "four"].map((name) =>
      ["cores", "max-jobs"].map((setting) => stateText(hostNamed(model, name).setting(setting)).replace(/\?.*/, "?")),
    );
    assert.deepEqual(states, [
      ["int 4", "?"],
      ["int 2", "?"],
      ["int 2", "int 8"],
      ["?", "?"],
    ]);
  });

  it("may be taken together with a file that no host reaches", async () => {
    const lock = (repo: string) =>
      JSON.stringify({
        nodes: { it: { locked: { owner: "o", repo, type: "github" } }, root: { inputs: { it: "it" } } },
        root: "root",
        version: 7,
      });
    const lone = async (repo: string) => {
      const { hosts } = await modelOf(`#- flake.nix
{ inputs.it.url = "github:o/${repo}"; outputs = { self, it }: { nixosModules.default = ./module.nix; }; }
#- flake.lock
${lock(repo)}
#- module.nix
{ nix.settings.timeout = 3600; }
`);
      const host = hosts.find(({ files }) => files.includes("module.nix"));
      assert.ok(host);
      return stateText(host.setting("builders-use-substitutes"));
    };
    assert.equal(await lone("srvos"), "? a module of the input it may set it");
    assert.equal(await lone("sops-nix"), "unset");
    assert.equal(await lone("something-else"), "unset");
  });
});
