// Pages of the catalogue's entries: what a setting, an option or a builder attribute is. Hover and `explain` both show them.
import type { BuilderAttributeFact, OptionFact, OptionType, SettingFact } from "../core/catalogue/facts.js";
import type { Source } from "../core/catalogue/source.js";
import { sourceLine } from "./ruleMarkdown.js";

export type Fact =
  | { readonly kind: "setting"; readonly fact: SettingFact }
  | { readonly kind: "option"; readonly fact: OptionFact }
  | { readonly kind: "attribute"; readonly fact: BuilderAttributeFact };

const PLATFORM_NAMES: Readonly<Record<string, string>> = {
  nixos: "NixOS",
  darwin: "nix-darwin",
  "home-manager": "home-manager",
  nix: "plain Nix",
};

/** The whole page, with a heading. */
export function factPage(fact: Fact): string {
  return `# ${nameOf(fact)}\n\n${factHead(fact)}\n\n${factBody(fact)}\n`;
}

/** One line of what it is, its type and default. */
export function factHead({ kind, fact }: Fact): string {
  if (kind === "setting") {
    const versions = [
      ...(fact.since === "2.0" ? [] : [`since Nix ${fact.since}`]),
      ...(fact.removed ? [`gone since Nix ${fact.removed}`] : []),
      ...(fact.only ? [`only in ${fact.only === "lix" ? "Lix" : "Determinate Nix"}`] : []),
    ];
    const defaults = fact.defaults.map(({ value, since, platform }) => {
      const when = [...(platform ? [PLATFORM_NAMES[platform] ?? platform] : []), ...(since ? [`since ${since}`] : [])];
      return `${code(value)}${when.length > 0 ? ` (${when.join(", ")})` : ""}`;
    });
    return join(["Nix setting", fact.accepts, defaults.length > 0 && `default ${defaults.join(", ")}`, ...versions]);
  }
  if (kind === "option") {
    const platforms = fact.platforms.map((platform) => PLATFORM_NAMES[platform] ?? platform);
    return join([
      `${platforms.join(", ")} option`,
      typeText(fact.type),
      fact.default !== undefined && `default ${code(fact.default)}`,
      fact.since && `since ${fact.since}`,
    ]);
  }
  return join([
    fact.environment ? "environment variable of a build" : "builder attribute",
    fact.builders.length > 0 && `for ${fact.builders.join(", ")}`,
  ]);
}

/** What it does and means, its pitfalls, and where all that is known from. */
export function factBody({ kind, fact }: Fact): string {
  const parts = [fact.summary, fact.details];
  if (kind === "setting" && fact.renamedTo) parts.push(`Renamed to \`${fact.renamedTo}\`.`);
  if (kind === "option" && fact.renamedTo) parts.push(`Renamed to \`${fact.renamedTo.join(".")}\`.`);
  if (kind === "option" && fact.removed) parts.push(`Gone: ${fact.removed}`);
  if (fact.pitfalls.length > 0)
    parts.push(`**Pitfalls**\n\n${fact.pitfalls.map((pitfall) => `- ${pitfall}`).join("\n")}`);
  if (fact.sources.length > 0) parts.push(sourceList(fact.sources));
  return parts.filter((part) => part !== "").join("\n\n");
}

export function sourceList(sources: readonly Source[]): string {
  return `**Evidence**\n\n${sources.map(sourceLine).join("\n")}`;
}

export function nameOf({ kind, fact }: Fact): string {
  return kind === "option" ? fact.path.join(".") : fact.name;
}

export function typeText(type: OptionType): string {
  switch (type.kind) {
    case "bool":
      return "`true` or `false`";
    case "int":
      if (type.min !== undefined && type.max !== undefined) return `a whole number from ${type.min} to ${type.max}`;
      return type.min === undefined ? "a whole number" : `a whole number, ${type.min} or more`;
    case "float":
      return "a number";
    case "string":
      return "a string";
    case "lines":
      return "lines of text";
    case "path":
      return "a path";
    case "package":
      return "a package";
    case "attrs":
    case "submodule":
      return "an attribute set";
    case "any":
      return "anything";
    case "enum":
      return `one of ${type.values.map((value) => `\`"${value}"\``).join(", ")}`;
    case "either":
      return type.types.map(typeText).join(", or ");
    case "null-or":
      return `\`null\` or ${typeText(type.type)}`;
    case "list":
      return `a list (each ${typeText(type.element)})`;
  }
}

function code(text: string): string {
  return text === "" ? "empty" : `\`${text}\``;
}

function join(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part).join(" · ");
}
