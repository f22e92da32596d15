{
  lib,
  rustPlatform,
  fetchFromGitHub,
  openssl,
  pkg-config,
}:

rustPlatform.buildRustPackage rec {
  pname = "ck-search";
  version = "0.7.0";

  src = fetchFromGitHub {
    owner = "BeaconBay";
    repo = "ck-search";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  cargoHash = lib.fakeHash;

  nativeBuildInputs = [ pkg-config ];
  buildInputs = [ openssl ];

  env.OPENSSL_NO_VENDOR = 1;

  meta = {
    description = "Search of code by meaning";
    mainProgram = "ck-search";
    platforms = lib.platforms.linux;
  };
}
