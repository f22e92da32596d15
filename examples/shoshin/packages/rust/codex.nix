{
  lib,
  rustPlatform,
  fetchFromGitHub,
  openssl,
  pkg-config,
}:

# 421 crates: the heaviest of the Rust tools.
rustPlatform.buildRustPackage rec {
  pname = "codex";
  version = "0.72.0";

  src = fetchFromGitHub {
    owner = "openai";
    repo = "codex";
    rev = "rust-v${version}";
    hash = lib.fakeHash;
  };
  sourceRoot = "${src.name}/codex-rs";
  cargoHash = lib.fakeHash;

  nativeBuildInputs = [ pkg-config ];
  buildInputs = [ openssl ];

  env = {
    CARGO_PROFILE_RELEASE_LTO = "off";
  };

  doCheck = false;

  meta = {
    description = "Coding agent for the terminal";
    mainProgram = "codex";
    platforms = lib.platforms.linux;
  };
}
