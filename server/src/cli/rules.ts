// `rules`: the list of all rules.
import { RULES } from "../core/rules/index.js";
import { rulesJson, rulesText } from "../report/ruleText.js";
import type { Command } from "./commandLine.js";
import { outputStyle, print } from "./output.js";

export const rules: Command = {
  name: "rules",
  summary: "lists the rules with severity, confidence and tier",
  flags: [{ name: "format", value: "FORMAT", choices: ["text", "json"], help: "how to print" }],
  details: [
    "Confidence is how sure it is that the advice helps, 0 to 1; `claim` is what the founding document claimed.",
  ],
  async run({ values }) {
    print(values.get("format") === "json" ? rulesJson(RULES) : rulesText(RULES, outputStyle()));
    return 0;
  },
};
