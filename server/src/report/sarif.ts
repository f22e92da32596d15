// `check --format sarif`: SARIF 2.1.0 for code scanning services.
import type { Finding, Fix } from "../core/findings/finding.js";
import type { Severity } from "../core/machine/configuration.js";
import type { Rule } from "../core/rules/rule.js";
import type { TextEdit } from "../core/text/edit.js";
import type { TextRange } from "../core/text/range.js";
import { type JsonData, jsonText } from "./jsonText.js";
import { type CheckReport, createLocate, type Locate } from "./report.js";
import { rulePage, ruleUrl } from "./ruleMarkdown.js";

const LEVELS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

export function sarifText(report: CheckReport, rules: readonly Rule[], version: string): string {
  const locate = createLocate(report.textOf);
  const indexes = new Map(rules.map((rule, i) => [rule.id, i]));
  return jsonText({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "nix-build-budget",
            semanticVersion: version,
            informationUri: ruleUrl(),
            rules: rules.map(descriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        results: report.findings.map((finding) => result(finding, indexes.get(finding.rule), locate)),
      },
    ],
  });
}

function descriptor(rule: Rule): JsonData {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.docs.what },
    help: { text: `${rule.docs.what}\n\n${rule.docs.why}`, markdown: rulePage(rule) },
    helpUri: ruleUrl(rule.id),
    defaultConfiguration: { level: LEVELS[rule.severity], rank: rank(rule.confidence) },
    properties: { tags: [rule.class, rule.tier], confidence: rule.confidence },
  };
}

/** SARIF's rank runs from 0 to 100. */
function rank(confidence: number): number {
  return Math.round(confidence * 100);
}

function result(finding: Finding, ruleIndex: number | undefined, locate: Locate): JsonData {
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    rank: rank(finding.confidence),
    message: { text: finding.message },
    locations: [location(finding.file, finding.range, locate)],
    relatedLocations: finding.related.map((related, id) => ({
      id,
      ...location(related.file, related.range, locate),
      message: { text: related.message },
    })),
    fixes: finding.fixes.length > 0 ? finding.fixes.map((fix) => fixData(fix, locate)) : undefined,
    properties: { confidence: finding.confidence, tier: finding.tier, class: finding.class, hosts: finding.hosts },
  };
}

function fixData(fix: Fix, locate: Locate): JsonData {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of fix.edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  return {
    description: { text: fix.title },
    artifactChanges: [...byFile].map(([file, edits]) => ({
      artifactLocation: artifact(file),
      replacements: edits.map((edit) => ({
        deletedRegion: region(file, edit.range, locate),
        insertedContent: { text: edit.newText },
      })),
    })),
    properties: { applicability: fix.applicability, preferred: fix.preferred, rebuilds: fix.rebuilds },
  };
}

function location(file: string, range: TextRange, locate: Locate) {
  return { physicalLocation: { artifactLocation: artifact(file), region: region(file, range, locate) } };
}

function artifact(file: string): JsonData {
  return { uri: file.split("/").map(encodeURIComponent).join("/") };
}

/** SARIF counts lines and columns from 1; the end column is the one after the last. */
function region(file: string, range: TextRange, locate: Locate): JsonData {
  const { start, end } = locate(file, range);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
