import assert from "node:assert/strict";
import type { Package } from "../../server/src/core/workspace/model.js";
import { releaseProfile } from "../../server/src/core/workspace/packages/packageFacts.js";
import { modelOf } from "../support/model.js";

const packagesOf = async (text: string) => (await modelOf(text)).packages;
const at = (pkg: Package | undefined, range: { start: number; end: number } | undefined) =>
  range && pkg?.source.text.slice(range.start, range.end);

describe("packages", () => {
  it("are found by their builders", async () => {
    const found = await packagesOf(`#- overlay.nix
final: prev: {
  a = final.rustPlatform.buildRustPackage { pname = "a"; };
  b = prev.buildGoModule rec { pname = "b"; doCheck = false; };
  c = prev.buildGo123Module { name = "c"; };
  d = final.python3Packages.buildPythonApplication { pname = "d"; };
  e = final.buildNpmPackage (finalAttrs: { pname = "e"; });
  f = final.stdenv.mkDerivation { pname = "f"; };
  g = final.haskellPackages.mkDerivation { pname = "g"; };
  h = final.cudaPackages.backendStdenv.mkDerivation { pname = "h"; };
  i = final.craneLib.buildPackage { pname = "i"; };
  j = final.naersk'.buildPackage { pname = "j"; };
  k = final.stdenv.mkDerivation { pname = "k"; buildInputs = [ final.cudaPackages.cudnn ]; };
  l = final.buildMozillaMach { pname = "l"; };
  shell = final.mkShell { packages = [ ]; doCheck = true; };
  script = final.writeShellApplication { name = "s"; };
  joined = final.symlinkJoin { name = "t"; };
  run = final.runCommand "u" { } "true";
}
`);
    assert.deepEqual(
      found.map(({ name, builder }) => `${name} ${builder}`),
      [
        ...[
          "a rust",
          "b go",
          "c go",
          "d python",
          "e npm",
          "f c",
          "g haskell",
          "h cuda",
          "i crane",
          "j naersk",
          "k cuda",
        ],
        "l mozilla",
      ],
    );
  });

  it("tell the prebuilt apart", async () => {
    const found = await packagesOf(`{ pkgs, stdenv, stdenvNoCC, buildNpmPackage }: {
  a = stdenv.mkDerivation { pname = "a-bin"; makeFlags = [ ]; };
  b = stdenv.mkDerivation { pname = "b"; dontBuild = true; };
  c = buildNpmPackage { pname = "c"; dontNpmBuild = true; };
  d = stdenvNoCC.mkDerivation { pname = "d"; };
  e = pkgs.firefox-bin-unwrapped.override { libName = "x"; };
}`);
    assert.deepEqual(
      found.map(({ builder }) => builder),
      ["prebuilt", "prebuilt", "prebuilt", "prebuilt", "prebuilt"],
    );
  });

  it("know their call, their argument and the scopes around", async () => {
    const [pkg] = await packagesOf(`{ lib, rustPlatform }:
let version = "1"; in
rustPlatform.buildRustPackage (finalAttrs: let x = 1; in { inherit version; pname = "tool"; doCheck = false; })`);
    assert.ok(pkg);
    assert.equal(at(pkg, pkg.range), "buildRustPackage");
    assert.equal(at(pkg, pkg.argumentSet), '{ inherit version; pname = "tool"; doCheck = false; }');
    assert.equal(pkg.parameter, "finalAttrs");
    assert.equal(pkg.formalsOwner?.kind, "function");
    assert.equal(pkg.form, "definition");
    assert.ok(pkg.attributes.kind === "attrs" && pkg.attributes.entries.has("version"));
  });

  it("of a module or an overlay have no formals to add to", async () => {
    const found = await packagesOf(`{ pkgs, ... }: {
  environment.systemPackages = [ (pkgs.stdenv.mkDerivation { pname = "a"; }) ];
}`);
    assert.deepEqual(
      found.map(({ name, formalsOwner }) => [name, formalsOwner]),
      [["a", undefined]],
    );
  });

  it("are overridden in overlays and package lists", async () => {
    const found = await packagesOf(`final: prev: {
  codex = prev.codex.overrideAttrs (old: { env = (old.env or { }) // { RUSTFLAGS = "-C x"; }; });
  firefox = prev.firefox-unwrapped.override { ltoSupport = false; };
  list = [ (final.ffmpeg.overrideAttrs { doCheck = false; }) ];
  py = prev.x.overridePythonAttrs (_: { doCheck = false; });
  stdenv = prev.stdenv.override { cc = prev.gcc; };
  made = (prev.callPackage ./made.nix { }).overrideAttrs (o: { doCheck = false; });
  both = (final.stdenv.mkDerivation { pname = "both"; doCheck = true; }).overrideAttrs (o: { doCheck = false; });
}`);
    assert.deepEqual(
      found.map((pkg) => [pkg.name, pkg.form, pkg.builder, pkg.parameter, at(pkg, pkg.range)]),
      [
        ["codex", "overrideAttrs", "rust", "old", "codex"],
        ["firefox-unwrapped", "override", "mozilla", undefined, "firefox-unwrapped"],
        ["ffmpeg", "overrideAttrs", "unknown", undefined, "ffmpeg"],
        ["x", "overrideAttrs", "unknown", "_", "x"],
        ["made", "overrideAttrs", "unknown", "o", "./made.nix"],
        ["both", "definition", "c", undefined, "mkDerivation"],
        ["both", "overrideAttrs", "c", "o", "mkDerivation"],
      ],
    );
  });

  it("are what an overridden builder builds, not the builder", async () => {
    const found = await packagesOf(`{ buildGoModule, rustPlatform, go_1_26, clangStdenv }: {
  builder = buildGoModule.override { go = go_1_26; };
  a = (buildGoModule.override { go = go_1_26; }) { pname = "a"; };
  b = rustPlatform.buildRustPackage.override { stdenv = clangStdenv; } rec { pname = "b"; };
  c = ((buildGoModule.override { go = go_1_26; }) { pname = "c"; }).overrideAttrs { doCheck = false; };
}`);
    assert.deepEqual(
      found.map((pkg) => [pkg.name, pkg.form, pkg.builder, at(pkg, pkg.range)]),
      [
        ["a", "definition", "go", "buildGoModule"],
        ["b", "definition", "rust", "buildRustPackage"],
        ["c", "definition", "go", "buildGoModule"],
        ["c", "overrideAttrs", "go", "buildGoModule"],
      ],
    );
  });

  it("are called by what the override is of, not by the words around it", async () => {
    const found = await packagesOf(`{ pkgs, inputs, config, system }: let
  called = pkgs.callPackage ./tool.nix { };
  inherit (config.programs) rofi;
in {
  a = inputs.helix.packages.\${system}.default.overrideAttrs { y = 1; };
  b = inputs.neovim-nightly.packages.x86_64-linux.default.overrideAttrs { x = 1; };
  tool-debug = called.overrideAttrs { x = 1; };
  d = (pkgs.mpv.override { x = 1; }).overrideAttrs { x = 1; };
  e = rofi.package.override { x = 1; };
}`);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["helix", "neovim-nightly", "tool-debug", "mpv", "mpv", "rofi"],
    );
  });

  it("have facts from Cargo files, platforms and names of CUDA", async () => {
    const [pkg] = await packagesOf(`#- pkgs/tool/default.nix
{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  src = lib.cleanSource ./.;
  cargoLock.lockFile = ./Cargo.lock;
  meta.platforms = lib.platforms.linux;
}
#- pkgs/tool/Cargo.lock
[[package]]
name = "a"

[[package]]
name = "b"
#- pkgs/tool/Cargo.toml
[package]
name = "tool"
[profile.release]
lto = true
codegen-units = 1
[profile.dev]
lto = false
`);
    assert.equal(pkg?.name, "tool");
    assert.deepEqual(pkg?.facts, {
      crates: 2,
      cargoProfile: { lto: "fat", codegenUnits: 1 },
      cuda: false,
      platforms: "linux",
    });
  });

  it("read a release profile only", () => {
    assert.deepEqual(releaseProfile('[profile.release]\nlto = "thin"\n'), { lto: "thin" });
    assert.equal(releaseProfile("[profile.dev]\nlto = true\n"), undefined);
    assert.deepEqual(releaseProfile("[profile.release]\nopt-level = 3\n\n[x]\ncodegen-units = 1"), {});
  });
});
