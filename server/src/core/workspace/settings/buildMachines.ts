// The machines that a host hands builds to: `nix.buildMachines`, `builders =`, and the text of /etc/nix/machines or of a file in the workspace.
import type { AttrsValue, Value } from "../../evaluate/value.js";
import type { Definition, Host, OptionState } from "../model.js";
import { textsIn } from "./textsIn.js";

/** One remote builder, as Nix's build hook reads it. */
export interface BuildMachine {
  /** Without scheme, user and port. */
  readonly hostName: string;
  /** Empty: the system of the host that asks. */
  readonly systems: readonly string[];
  /** Builds that are sent there at once. */
  readonly maxJobs: number;
  readonly speedFactor: number;
  readonly supportedFeatures: readonly string[];
  readonly mandatoryFeatures: readonly string[];
}

/** A builder with the place that names it. */
export interface NamedMachine extends BuildMachine {
  /** Its set in `nix.buildMachines`; undefined where it stands in text. */
  readonly entry: AttrsValue | undefined;
  readonly definition: Definition;
  /** False where the list is written and never read: `nix.distributedBuilds` is off. */
  readonly asked: boolean;
}

const ROOTS = ["nix", "determinateNix"] as const;
const MACHINES_FILE = "/etc/nix/machines";
const MACHINES_OPTION = ["environment", "etc", "nix/machines"];

/** The builders that are known for certain. Entries of which a part is not known are left out. */
export function buildMachinesOf(host: Host): readonly NamedMachine[] {
  const setting = host.setting("builders");
  const builders = namedBy(setting);
  const text = builders && textOf(builders);
  const inText = text === undefined ? undefined : parseBuildMachines(text);
  const readsFile = inText?.files.includes(MACHINES_FILE) ?? false;
  const machines: NamedMachine[] = [];
  if (builders && inText)
    for (const machine of inText.machines)
      machines.push({ ...machine, entry: undefined, definition: builders, asked: true });
  for (const root of ROOTS) {
    const list = host.option([root, "buildMachines"]);
    if (list.state !== "known" || list.value.kind !== "list") continue;
    const asked = readsFile || (setting.state === "unset" && isTrue(host, [root, "distributedBuilds"]));
    for (const item of list.value.items) {
      const entry = item.force();
      const machine = entry.kind === "attrs" ? machineOf(entry) : undefined;
      if (machine && entry.kind === "attrs")
        machines.push({ ...machine, entry, definition: list.definitions[0], asked });
    }
  }
  for (const name of ["text", "source"]) {
    const definition = namedBy(host.option([...MACHINES_OPTION, name]));
    const asked = readsFile || setting.state === "unset";
    for (const machine of parseBuildMachines((definition && textOf(definition)) ?? "").machines)
      if (definition) machines.push({ ...machine, entry: undefined, definition, asked });
  }
  return machines;
}

/** The definition that counts; where its value is not known but names files that are, the only one there is. */
function namedBy(state: OptionState): Definition | undefined {
  if (state.state === "known") return state.definitions[0];
  const [only, ...others] = state.state === "unset" ? [] : state.definitions;
  return only?.machines !== undefined && others.length === 0 && !only.conditional ? only : undefined;
}

function textOf({ value, machines }: Definition): string | undefined {
  return machines ?? (value.kind === "string" ? value.value : undefined);
}

function isTrue(host: Host, path: readonly string[]): boolean {
  const state = host.option(path);
  return state.state === "known" && state.value.kind === "bool" && state.value.value;
}

/**
 * Text of /etc/nix/machines or of `builders`: one machine a line (or up to `;`), fields divided by blanks, `-` for a default:
 * store URI, systems, SSH key, jobs, speed, supported features, mandatory features, host key. `@file` stands for a file's lines.
 * Source: Nix src/libstore/machines.cc. A line that Nix would reject is left out.
 */
export function parseBuildMachines(text: string): {
  readonly machines: readonly BuildMachine[];
  readonly files: readonly string[];
} {
  const machines: BuildMachine[] = [];
  const files: string[] = [];
  for (const line of text.split(/[\n;]/)) {
    const words = line.replace(/#.*/s, "").trim().split(/\s+/);
    const [uri = ""] = words;
    if (uri === "") continue;
    if (uri.startsWith("@")) {
      files.push(uri.slice(1));
      continue;
    }
    const field = (index: number) => (words[index] === "-" ? undefined : words[index]);
    const list = (index: number) => field(index)?.split(",").filter(Boolean) ?? [];
    const hostName = hostNameOf(uri);
    const maxJobs = /^\d{1,6}$/.test(field(3) ?? "1") ? Number(field(3) ?? 1) : undefined;
    const speedFactor = /^\d+(\.\d+)?$/.test(field(4) ?? "1") ? Number(field(4) ?? 1) : undefined;
    if (hostName === "" || maxJobs === undefined || speedFactor === undefined) continue;
    const [supportedFeatures, mandatoryFeatures] = [list(5), list(6)];
    machines.push({ hostName, systems: list(1), maxJobs, speedFactor, supportedFeatures, mandatoryFeatures });
  }
  return { machines, files };
}

/** `ssh-ng://root@big.example.org:2222?x=y` -> `big.example.org`. */
export function hostNameOf(uri: string): string {
  const authority = uri.replace(/^[\w+-]+:\/\//, "").replace(/[/?].*$/, "");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return /^\[(.*)\]/.exec(host)?.[1] ?? host.replace(/:\d+$/, "");
}

function machineOf(entry: AttrsValue): BuildMachine | undefined {
  if (entry.open !== undefined) return undefined;
  const value = (name: string) => entry.entries.get(name)?.thunk.force();
  const hostName = value("hostName");
  const system = value("system");
  const systems = textsIn(value("systems"));
  const maxJobs = numberOf(value("maxJobs"));
  const speedFactor = numberOf(value("speedFactor"));
  const supportedFeatures = textsIn(value("supportedFeatures"));
  const mandatoryFeatures = textsIn(value("mandatoryFeatures"));
  if (hostName?.kind !== "string" || !systems || !supportedFeatures || !mandatoryFeatures) return undefined;
  if (maxJobs === undefined || speedFactor === undefined) return undefined;
  if (system !== undefined && system.kind !== "string" && system.kind !== "null") return undefined;
  return {
    hostName: hostName.value,
    // As the module does: `system` counts where it is set.
    systems: system?.kind === "string" ? [system.value] : systems,
    maxJobs,
    speedFactor,
    supportedFeatures,
    mandatoryFeatures,
  };
}

/** 1 where it is not set, undefined where it is not known. */
function numberOf(value: Value | undefined): number | undefined {
  if (value === undefined) return 1;
  return value.kind === "int" || value.kind === "float" ? Number(value.value) : undefined;
}
