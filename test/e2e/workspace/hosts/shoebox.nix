{ pkgs, ... }:
{
  networking.hostName = "shoebox";

  # Builds run at night.
  nix.settings = {
    max-jobs = 8;
    cores = 6;
    auto-optimise-store = true;
  };

  boot.tmp.useTmpfs = true;

  environment.systemPackages = [ pkgs.hello ];
}
