// What NixOS and nix-darwin put into nix.conf whether anybody sets it or not.

/**
 * Settings that NixOS and nix-darwin always write themselves, so that they stand behind each of their aliases that sorts first.
 * Source: nixos/modules/config/nix.nix, nix-darwin modules/nix/default.nix (declared keys of `nix.settings`).
 */
export const ALWAYS_WRITTEN: ReadonlySet<string> = new Set([
  "cores",
  "max-jobs",
  "sandbox",
  "substituters",
  "trusted-public-keys",
  "trusted-substituters",
]);
