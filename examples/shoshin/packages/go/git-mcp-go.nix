{
  lib,
  buildGoModule,
  fetchFromGitHub,
}:

buildGoModule rec {
  pname = "git-mcp-go";
  version = "0.4.0";

  src = fetchFromGitHub {
    owner = "geropl";
    repo = "git-mcp-go";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  vendorHash = lib.fakeHash;
  ldflags = [
    "-s"
    "-w"
  ];

  meta.description = "Git for language models";
}
