// Remote builders: how they are written, and what is planned for them.
import assert from "node:assert/strict";
import { remotePlan } from "../../server/src/core/builds/remote.js";
import {
  buildMachinesOf,
  hostNameOf,
  parseBuildMachines,
} from "../../server/src/core/workspace/settings/buildMachines.js";
import { analyse } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

describe("text of /etc/nix/machines", () => {
  it("is read as Nix reads it: fields, defaults, comments, several in a line", () => {
    const { machines, files } = parseBuildMachines(
      "# ours\nssh://root@big.example.org x86_64-linux,i686-linux /root/key 8 2.5 big-parallel,kvm benchmark AAAA # fast\nmac - - - - ; ssh-ng://pi:2222 aarch64-linux\n@/etc/nix/machines\n",
    );
    assert.deepEqual(machines, [
      {
        hostName: "big.example.org",
        systems: ["x86_64-linux", "i686-linux"],
        maxJobs: 8,
        speedFactor: 2.5,
        supportedFeatures: ["big-parallel", "kvm"],
        mandatoryFeatures: ["benchmark"],
      },
      { hostName: "mac", systems: [], maxJobs: 1, speedFactor: 1, supportedFeatures: [], mandatoryFeatures: [] },
      {
        hostName: "pi",
        systems: ["aarch64-linux"],
        maxJobs: 1,
        speedFactor: 1,
        supportedFeatures: [],
        mandatoryFeatures: [],
      },
    ]);
    assert.deepEqual(files, ["/etc/nix/machines"]);
  });

  it("leaves out lines that Nix rejects", () => {
    assert.deepEqual(parseBuildMachines("a x86_64-linux - many\nb x86_64-linux - 4 fast\n\n  \n").machines, []);
  });

  for (const [uri, name] of [
    ["ssh-ng://nix@a.example.org:22?compress=true", "a.example.org"],
    ["ssh://[2001:db8::1]:22", "2001:db8::1"],
    ["user@b", "b"],
    ["c", "c"],
  ] as const)
    it(`${uri} is ${name}`, () => assert.equal(hostNameOf(uri), name));
});

describe("remote builders", () => {
  const named = async (module: string) => {
    const { model } = await analyse({ files: new Map([["module.nix", module]]), machine: "none" });
    return model.hosts.flatMap(buildMachinesOf);
  };
  const LIST = '[ { hostName = "big"; systems = [ "x86_64-linux" ]; maxJobs = 4; speedFactor = 2; } ]';

  it("come from nix.buildMachines, and are asked where distributed builds are on", async () => {
    const on = await named(`{ nix.distributedBuilds = true; nix.buildMachines = ${LIST}; }`);
    assert.deepEqual(
      on.map(({ hostName, maxJobs, speedFactor, asked }) => ({ hostName, maxJobs, speedFactor, asked })),
      [{ hostName: "big", maxJobs: 4, speedFactor: 2, asked: true }],
    );
    assert.deepEqual(
      (await named(`{ nix.buildMachines = ${LIST}; nix.settings.cores = 2; }`)).map(({ asked }) => asked),
      [false],
    );
  });

  it("come from files of the workspace that builders names", async () => {
    const FLAKE = (module: string) =>
      `{ outputs = { self, nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ${module} ]; }; }; }`;
    const MACHINES = "# ours\nssh://pi aarch64-linux - 3\nssh-ng://big x86_64-linux - 8 2 big-parallel\n";
    const of = async (flake: string, more: Readonly<Record<string, string>> = {}) => {
      const files = new Map(Object.entries({ "flake.nix": flake, machines: MACHINES, ...more }));
      const { model } = await analyse({ files, machine: "none" });
      return model.hosts
        .flatMap(buildMachinesOf)
        .map(({ hostName, maxJobs, asked }) => `${hostName} ${maxJobs} ${asked}`);
    };
    const both = ["pi 3 true", "big 8 true"];
    for (const module of [
      '{ nix.settings.builders = "@${./machines}"; }',
      '{ nix.settings.builders = "@${self}/machines"; }',
      "{ nix.extraOptions = ''\n  cores = 2\n  builders = @${./machines}\n''; }",
      '{ environment.etc."nix/machines".source = ./machines; nix.settings.cores = 2; }',
    ])
      assert.deepEqual(await of(FLAKE(module)), both, module);
    assert.deepEqual(await of(FLAKE('{ nix.settings.builders = "ssh://one; @${./machines}"; }')), [
      "one 1 true",
      ...both,
    ]);
    assert.deepEqual(await of(FLAKE('{ nix.settings.builders = "@${./absent}"; }')), []);
    assert.deepEqual(await of(FLAKE('{ nix.settings.builders = "@/run/machines"; }')), []);
    const conf = "cores = 2\nbuilders = @machines\n";
    assert.deepEqual(await of("{ }", { "nix.conf": conf }), both);
    const system = { "etc/nix/nix.conf": "builders = @/etc/nix/machines\n", "etc/nix/machines": "ssh://mac - - 2\n" };
    assert.deepEqual(await of("{ }", system), ["mac 2 true"]);
  });

  it("come from builders and from the text of the machines file", async () => {
    const text = '"ssh://pi aarch64-linux - 2; @/etc/nix/machines"';
    const all = await named(`{ nix.settings.builders = ${text}; nix.buildMachines = ${LIST}; }`);
    assert.deepEqual(
      all.map(({ hostName, asked }) => [hostName, asked]),
      [
        ["pi", true],
        ["big", true],
      ],
    );
    const flake =
      "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }";
    const module = '{ environment.etc."nix/machines".text = "ssh://pi aarch64-linux - 3"; nix.settings.cores = 2; }';
    const { model } = await analyse({
      files: new Map([
        ["flake.nix", flake],
        ["a.nix", module],
      ]),
    });
    const file = model.hosts.flatMap(buildMachinesOf);
    assert.deepEqual(
      file.map(({ hostName, maxJobs }) => [hostName, maxJobs]),
      [["pi", 3]],
    );
  });

  it("are left out where a part of them is not known", async () => {
    assert.deepEqual(
      await named(
        '{ config, ... }: { nix.distributedBuilds = true; nix.buildMachines = [ { hostName = "a"; maxJobs = config.x; } { maxJobs = 2; } ]; }',
      ),
      [],
    );
  });

  const WORKSPACE = `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem { modules = [ ./laptop.nix ]; };
    nixosConfigurations.big = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 4; nix.settings.max-jobs = 2; } ]; };
  };
}
#- laptop.nix
{ pkgs, ... }:
{
  nixpkgs.hostPlatform = "x86_64-linux";
  nix.distributedBuilds = true;
  nix.buildMachines = [
    { hostName = "big.example.org"; system = "x86_64-linux"; maxJobs = 4; speedFactor = 4; supportedFeatures = [ "big-parallel" ]; }
    { hostName = "pi"; system = "aarch64-linux"; maxJobs = 4; }
    { hostName = "small"; system = "x86_64-linux"; maxJobs = 1; }
  ];
  environment.systemPackages = [
    (pkgs.stdenv.mkDerivation { pname = "webkitgtk"; version = "1"; src = ./x; })
    (pkgs.stdenv.mkDerivation { pname = "huge"; version = "1"; src = ./x; requiredSystemFeatures = [ "kvm" ]; })
    (pkgs.stdenv.mkDerivation { pname = "here"; version = "1"; src = ./x; preferLocalBuild = true; })
    (pkgs.stdenv.mkDerivation { pname = "middling"; version = "1"; src = ./x; })
  ];
}
#- nix-build-budget.json
{
  "machines": {
    "laptop": { "threads": 8, "memory": "16GiB" },
    "big": { "threads": 32, "memory": "128GiB" },
    "small": { "threads": 2, "memory": "2GiB" }
  },
  "packages": { "middling": { "peakMemory": { "median": "4GiB", "p95": "6GiB" } } }
}
`;

  it("get what they accept and bear; the rest stays, with the reason", async () => {
    const { model, configuration } = await analyse({ files: new Map(fixtureFiles(WORKSPACE)) });
    const laptop = model.hosts.find(({ name }) => name === "laptop");
    assert.ok(laptop);
    const plan = remotePlan(laptop, model, configuration);
    assert.ok(plan);
    const [big, pi, small] = plan.builders;
    assert.deepEqual([big?.packages, pi?.packages, small?.packages], [["webkitgtk", "middling"], [], []]);
    assert.deepEqual(small?.tooHeavy, ["middling"]);
    assert.equal(big?.cores, 4);
    assert.ok((big?.outOfMemory ?? 1) < 0.05);
    assert.equal(pi?.budget, undefined);
    assert.deepEqual(plan.local, [
      { name: "huge", why: "no builder offers kvm" },
      { name: "here", why: "preferLocalBuild" },
    ]);
  });

  it("are planned for nobody who asks none", async () => {
    const { model, configuration } = await analyse({ files: new Map(fixtureFiles(WORKSPACE)) });
    const big = model.hosts.find(({ name }) => name === "big");
    assert.ok(big);
    assert.equal(remotePlan(big, model, configuration), undefined);
  });
});
