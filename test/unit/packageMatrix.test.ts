// The optimization matrix, and the sets of packages that may build at the same time.
import assert from "node:assert/strict";
import { packageMatrix, peakText } from "../../server/src/core/builds/matrix.js";
import { concurrentSet, concurrentSets } from "../../server/src/core/builds/sets.js";
import { withAdvice } from "../../server/src/core/findings/packageAdvice.js";
import { GIB } from "../../server/src/core/machine/size.js";
import { analyse } from "../support/analysis.js";
import { budget, build, FOUNDING_BUILDS, SHOSHIN } from "../support/builds.js";
import { fixtureFiles } from "../support/fixture.js";

const WORKSPACE = `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.big = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; };
    nixosConfigurations.small = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; };
  };
}
#- common.nix
{ pkgs, ... }:
{
  nixpkgs.overlays = [
    (final: prev: {
      webkitgtk = prev.webkitgtk.overrideAttrs (old: { cmakeFlags = old.cmakeFlags ++ [ "-DX=1" ]; env.NIX_BUILD_CORES = "2"; });
      serial = final.stdenv.mkDerivation { pname = "serial"; version = "1"; src = ./x; };
      fast = final.stdenv.mkDerivation { pname = "fast"; version = "1"; src = ./x; nativeBuildInputs = [ final.cmake ]; ninjaJobs = 4; };
    })
  ];
}
#- nix-build-budget.json
{ "machines": { "big": { "threads": 32, "memory": "128GiB" }, "small": { "threads": 8, "memory": "8GiB" } } }
`;

describe("package matrix", () => {
  it("has a row for each package, heaviest first, with the tier of the tightest host", async () => {
    const { model, configuration, findings } = await analyse({ files: new Map(fixtureFiles(WORKSPACE)) });
    const rows = withAdvice(packageMatrix(model, configuration), findings);
    assert.deepEqual(
      rows.map((row) => row.package.name),
      ["webkitgtk", "fast", "serial"],
    );
    const [webkit, fast, serial] = rows;
    assert.deepEqual(webkit?.hosts, ["big", "small"]);
    assert.deepEqual(
      webkit?.tiers.map(({ host, tier }) => [host, tier]),
      [
        ["small", "solo"],
        ["big", "free"],
      ],
    );
    assert.equal(webkit?.parallel.cap, 2);
    assert.equal(webkit?.peak.median, (2 + 2 * 1.5) * GIB);
    assert.equal(serial?.parallel.knob, "enableParallelBuilding");
    assert.equal(fast?.parallel.knob, "NIX_BUILD_CORES");
    assert.deepEqual(
      fast?.advice.map(({ rule }) => rule),
      ["unknown-ninja-jobs"],
    );
    assert.equal(serial?.adviceTier, undefined);
  });

  it("has one row for a package and the overrides in one chain with it", async () => {
    const text =
      'final: prev: { w = (final.stdenv.mkDerivation { pname = "w"; src = ./.; }).overrideAttrs (old: { ninjaJobs = 2; }); }';
    const { model, configuration, findings } = await analyse({ files: new Map([["o.nix", text]]) });
    assert.equal(model.packages.length, 2);
    const [row, ...others] = withAdvice(packageMatrix(model, configuration), findings);
    assert.deepEqual(others, []);
    assert.deepEqual([row?.package.form, row?.layers.length], ["definition", 2]);
    assert.deepEqual(
      row?.advice.map(({ rule }) => rule),
      ["unknown-ninja-jobs"],
    );
  });

  it("reckons with one process where no machine is known", async () => {
    const files = new Map([["x.nix", '{ stdenv }: stdenv.mkDerivation { pname = "x"; src = ./x; }']]);
    const { model, configuration } = await analyse({ files, machine: "none" });
    const [row] = packageMatrix(model, configuration);
    assert.equal(row?.cores, 1);
    assert.deepEqual(row?.tiers, []);
  });

  it("writes peaks as median to 95th percentile", () => {
    assert.equal(peakText({ median: 6 * GIB, p95: 9 * GIB }), "6–9 GiB");
    assert.equal(peakText({ median: GIB / 20, p95: GIB / 5 }), "0.05–0.2 GiB");
    assert.equal(peakText({ median: GIB, p95: GIB }), "1 GiB");
  });
});

describe("sets of packages at the same time", () => {
  const input = { budget: budget(SHOSHIN, "strict"), builds: FOUNDING_BUILDS, targetRisk: 0.05, jobs: 3, cores: 2 };

  it("name the heaviest, the company that each heavy package bears, and the free ones", () => {
    const sets = concurrentSets(input);
    const named = (...names: string[]) => sets.find((set) => set.names.join() === names.join());
    assert.equal(named("onnxruntime", "codex")?.safe, false);
    assert.equal(named("onnxruntime", "codex", "ck-search")?.safe, false);
    const company = sets.find((set) => set.safe && set.names[0] === "onnxruntime");
    assert.equal(company?.names.length, 3);
    assert.ok(!company?.names.includes("codex"));
    assert.ok(sets.every((set) => set.safe === set.outOfMemory < 0.05));
    assert.equal(new Set(sets.map((set) => set.names.join())).size, sets.length);
  });

  it("are none with one job", () => {
    assert.deepEqual(concurrentSets({ ...input, jobs: 1 }), []);
  });

  it("weigh the same set against both capacities", () => {
    const set = concurrentSet([build("a", "c", [8, 12]), build("b", "c", [6, 9])], input);
    assert.ok(set.nominal < 0.001 && set.planning > 0.15);
    assert.equal(set.outOfMemory, set.planning);
  });
});
