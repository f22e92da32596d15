// Whether a path is an option of the module system, or of somebody's own options that end in the same names.
import type { Definition } from "../../workspace/model.js";

/** Levels above a module's own options. */
const TRANSPARENT = /^(config|imports|modules|content|\[\])$/;
/** Names that say which system the module below them is for (`flake.modules.nixos.x`, `den.aspects.x.homeManager`). */
const SYSTEM = /nixos|darwin|home|^(hm|os)$/i;

/** False for `modules.system.boot.tmpOnTmpfs`, an option that a configuration declares itself, and for items of lists. */
export function standsInModule({ attrPath, pathInFile }: Definition): boolean {
  if (pathInFile.at(-1) === "[]" && attrPath.at(-1) !== "[]") return false;
  const prefix = pathInFile.slice(0, Math.max(0, pathInFile.length - attrPath.length));
  return prefix.some((name) => SYSTEM.test(name)) || prefix.every((name) => TRANSPARENT.test(name));
}
