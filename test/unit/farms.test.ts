// Whole workspaces of several machines: each finding names the hosts that it holds for, and no other.
import assert from "node:assert/strict";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { analyse } from "../support/analysis.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { fixtureFiles } from "../support/fixture.js";
import { hostNamed, stateText } from "../support/model.js";

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

/** One module for machines of two sizes; each host has a file of its own, that of `bare` without lib. */
function shared(settings: string): string {
  return `#- nix-build-budget.json
{ "machines": {
  "big": { "threads": 32, "memory": "128GiB" }, "small": { "threads": 8, "memory": "16GiB" }, "bare": { "threads": 8, "memory": "16GiB" }
} }
#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations = nixpkgs.lib.genAttrs [ "big" "small" "bare" ]
    (name: nixpkgs.lib.nixosSystem { modules = [ ./common.nix (./hosts + "/\${name}.nix") ]; }); }; }
#- common.nix
{ lib, ... }: { nix.gc.automatic = true; ${settings} }
#- hosts/big.nix
{ zramSwap.enable = false; }
#- hosts/small.nix
{ lib, ... }:
{
  zramSwap.enable = false; # for now
}
#- hosts/bare.nix
{ zramSwap.enable = false; }
`;
}

describe("a module that machines of several sizes share", () => {
  for (const [jobs, written] of [
    ["4", "lib.mkForce 3"],
    ["lib.mkDefault 4", "3"],
  ] as const)
    it(`offers to override max-jobs = ${jobs} for one host alone, where its file has what that takes`, async () => {
      const text = shared(`nix.settings.max-jobs = ${jobs}; nix.settings.cores = 8;`);
      const files = fixtureFiles(text);
      const [finding, ...others] = await threadFindings(text);
      assert.deepEqual([finding?.hosts, others], [["small", "bare"], []]);
      const alone = finding?.fixes.filter(({ host }) => host !== undefined) ?? [];
      assert.deepEqual(
        alone.map(({ title, applicability, preferred }) => [title, applicability, preferred]),
        [["Set max-jobs = 3, cores = 2 (3 × 2 = 6 threads) for small alone", "safe", false]],
      );
      const edits = alone[0]?.edits ?? [];
      assert.deepEqual([...new Set(edits.map(({ file }) => file))], ["hosts/small.nix"]);
      const fixed = new Map(files).set("hosts/small.nix", applyEdits(files.get("hosts/small.nix") ?? "", edits));
      assert.match(fixed.get("hosts/small.nix") ?? "", new RegExp(`max-jobs = ${written};`));
      const { model, findings } = await analyse({ files: fixed });
      assert.deepEqual(
        findings.filter(({ rule }) => EXCEEDS_THREADS.includes(rule)).map(({ hosts }) => hosts),
        [["bare"]],
      );
      const setting = (host: string) => stateText(hostNamed(model, host).setting("max-jobs"));
      assert.deepEqual(["small", "big"].map(setting), ["int 3", "int 4"]);
    });

  for (const [rule, settings] of [
    ["cores-exceed-budget", "nix.settings.max-jobs = 1; nix.settings.cores = 8;"],
    ["cpu-quota-exceeds-budget", 'systemd.services.nix-daemon.serviceConfig.CPUQuota = "1200%";'],
    ["daemon-memory-limit-exceeds-budget", 'systemd.services.nix-daemon.serviceConfig.MemoryMax = "15G";'],
    ["tmpfs-exceeds-memory", 'boot.tmp.useTmpfs = true; boot.tmp.tmpfsSize = "12G";'],
  ] as const)
    it(`offers it for ${rule}`, async () => {
      const files = fixtureFiles(shared(settings));
      const ofRule = async (texts: ReadonlyMap<string, string>) =>
        (await analyse({ files: texts })).findings.filter((finding) => finding.rule === rule);
      const [finding] = await ofRule(files);
      const edits = finding?.fixes.find(({ host }) => host === "small")?.edits ?? [];
      assert.deepEqual([...new Set(edits.map(({ file }) => file))], ["hosts/small.nix"]);
      const fixed = new Map(files).set("hosts/small.nix", applyEdits(files.get("hosts/small.nix") ?? "", edits));
      assert.deepEqual(
        (await ofRule(fixed)).map(({ hosts }) => hosts),
        [["bare"]],
      );
    });
});
