// Which Nix comes with what: the default of each NixOS release, and upstream's version that Determinate Nix and Lix are made from.

/** A version as [major, minor]. */
export type NixVersion = readonly [number, number];

/**
 * `pkgs.nix` of each NixOS release (the module's default for `nix.package`), which no release has changed after it came out.
 * Source: nixpkgs pkgs/tools/package-management/nix/default.nix (`nixVersions.stable`) of each release, and what `nix-info -m`
 * printed on machines with 22.05 (2.8.1), 22.11 (2.11.1), 23.05 (2.13.6), 23.11 and 24.05 (2.18.x), 24.11 (2.24.14), 25.05 (2.28.5)
 * and 26.05 (2.34.8).
 */
const NIXOS: readonly (readonly [release: string, nix: NixVersion])[] = [
  ["22.05", [2, 8]],
  ["22.11", [2, 11]],
  ["23.05", [2, 13]],
  ["23.11", [2, 18]],
  ["24.05", [2, 18]],
  ["24.11", [2, 24]],
  ["25.05", [2, 28]],
  ["25.11", [2, 31]],
  ["26.05", [2, 34]],
];

/**
 * The first Determinate Nix 3.x that is made from each upstream 2.x: its minor version, and upstream's.
 * Source: DeterminateSystems/nix-src, files .version and .version-determinate at its tags.
 */
const DETERMINATE = { 0: 26, 1: 27, 3: 28, 6: 29, 8: 30, 10: 31, 12: 32, 15: 33, 19: 34, 22: 35 };

/** Lix was forked from this version and takes over from later ones what it chooses. Source: lix.systems, "About Lix". */
export const LIX_FORKED_FROM: NixVersion = [2, 18];

/** The first version of its own that Lix came out with. */
export const LIX_FIRST: NixVersion = [2, 90];

/** A version that is known, or a bound: that one or a newer one. */
export interface VersionBound {
  readonly version: NixVersion;
  readonly exact: boolean;
}

/** The default Nix of a NixOS release such as "25.05"; of those after the last one in the table at least that one's. */
export function nixOfNixos(release: string): VersionBound | undefined {
  const known = NIXOS.find(([name]) => name === release);
  if (known !== undefined) return { version: known[1], exact: true };
  const last = NIXOS.at(-1);
  return last !== undefined && release > last[0] ? { version: last[1], exact: false } : undefined;
}

/**
 * What an unreleased nixpkgs (nixos-unstable, master) of that time has at least: the default of the last release that was out,
 * which had been branched off it. Every release in the table was out by the end of its month. `seconds` since 1970.
 */
export function nixOfUnstable(seconds: number): VersionBound | undefined {
  const out = NIXOS.findLast(([release]) => {
    const [year = 0, month = 0] = release.split(".").map(Number);
    return Date.UTC(2000 + year, month) / 1000 <= seconds;
  });
  return out && { version: out[1], exact: false };
}

/** The upstream version that Determinate Nix 3.MINOR is made from; for one after the last in the table at least that one's. */
export function nixOfDeterminate([major, minor]: NixVersion): VersionBound | undefined {
  if (major === 2) return { version: [major, minor], exact: true };
  if (major !== 3) return undefined;
  const steps = Object.entries(DETERMINATE).map(([first, upstream]) => ({ first: Number(first), upstream }));
  const reached = steps.findLast(({ first }) => first <= minor);
  return reached && { version: [2, reached.upstream], exact: reached !== steps.at(-1) || reached.first === minor };
}
