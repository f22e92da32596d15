// `settings`: every build-related definition, with its value or why that is not known.
import { plainValue } from "../report/plainValue.js";
import { isTarget } from "../core/analyze.js";
import { settingsJson, type SettingsReport, settingsText } from "../report/settingsReport.js";
import { analyzePaths } from "./analysis.js";
import type { Command } from "./commandLine.js";
import { outputStyle, print } from "./output.js";
import { createNames, createTextLookup } from "./paths.js";

export const settings: Command = {
  name: "settings",
  summary: "lists every build-related definition with its value, or why the value is not known",
  operands: { name: "PATH", least: 0, most: Number.POSITIVE_INFINITY },
  flags: [{ name: "format", value: "FORMAT", choices: ["text", "json"], help: "how to print" }],
  details: ["`priority` is that of the module system: 50 mkForce, 100 plain, 1000 mkDefault."],
  async run(args) {
    const roots = (await analyzePaths(args)).map((analyzed) => ({
      ...analyzed,
      names: createNames(analyzed.root),
      snapshot: analyzed.workspace.snapshot,
    }));
    const report: SettingsReport = {
      definitions: roots.flatMap(({ analysis, workspace, names }) =>
        analysis.model.definitions
          .filter(({ file }) => !workspace.isIgnored(file) && isTarget(file, workspace.snapshot))
          .map((definition) => ({
            ...definition,
            file: names.printed(definition.file),
            value: plainValue(definition.value, names.printed),
          })),
      ),
      filesRead: roots.reduce((sum, { analysis }) => sum + analysis.model.filesRead, 0),
      textOf: createTextLookup(roots),
    };
    print(args.values.get("format") === "json" ? settingsJson(report) : settingsText(report, outputStyle()));
    return 0;
  },
};
