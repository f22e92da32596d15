{
  lib,
  rustPlatform,
  fetchFromGitHub,
}:

rustPlatform.buildRustPackage rec {
  pname = "chezmoi_modify_manager";
  version = "3.5.3";

  src = fetchFromGitHub {
    owner = "VorpalBlade";
    repo = "chezmoi_modify_manager";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  cargoHash = lib.fakeHash;

  doCheck = false;

  meta = {
    description = "Applies changes to configuration files that programs rewrite";
    mainProgram = "chezmoi_modify_manager";
    platforms = lib.platforms.linux;
  };
}
