// Which files are worth parsing: those whose text names something build-related. About one file in eight does.
import * as catalogue from "../catalogue/relevance.js";
import type { FilePath } from "../text/range.js";
import { baseName } from "./paths.js";

/** What selectors.ts and builders.ts know besides the catalogue, and comments that hide findings. */
const MORE =
  /nix-build-budget:|"\/tmp"|NIX_CONFIG|nix\.conf"|buildGo\d+Module|mkYarnPackage|build(?:Yarn|Pnpm|Bun)Package|developPackage/;
const EACH_MORE = new RegExp(MORE, "g");

/** True for a Nix file that may hold something build-related. */
export function isRelevant(path: FilePath, text: string): boolean {
  if (!path.endsWith(".nix")) return false;
  return catalogue.mayMatter(text) || catalogue.mayBuildPackages(text) || MORE.test(text);
}

/** Where something build-related may be named in a Nix text. */
export function relevantOffsets(text: string): number[] {
  return [...catalogue.relevantOffsets(text), ...[...text.matchAll(EACH_MORE)].map(({ index }) => index)];
}

export function isNixConf(path: FilePath): boolean {
  const name = baseName(path);
  return name === "nix.conf" || name === "nix.custom.conf";
}
