{
  lib,
  python3Packages,
  fetchFromGitHub,
}:

python3Packages.buildPythonApplication rec {
  pname = "ast-grep-mcp";
  version = "0.1.0";
  pyproject = true;

  src = fetchFromGitHub {
    owner = "ast-grep";
    repo = "ast-grep-mcp";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  build-system = [ python3Packages.hatchling ];
  dependencies = [ python3Packages.mcp ];

  meta.description = "Structural search for language models";
}
