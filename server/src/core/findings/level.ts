// How loud a rule is: its confidence by profile, and the severity that follows from it.
import type { Configuration, Severity } from "../machine/configuration.js";
import type { Draft, Rule } from "../rules/rule.js";

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "information", "hint"];

function atMost(severity: Severity, limit: Severity): Severity {
  return SEVERITIES[Math.max(SEVERITIES.indexOf(severity), SEVERITIES.indexOf(limit))] ?? "hint";
}

/** 0-1. `founding` takes what the founding document claimed, where it did. */
export function confidenceOf(rule: Rule, configuration: Configuration, draft?: Draft): number {
  if (configuration.confidenceProfile === "founding" && rule.claimedConfidence !== undefined)
    return rule.claimedConfidence;
  return draft?.confidence ?? rule.confidence;
}

/** The end of a message where the founding document and the review differ: both numbers, whatever the profile. */
export function bothConfidences(rule: Rule, draft: Draft): string {
  const reviewed = draft.confidence ?? rule.confidence;
  const { claimedConfidence } = rule;
  if (claimedConfidence === undefined || claimedConfidence === reviewed) return "";
  return ` (Confidence: ${reviewed.toFixed(2)} reviewed, ${claimedConfidence.toFixed(2)} claimed.)`;
}

/**
 * The severity with which a finding is shown; undefined: not at all. From 0.80 a finding may warn, and only what breaks
 * evaluation may be an error; from 0.65 it informs; below that it hints, if the configuration asks for it at all.
 */
export function severityOf(rule: Rule, configuration: Configuration, draft?: Draft): Severity | undefined {
  const level = configuration.rules.get(rule.id);
  if (level !== undefined) return level === "off" ? undefined : level;
  const confidence = confidenceOf(rule, configuration, draft);
  if (confidence < configuration.minimumConfidence) return undefined;
  const own = draft?.severity ?? rule.severity;
  if (confidence >= 0.8) return atMost(own, rule.class === "misconfiguration" ? "error" : "warning");
  return atMost(own, confidence >= 0.65 ? "information" : "hint");
}

/** The rules that speak: not switched off, and not outvoted by one that pulls the opposite way with more confidence. */
export function speakingRules(rules: readonly Rule[], configuration: Configuration): readonly Rule[] {
  const enabled = rules.filter((rule) => configuration.rules.get(rule.id) !== "off");
  const isLouder = (a: Rule, b: Rule): boolean => {
    const difference = confidenceOf(a, configuration) - confidenceOf(b, configuration);
    return difference > 0 || (difference === 0 && enabled.indexOf(a) < enabled.indexOf(b));
  };
  const outvoted = new Set<Rule>();
  for (const rule of enabled)
    for (const id of rule.opposes ?? []) {
      const other = enabled.find((one) => one.id === id);
      if (other && other !== rule) outvoted.add(isLouder(rule, other) ? other : rule);
    }
  return enabled.filter((rule) => !outvoted.has(rule));
}
