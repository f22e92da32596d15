// Builders of catalogue entries: they fill in what most entries share, so that a table shows what is special.
import { manual } from "./cite.js";
import type { BuilderAttributeFact, DefaultFact, OptionFact, OptionType, SettingFact, SettingType } from "./facts.js";

/** What most settings of a type accept. */
const ACCEPTS: Readonly<Record<SettingType, string>> = {
  unsigned: "a whole number, 0 or more; since Nix 2.23 with a binary suffix K, M, G, T",
  signed: "a whole number",
  jobs: "a whole number, 0 or more, without suffix; or `auto`",
  bytes: "bytes; since Nix 2.23 with a binary suffix (`1G` = 2^30), an error before",
  seconds: "seconds",
  bool: "`true`, `yes`, `1` or `false`, `no`, `0`",
  sandbox: "`true`, `relaxed` or `false`",
  string: "a string",
  path: "an absolute path",
  list: "names separated by blanks; `extra-` before the setting's name adds to the list instead of replacing it",
};

type SettingDraft = Pick<SettingFact, "type" | "summary" | "details"> &
  Partial<Omit<SettingFact, "name" | "defaults">> & {
    /** A text stands for one default that holds everywhere. */
    readonly default: string | readonly DefaultFact[];
  };

/** A setting that only trusted users may hand to the daemon and that `nixConfig` may set with consent, unless told otherwise. */
export function setting(name: string, draft: SettingDraft): SettingFact {
  const { default: defaults, ...rest } = draft;
  const ownSources = draft.sources ?? [];
  const documented = draft.only === undefined && draft.removed === undefined;
  return {
    aliases: [],
    accepts: ACCEPTS[draft.type],
    since: "2.0",
    daemon: "trusted",
    needsConsent: true,
    pitfalls: [],
    ...rest,
    name,
    defaults: typeof defaults === "string" ? [{ value: defaults }] : defaults,
    sources: documented ? [...ownSources, manual(name)] : ownSources,
  };
}

type OptionDraft = Pick<OptionFact, "platforms" | "type" | "summary"> & Partial<Omit<OptionFact, "path">>;

/** An option; `path` is split at dots, or given as names where one of them holds a dot. */
export function option(path: string | readonly string[], draft: OptionDraft): OptionFact {
  return {
    details: "",
    pitfalls: [],
    sources: [],
    ...draft,
    path: typeof path === "string" ? path.split(".") : path,
  };
}

type AttributeDraft = Pick<BuilderAttributeFact, "summary" | "details" | "sources"> &
  Partial<Omit<BuilderAttributeFact, "name">>;

/** An attribute that all builders hand to stdenv and that is no environment variable, unless told otherwise. */
export function attribute(name: string, draft: AttributeDraft): BuilderAttributeFact {
  return { builders: [], environment: false, pitfalls: [], ...draft, name };
}

export const BOOL: OptionType = { kind: "bool" };
export const STRING: OptionType = { kind: "string" };
export const ANY: OptionType = { kind: "any" };
export const ATTRS: OptionType = { kind: "attrs" };
export const INT: OptionType = { kind: "int" };
export const POSITIVE: OptionType = { kind: "int", min: 1 };
export const UNSIGNED: OptionType = { kind: "int", min: 0 };

export function enumeration(...values: readonly string[]): OptionType {
  return { kind: "enum", values };
}

export function listOf(element: OptionType): OptionType {
  return { kind: "list", element };
}

export function nullOr(type: OptionType): OptionType {
  return { kind: "null-or", type };
}

export function either(...types: readonly OptionType[]): OptionType {
  return { kind: "either", types };
}
