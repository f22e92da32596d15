// `settings`: every build-related definition with its value, or why it is unknown.
import type { Json } from "../core/evaluate/value.js";
import type { TextRange } from "../core/text/range.js";
import { rangeData } from "./checkJson.js";
import { type JsonData, jsonText } from "./jsonText.js";
import type { PlainValue } from "./plainValue.js";
import { count, createLocate } from "./report.js";
import { printable, type Style } from "./terminal.js";

/** A definition as it is reported: file and path values relative to the working folder. */
export interface ReportedDefinition {
  readonly file: string;
  readonly range: TextRange;
  readonly attrPath: readonly string[];
  readonly pathInFile: readonly string[];
  readonly value: PlainValue;
  readonly hosts: readonly string[];
  readonly priority: number;
}

export interface SettingsReport {
  readonly definitions: readonly ReportedDefinition[];
  readonly filesRead: number;
  readonly textOf: (file: string) => string | undefined;
}

export function settingsJson(report: SettingsReport): string {
  const locate = createLocate(report.textOf);
  return jsonText({
    version: 1,
    definitions: report.definitions.map(
      (definition): JsonData => ({
        file: definition.file,
        range: rangeData(locate(definition.file, definition.range)),
        attrPath: definition.attrPath,
        pathInFile: definition.pathInFile,
        value: definition.value as unknown as JsonData,
        hosts: definition.hosts,
        priority: definition.priority,
      }),
    ),
  });
}

export function settingsText(report: SettingsReport, style: Style): string {
  const locate = createLocate(report.textOf);
  const lines: string[] = [];
  let file: string | undefined;
  for (const definition of report.definitions) {
    if (definition.file !== file) lines.push(style.bold(printable((file = definition.file))));
    const { start } = locate(definition.file, definition.range);
    const hosts = definition.hosts.filter((host) => host !== "(workspace)");
    const notes = [
      ...(definition.priority === 100 ? [] : [`priority ${definition.priority}`]),
      ...(definition.value.known && definition.value.assumed ? ["assumed"] : []),
      ...(hosts.length > 0 ? [hosts.join(", ")] : []),
    ];
    const note = notes.length > 0 ? style.dim(`  (${printable(notes.join("; "))})`) : "";
    const name = printable(definition.attrPath.map(quoted).join("."));
    lines.push(`  ${style.dim(`${start.line + 1}`.padStart(4))}  ${name} = ${valueText(definition, style)}${note}`);
  }
  lines.push(`${count(report.definitions.length, "definition")} in ${count(report.filesRead, "file")}.`, "");
  return lines.join("\n");
}

function quoted(name: string): string {
  return /^[a-zA-Z_][\w'-]*$|^\[\]$/.test(name) ? name : JSON.stringify(name);
}

function valueText({ value }: ReportedDefinition, style: Style): string {
  if (!value.known) return style.dim(`unknown: ${printable(value.reason)}`);
  const text = printable(nixText(value.value));
  return style.cyan(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}

/** A value as Nix writes it, in one line. */
function nixText(value: Json): string {
  if (isList(value)) return value.length === 0 ? "[ ]" : `[ ${value.map(nixText).join(" ")} ]`;
  if (value === null || typeof value !== "object")
    return typeof value === "string" ? JSON.stringify(value) : `${value}`;
  if (typeof value["_path"] === "string") return value["_path"];
  const members = Object.entries(value).map(([name, member]) => `${quoted(name)} = ${nixText(member)}; `);
  return `{ ${members.join("")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
