# Builders for tests that return their argument, and an overrideAttrs that works as the one of nixpkgs does.
let
  inherit (builtins) functionArgs intersectAttrs isFunction listToAttrs mapAttrs;
  inherit (import ./modules.nix) lib;

  derivation = attributes: attributes // {
    overrideAttrs = change:
      derivation (attributes // (
        if !isFunction change then change
        else let once = change attributes; in if isFunction once then change attributes attributes else once
      ));
    override = _: derivation attributes;
  };
  build = argument: derivation (if isFunction argument then let self = argument self; in self else argument);

  special = {
    inherit lib;
    stdenv = { mkDerivation = build; hostPlatform = { isLinux = true; isDarwin = false; }; };
    rustPlatform = { buildRustPackage = build; };
    buildGoModule = build;
    buildNpmPackage = build;
    python3Packages = { buildPythonPackage = build; buildPythonApplication = build; };
    fetchFromGitHub = _: "/source";
  };
  # Any other input is its own name.
  input = name: special.${name} or name;

  callPackage = file:
    let fn = import file; in
    if isFunction fn then fn (mapAttrs (name: _: input name) (functionArgs fn)) else fn;

  previous = build {
    pname = "demo";
    version = "1";
    env = { KEPT = "yes"; };
    nativeBuildInputs = [ "original" ];
  };
  packageSet = special // {
    mold-wrapped = "mold-wrapped";
    callPackage = file: _: callPackage file;
    demo = previous;
    other = previous;
  };
  overlay = file: let final = packageSet // (import file) final packageSet; in (import file) final packageSet;

  plain = package: removeAttrs package [ "overrideAttrs" "override" ];
in
{
  package = file: plain (callPackage file);
  overlay = file: mapAttrs (_: plain) (overlay file);
}
