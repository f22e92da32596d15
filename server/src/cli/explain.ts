// `explain`: the documentation of a rule, setting, option or builder attribute, offline.
import { describeName, describedNames } from "../core/catalogue/describe.js";
import { nearestName } from "../core/machine/nearest.js";
import { RULES } from "../core/rules/index.js";
import { explainRule, plainMarkdown } from "../report/ruleText.js";
import { type Command, UsageError } from "./commandLine.js";
import { outputStyle, print } from "./output.js";

export const explain: Command = {
  name: "explain",
  summary: "documents a rule, a setting of nix.conf, a module option or a builder attribute",
  operands: { name: "RULE-OR-SETTING", least: 1, most: 1 },
  flags: [],
  details: [
    "Examples:",
    "  nix-build-budget explain cpu-oversubscribed",
    "  nix-build-budget explain max-jobs",
    "  nix-build-budget explain boot.tmp.useTmpfs",
  ],
  async run({ operands }) {
    const name = operands[0] ?? "";
    const style = outputStyle();
    const rule = RULES.find(({ id }) => id === name);
    const text = rule ? explainRule(rule, style) : describeName(name);
    if (text === undefined) {
      const near = nearestName(name, [...RULES.map(({ id }) => id), ...describedNames()]);
      throw new UsageError(`nothing is known about "${name}"${near ? `; did you mean ${near}?` : ""}`);
    }
    print(rule ? text : plainMarkdown(text, style));
    return 0;
  },
};
