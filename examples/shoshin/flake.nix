{
  description = "Shoshin: one workstation that builds its own tools from source";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
    home-manager = {
      url = "github:nix-community/home-manager/release-25.05";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  # Meant as limits for every build of this flake.
  nixConfig = {
    max-jobs = 2;
    cores = 6;
    timeout = 86400; # 24 hours
  };

  outputs =
    {
      nixpkgs,
      home-manager,
      ...
    }:
    {
      overlays = {
        tools = import ./overlays/tools.nix;
        onnxruntime = import ./overlays/onnxruntime.nix;
      };

      nixosConfigurations.shoshin = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          ./hosts/shoshin
          home-manager.nixosModules.home-manager
          {
            home-manager.useGlobalPkgs = true;
            home-manager.users.takumi = import ./home;
          }
        ];
      };
    };
}
