{
  lib,
  python3Packages,
  fetchFromGitHub,
}:

python3Packages.buildPythonApplication rec {
  pname = "gdrive-tray";
  version = "1.1.0";
  pyproject = true;

  src = fetchFromGitHub {
    owner = "example";
    repo = "gdrive-tray";
    rev = "v${version}";
    hash = lib.fakeHash;
  };

  build-system = [ python3Packages.hatchling ];
  dependencies = [ python3Packages.pygobject3 ];

  meta.description = "Google Drive in the system tray";
}
