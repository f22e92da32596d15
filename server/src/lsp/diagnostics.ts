// Findings -> diagnostics, pushed for each file of a root as soon as its analysis is there.
import {
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type PublishDiagnosticsParams,
} from "vscode-languageserver";
import type { Finding } from "../core/findings/finding.js";
import type { Severity } from "../core/machine/configuration.js";
import type { FilePath } from "../core/text/range.js";
import { sameItems } from "../core/text/sameItems.js";
import { ruleUrl } from "../report/ruleMarkdown.js";
import type { View } from "./workspaceState.js";

export const SOURCE = "nix-build-budget";

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** The parameters as JSON, and what they were made of: while that is the same they need not be made again. */
interface Shown {
  readonly json: string;
  readonly madeOf: readonly unknown[];
}

export interface DiagnosticsPublisher {
  publish(view: View): void;
  /** Takes back what was shown for a root. */
  clear(rootUri: string): void;
}

export function createDiagnosticsPublisher(connection: Connection): DiagnosticsPublisher {
  /** What each root has shown, by document. */
  const shown = new Map<string, Map<string, Shown>>();

  function send(params: PublishDiagnosticsParams): void {
    connection.sendDiagnostics(params).catch(() => {}); // Fails only when the connection is gone.
  }

  /** Takes back what a root has shown for a document; what another root says of it comes forth again. */
  function retract(uri: string, rootUri: string): void {
    const other = [...shown].find(([root, documents]) => root !== rootUri && documents.has(uri))?.[1].get(uri);
    send(other === undefined ? { uri, diagnostics: [] } : JSON.parse(other.json));
  }

  return {
    publish(view) {
      const before = shown.get(view.uri) ?? new Map<string, Shown>();
      const now = new Map<string, Shown>();
      for (const [file, findings] of findingsByFile(view)) {
        const uri = view.uriOf(file);
        const old = before.get(uri);
        const madeOf = [view.versionOf(file), ...findings, ...findings.flatMap((finding) => textsOf(finding, view))];
        if (old !== undefined && sameItems(old.madeOf, madeOf)) {
          now.set(uri, old);
          continue;
        }
        const params = paramsOf(file, findings, view);
        const json = JSON.stringify(params);
        now.set(uri, { json, madeOf });
        if (old?.json !== json) send(params);
      }
      for (const uri of before.keys()) if (!now.has(uri)) retract(uri, view.uri);
      shown.set(view.uri, now);
    },
    clear(rootUri) {
      for (const uri of shown.get(rootUri)?.keys() ?? []) retract(uri, rootUri);
      shown.delete(rootUri);
    },
  };
}

/** The findings that the editor shows: those of files that the root answers for, as far as the settings want them. */
export function findingsShown(view: View): readonly Finding[] {
  if (!view.settings.enable) return [];
  const all = view.settings.diagnostics === "workspace";
  return view.analysis.findings.filter(({ file }) => view.owns(file) && (all || view.versionOf(file) !== null));
}

/** One entry for each open file, with or without findings, and for each other file with some. */
function findingsByFile(view: View): ReadonlyMap<FilePath, readonly Finding[]> {
  const byFile = new Map<FilePath, Finding[]>();
  for (const file of view.openFiles) if (view.owns(file)) byFile.set(file, []);
  for (const finding of findingsShown(view)) {
    const others = byFile.get(finding.file);
    if (others) others.push(finding);
    else byFile.set(finding.file, [finding]);
  }
  return byFile;
}

/** The texts whose lines a finding's places are counted in. */
function textsOf({ file, related }: Finding, { snapshot }: View): readonly unknown[] {
  return [file, ...related.map((place) => place.file)].map((path) => snapshot.files.get(path));
}

function paramsOf(file: FilePath, findings: readonly Finding[], view: View): PublishDiagnosticsParams {
  const version = view.versionOf(file);
  const diagnostics = findings.map((finding) => diagnosticOf(finding, view));
  return { uri: view.uriOf(file), ...(version !== null && { version }), diagnostics };
}

export function diagnosticOf(finding: Finding, view: View): Diagnostic {
  const tags = [
    ...(finding.class === "deprecated" ? [DiagnosticTag.Deprecated] : []),
    ...(finding.unnecessary ? [DiagnosticTag.Unnecessary] : []),
  ];
  const related = finding.related.map((place) => ({ location: view.convert.location(place), message: place.message }));
  return {
    range: view.convert.range(finding.file, finding.range),
    severity: SEVERITIES[finding.severity],
    code: finding.rule,
    codeDescription: { href: ruleUrl(finding.rule) },
    source: SOURCE,
    message: finding.message,
    ...(related.length > 0 && { relatedInformation: related }),
    ...(tags.length > 0 && { tags }),
  };
}
