// Which Nix setting a definition sets, whatever its spelling: `nix.settings.cores`, `nixConfig.cores`, `nix.buildCores`, a nix.conf line.
import { findOption } from "../../catalogue/lookup.js";
import type { Definition, Host } from "../../workspace/model.js";

/** Where a platform writes settings freely by name: the path in front of the name. */
const HOLDERS: readonly (readonly string[])[] = [
  ["nix", "settings"],
  ["nixConfig"],
  ["nix.conf"],
  ["determinateNix", "customSettings"],
];

/** The name as written, for definitions that name a setting freely (not through an option of its own), lines of text included. */
export function writtenSettingName(definition: Definition): string | undefined {
  if (definition.inText?.nixConf) return definition.attrPath.at(-1);
  for (const holder of HOLDERS) {
    const { attrPath } = definition;
    if (attrPath.length === holder.length + 1 && holder.every((name, i) => attrPath[i] === name))
      return attrPath.at(-1);
  }
  return undefined;
}

/** Definitions outlive models. */
const SETTINGS = new WeakMap<Definition, { readonly name: string | undefined }>();

/** The setting that a definition sets: its written name, or the one that its legacy option stands for. */
export function settingOf(definition: Definition): string | undefined {
  let known = SETTINGS.get(definition);
  if (known === undefined) {
    known = { name: writtenSettingName(definition) ?? findOption(definition.attrPath)?.setting };
    SETTINGS.set(definition, known);
  }
  return known.name;
}

/** Definitions of settings, with the name as written. */
export function* settingDefinitions(host: Host): Iterable<{ readonly definition: Definition; readonly name: string }> {
  for (const definition of host.definitions) {
    const name = writtenSettingName(definition);
    if (name !== undefined) yield { definition, name };
  }
}

/** True for what Nix itself reads as a flake's configuration: `nixConfig` at the top of a flake.nix, not a module's option of that name. */
export function isFlakeConfiguration({ file, pathInFile }: Definition): boolean {
  return pathInFile[0] === "nixConfig" && /(^|\/)flake\.nix$/.test(file);
}
