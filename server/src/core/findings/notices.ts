// Findings that come from no rule's check: mistakes in nix-build-budget.json, and the hint that a machine is not known.
import { modify } from "jsonc-parser";
import type { Configuration } from "../machine/configuration.js";
import type { Machine } from "../machine/machine.js";
import { CONFIGURATION_FILE, type ConfigurationProblem } from "../machine/parseConfiguration.js";
import { GIB } from "../machine/size.js";
import { invalidConfiguration } from "../rules/invalid-configuration.js";
import { machineUnknown } from "../rules/machine-unknown.js";
import type { FixDraft } from "../rules/rule.js";
import type { TextEdit } from "../text/edit.js";
import type { TextRange } from "../text/range.js";
import type { Host, Model } from "../workspace/model.js";
import type { Finding } from "./finding.js";
import { toFinding } from "./toFinding.js";

export function configurationFindings(
  problems: readonly ConfigurationProblem[],
  configuration: Configuration,
): Finding[] {
  return problems.flatMap(({ message, range }) => {
    const draft = { file: CONFIGURATION_FILE, range, message };
    return toFinding(invalidConfiguration, configuration, draft, []) ?? [];
  });
}

export interface MachineNoticeContext {
  /** Text of nix-build-budget.json, where there is one. */
  readonly configurationText: string | undefined;
  /** This computer, where the caller offers it. */
  readonly local?: Machine;
}

/** One hint for the whole workspace, at the first host that has something to judge and no machine. */
export function machineFindings(model: Model, configuration: Configuration, context: MachineNoticeContext): Finding[] {
  const byName = new Map<string, Host>();
  for (const host of hostsWithoutMachine(model))
    if (!byName.has(host.name) && hasSomethingToJudge(host, model)) byName.set(host.name, host);
  const unknown = [...byName.values()];
  // A named host first: lone files are rarely what the declaration is for.
  const host = unknown.find((candidate) => candidate.kind === "host") ?? unknown[0];
  if (!host) return [];
  const fixes: FixDraft[] = [];
  if (context.local) {
    fixes.push({
      title: `Use this computer for ${nameOf(host)} (${describe(context.local)})`,
      applicability: "unsafe",
      edits: declaration(host.name, machineJson(context.local), context.configurationText),
    });
  }
  fixes.push({
    title: `Declare the machine of ${nameOf(host)} in ${CONFIGURATION_FILE} (numbers to be replaced)`,
    applicability: "unsafe",
    edits: declaration(host.name, { threads: 8, memory: "16GiB" }, context.configurationText),
  });
  const others = unknown.length - 1;
  const finding = toFinding(
    machineUnknown,
    configuration,
    {
      file: host.declaration.file,
      range: visible(host, model),
      message: `The machine of ${nameOf(host)}${others > 0 ? ` and ${others} more` : ""} is not known, so settings are not compared with hardware. Declare it in ${CONFIGURATION_FILE}.`,
      fixes,
    },
    unknown.map((each) => each.name),
  );
  return finding ? [finding] : [];
}

/** Where the host is declared; a lone file's first line, since an empty range can't be seen. */
function visible({ declaration: { file, range } }: Host, model: Model): TextRange {
  if (range.end > range.start) return range;
  const text = model.textOf(file) ?? "";
  const newline = text.search(/[\r\n]|$/);
  return { start: 0, end: newline };
}

/** A flake's users have machines of their own; lone files are parts of the workspace's hosts, where one of those is known. */
function hostsWithoutMachine({ hosts }: Model): readonly Host[] {
  const isKnown = hosts.some((host) => host.kind === "host" && host.machine);
  return hosts.filter((host) => !host.machine && host.platform !== "flake" && !(isKnown && host.kind === "file"));
}

function hasSomethingToJudge(host: Host, model: Model): boolean {
  return host.definitions.length > 0 || model.packages.some((pkg) => pkg.hosts.includes(host));
}

function nameOf(host: Host): string {
  return host.kind === "file" ? "this workspace" : host.name;
}

function describe(machine: Machine): string {
  return `${machine.threads} threads, ${sizeText(machine.memoryBytes)}`;
}

/** A size as nix-build-budget.json takes it, rounded down to a tenth of a GiB so that it promises nothing. */
function sizeText(bytes: number): string {
  return `${Math.floor((bytes / GIB) * 10) / 10}GiB`;
}

function machineJson(machine: Machine): Readonly<Record<string, unknown>> {
  const { threads, threadsPerCore, memoryBytes, zram, swapBytes } = machine;
  return {
    threads,
    ...(threadsPerCore === undefined ? {} : { threadsPerCore }),
    memory: sizeText(memoryBytes),
    ...(zram ? { zram: { size: sizeText(zram.sizeBytes), algorithm: zram.algorithm } } : {}),
    ...(swapBytes ? { swap: sizeText(swapBytes) } : {}),
  };
}

/** Writes `machines.<host>` into the file, comments and layout around it unchanged; makes the file if need be. */
function declaration(host: string, machine: unknown, text: string | undefined): readonly TextEdit[] | undefined {
  if (text === undefined || text.trim() === "") {
    const newText = `${JSON.stringify({ machines: { [host]: machine } }, null, 2)}\n`;
    return [{ file: CONFIGURATION_FILE, range: { start: 0, end: text?.length ?? 0 }, newText }];
  }
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  try {
    const edits = modify(text, ["machines", host], machine, {
      formattingOptions: { insertSpaces: true, tabSize: 2, eol },
    });
    return edits.map(({ offset, length, content }) => ({
      file: CONFIGURATION_FILE,
      range: { start: offset, end: offset + length },
      newText: content,
    }));
  } catch {
    // jsonc-parser refuses where `machines` is no object; the mistake is reported on its own.
    return undefined;
  }
}
