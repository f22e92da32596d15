// What the status item shows for each root: the machine, and the number of findings.
import type { Host } from "../core/workspace/model.js";
import { machineText } from "./budget.js";
import { findingsShown } from "./diagnostics.js";
import type { RootStatus } from "./protocol.js";
import type { View } from "./workspaceState.js";

export function statusOf(view: View): RootStatus {
  return { uri: view.uri, ...hostsStatus(view.analysis.model.hosts), findings: findingsShown(view).length };
}

type HostsStatus = Pick<RootStatus, "machine" | "hosts">;
/** Most edits leave all hosts as they are. */
const KNOWN = new WeakMap<readonly Host[], HostsStatus>();

function hostsStatus(all: readonly Host[]): HostsStatus {
  const known = KNOWN.get(all);
  if (known !== undefined) return known;
  const hosts = uniqueHosts(all);
  const machines = new Set(hosts.flatMap(({ machine }) => (machine ? [machineText(machine)] : [])));
  const [first] = machines;
  const status: HostsStatus = {
    machine: machines.size > 1 ? `${machines.size} machines` : (first ?? "machine unknown"),
    hosts: hosts.map(
      ({ name, machine }) =>
        `${name}: ${machine ? `${machineText(machine)}, from ${machine.provenance.text}` : "machine unknown"}`,
    ),
  };
  KNOWN.set(all, status);
  return status;
}

function uniqueHosts(hosts: readonly Host[]): readonly Host[] {
  return [...new Map(hosts.map((host) => [host.name, host])).values()];
}
