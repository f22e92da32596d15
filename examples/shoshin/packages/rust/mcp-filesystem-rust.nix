{
  lib,
  rustPlatform,
  fetchFromGitHub,
}:

rustPlatform.buildRustPackage rec {
  pname = "mcp-filesystem-rust";
  version = "0.3.0";

  src = fetchFromGitHub {
    owner = "example";
    repo = "mcp-filesystem-rust";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  cargoHash = lib.fakeHash;

  meta = {
    description = "File system access for language models";
    mainProgram = "mcp-filesystem-rust";
    platforms = lib.platforms.linux;
  };
}
