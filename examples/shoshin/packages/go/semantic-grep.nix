{
  lib,
  buildGoModule,
  fetchFromGitHub,
}:

buildGoModule rec {
  pname = "semantic-grep";
  version = "0.7.0";

  src = fetchFromGitHub {
    owner = "arunsupe";
    repo = "semantic-grep";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  vendorHash = lib.fakeHash;
  ldflags = [
    "-s"
    "-w"
  ];

  meta.description = "grep by meaning";
}
