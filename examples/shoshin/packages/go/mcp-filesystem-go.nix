{
  lib,
  buildGoModule,
  fetchFromGitHub,
}:

buildGoModule rec {
  pname = "mcp-filesystem-go";
  version = "0.6.0";

  src = fetchFromGitHub {
    owner = "mark3labs";
    repo = "mcp-filesystem-go";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  vendorHash = lib.fakeHash;
  ldflags = [
    "-s"
    "-w"
  ];

  meta.description = "File system access for language models";
}
