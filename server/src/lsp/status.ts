// What the status item shows for each root: the machine, and the number of findings.
import type { Host } from "../core/workspace/model.js";
import { machineText } from "./budget.js";
import { findingsShown } from "./diagnostics.js";
import type { RootStatus } from "./protocol.js";
import type { View } from "./workspaceState.js";

export function statusOf(view: View): RootStatus {
  const hosts = uniqueHosts(view.analysis.model.hosts);
  const machines = new Set(hosts.flatMap(({ machine }) => (machine ? [machineText(machine)] : [])));
  const [first] = machines;
  return {
    uri: view.uri,
    machine: machines.size > 1 ? `${machines.size} machines` : (first ?? "machine unknown"),
    hosts: hosts.map(
      ({ name, machine }) =>
        `${name}: ${machine ? `${machineText(machine)}, from ${machine.provenance.text}` : "machine unknown"}`,
    ),
    findings: findingsShown(view).length,
  };
}

function uniqueHosts(hosts: readonly Host[]): readonly Host[] {
  return [...new Map(hosts.map((host) => [host.name, host])).values()];
}
