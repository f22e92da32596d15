{
  lib,
  buildNpmPackage,
  fetchzip,
}:

# Published ready to run: nothing is compiled.
buildNpmPackage rec {
  pname = "claude-code";
  version = "2.0.76";

  src = fetchzip {
    url = "https://example.org/claude-code-${version}.tgz";
    hash = lib.fakeHash;
  };

  npmDepsHash = lib.fakeHash;
  dontNpmBuild = true;

  meta.description = "Coding agent for the terminal";
}
