// The page of a rule, setting, option or builder attribute, as the terminal's `explain` prints it.
import { describeName } from "../core/catalogue/describe.js";
import { RULES } from "../core/rules/index.js";
import { rulePage } from "../report/ruleMarkdown.js";

export function explanation(name: string): string {
  const rule = RULES.find(({ id }) => id === name);
  return rule ? rulePage(rule) : (describeName(name) ?? `Nothing is known about \`${name}\`.\n`);
}
