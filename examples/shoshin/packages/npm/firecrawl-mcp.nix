{
  lib,
  buildNpmPackage,
  fetchFromGitHub,
}:

buildNpmPackage rec {
  pname = "firecrawl-mcp";
  version = "3.6.0";

  src = fetchFromGitHub {
    owner = "firecrawl";
    repo = "firecrawl-mcp";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  npmDepsHash = lib.fakeHash;

  meta.description = "Web scraping for language models";
}
