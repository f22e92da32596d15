// Runs the rules over a model and makes findings of their drafts: severity by confidence, one finding for equal drafts of
// several hosts, fixes that cannot garble a file.
import type { Configuration } from "../machine/configuration.js";
import type { Draft, FixDraft, Related, Rule, RuleContext } from "../rules/rule.js";
import { editsOverlap } from "../text/edit.js";
import { sameLocation } from "../text/range.js";
import type { Model } from "../workspace/model.js";
import type { Finding, Fix } from "./finding.js";
import { bothConfidences, confidenceOf, SEVERITIES, severityOf, speakingRules } from "./level.js";

/** A rule that threw. It is reported in the log; the other rules go on. */
export interface RuleFailure {
  readonly rule: string;
  readonly message: string;
}

export interface RunOptions {
  readonly onFailure?: (failure: RuleFailure) => void;
  /** Polled between rules; throws to stop. */
  readonly checkpoint?: () => void;
}

/** All findings of the model, sorted by file and place. */
export function runRules(
  model: Model,
  configuration: Configuration,
  rules: readonly Rule[],
  options: RunOptions = {},
): Finding[] {
  const context: RuleContext = { model, configuration };
  const findings: Finding[] = [];
  for (const rule of speakingRules(rules, configuration)) {
    options.checkpoint?.();
    const ofRule: Finding[] = [];
    try {
      for (const { draft, hosts } of draftsOf(rule, context)) {
        const finding = toFinding(rule, configuration, draft, hosts);
        if (finding) ofRule.push(finding);
      }
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      options.onFailure?.({ rule: rule.id, message });
    }
    findings.push(...mergeHosts(ofRule));
  }
  return sortFindings(findings);
}

function* draftsOf(rule: Rule, context: RuleContext): Generator<{ draft: Draft; hosts: readonly string[] }> {
  const { hosts, packages, sources } = context.model;
  if (rule.checkHost)
    for (const host of hosts) for (const draft of rule.checkHost(host, context)) yield { draft, hosts: [host.name] };
  if (rule.checkPackage)
    for (const pkg of packages)
      for (const draft of rule.checkPackage(pkg, context)) yield { draft, hosts: pkg.hosts.map((host) => host.name) };
  if (rule.checkFile)
    for (const source of sources.values()) {
      const names = () => hosts.filter((host) => host.files.includes(source.path)).map((host) => host.name);
      for (const draft of rule.checkFile(source, context)) yield { draft, hosts: names() };
    }
}

/** A draft with what its rule and the configuration say; undefined if it is not to be shown. */
export function toFinding(
  rule: Rule,
  configuration: Configuration,
  draft: Draft,
  hosts: readonly string[],
): Finding | undefined {
  const severity = severityOf(rule, configuration, draft);
  if (!severity) return undefined;
  return {
    rule: rule.id,
    class: rule.class,
    severity,
    confidence: confidenceOf(rule, configuration, draft),
    tier: rule.tier,
    message: draft.message + bothConfidences(rule, draft),
    hosts: [...new Set(hosts)],
    file: draft.file,
    range: { start: draft.range.start, end: draft.range.end },
    related: draft.related ?? [],
    fixes: fixesOf(draft.fixes ?? []),
    ...(draft.unnecessary ? { unnecessary: true } : {}),
  };
}

/** Fixes that have edits, none of which overlap; one preferred at most; nothing that rebuilds passes for safe. */
function fixesOf(drafts: readonly FixDraft[]): readonly Fix[] {
  const fixes: Fix[] = [];
  for (const draft of drafts) {
    const edits = draft.edits ?? [];
    if (edits.length === 0 || edits.some((a, i) => edits.some((b, k) => k > i && editsOverlap(a, b)))) continue;
    const rebuilds = draft.rebuilds ?? false;
    fixes.push({
      title: draft.title,
      applicability: rebuilds && draft.applicability === "safe" ? "unsafe" : draft.applicability,
      preferred: (draft.preferred ?? false) && !fixes.some((fix) => fix.preferred),
      rebuilds,
      edits,
    });
  }
  return fixes;
}

/**
 * One finding for one place and cause: the same rule at the same range with the same fixes is one finding of all its hosts.
 * Where the hosts' machines differ, the message keeps the sentence of each.
 */
function mergeHosts(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.file, finding.range, finding.fixes.map((fix) => fix.edits)]);
    const first = merged.get(key);
    merged.set(key, first ? joined(first, finding) : finding);
  }
  return [...merged.values()];
}

function joined(a: Finding, b: Finding): Finding {
  const messages = a.message.split("\n");
  const related: Related[] = [...a.related];
  for (const place of b.related)
    if (!related.some((known) => sameLocation(known, place) && known.message === place.message)) related.push(place);
  return {
    ...a,
    severity: SEVERITIES.indexOf(b.severity) < SEVERITIES.indexOf(a.severity) ? b.severity : a.severity,
    confidence: Math.max(a.confidence, b.confidence),
    message: messages.includes(b.message) ? a.message : `${a.message}\n${b.message}`,
    hosts: [...new Set([...a.hosts, ...b.hosts])],
    related,
  };
}

/** By file, place, severity and rule, so that output is the same on every run. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return findings.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.range.start - b.range.start ||
      a.range.end - b.range.end ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

/** The fix that `--fix` and "fix all" take: the preferred one, if it may be applied at all. */
export function preferredFix(finding: Finding, allowUnsafe: boolean): Fix | undefined {
  const fix = finding.fixes.find((candidate) => candidate.preferred);
  if (!fix || fix.applicability === "display-only") return undefined;
  return fix.applicability === "safe" || allowUnsafe ? fix : undefined;
}
