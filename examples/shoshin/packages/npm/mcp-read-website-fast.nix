{
  lib,
  buildNpmPackage,
  fetchFromGitHub,
}:

buildNpmPackage rec {
  pname = "mcp-read-website-fast";
  version = "0.1.19";

  src = fetchFromGitHub {
    owner = "just-every";
    repo = "mcp-read-website-fast";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  npmDepsHash = lib.fakeHash;

  meta.description = "Web pages as Markdown for language models";
}
