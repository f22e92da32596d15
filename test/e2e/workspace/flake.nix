{
  description = "A small computer";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";

  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.shoebox = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [ ./hosts/shoebox.nix ];
      };
    };
}
