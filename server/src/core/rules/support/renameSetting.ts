// Another name for a setting, with a value that the option of that name takes.
import type { OptionType } from "../../catalogue/facts.js";
import { findOption, type OptionPlatform } from "../../catalogue/lookup.js";
import { renameDefinition, replaceValue } from "../../edits/options.js";
import { both } from "../../edits/packageMove.js";
import type { Value } from "../../evaluate/value.js";
import type { Definition } from "../../workspace/model.js";
import type { FixDraft } from "../rule.js";

/**
 * Renames a setting. An old or wrong name takes a value of any type, the declared option does not: `build-cores = "3"` becomes
 * `cores = 3`. Undefined where no such value can be written.
 */
export function renameSetting(definition: Definition, name: string): FixDraft["edits"] {
  const renamed = renameDefinition(definition, name);
  const { attrPath, inText, platform, value } = definition;
  const system = SYSTEMS.find((each) => each === platform);
  const type = inText ? undefined : findOption([...attrPath.slice(0, -1), name], system)?.type;
  if (!type || takes(type, value)) return renamed;
  const text = fitting(type, value);
  return text === undefined ? undefined : both(renamed, replaceValue(definition, text));
}

const SYSTEMS: readonly OptionPlatform[] = ["nixos", "darwin", "home-manager"];

/** False only where the type is certain to refuse the value. */
function takes(type: OptionType, value: Value): boolean {
  if (value.kind === "unknown") return true;
  switch (type.kind) {
    case "either":
      return type.types.some((each) => takes(each, value));
    case "null-or":
      return value.kind === "null" || takes(type.type, value);
    case "enum":
      return value.kind === "string" && type.values.includes(value.value);
    case "bool":
    case "int":
    case "list":
      return value.kind === type.kind;
    default:
      return true;
  }
}

/** The value as the type takes it, as Nix text. */
function fitting(type: OptionType, value: Value): string | undefined {
  if (value.kind !== "string") return undefined;
  switch (type.kind) {
    case "either":
      return type.types.map((each) => fitting(each, value)).find((text) => text !== undefined);
    case "null-or":
      return fitting(type.type, value);
    case "bool":
      return /^(true|false)$/.test(value.value) ? value.value : undefined;
    case "int":
      return /^(0|[1-9]\d*)$/.test(value.value) ? value.value : undefined;
    case "list":
      return /^[^"\\$]*$/.test(value.value) && /\S/.test(value.value)
        ? `[ ${value.value
            .trim()
            .split(/\s+/)
            .map((word) => `"${word}"`)
            .join(" ")} ]`
        : undefined;
    default:
      return undefined;
  }
}
