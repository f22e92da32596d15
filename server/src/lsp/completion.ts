// Completion: names of the catalogue where options and settings are named, and values that fit the host's machine. Nothing
// else: other language servers complete Nix itself. Pages are sent when an item is looked at.
import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
  MarkupKind,
  type Position,
  type Range,
} from "vscode-languageserver";
import { type NameCandidate, namesBelow, unquoted, valuesOf } from "../core/catalogue/complete.js";
import { type Fact, factBody, factHead } from "../core/catalogue/describe.js";
import { findOption, findSetting, type OptionPlatform } from "../core/catalogue/lookup.js";
import { itemsOf } from "../core/catalogue/words.js";
import { builderValues } from "../core/rules/support/builderValues.js";
import { type FittingValue, fittingValues } from "../core/rules/support/fittingValues.js";
import type { FilePath } from "../core/text/range.js";
import type { Host, Platform } from "../core/workspace/model.js";
import { type OptionPlace, optionPlaceAt, optionPlaceInConf } from "../core/workspace/places/optionPathAt.js";
import { isNixConf } from "../core/workspace/relevance.js";
import { exactNix } from "./meaning.js";
import type { View } from "./workspaceState.js";

/** What the editor can do with items. */
export interface CompletionSupport {
  readonly snippets: boolean;
  /** Old names are marked as such; elsewhere they are left out. */
  readonly deprecatedTag: boolean;
}

/** Travels with an item that names an option, so that its page can be made later. */
interface ItemData {
  readonly path: readonly string[];
}

/** Hosts that share a file and whose values are shown. */
const HOSTS_SHOWN = 3;

export function completion(
  view: View,
  file: FilePath,
  position: Position,
  support: CompletionSupport,
): readonly CompletionItem[] {
  if (!view.settings["completion.enabled"]) return [];
  const place = placeAt(view, file, view.convert.offset(file, position));
  if (!place) return [];
  const range = view.convert.range(file, place.typed);
  const hosts = hostsOf(view, file, place.platform);
  switch (place.wanted) {
    case "name":
      return nameItems(place, hosts, range, support);
    case "item":
      return listItems(place, range);
    case "value":
      return valueItems(place, hosts, range, view);
  }
}

/** Adds the page to an item that is looked at. */
export function resolveCompletion(item: CompletionItem): CompletionItem {
  const { path } = (item.data ?? {}) as Partial<ItemData>;
  const fact = path && factAt(path);
  if (!fact) return item;
  const text = [fact.fact.summary, factBody(fact).replace(`${fact.fact.summary}\n\n`, "")].join("\n\n");
  return { ...item, documentation: { kind: MarkupKind.Markdown, value: text } };
}

function placeAt(view: View, file: FilePath, offset: number): OptionPlace | undefined {
  if (isNixConf(file)) {
    const content = view.snapshot.files.get(file);
    return content && "text" in content ? optionPlaceInConf(content.text, offset) : undefined;
  }
  const source = view.sourceOf(file);
  return source && optionPlaceAt(source, offset);
}

/** Those that read the file; where none does yet, the one that all of the workspace has in common with its machine. */
function hostsOf({ analysis: { model } }: View, file: FilePath, platform: Platform | undefined): readonly Host[] {
  const reading = model.hosts.filter((host) => host.files.includes(file));
  const fitting = reading.filter((host) => platform === undefined || host.platform === platform);
  const chosen = fitting.length > 0 ? fitting : reading;
  if (chosen.some(({ budget }) => budget)) return chosen;
  const [first, ...others] = model.hosts.filter(({ budget }) => budget);
  return first && others.every((other) => other.machine === first.machine) ? [first] : chosen;
}

// Names ---------------------------------------------------------------------------------------------------------------

function nameItems(
  place: OptionPlace,
  hosts: readonly Host[],
  range: Range,
  { snippets, deprecatedTag: deprecated }: CompletionSupport,
): CompletionItem[] {
  const platform = optionPlatform(place, hosts);
  const nixVersion = hosts.length === 1 ? exactNix(hosts[0]) : undefined;
  const implementation = hosts.length === 1 ? hosts[0]?.nix?.implementation : undefined;
  const offered = namesBelow(place.path, { platform, nixVersion, implementation, deprecated }).filter(
    ({ name, isSet }) => isSet || !place.taken.has(name),
  );
  return offered.map((candidate, i): CompletionItem => {
    const { name, fact, isSet, successor } = candidate;
    const written = /^[A-Za-z_][\w'-]*$/.test(name) ? name : JSON.stringify(name);
    const assigns = snippets && !isSet && !place.continued;
    const assignment = place.language === "conf" ? `${written} = $0` : `${written} = $0;`;
    const path = [...place.path, name];
    return {
      label: written,
      kind: isSet ? CompletionItemKind.Module : CompletionItemKind.Property,
      filterText: written,
      sortText: `${rank(candidate)}${String(i).padStart(4, "0")}`,
      textEdit: { range, newText: assigns ? assignment : written },
      ...(successor && { tags: [CompletionItemTag.Deprecated], labelDetails: { description: `now ${successor}` } }),
      insertTextFormat: assigns ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      ...(fact && { detail: factHead(fact, platformOfPage(platform)), data: { path } satisfies ItemData }),
    };
  });
}

/** Names that settle the budget come first, keys without a page late, old names last. */
function rank({ budgeted, fact, isSet, successor }: NameCandidate): number {
  return successor ? 3 : budgeted ? 0 : fact || isSet ? 1 : 2;
}

function optionPlatform(place: OptionPlace, hosts: readonly Host[]): OptionPlatform | undefined {
  const [only, ...others] = new Set(place.platform ? [place.platform] : hosts.map((host) => host.platform));
  return others.length === 0 && (only === "nixos" || only === "darwin" || only === "home-manager") ? only : undefined;
}

function platformOfPage(platform: OptionPlatform | undefined) {
  return platform === "nixos" || platform === "darwin" ? { platform } : {};
}

function factAt(path: readonly string[]): Fact | undefined {
  const option = findOption(path);
  if (option?.setting === undefined) return option && { kind: "option", fact: option };
  const setting = findSetting(option.setting);
  return setting ? { kind: "setting", fact: setting } : { kind: "option", fact: option };
}

// Values --------------------------------------------------------------------------------------------------------------

/** Words of a list, those that it has already left out. */
function listItems(place: OptionPlace, range: Range): CompletionItem[] {
  const offered = itemsOf(place.path).filter(({ text }) => !place.taken.has(text));
  return offered.map(({ text, summary }, i): CompletionItem => {
    const written = place.language === "conf" ? text : JSON.stringify(text);
    return {
      label: written,
      kind: CompletionItemKind.EnumMember,
      documentation: { kind: MarkupKind.Markdown, value: summary },
      filterText: written,
      sortText: String(i).padStart(4, "0"),
      textEdit: { range, newText: written },
    };
  });
}

interface OfferedValue extends FittingValue {
  readonly hosts: readonly string[];
}

function valueItems(place: OptionPlace, hosts: readonly Host[], range: Range, view: View): CompletionItem[] {
  const written = (text: string) => (place.language === "conf" ? unquoted(text) : text);
  const fitting = fittingOn(place, hosts, view);
  const items = fitting.map(
    (value, i): CompletionItem => ({
      label: written(value.text),
      labelDetails: { description: value.hosts.length > 0 ? `fits ${value.hosts.join(", ")}` : "fits" },
      kind: CompletionItemKind.Value,
      detail: value.arithmetic[0] ?? "",
      documentation: { kind: MarkupKind.Markdown, value: value.arithmetic.map((line) => `- ${line}`).join("\n") },
      filterText: written(value.text),
      sortText: `0${String(i).padStart(4, "0")}`,
      ...(i === 0 && { preselect: true }),
      textEdit: { range, newText: written(value.text) },
    }),
  );
  const words = valuesOf(place.path).filter(({ text }) => fitting.every((value) => value.text !== text));
  for (const [i, { text, isDefault }] of words.entries())
    items.push({
      label: written(text),
      ...(isDefault && { labelDetails: { description: "default" } }),
      kind: text.startsWith('"') ? CompletionItemKind.EnumMember : CompletionItemKind.Keyword,
      filterText: written(text),
      sortText: `1${String(i).padStart(4, "0")}`,
      textEdit: { range, newText: written(text) },
      data: { path: place.path } satisfies ItemData,
    });
  return items;
}

/** The values that fit each host, those that several hosts share once; hosts are named where there is more than one. */
function fittingOn({ path, beside }: OptionPlace, hosts: readonly Host[], view: View): readonly OfferedValue[] {
  const { model, configuration } = view.analysis;
  const builder = builderValues(path, beside?.get("hostName") ?? "", hosts, { model, configuration });
  if (builder.length > 0) return builder.map((value) => ({ ...value, hosts: [] }));
  const judged = hosts.filter(({ budget }) => budget).slice(0, HOSTS_SHOWN);
  const found = new Map<string, OfferedValue>();
  for (const host of judged)
    for (const value of host.budget ? fittingValues(path, host, host.budget, { model, configuration }) : []) {
      const names = judged.length > 1 ? [host.name] : [];
      const same = found.get(value.text);
      found.set(value.text, {
        text: value.text,
        hosts: [...(same?.hosts ?? []), ...names],
        arithmetic: [...new Set([...(same?.arithmetic ?? []), ...value.arithmetic])],
      });
    }
  return [...found.values()];
}
