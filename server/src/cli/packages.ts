// `packages`: what the workspace builds from source, what that takes, and what would help.
import { isTarget } from "../core/analyze.js";
import { packageMatrix } from "../core/builds/matrix.js";
import { withAdvice } from "../core/findings/packageAdvice.js";
import { packagesJson, type PackagesReport, packagesText } from "../report/packages.js";
import { analyzePaths } from "./analysis.js";
import type { Command } from "./commandLine.js";
import { outputStyle, print } from "./output.js";
import { createNames, createTextLookup } from "./paths.js";

export const packages: Command = {
  name: "packages",
  summary: "lists what is built from source: peak memory, memory tier, parallelism, and the fixes that fit",
  operands: { name: "PATH", least: 0, most: Number.POSITIVE_INFINITY },
  flags: [
    {
      name: "machine",
      value: "SPEC",
      help: "machine of every host without a declared one: a name of nix-build-budget.json, local, or threads=8,memory=16GiB,zram=12GiB",
    },
    { name: "format", value: "FORMAT", choices: ["text", "json"], help: "how to print" },
  ],
  details: [
    "Tiers: solo takes more than half of the memory for builds at the 95th percentile and builds alone, pair more than a quarter, free the rest.",
    "Advice: P1 immediate, P2 soon, experimental: measure first. Declare peaks under `packages` in nix-build-budget.json.",
  ],
  async run(args) {
    const roots = (await analyzePaths(args)).map((analyzed) => ({
      ...analyzed,
      names: createNames(analyzed.root),
      snapshot: analyzed.workspace.snapshot,
    }));
    const report: PackagesReport = {
      rows: roots.flatMap(({ analysis: { model, configuration, findings }, workspace, names }) =>
        withAdvice(packageMatrix(model, configuration), findings)
          .filter(({ package: { file } }) => !workspace.isIgnored(file) && isTarget(file, workspace.snapshot))
          .map((row) => ({ row, file: names.printed(row.package.file) })),
      ),
      textOf: createTextLookup(roots),
    };
    print(args.values.get("format") === "json" ? packagesJson(report) : packagesText(report, outputStyle()));
    return 0;
  },
};
