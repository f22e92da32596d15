import assert from "node:assert/strict";
import { packageClass, packageEstimate, packagePeaks, peakWith } from "../../server/src/core/builds/peaks.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { parseConfiguration } from "../../server/src/core/machine/parseConfiguration.js";
import { GIB } from "../../server/src/core/machine/size.js";
import type { Package, PackageFacts } from "../../server/src/core/workspace/model.js";
import { analyse } from "../support/analysis.js";

/** The one package of a package file, with facts of files beside it. */
async function packageOf(text: string, facts: Partial<PackageFacts> = {}): Promise<Package> {
  const { model } = await analyse({ files: new Map([["package.nix", text]]) });
  const [pkg] = model.packages;
  assert.ok(pkg, "no package found");
  return { ...pkg, facts: { ...pkg.facts, ...facts } };
}

const rust = (attributes = "") => `{ rustPlatform }:
rustPlatform.buildRustPackage { pname = "tool"; version = "1"; src = ./.; cargoHash = ""; ${attributes} }
`;

describe("a package's class", () => {
  const classes: readonly [string, string, Partial<PackageFacts>, string][] = [
    ["Rust of unknown size", rust(), {}, "rust"],
    ["Rust of 40 crates", rust(), { crates: 40 }, "rust-small"],
    ["Rust of 421 crates", rust(), { crates: 421 }, "rust-large"],
    ["fat LTO in Cargo.toml", rust(), { cargoProfile: { lto: "fat" } }, "rust-fat-lto"],
    ["`lto = true`, which is fat", rust(), { crates: 421, cargoProfile: { lto: "true" } }, "rust-large-fat-lto"],
    ["thin LTO", rust(), { crates: 421, cargoProfile: { lto: "thin" } }, "rust-large-thin-lto"],
    [
      "LTO that the environment turns off",
      rust('env.CARGO_PROFILE_RELEASE_LTO = "off";'),
      { crates: 421, cargoProfile: { lto: "fat" } },
      "rust-large",
    ],
    ["LTO that the environment turns on", rust('CARGO_PROFILE_RELEASE_LTO = "thin";'), {}, "rust-thin-lto"],
    ["fat LTO in RUSTFLAGS", rust('env.RUSTFLAGS = "-C opt-level=3 -C lto=fat";'), {}, "rust-fat-lto"],
    ["`-Clto`, which is fat", rust('RUSTFLAGS = "-Clto";'), { crates: 421 }, "rust-large-fat-lto"],
    ["cargo's own rustflags", rust('env.CARGO_BUILD_RUSTFLAGS = "--codegen lto=thin";'), {}, "rust-thin-lto"],
    [
      "cargo's own rustflags, where RUSTFLAGS beat them",
      rust('env = { CARGO_BUILD_RUSTFLAGS = "-C lto"; RUSTFLAGS = "-g"; };'),
      {},
      "rust",
    ],
    [
      "the wrapper's flags, which come last",
      rust('RUSTFLAGS = "-C lto=fat"; NIX_RUSTFLAGS = "-C lto=off";'),
      {},
      "rust",
    ],
    ["flags of which a part is not known", rust('RUSTFLAGS = "${rustPlatform.flags} -C lto=fat";'), {}, "rust-fat-lto"],
    ["CUDA", '{ stdenv }: stdenv.mkDerivation { pname = "kernels"; version = "1"; }\n', { cuda: true }, "cuda"],
    ["C", '{ stdenv }: stdenv.mkDerivation { pname = "tool"; version = "1"; }\n', {}, "c"],
    [
      "a known heavy name",
      '{ stdenv }: stdenv.mkDerivation { pname = "webkitgtk_6_0"; version = "1"; }\n',
      {},
      "webkitgtk",
    ],
    ["ONNX Runtime", '{ stdenv }: stdenv.mkDerivation { pname = "onnxruntime"; version = "1"; }\n', {}, "onnxruntime"],
    [
      "ONNX Runtime with CUDA",
      '{ stdenv }: stdenv.mkDerivation { pname = "onnxruntime"; version = "1"; }\n',
      { cuda: true },
      "onnxruntime-cuda",
    ],
    [
      "a program that only looks for the driver's CUDA libraries",
      "{ btop }: btop.override { cudaSupport = true; }\n",
      {},
      "unknown",
    ],
    ["a program whose kernels CUDA compiles", "{ ollama }: ollama.override { cudaSupport = true; }\n", {}, "cuda"],
    ["the wrapper around a browser", '{ chromium }: chromium.overrideAttrs { buildCommand = ""; }\n', {}, "prebuilt"],
    ["Go", '{ buildGoModule }: buildGoModule { pname = "tool"; version = "1"; vendorHash = null; }\n', {}, "go"],
  ];
  for (const [what, text, facts, expected] of classes) {
    it(`is ${expected} for ${what}`, async () => {
      assert.equal(packageClass(await packageOf(text, facts)), expected);
    });
  }
});

describe("a package's peak", () => {
  const configured = (packages: object): Configuration =>
    parseConfiguration(JSON.stringify({ packages })).configuration;

  it("comes from its class, with the source", async () => {
    const estimate = packageEstimate(await packageOf(rust(), { crates: 421 }), DEFAULT_CONFIGURATION);
    assert.deepEqual(peakWith(estimate, 2), { median: 6 * GIB, p95: 9 * GIB });
    assert.equal(estimate.origin, "catalogue");
    assert.equal(estimate.source.grade, "estimate");
  });

  it("is what the configuration declares, whatever the cores", async () => {
    const declared = configured({ tool: { peakMemory: { median: "4GiB", p95: "6GiB" }, measured: true } });
    const estimate = packageEstimate(await packageOf(rust()), declared);
    assert.equal(estimate.origin, "measured");
    for (const cores of [1, 8]) assert.deepEqual(peakWith(estimate, cores), { median: 4 * GIB, p95: 6 * GIB });
  });

  it("is that of a declared class", async () => {
    const estimate = packageEstimate(await packageOf(rust()), configured({ tool: { class: "cuda", alone: true } }));
    assert.deepEqual([estimate.class, estimate.alone, peakWith(estimate, 2).median / GIB], ["cuda", true, 10]);
  });

  it("stops growing at the package's own NIX_BUILD_CORES", async () => {
    const text = '{ stdenv }: stdenv.mkDerivation { pname = "onnxruntime"; version = "1"; env.NIX_BUILD_CORES = 2; }\n';
    const [estimate] = packagePeaks([await packageOf(text)], DEFAULT_CONFIGURATION);
    assert.ok(estimate);
    // 2 + 1.3 n GiB
    assert.deepEqual(
      [1, 2, 6].map((cores) => Number((peakWith(estimate, cores).median / GIB).toFixed(2))),
      [3.3, 4.6, 4.6],
    );
  });
});
