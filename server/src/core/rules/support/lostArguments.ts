// Arguments that builders of nixpkgs use up before `overrideAttrs` sees them.

export interface LostArgument {
  readonly builder: string;
  /** The attribute that the builder makes of it, where there is one. */
  readonly becomes?: string;
  /** If the override has this as well, all is well. */
  readonly unless?: string;
  readonly advice: string;
  readonly confidence?: number;
}

/** By name. Source: nixpkgs build-rust-package and build-npm-package; NixOS/nixpkgs#514218, #472287, #415397. */
export const LOST_ARGUMENTS: ReadonlyMap<string, LostArgument> = new Map([
  ["buildType", { builder: "buildRustPackage", becomes: "cargoBuildType", advice: "the hooks read `cargoBuildType`" }],
  [
    "buildFeatures",
    { builder: "buildRustPackage", becomes: "cargoBuildFeatures", advice: "the hooks read `cargoBuildFeatures`" },
  ],
  [
    "buildNoDefaultFeatures",
    {
      builder: "buildRustPackage",
      becomes: "cargoBuildNoDefaultFeatures",
      advice: "the hooks read `cargoBuildNoDefaultFeatures`",
    },
  ],
  [
    "useNextest",
    { builder: "buildRustPackage", advice: "swap `cargoCheckHook` for `cargoNextestHook` among its inputs" },
  ],
  [
    "cargoHash",
    {
      builder: "buildRustPackage",
      unless: "cargoDeps",
      advice: "override `cargoDeps` with a `fetchCargoVendor` of the new source",
      confidence: 0.85,
    },
  ],
  [
    "npmDepsHash",
    {
      builder: "buildNpmPackage",
      unless: "npmDeps",
      advice: "override `npmDeps` with a `fetchNpmDeps` of the new source",
      confidence: 0.8,
    },
  ],
]);
