// Whole workspaces of several machines: each finding names the hosts that it holds for, and no other.
import assert from "node:assert/strict";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { analyse } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

const EXCEEDS_THREADS = ["cpu-oversubscribed", "unbounded-default-parallelism", "cores-exceed-budget"];

/** A farm of three builders and a desktop: shared modules, numbers by function arguments, by a table and by default. */
const FARM = `#- nix-build-budget.json
{
  // Threads are the product that max-jobs x cores may reach under the default policy.
  "machines": {
    "small": { "threads": 8, "memory": "32GiB" },
    "wide": { "threads": 96, "threadsPerCore": 2, "memory": "384GiB" },
    "arm": { "threads": 80, "threadsPerCore": 1, "memory": "256GiB" },
    "desk": { "threads": 16, "memory": "64GiB" }
  }
}
#- flake.nix
{
  outputs = { self, nixpkgs, ... }:
    let
      inherit (nixpkgs) lib;
      shapes = {
        small = { jobs = 2; cores = 4; };
        wide = { jobs = 48; cores = 2; };
        arm = { jobs = 3; cores = 26; };
      };
      mkBuilder = name: lib.nixosSystem {
        specialArgs = { shape = shapes.\${name}; };
        modules = [ ./hosts/\${name}.nix ./modules/builder.nix ];
      };
    in {
      nixosConfigurations = lib.genAttrs (builtins.attrNames shapes) mkBuilder // {
        desk = lib.nixosSystem { modules = [ ./hosts/desk.nix ./modules/common.nix ]; };
      };
    };
}
#- modules/builder.nix
{ shape, ... }: {
  imports = [ ./common.nix ];
  nix.settings = { max-jobs = shape.jobs; inherit (shape) cores; };
}
#- modules/common.nix
{ lib, ... }: {
  nix.gc.automatic = true;
  nix.settings.cores = lib.mkDefault 12;
  nix.settings.max-jobs = lib.mkDefault 2;
}
#- hosts/small.nix
{ zramSwap.enable = true; }
#- hosts/wide.nix
{ }
#- hosts/arm.nix
{ nixpkgs.hostPlatform = "aarch64-linux"; }
#- hosts/desk.nix
{ }
`;

async function threadFindings(text: string): Promise<readonly Finding[]> {
  const { findings } = await analyse({ files: fixtureFiles(text) });
  return findings.filter(({ rule }) => EXCEEDS_THREADS.includes(rule));
}

function named(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, file, hosts }) => `${file} ${rule} for ${hosts.join(", ")}`);
}

describe("a farm of hosts with machines of their own", () => {
  it("gets a finding for the one host whose product exceeds its threads, where its numbers stand", async () => {
    const found = await threadFindings(FARM);
    assert.deepEqual(named(found), ["modules/common.nix cpu-oversubscribed for desk"]);
    assert.match(found[0]?.message ?? "", /2 × cores = 12 lets 24 build processes.*"desk".*16 threads/);
  });

  it("finds on each host what its own machine bears, in one module that all share", async () => {
    const found = await threadFindings(
      `${FARM.replace("wide = { jobs = 48;", "wide = { jobs = 64;").replace("small = { jobs = 2;", "small = { jobs = 3;")}`,
    );
    assert.deepEqual(named(found), [
      "modules/builder.nix cpu-oversubscribed for small, wide",
      "modules/common.nix cpu-oversubscribed for desk",
    ]);
    const [shared] = found;
    assert.match(shared?.message ?? "", /max-jobs = 3 × cores = 4 lets 12 .*small, machine "small"[^\n]*8 threads/);
    assert.match(shared?.message ?? "", /max-jobs = 64 × cores = 2 lets 128 .*wide, machine "wide"[^\n]*96 threads/);
    assert.doesNotMatch(shared?.message ?? "", /arm/);
  });

  it("says nothing of threads about a host whose machine nobody knows", async () => {
    const found = await threadFindings(FARM.replace('"desk": { "threads": 16, "memory": "64GiB" }', ""));
    assert.deepEqual(named(found), []);
  });

  it("judges defaults, memory and tmpfs by each host's machine", async () => {
    const { findings } = await analyse({
      files: fixtureFiles(`#- nix-build-budget.json
{ "machines": {
  "lean": { "threads": 4, "memory": "8GiB" },
  "rich": { "threads": 4, "memory": "256GiB" }
} }
#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations = builtins.mapAttrs
      (name: { tmpfs, ... }@host: nixpkgs.lib.nixosSystem {
        modules = [ ./shared.nix (import ./tmp.nix host) ] ++ nixpkgs.lib.optional (host ? module) host.module;
      })
      {
        lean = { tmpfs = true; module = ./lean.nix; };
        rich.tmpfs = true;
      };
  };
}
#- shared.nix
{
  nix.gc.automatic = true;
  systemd.services.nix-daemon.serviceConfig.MemoryHigh = "100G";
  systemd.services.nix-daemon.serviceConfig.MemoryMax = "120G";
}
#- tmp.nix
{ tmpfs, ... }: { boot.tmp.useTmpfs = tmpfs; boot.tmp.tmpfsSize = "6G"; }
#- lean.nix
{ nix.settings = { max-jobs = 2; cores = 2; }; swapDevices = [ { device = "/swap"; } ]; }
`),
    });
    const of = (rule: string) => named(findings.filter((finding) => finding.rule === rule));
    assert.deepEqual(of("unbounded-default-parallelism"), ["shared.nix unbounded-default-parallelism for rich"]);
    assert.deepEqual(of("daemon-memory-limit-exceeds-budget"), [
      "shared.nix daemon-memory-limit-exceeds-budget for lean",
    ]);
    assert.deepEqual(of("tmpfs-exceeds-memory"), ["tmp.nix tmpfs-exceeds-memory for lean"]);
  });
});

/** Shapes of builders in use (NixOS/infra, nix-community): threads, max-jobs, cores. */
const SHAPES = [
  [96, 48, 2],
  [96, 4, 24],
  [80, 40, 2],
  [80, 3, 26],
  [8, 2, 2],
] as const;

function builder(threads: number, jobs: number, cores: number, more = ""): string {
  return `#- nix-build-budget.json
{ "machines": { "builder": { "threads": ${threads}, "memory": "${threads * 4}GiB" } }${more} }
#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.builder = nixpkgs.lib.nixosSystem { modules = [ ./builder.nix ]; }; }; }
#- builder.nix
{ nix.gc.automatic = true; nix.settings = { max-jobs = ${jobs}; cores = ${cores}; }; }
`;
}

describe("builders as they are in use", () => {
  for (const [threads, jobs, cores] of SHAPES)
    it(`${jobs} × ${cores} on ${threads} threads exceeds nothing and wastes nothing`, async () => {
      const { findings } = await analyse({ files: fixtureFiles(builder(threads, jobs, cores)) });
      const spoken = findings.filter(({ class: kind, rule }) => kind === "exceeds-budget" || rule === "cpu-underused");
      assert.deepEqual(named(spoken), []);
    });

  for (const [threads, jobs, cores] of SHAPES)
    it(`${jobs} × ${cores} on ${threads} threads: the strict policy keeps the reserve`, async () => {
      const found = await threadFindings(builder(threads, jobs, cores, ', "policy": "strict"'));
      const isOver = jobs * cores > threads - 2;
      assert.deepEqual(named(found), isOver ? ["builder.nix cpu-oversubscribed for builder"] : []);
    });

  it("6 × 6 on 24 threads is over them: found by default, allowed in a burst", async () => {
    const [found] = await threadFindings(builder(24, 6, 6));
    assert.match(found?.message ?? "", /lets 36 build processes run at once; the balanced policy allows 24/);
    assert.deepEqual(named(await threadFindings(builder(24, 6, 6, ', "policy": "burst"'))), []);
  });
});
