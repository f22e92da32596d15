// The page of whatever somebody asks about: a rule, a setting, an option or a builder attribute. Editors and terminal show it.
import { describedNames, describeName } from "../core/catalogue/describe.js";
import { nearestName } from "../core/text/nearest.js";
import { RULES } from "../core/rules/index.js";
import { rulePage } from "./ruleMarkdown.js";

/** Markdown; undefined if nothing is known about `name`. */
export function explanation(name: string): string | undefined {
  const rule = RULES.find(({ id }) => id === name);
  return rule ? rulePage(rule) : describeName(name);
}

/** The rule or setting that somebody who asked for `name` may have meant. */
export function nearestExplained(name: string): string | undefined {
  return nearestName(name, [...RULES.map(({ id }) => id), ...describedNames()]);
}
