// Which machine a host gets.
import { machineFromFacter } from "./facter.js";
import type { Machine } from "./machine.js";

export interface MachineSources {
  /** Of nix-build-budget.json. */
  readonly declared: ReadonlyMap<string, Machine>;
  /** What the user names for every host without a declared machine (`--machine`, a setting). */
  readonly given?: Machine;
  /** The computer that the product runs on, and the host that it is. */
  readonly local?: { readonly hostName: string; readonly machine: Machine };
}

/** Declared, else reported by nixos-facter, else given, else this computer if it is the host; else undefined. */
export function resolveMachine(
  host: { readonly name: string; readonly facterReport?: string },
  { declared, given, local }: MachineSources,
): Machine | undefined {
  const name = machineName(host.name);
  const reported = host.facterReport === undefined ? undefined : machineFromFacter(host.facterReport);
  const here = local && (sameName(host.name, local.hostName) || sameName(name, local.hostName));
  return declared.get(host.name) ?? declared.get(name) ?? reported ?? given ?? (here ? local.machine : undefined);
}

/** A home configuration is named `user@host`. */
function machineName(hostName: string): string {
  return hostName.slice(hostName.lastIndexOf("@") + 1);
}

/** Host names do not mind case, and a computer's may carry its domain. */
function sameName(host: string, computer: string): boolean {
  const [a, b] = [host.toLowerCase(), computer.toLowerCase()];
  return a === b || a === b.replace(/\..*$/, "");
}
