// Whether `system-features` replaces the usual ones, or adds to them.
import type { Host } from "../../workspace/model.js";

/**
 * NixOS joins a configuration's list with its own since 25.05; before, and everywhere else, the configuration's stands alone.
 * Of a NixOS that nobody can tell the younger is taken. Source: NixOS/nixpkgs#383052, nixos/modules/config/nix.nix.
 */
export function replacesFeatures({ platform, nixos }: Host): boolean {
  return platform !== "nixos" || (nixos !== undefined && nixos < "25.05");
}
