{ pkgs, ... }:
{
  imports = [
    ../../modules/nix.nix
    ../../modules/memory.nix
  ];

  networking.hostName = "shoshin";
  system.stateVersion = "25.05";

  nixpkgs.hostPlatform = "x86_64-linux";
  nixpkgs.overlays = [
    (import ../../overlays/tools.nix)
    (import ../../overlays/onnxruntime.nix)
  ];

  environment.systemPackages = with pkgs; [
    chezmoi_modify_manager
    onnxruntime
    semantic-grep
  ];
}
