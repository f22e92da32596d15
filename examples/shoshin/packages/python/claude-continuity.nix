{
  lib,
  python3Packages,
  fetchFromGitHub,
}:

python3Packages.buildPythonApplication rec {
  pname = "claude-continuity";
  version = "0.2.0";
  pyproject = true;

  src = fetchFromGitHub {
    owner = "example";
    repo = "claude-continuity";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  build-system = [ python3Packages.hatchling ];
  dependencies = [ python3Packages.mcp ];

  meta.description = "Keeps the context of a conversation";
}
