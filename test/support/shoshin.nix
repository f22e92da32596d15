# The example flake on stubs: its host's configuration by the small module system, its overlays over a few packages by name.
folder:
let
  inherit (builtins) functionArgs head intersectAttrs isFunction listToAttrs mapAttrs;
  system = import ./modules.nix;
  flake = import (folder + "/flake.nix");
  outputs = flake.outputs {
    nixpkgs.lib.nixosSystem = arguments: arguments;
    home-manager.nixosModules.home-manager = { };
  };
  config = system.evalModules outputs.nixosConfigurations.shoshin.modules;

  # A builder gives back its arguments, with `env` whether it is set or not, and can be overridden.
  make = arguments: { env = { }; } // arguments // {
    overrideAttrs = change: make (arguments // change arguments);
  };
  build = arguments: make (if isFunction arguments then arguments (build arguments) else arguments);
  named = names: listToAttrs (map (name: { inherit name; value = name; }) names);
  base = named [ "openssl" "pkg-config" "mold-wrapped" ] // {
    lib = { fakeHash = "hash"; platforms.linux = [ "x86_64-linux" ]; };
    rustPlatform.buildRustPackage = build;
    buildGoModule = build;
    buildNpmPackage = build;
    python3Packages = named [ "hatchling" "mcp" "pygobject3" ] // { buildPythonApplication = build; };
    fetchFromGitHub = arguments: { name = "source"; };
    fetchzip = arguments: { name = "source"; };
    onnxruntime = make { env.KEPT = "yes"; };
    callPackage = path: overrides: let f = import path; in f (intersectAttrs (functionArgs f) pkgs // overrides);
  };
  pkgs = builtins.foldl' (prev: overlay: prev // overlay pkgs prev) base config.nixpkgs.overlays;
in
{ inherit config pkgs mapAttrs; }
