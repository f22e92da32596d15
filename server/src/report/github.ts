// `check --format github`: workflow commands, which the runner shows as annotations on the changed lines.
import type { Severity } from "../core/machine/configuration.js";
import { type CheckReport, createLocate } from "./report.js";

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

export function githubText(report: CheckReport): string {
  const locate = createLocate(report.textOf);
  return report.findings
    .map((finding) => {
      const { start, end } = locate(finding.file, finding.range);
      // The runner takes columns only where they stand in one line.
      const columns = start.line === end.line ? { col: start.character + 1, endColumn: end.character + 1 } : {};
      const properties = { file: finding.file, line: start.line + 1, endLine: end.line + 1, ...columns };
      const list = Object.entries({ ...properties, title: finding.rule })
        .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
        .join(",");
      return `::${COMMANDS[finding.severity]} ${list}::${escapeData(finding.message)}\n`;
    })
    .join("");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
