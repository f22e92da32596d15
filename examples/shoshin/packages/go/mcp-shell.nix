{
  lib,
  buildGoModule,
  fetchFromGitHub,
}:

buildGoModule rec {
  pname = "mcp-shell";
  version = "1.2.0";

  src = fetchFromGitHub {
    owner = "sonirico";
    repo = "mcp-shell";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  vendorHash = lib.fakeHash;
  ldflags = [
    "-s"
    "-w"
  ];

  meta.description = "Shell commands for language models";
}
