// Which files are worth parsing, and which parts of them: those whose text names something build-related. About one file in eight
// does.
import { RELEVANT_EXPRESSIONS } from "../catalogue/relevance.js";
import type { FilePath } from "../text/range.js";
import { holdsAny } from "../text/sorted.js";
import { WordSearch } from "../text/wordSearch.js";
import type { IsCold } from "../syntax/groups.js";
import { baseName } from "./paths.js";
import { beginsOptions } from "./selectors.js";

const SEARCH = new WordSearch([
  ...RELEVANT_EXPRESSIONS,
  // What selectors.ts and builders.ts know besides the catalogue, and comments that hide findings.
  { words: ["nix"], pattern: String.raw`nix-build-budget:|nix\.conf"` },
  { words: ["tmp"], pattern: '"/tmp"', before: 2 },
  { words: ["NIX_CONFIG"], pattern: "NIX_CONFIG" },
  { words: ["buildGo*"], pattern: String.raw`buildGo\d+Module` },
  {
    words: ["mkYarnPackage", "buildYarnPackage", "buildPnpmPackage", "buildBunPackage", "developPackage"],
    pattern: "mkYarnPackage|build(?:Yarn|Pnpm|Bun)Package|developPackage",
  },
]);

/** Where something build-related may be named in a Nix text, in order. A file with no such place is not worth analysing. */
export function relevantOffsets(text: string): readonly number[] {
  return SEARCH.offsets(text);
}

/** What modules are looked into for, whatever is in it. */
const PARTS_OF_MODULES: ReadonlySet<string> = new Set([
  "config",
  "options",
  "imports",
  "modules",
  "content",
  "contents",
]);

/**
 * What of a text need not be parsed at once: sets and lists where nothing build-related is named. `offsets`: of
 * `relevantOffsets`. Flakes are read anyway.
 */
export function coldGroups(path: FilePath, offsets: readonly number[]): IsCold | undefined {
  if (baseName(path) === "flake.nix") return undefined;
  return (range, name) => !PARTS_OF_MODULES.has(name) && !beginsOptions(name) && !holdsAny(range, offsets);
}

export function isNixConf(path: FilePath): boolean {
  const name = baseName(path);
  return name === "nix.conf" || name === "nix.custom.conf";
}
