// A rule's draft to a finding: severity and confidence by the configuration, fixes that cannot garble a file.
import type { Configuration } from "../machine/configuration.js";
import type { Draft, FixDraft, Rule } from "../rules/rule.js";
import { editsOverlap } from "../text/edit.js";
import type { Finding, Fix } from "./finding.js";
import { bothConfidences, confidenceOf, severityOf } from "./level.js";

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
      ...(draft.host !== undefined && { host: draft.host }),
      edits,
    });
  }
  return fixes;
}
