// Entries of `nix.buildMachines` and the definitions that they are made of.
import type { AttrsValue } from "../../evaluate/value.js";
import type { Definition, Host } from "../../workspace/model.js";

/** The definition of one attribute of an entry, found by where it is written. */
export function definitionOfEntry(entry: AttrsValue, name: string, host: Host): Definition | undefined {
  const site = entry.entries.get(name)?.sites[0];
  return site && host.definitions.find((d) => d.site?.binding === site.binding && d.attrPath.at(-1) === name);
}
