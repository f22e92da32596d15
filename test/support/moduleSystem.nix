# What the module system of nixpkgs makes of a module: `lib` is the real one, `dir` holds h.nix, `paths` are the options read.
# An option that fails is { error = true; } where Nix can go on. The options are those of NixOS, with its types.
{ lib, dir, paths }:
let
  inherit (lib) mkOption types;
  anything = types.attrsOf types.anything;
  set = type: mkOption { inherit type; default = { }; };
  atom = types.nullOr (types.oneOf [ types.bool types.int types.float types.str types.path types.package ]);
  list = mkOption { type = types.listOf types.str; default = [ ]; };
  text = mkOption { type = types.nullOr types.str; default = null; };
  flag = mkOption { type = types.bool; default = false; };
  scalars = types.nullOr (types.oneOf [ types.bool types.int types.str ]);

  unit = types.submodule {
    freeformType = anything;
    options.environment = set (types.attrsOf atom);
    options.serviceConfig = set (types.attrsOf (types.oneOf [ types.bool types.int types.str (types.listOf types.str) ]));
  };

  nixos = { lib, ... }: {
    imports = [
      (lib.mkRenamedOptionModule [ "nix" "maxJobs" ] [ "nix" "settings" "max-jobs" ])
      (lib.mkRenamedOptionModule [ "nix" "buildCores" ] [ "nix" "settings" "cores" ])
      (lib.mkRenamedOptionModule [ "nix" "trustedUsers" ] [ "nix" "settings" "trusted-users" ])
      (lib.mkRenamedOptionModule [ "nix" "binaryCaches" ] [ "nix" "settings" "substituters" ])
      (lib.mkRenamedOptionModule [ "boot" "tmpOnTmpfs" ] [ "boot" "tmp" "useTmpfs" ])
    ];
    options = {
      nix.settings = set (types.submodule {
        freeformType = types.attrsOf (types.either atom (types.listOf atom));
        options.substituters = list;
        options.trusted-users = list;
      });
      nix.extraOptions = mkOption { type = types.lines; default = ""; };
      boot.tmp = { useTmpfs = flag; tmpfsSize = mkOption { type = types.str; default = "50%"; }; };
      boot.kernel.sysctl = set (types.submodule { freeformType = types.attrsOf scalars; });
      boot.kernelParams = list;
      zramSwap = {
        enable = flag;
        memoryPercent = mkOption { type = types.int; default = 50; };
        memoryMax = mkOption { type = types.nullOr types.int; default = null; };
        algorithm = text;
      };
      nix.gc = { options = text; dates = text; };
      powerManagement.cpuFreqGovernor = text;
      systemd.services = set (types.attrsOf unit);
      warnings = list;
      assertions = mkOption { type = types.listOf types.unspecified; default = [ ]; };
    };
  };

  # What nixpkgs' own modules define: sets by type are never left to others.
  own = {
    nix.settings.trusted-public-keys = [ "own" ];
    boot.kernel.sysctl."kernel.own" = 1;
    systemd.services.nix-daemon.serviceConfig.Own = 1;
    _module.args.pkgs = lib.mkDefault { };
  };

  home = { config, ... }@os: {
    options.home-manager.sharedModules = mkOption { type = types.listOf types.raw; default = [ ]; };
    options.home-manager.users = set (types.attrsOf (types.submoduleWith {
      modules = [ { imports = [ nixos ] ++ os.config.home-manager.sharedModules; } ];
    }));
  };

  inherit (lib.evalModules { modules = [ nixos own home (dir + "/h.nix") ]; }) config;
  read = path:
    let tried = builtins.tryEval (builtins.deepSeq (lib.attrByPath path null config) (lib.attrByPath path null config));
    in if tried.success then tried.value else { error = true; };
in
map read paths
