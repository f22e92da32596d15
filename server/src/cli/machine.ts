// `machine`: this computer's hardware, or another machine's, and what builds may use of it.
import { hostname } from "node:os";
import { resolve } from "node:path";
import { budgetOf } from "../core/machine/budget.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "../core/machine/configuration.js";
import type { Machine } from "../core/machine/machine.js";
import { parseMachineSpec } from "../core/machine/machineSpec.js";
import { CONFIGURATION_FILE, parseConfiguration } from "../core/machine/parseConfiguration.js";
import { findRoot, readTextFile } from "../host/disk.js";
import { detectHardware } from "../host/hardware.js";
import { machineJson, machineText, type MachineReport } from "../report/machine.js";
import { type Command, UsageError } from "./commandLine.js";
import { outputStyle, print, warn } from "./output.js";

export const machine: Command = {
  name: "machine",
  summary: "shows the detected hardware and the budget for builds, with the arithmetic",
  flags: [
    {
      name: "machine",
      value: "SPEC",
      help: "another machine: a name of nix-build-budget.json, or threads=8,memory=16GiB,zram=12GiB",
    },
    { name: "format", value: "FORMAT", choices: ["text", "json"], help: "how to print" },
  ],
  details: [
    "Policy and memory accounting are those of the nix-build-budget.json that is nearest above the working folder.",
  ],
  async run(args) {
    const configuration = readConfiguration();
    const shown = chooseMachine(args.values.get("machine") ?? "local", configuration);
    const { policy, memoryAccounting: accounting, coldFraction, targetRisk } = configuration;
    const budget = budgetOf(shown.machine, { policy, accounting, coldFraction });
    const report: MachineReport = { title: shown.title, found: shown.found, budget, targetRisk };
    print(args.values.get("format") === "json" ? machineJson(report) : machineText(report, outputStyle()));
    return 0;
  },
};

function readConfiguration(): Configuration {
  const file = readTextFile(resolve(findRoot(process.cwd()), CONFIGURATION_FILE));
  if (!("text" in file)) return DEFAULT_CONFIGURATION;
  const { configuration, problems } = parseConfiguration(file.text);
  if (problems.length > 0) warn(`${CONFIGURATION_FILE} has mistakes, check names them`);
  return configuration;
}

function chooseMachine(
  text: string,
  { machines }: Configuration,
): { title: string; machine: Machine; found: readonly string[] } {
  const spec = parseMachineSpec(text);
  switch (spec.kind) {
    case "error":
      throw new UsageError(`--machine: ${spec.message}`);
    case "machine":
      return { title: `Machine ${text}`, machine: spec.machine, found: [] };
    case "name": {
      const named = machines.get(spec.name);
      if (!named) throw new UsageError(`--machine: ${CONFIGURATION_FILE} has no machine "${spec.name}"`);
      return { title: `Machine ${named.provenance.text}`, machine: named, found: [] };
    }
    case "none":
      throw new UsageError("--machine none: there is nothing to show");
    case "local": {
      const detection = detectHardware();
      if (!detection) throw new UsageError("this computer's hardware can't be read; name a machine with --machine");
      return { title: `This computer, ${hostname()}`, ...detection };
    }
  }
}
