{ lib, rustPlatform }:
rustPlatform.buildRustPackage {
  pname = "demo";
  version = "1";
  src = ./src;
  cargoHash = lib.fakeHash;
  cargoBuildFlags = [ "-j2" ];
}
