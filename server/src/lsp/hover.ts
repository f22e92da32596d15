// Hover: what a setting, option or builder attribute is, what it is set to and where, what that means on the host's
// machine, and what the rules say there.
import { type Hover, MarkupKind, type Position } from "vscode-languageserver";
import { type Fact, factBody, factHead, nameOf, type Place } from "../core/catalogue/describe.js";
import { findBuilderAttribute, findOption, findSetting } from "../core/catalogue/lookup.js";
import type { Finding } from "../core/findings/finding.js";
import type { Source } from "../core/catalogue/source.js";
import { RULES } from "../core/rules/index.js";
import type { Rule } from "../core/rules/rule.js";
import { settingOf } from "../core/rules/support/settingOf.js";
import type { FilePath, Location, TextRange } from "../core/text/range.js";
import type { Definition, Host } from "../core/workspace/model.js";
import { findingsShown } from "./diagnostics.js";
import { exactNix, inUnits, meaningOn } from "./meaning.js";
import { packageAt, packageMarkdown } from "./packageHover.js";
import { COMMANDS } from "./protocol.js";
import type { View } from "./workspaceState.js";

/** More hosts than these are counted, not listed. */
const HOSTS_LISTED = 3;
/** Characters of a value as it is written; longer ones are cut. */
const VALUE_SHOWN = 80;

export interface HoverSupport {
  /** Client commands that a link may call. */
  readonly commands: ReadonlySet<string>;
}

export function hover(view: View, file: FilePath, position: Position, support: HoverSupport): Hover | null {
  const offset = view.convert.offset(file, position);
  const definition = definitionAt(view, file, offset);
  const findings = findingsShown(view).filter((finding) => finding.file === file && holds(finding.range, offset));
  const fact = definition && factOf(definition);
  // Within a name of its own the package speaks; inside its attributes they do.
  const pkg = packageAt(view, file, offset);
  const parts = [
    ...(pkg ? [packageMarkdown(pkg.row)] : []),
    ...(definition && fact ? definitionParts(definition, fact, view) : []),
    ...findings.map((finding) => findingPart(finding, view, support)),
    ...(fact ? [factBody(fact).replace(`${fact.fact.summary}\n\n`, "")] : []),
  ];
  if (parts.length === 0) return null;
  const range = definition && fact ? definition.nameRange : (pkg?.range ?? findings[0]?.range);
  return {
    contents: { kind: MarkupKind.Markdown, value: parts.join("\n\n---\n\n") },
    ...(range && { range: view.convert.range(file, range) }),
  };
}

/** The definition whose name is there; else the innermost one whose value is. */
function definitionAt(view: View, file: FilePath, offset: number): Definition | undefined {
  const here = view.analysis.model.definitions.filter((definition) => definition.file === file);
  const size = ({ start, end }: TextRange) => end - start;
  const innermost = (all: Definition[], range: (definition: Definition) => TextRange) =>
    all.filter((one) => holds(range(one), offset) && factOf(one)).sort((a, b) => size(range(a)) - size(range(b)))[0];
  return innermost(here, (one) => one.nameRange) ?? innermost(here.filter(hasPlainValue), (one) => one.valueRange);
}

/** False for sets and functions: inside of them, other things are meant. */
function hasPlainValue({ valueExpr }: Definition): boolean {
  return valueExpr === undefined || !["attrset", "function", "let", "with"].includes(valueExpr.kind);
}

function factOf(definition: Definition): Fact | undefined {
  const option = findOption(definition.attrPath);
  if (option && !option.setting) return { kind: "option", fact: option };
  const setting = findSetting(settingOf(definition) ?? "");
  if (setting) return { kind: "setting", fact: setting };
  if (option) return { kind: "option", fact: option };
  const attribute = findBuilderAttribute(definition.attrPath.at(-1) ?? "");
  return attribute && { kind: "attribute", fact: attribute };
}

function definitionParts(definition: Definition, fact: Fact, view: View): string[] {
  const hosts = view.analysis.model.hosts.filter((host) => definition.hosts.includes(host.name));
  const head = `**${nameOf(fact)}** · ${factHead(fact, placeOf(hosts))}`;
  const judged = hosts.flatMap((host) => {
    const meaning = meaningOn(host, definition, fact);
    return meaning === undefined ? [] : { host, meaning };
  });
  const listed = judged.slice(0, HOSTS_LISTED);
  const meanings = listed.map(({ host, meaning }) => `**On ${hostName(host)}**: ${meaning}`);
  const more = judged.length > listed.length ? [`And ${judged.length - listed.length} more hosts.`] : [];
  const budgets = new Set(listed.map(({ host }) => arithmetic(host)));
  return [
    [head, fact.fact.summary, ...meanings, ...more, valueLines(definition, fact, hosts, view)].join("\n\n"),
    ...budgets,
  ];
}

/** Each step that leads to what builds may use on the host's machine. */
function arithmetic({ machine, budget }: Host): string {
  const steps = (budget?.arithmetic ?? []).map((step) => `- ${step}`).join("\n");
  return `**The budget** of machine ${machine?.provenance.text ?? "unknown"}\n\n${steps}`;
}

/** Where all hosts agree, the defaults of their platform and version are shown alone. */
function placeOf(hosts: readonly Host[]): Place {
  const platforms = new Set(hosts.map(({ platform }) => platform));
  const [platform] = platforms;
  const known = platforms.size === 1 && (platform === "nixos" || platform === "darwin") ? platform : undefined;
  const version = hosts.length === 1 ? exactNix(hosts[0]) : undefined;
  return { ...(known && { platform: known }), ...(version && { nixVersion: version }) };
}

/** What it is set to here, and what each host ends up with. */
function valueLines(definition: Definition, fact: Fact, hosts: readonly Host[], view: View): string {
  const { value } = definition;
  const written = `\`${inline(textAt(view, definition.file, definition.valueRange))}\``;
  const units = inUnits(fact, value);
  const known = value.kind === "unknown" ? `, not known: ${value.reason}` : units ? ` = ${units}` : "";
  const forced = definition.priority < 100 ? " (mkForce)" : definition.priority > 100 ? " (a default)" : "";
  const lines = [`Set here to ${written}${forced}${known}.`];
  for (const host of hosts.slice(0, HOSTS_LISTED)) {
    const state = fact.kind === "setting" ? host.setting(fact.fact.name) : host.option(definition.attrPath);
    if (state.state === "unset") continue;
    const others = state.definitions.filter((other) => other !== definition);
    const places = others.map(
      (other) => `\`${inline(textAt(view, other.file, other.valueRange))}\` in ${link(view, other)}`,
    );
    if (places.length > 0) lines.push(`${hostName(host)}: also set to ${places.join(", ")}.`);
    if (state.state === "unknown") lines.push(`${hostName(host)}: what counts is not known: ${state.reason}.`);
  }
  return lines.join("\n\n");
}

function findingPart(finding: Finding, view: View, support: HoverSupport): string {
  const rule = RULES.find(({ id }) => id === finding.rule);
  const parts = [`**${rule?.title ?? finding.rule}** · ${confidenceText(finding, rule, view)} · ${finding.tier}`];
  if (rule) parts.push(rule.docs.why, `Evidence: ${rule.docs.evidence.map(sourceLink).join("; ")}.`);
  if (support.commands.has(COMMANDS.explain)) {
    const argument = encodeURIComponent(JSON.stringify([finding.rule]));
    parts.push(`[Explain ${finding.rule}](command:${COMMANDS.explain}?${argument})`);
  }
  return parts.join("\n\n");
}

/** Both figures where the review and the founding document differ. */
function confidenceText({ confidence }: Finding, rule: Rule | undefined, view: View): string {
  const own = `confidence ${confidence.toFixed(2)}`;
  const claimed = rule?.claimedConfidence;
  if (rule === undefined || claimed === undefined || claimed === rule.confidence) return own;
  return view.analysis.configuration.confidenceProfile === "founding"
    ? `${own} as the founding document claims (reviewed: ${rule.confidence.toFixed(2)})`
    : `${own} (the founding document claims ${claimed.toFixed(2)})`;
}

function sourceLink({ text, url }: Source): string {
  const plain = text.replace(/\.$/, "");
  return url === undefined ? plain : `[${plain}](${url})`;
}

function link(view: View, { file, range }: Location): string {
  const { line } = view.convert.range(file, range).start;
  return `[${file}:${line + 1}](${view.uriOf(file)}#L${line + 1})`;
}

function hostName(host: Host): string {
  return host.kind === "host" ? host.name : "this file";
}

function textAt(view: View, file: FilePath, { start, end }: TextRange): string {
  const content = view.snapshot.files.get(file);
  return content && "text" in content ? content.text.slice(start, end) : "";
}

function inline(text: string): string {
  const line = text.replace(/\s+/g, " ").replaceAll("`", "'").trim();
  return line.length > VALUE_SHOWN ? `${line.slice(0, VALUE_SHOWN - 1)}…` : line;
}

function holds(range: TextRange, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}
