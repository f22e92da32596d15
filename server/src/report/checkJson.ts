// `check --format json`: the contract that other programs read (version 1).
import type { Finding, Fix } from "../core/findings/finding.js";
import type { Machine } from "../core/machine/machine.js";
import { type JsonData, jsonText } from "./jsonText.js";
import { type CheckReport, createLocate, type Locate, type PositionRange } from "./report.js";

export function checkJson(report: CheckReport): string {
  const locate = createLocate(report.textOf);
  return jsonText({
    version: 1,
    hosts: report.hosts.map((host) => ({
      name: host.name,
      machine: host.machine ? machineData(host.machine) : null,
      budget: host.budget ? { threads: host.budget.threads, memoryBytes: Math.round(host.budget.memoryBytes) } : null,
    })),
    filesRead: report.filesRead,
    findings: report.findings.map((finding) => findingData(finding, locate)),
  });
}

/** A machine as reports show it; what is not known is left out. */
export function machineData(machine: Machine): JsonData {
  const { provenance, ...facts } = machine;
  return { ...(facts as unknown as Readonly<Record<string, JsonData>>), provenance: { ...provenance } };
}

export function rangeData(range: PositionRange): JsonData {
  return { start: { ...range.start }, end: { ...range.end } };
}

function findingData(finding: Finding, locate: Locate): JsonData {
  return {
    rule: finding.rule,
    class: finding.class,
    severity: finding.severity,
    confidence: finding.confidence,
    tier: finding.tier,
    message: finding.message,
    hosts: finding.hosts,
    file: finding.file,
    range: rangeData(locate(finding.file, finding.range)),
    related: finding.related.map((related) => ({
      file: related.file,
      range: rangeData(locate(related.file, related.range)),
      message: related.message,
    })),
    fixes: finding.fixes.map((fix) => fixData(fix, locate)),
  };
}

function fixData(fix: Fix, locate: Locate): JsonData {
  return {
    title: fix.title,
    applicability: fix.applicability,
    preferred: fix.preferred,
    rebuilds: fix.rebuilds,
    edits: fix.edits.map((edit) => ({
      file: edit.file,
      range: rangeData(locate(edit.file, edit.range)),
      newText: edit.newText,
    })),
  };
}
