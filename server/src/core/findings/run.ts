// Runs the rules over a model: what they say of each host, package and file, equal findings of several hosts made one.
import type { Configuration } from "../machine/configuration.js";
import type { Related, Rule } from "../rules/rule.js";
import { someOf } from "../rules/support/words.js";
import { type FilePath, sameLocation } from "../text/range.js";
import type { Model } from "../workspace/model.js";
import type { Finding, Fix } from "./finding.js";
import { Inquiry } from "./inquiry.js";
import { SEVERITIES } from "./level.js";

/** A rule that threw. It is reported in the log; the other rules go on. */
export interface RuleFailure {
  readonly rule: string;
  readonly message: string;
}

export interface RunOptions {
  readonly onFailure?: (failure: RuleFailure) => void;
  /** Polled between hosts, packages and files; throws to stop. */
  readonly checkpoint?: () => void;
}

/** All findings of the model, sorted by file and place. */
export function runRules(
  model: Model,
  configuration: Configuration,
  rules: readonly Rule[],
  options: RunOptions = {},
): Finding[] {
  const inquiry = new Inquiry(model, configuration, rules);
  const byRule = new Map<Rule, Finding[]>();
  const take = (rule: Rule, findings: readonly Finding[]): void => {
    if (findings.length === 0) return;
    const known = byRule.get(rule);
    if (known) known.push(...findings);
    else byRule.set(rule, [...findings]);
  };
  for (const host of model.hosts) {
    options.checkpoint?.();
    for (const { rule, findings } of inquiry.ofHost(host)) take(rule, findings);
  }
  for (const pkg of model.packages) for (const { rule, findings } of inquiry.ofPackage(pkg)) take(rule, findings);
  for (const file of model.sources.values())
    for (const { rule, findings } of inquiry.ofFile(file)) {
      const names = findings.length === 0 ? [] : hostsOf(file.path, model);
      take(
        rule,
        findings.map((finding) => ({ ...finding, hosts: names })),
      );
    }
  for (const [rule, message] of inquiry.failures) options.onFailure?.({ rule: rule.id, message });
  return sortFindings([...byRule.values()].flatMap(mergeHosts));
}

function hostsOf(file: FilePath, { hosts }: Model): readonly string[] {
  return [...new Set(hosts.filter(({ files }) => files.includes(file)).map(({ name }) => name))];
}

/**
 * One finding for one place and cause: the same rule at the same range with the same fixes is one finding of all its hosts.
 * Where the hosts' machines differ, the message keeps a sentence for each.
 */
function mergeHosts(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.file, finding.range, forAll(finding.fixes)]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((group) => ({ ...group.reduce(joined), message: messageOf(group) }));
}

/** Each sentence once, with the names of all hosts of which it is said. */
function messageOf(group: readonly [Finding, ...Finding[]]): string {
  const sentences = new Map<string, string[]>();
  for (const { message, hosts } of group) {
    const [host] = hosts;
    // As `onMachine` names it.
    const sentence = host === undefined ? message : message.replaceAll(`(${host}, machine `, `(${NAMES}, machine `);
    sentences.set(sentence, [...(sentences.get(sentence) ?? []), ...(host === undefined ? [] : [host])]);
  }
  return [...sentences].map(([sentence, hosts]) => sentence.replaceAll(NAMES, someOf([...new Set(hosts)]))).join("\n");
}
const NAMES = "\0";

/** What the fixes do that are not for one host alone. */
function forAll(fixes: readonly Fix[]): unknown {
  return fixes.filter(({ host }) => host === undefined).map(({ edits }) => edits);
}

function joined(a: Finding, b: Finding): Finding {
  const related: Related[] = [...a.related];
  for (const place of b.related)
    if (!related.some((known) => sameLocation(known, place) && known.message === place.message)) related.push(place);
  return {
    ...a,
    severity: SEVERITIES.indexOf(b.severity) < SEVERITIES.indexOf(a.severity) ? b.severity : a.severity,
    confidence: Math.max(a.confidence, b.confidence),
    hosts: [...new Set([...a.hosts, ...b.hosts])],
    related,
    fixes: [...a.fixes, ...b.fixes.filter(({ host }) => host !== undefined)],
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
