// Pages of the catalogue's entries in Markdown, from the tables alone: what hovers and `explain` show of a name.
import { BUILDER_ATTRIBUTES } from "./builderAttributes.js";
import { EVIDENCE } from "./evidence.js";
import type {
  BuilderAttributeFact,
  DaemonAccess,
  DefaultFact,
  EvidenceFact,
  OptionFact,
  OptionType,
  SettingFact,
} from "./facts.js";
import {
  canonicalSettingName,
  defaultOf,
  findBuilderAttribute,
  findOption,
  findSetting,
  settingReference,
} from "./lookup.js";
import { OPTIONS } from "./options.js";
import { SETTINGS } from "./settings.js";
import type { Source } from "./source.js";

export type Fact =
  | { readonly kind: "setting"; readonly fact: SettingFact }
  | { readonly kind: "option"; readonly fact: OptionFact }
  | { readonly kind: "attribute"; readonly fact: BuilderAttributeFact };

/** Where a name stands, as far as it is known: narrows the defaults that are shown to the one that holds there. */
export interface Place {
  readonly platform?: "nixos" | "darwin" | "nix";
  /** As "2.31". */
  readonly nixVersion?: string;
}

const PLATFORM_NAMES: Readonly<Record<string, string>> = {
  nixos: "NixOS",
  darwin: "nix-darwin",
  "home-manager": "home-manager",
  nix: "plain Nix",
};

const ACCESS: Readonly<Record<DaemonAccess, string>> = {
  "any-user": "The daemon takes it from every user's command, `nixConfig` or home-manager.",
  trusted:
    "The daemon takes it only from `trusted-users`; with others, `nixConfig` and home-manager change no more than the command's own work.",
  filtered: "From untrusted users the daemon takes only entries that its own configuration allows.",
  "file-only": "Counts only in the daemon's own nix.conf (`nix.settings` of the system).",
  client: "Read by the command that evaluates, not by the daemon.",
};

/** The whole page, with a heading. */
export function factPage(fact: Fact, place: Place = {}): string {
  return `# ${nameOf(fact)}\n\n${factHead(fact, place)}\n\n${factBody(fact)}\n`;
}

/** One line: what kind of thing it is, what it accepts, its default, its versions. */
export function factHead(described: Fact, place: Place = {}): string {
  switch (described.kind) {
    case "setting":
      return settingHead(described.fact, place);
    case "option":
      return optionHead(described.fact, place);
    case "attribute":
      return attributeHead(described.fact);
  }
}

function settingHead(fact: SettingFact, place: Place): string {
  return join([
    fact.only === undefined ? "Nix setting" : `setting of ${fact.only === "lix" ? "Lix" : "Determinate Nix"} only`,
    fact.accepts,
    defaultText(fact, place),
    fact.since !== "2.0" && `since Nix ${fact.since}`,
    fact.removed !== undefined && `gone since Nix ${fact.removed}`,
  ]);
}

function defaultText(fact: SettingFact, { platform, nixVersion }: Place): string {
  if (platform !== undefined) {
    const value = defaultOf(fact, platform, nixVersion);
    const onlyOne = nixVersion !== undefined || fact.defaults.every((entry) => entry.since === undefined);
    if (value !== undefined && onlyOne) {
      const where = [PLATFORM_NAMES[platform], ...(nixVersion === undefined ? [] : [`Nix ${nixVersion}`])].join(", ");
      return fact.defaults.length === 1 ? `default ${code(value)}` : `default ${code(value)} (${where})`;
    }
  }
  return `default ${fact.defaults.map(oneDefault).join(", ")}`;
}

function oneDefault({ value, since, platform }: DefaultFact): string {
  const when = [
    ...(platform === undefined ? [] : [PLATFORM_NAMES[platform]]),
    ...(since === undefined ? [] : [`since Nix ${since}`]),
  ];
  return when.length === 0 ? code(value) : `${code(value)} (${when.join(", ")})`;
}

function optionHead(fact: OptionFact, place: Place): string {
  const platforms = fact.platforms.map((platform) => PLATFORM_NAMES[platform]).join(", ");
  const setting = fact.setting === undefined ? undefined : findSetting(fact.setting);
  const typed = fact.type.kind !== "any";
  return join([
    fact.path[0] === "nixConfig" ? "attribute of a flake" : `${platforms} option`,
    typed ? typeText(fact.type) : setting?.accepts,
    fact.default !== undefined ? `default ${code(fact.default)}` : setting !== undefined && defaultText(setting, place),
    fact.since !== undefined && fact.since !== "2.0" && `since Nix ${fact.since}`,
  ]);
}

function attributeHead(fact: BuilderAttributeFact): string {
  return join([
    fact.environment ? "environment variable of a build, belongs under `env`" : "builder attribute",
    fact.builders.length > 0 && `works in ${fact.builders.join(", ")}`,
  ]);
}

/** What it does and means for the machine, who may set it, its pitfalls, and where all that is known from. */
export function factBody(described: Fact): string {
  switch (described.kind) {
    case "setting":
      return body(settingText(described.fact), described.fact);
    case "option": {
      const { fact } = described;
      const setting = fact.setting === undefined ? undefined : findSetting(fact.setting);
      return setting === undefined ? body(optionText(fact), fact) : settingOptionBody(fact, setting);
    }
    case "attribute":
      return body([described.fact.summary, described.fact.details], described.fact);
  }
}

function settingText(fact: SettingFact): string[] {
  return [fact.summary, fact.details, renaming(fact.renamedTo), aliasText(fact), accessText(fact)];
}

function optionText(fact: OptionFact): string[] {
  return [
    fact.summary,
    fact.details,
    renaming(fact.renamedTo?.join(".")),
    fact.removed === undefined ? "" : `Removed. ${fact.removed}`,
  ];
}

/** An option that writes a setting: what is special about the option, then all about the setting. */
function settingOptionBody(fact: OptionFact, setting: SettingFact): string {
  const ownText = fact.details === setting.details ? [] : [fact.details, renaming(fact.renamedTo?.join("."))];
  const cited = new Set(setting.sources.map((source) => source.url));
  const sources = [...setting.sources, ...fact.sources.filter((source) => !cited.has(source.url))];
  const text = [setting.summary, ...ownText, setting.details, renaming(setting.renamedTo)];
  return body(text, { pitfalls: setting.pitfalls, sources });
}

function renaming(name: string | undefined): string {
  return name === undefined ? "" : `Now called \`${name}\`.`;
}

function aliasText(fact: SettingFact): string {
  return fact.aliases.length === 0
    ? ""
    : `Also known as ${fact.aliases.map((alias) => `\`${alias}\``).join(", ")}; where both are set, the later line wins.`;
}

function accessText(fact: SettingFact): string {
  const consent = fact.needsConsent
    ? "In a flake's `nixConfig` it needs consent."
    : "A flake's `nixConfig` may set it without being asked.";
  return fact.removed === undefined ? `${ACCESS[fact.daemon]} ${consent}` : "";
}

function body(text: readonly string[], { pitfalls, sources }: Pick<SettingFact, "pitfalls" | "sources">): string {
  return [
    ...text,
    pitfalls.length === 0 ? "" : `**Pitfalls**\n\n${pitfalls.map((pitfall) => `- ${pitfall}`).join("\n")}`,
    sourceList(sources),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Sources as a list of links, with how each was established. */
export function sourceList(sources: readonly Source[]): string {
  return sources.length === 0 ? "" : `**Sources**\n\n${sources.map(sourceLine).join("\n")}`;
}

function sourceLine({ text, url, grade }: Source): string {
  return `- ${url === undefined ? text : `[${text}](${url})`} (${grade.replace("-", " ")})`;
}

export function nameOf({ kind, fact }: Fact): string {
  return kind === "option" ? fact.path.map((name) => (name.includes(".") ? `"${name}"` : name)).join(".") : fact.name;
}

/** A type in words. */
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
      return "any value";
    case "enum":
      return type.values.length === 1
        ? `\`"${type.values[0]}"\``
        : `one of ${type.values.map((value) => `\`"${value}"\``).join(", ")}`;
    case "either":
      return type.types.map(typeText).join(" or ");
    case "null-or":
      return `\`null\` or ${typeText(type.type)}`;
    case "list":
      return `a list of ${type.element.kind === "string" ? "strings" : `values, each ${typeText(type.element)}`}`;
  }
}

/** The page of a piece of evidence: the claim, what the sources say, when it holds. */
export function evidencePage(evidence: EvidenceFact): string {
  const claimed =
    evidence.claimedConfidence === undefined
      ? ""
      : ` (the founding document claims ${evidence.claimedConfidence.toFixed(2)})`;
  return `# ${evidence.title}\n\n${[
    `Confidence ${evidence.confidence.toFixed(2)}${claimed}`,
    evidence.claim === undefined ? "" : `**Claim.** ${evidence.claim}`,
    `**Verdict.** ${evidence.verdict}`,
    evidence.preconditions.length === 0
      ? ""
      : `**Holds when**\n\n${evidence.preconditions.map((condition) => `- ${condition}`).join("\n")}`,
    sourceList(evidence.sources),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

/** The page of a setting, option, builder attribute or piece of evidence; undefined if the name means none of them. */
export function describeName(name: string, place: Place = {}): string | undefined {
  const fact = factNamed(name);
  if (fact !== undefined) return factPage(fact, place);
  const evidence = EVIDENCE.find(({ id }) => id === name);
  return evidence && evidencePage(evidence);
}

function factNamed(name: string): Fact | undefined {
  const reference = settingReference(name);
  if (reference !== undefined) return { kind: "setting", fact: reference.fact };
  const option = findOption(optionPath(name)) ?? findOption(["nix", "settings", name]);
  if (option !== undefined) return { kind: "option", fact: option };
  const attribute = findBuilderAttribute(name.replace(/^env\./, ""));
  return attribute && { kind: "attribute", fact: attribute };
}

/** Names of an option path as people write it: dots between names, quotes around names with dots, `[]` or `*` for list levels. */
function optionPath(text: string): string[] {
  const names = [...text.matchAll(/"([^"]*)"|[^."]+/g)].map(([whole, quoted]) => quoted ?? whole);
  const direct = findOption(names);
  return direct === undefined ? names.map((name) => (name === "*" ? "[]" : name)) : names;
}

/** Every name that `describeName` knows, for suggestions; patterns with `*` are left out. */
export function describedNames(): string[] {
  const names = [
    ...SETTINGS.flatMap((fact) => [fact.name, ...fact.aliases]),
    ...OPTIONS.map((fact) => nameOf({ kind: "option", fact })),
    ...BUILDER_ATTRIBUTES.map((fact) => fact.name),
    ...EVIDENCE.map(({ id }) => id),
  ];
  return [...new Set(names.map(canonicalOrSelf))].filter((name) => !name.includes("*"));
}

function canonicalOrSelf(name: string): string {
  return name.includes(".") ? name : canonicalSettingName(name);
}

function code(text: string): string {
  return text === "" ? "empty" : `\`${text}\``;
}

function join(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined && part !== "").join(" · ");
}
