// The page of whatever somebody asks about: a rule, a setting, an option or a builder attribute. Editors and terminal show it.
import { findBuilderAttribute, findOption, settingNames, settingReference } from "../core/catalogue/lookup.js";
import { nearestName } from "../core/machine/nearest.js";
import { RULES } from "../core/rules/index.js";
import { factPage } from "./factMarkdown.js";
import { rulePage } from "./ruleMarkdown.js";

/** Markdown; undefined if nothing is known about `name`. */
export function explanation(name: string): string | undefined {
  const rule = RULES.find(({ id }) => id === name);
  if (rule) return rulePage(rule);
  const setting = settingReference(name);
  if (setting) return factPage({ kind: "setting", fact: setting.fact });
  const option = name.includes(".") ? findOption(name.split(".")) : undefined;
  if (option) return factPage({ kind: "option", fact: option });
  const attribute = findBuilderAttribute(name);
  return attribute && factPage({ kind: "attribute", fact: attribute });
}

/** The rule or setting that somebody who asked for `name` may have meant. */
export function nearestExplained(name: string): string | undefined {
  return nearestName(name, [...RULES.map(({ id }) => id), ...settingNames()]);
}
