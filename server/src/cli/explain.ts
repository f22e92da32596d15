// `explain`: the documentation of a rule, setting, option or builder attribute, offline.
import { explanation, nearestExplained } from "../report/explain.js";
import { plainMarkdown } from "../report/ruleText.js";
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
    const page = explanation(name);
    if (page === undefined) {
      const near = nearestExplained(name);
      throw new UsageError(`nothing is known about "${name}"${near ? `; did you mean ${near}?` : ""}`);
    }
    print(plainMarkdown(page, outputStyle()));
    return 0;
  },
};
