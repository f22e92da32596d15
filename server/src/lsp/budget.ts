// The budget of every host as Markdown, with the arithmetic: what the command "Show Budget" opens.
import { planOfHost } from "../core/builds/hostPlan.js";
import { type RemotePlan, remotePlan } from "../core/builds/remote.js";
import type { Budget, Machine } from "../core/machine/machine.js";
import { formatBytes } from "../core/machine/size.js";
import { splitText } from "../core/rules/support/splits.js";
import type { Finding } from "../core/findings/finding.js";
import type { Host } from "../core/workspace/model.js";
import { builderText } from "../report/plan.js";
import { count } from "../report/report.js";
import { findingsShown } from "./diagnostics.js";
import { parallelismText } from "./meaning.js";
import type { View } from "./workspaceState.js";

export function budgetPage(views: readonly View[]): string {
  const several = views.length > 1;
  const roots = views.flatMap((view) => [...(several ? [`## ${decodeURI(view.uri)}`] : []), ...rootParts(view)]);
  return `${["# Build budget", ...roots].join("\n\n")}\n`;
}

function rootParts(view: View): string[] {
  const parts = machinesOf(view.analysis.model.hosts).map(({ hosts, budget, machine }) => {
    const head = `## ${hosts.map(({ name }) => name).join(", ")}`;
    if (!budget || !machine)
      return `${head}\n\nThe machine is not known. Declare it in \`nix-build-budget.json\`, or say in the settings that it is this computer.`;
    return [
      head,
      `${machineText(machine)}, from ${machine.provenance.text}.`,
      list(budget.arithmetic),
      ...hosts.flatMap((host) => [...(hosts.length > 1 ? [`### ${host.name}`] : []), hostPart(host, budget, view)]),
    ].join("\n\n");
  });
  const found = findingsShown(view);
  const head = `## ${count(found.length, "finding")}`;
  return [...(parts.length > 0 ? parts : ["No host and no Nix setting was found."]), head, findingList(view, found)];
}

/** What the host sets, and the plan for what it builds from source, with its reasons. */
function hostPart(host: Host, budget: Budget, { analysis: { model, configuration } }: View): string {
  const plan = planOfHost(host, budget, { model, configuration });
  const remote = remotePlan(host, model, configuration);
  const others = plan.alternatives.map(({ split, purpose }) => `${splitText(split)}: ${purpose}`);
  return [
    `Now: ${parallelismText(host, budget)}`,
    `Plan: **${splitText(plan.split)}**`,
    list(plan.arithmetic),
    ...(others.length > 0 ? ["Or, by use:", list(others)] : []),
    ...(remote ? remoteParts(remote) : []),
  ].join("\n\n");
}

function remoteParts({ builders, local }: RemotePlan): string[] {
  const lines = builders
    .map(builderText)
    .flatMap(([head = "", ...details]) => [head, ...details.map((line) => `  ${line}`)]);
  return [
    "Remote builders:",
    lines.map((line) => line.replace(/^( *)/, "$1- ")).join("\n"),
    ...(local.length > 0 ? ["Built here:", list(local.map(({ name, why }) => `${name}: ${why}`))] : []),
  ];
}

function findingList(view: View, findings: readonly Finding[]): string {
  return list(
    findings.map(({ rule, file, range, severity }) => {
      const line = view.convert.range(file, range).start.line + 1;
      return `[${file}:${line}](${view.uriOf(file)}#L${line}) ${severity}: ${rule}`;
    }),
  );
}

/** Hosts that stand on the same machine are told once. Lone files are one host. */
function machinesOf(hosts: readonly Host[]) {
  const groups = new Map<Machine | undefined, Map<string, Host>>();
  for (const host of hosts) {
    const group = groups.get(host.machine) ?? new Map<string, Host>();
    groups.set(host.machine, group);
    const known = group.get(host.name);
    if (!known || known.definitions.length < host.definitions.length) group.set(host.name, host);
  }
  return [...groups].map(([machine, group]) => {
    const all = [...group.values()];
    return { machine, budget: all[0]?.budget, hosts: all };
  });
}

/** `8 threads, 16 GiB`. */
export function machineText(machine: Machine): string {
  const zram = machine.zram ? ` + ${formatBytes(machine.zram.sizeBytes)} zram` : "";
  return `${machine.threads} threads, ${formatBytes(machine.memoryBytes)}${zram}`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
