{
  lib,
  buildNpmPackage,
  fetchFromGitHub,
}:

buildNpmPackage rec {
  pname = "brave-search-mcp";
  version = "2.0.0";

  src = fetchFromGitHub {
    owner = "brave";
    repo = "brave-search-mcp";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  npmDepsHash = lib.fakeHash;

  meta.description = "Web search for language models";
}
