// The one table of the editor's settings, `nixBuildBudget.*`. The manifest's `contributes.configuration` is generated from it
// (scripts/generate.mjs), and the server reads values and defaults by it.
import type { Configuration, RuleLevel } from "../core/machine/configuration.js";
import { DEFAULT_CONFIGURATION } from "../core/machine/configuration.js";
import type { ConfidenceProfile, MemoryAccounting, Policy } from "../core/machine/machine.js";

/** What the server goes by. `nix-build-budget.json` beats those that it sets too. */
export interface Settings {
  readonly enable: boolean;
  readonly diagnostics: "workspace" | "openFiles";
  readonly machine: string;
  readonly useThisComputer: boolean;
  readonly policy: Policy;
  readonly memoryAccounting: MemoryAccounting;
  readonly confidenceProfile: ConfidenceProfile;
  readonly minimumConfidence: number;
  readonly targetRisk: number;
  readonly rules: Readonly<Record<string, RuleLevel>>;
  readonly exclude: readonly string[];
  readonly "codeLens.enabled": boolean;
  readonly "completion.enabled": boolean;
}

type Scope = "application" | "machine-overridable" | "resource" | "window";

/** One setting: JSON schema as the manifest takes it, with the default. */
export interface SettingSchema<T> {
  readonly type: "boolean" | "string" | "number" | "array" | "object";
  readonly default: T;
  readonly scope: Scope;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: { readonly type: "string" };
  /** For maps: what each value must be. */
  readonly additionalProperties?: { readonly type: "string"; readonly enum: readonly string[] };
}

const LEVELS: readonly RuleLevel[] = ["off", "hint", "information", "warning", "error"];

export const SETTINGS: { readonly [Name in keyof Settings]: SettingSchema<Settings[Name]> } = {
  enable: {
    type: "boolean",
    default: true,
    scope: "resource",
    markdownDescription: "Check Nix build settings against the hardware budget.",
  },
  diagnostics: {
    type: "string",
    default: "workspace",
    scope: "resource",
    enum: ["workspace", "openFiles"],
    markdownEnumDescriptions: ["All files of the folder.", "Files that are open in the editor."],
    markdownDescription: "Which files the findings are shown for.",
  },
  machine: {
    type: "string",
    default: "",
    scope: "machine-overridable",
    markdownDescription:
      "The machine of every host that `nix-build-budget.json` (or a nixos-facter report) does not declare: `local` for this computer, the name of a machine in `nix-build-budget.json`, or a specification such as `threads=8,memory=16GiB,zram=12GiB`. Empty: not known.",
  },
  useThisComputer: {
    type: "boolean",
    default: true,
    scope: "machine-overridable",
    markdownDescription:
      "Take this computer's hardware for an undeclared host that has this computer's name, or is the only host of the workspace.",
  },
  policy: {
    type: "string",
    default: DEFAULT_CONFIGURATION.policy,
    scope: "resource",
    enum: ["balanced", "strict", "burst"],
    markdownEnumDescriptions: [
      "`max-jobs` × `cores` may reach all hardware threads.",
      "`max-jobs` × `cores` may reach the budget: all threads less the reserve.",
      "`max-jobs` × `cores` may reach twice the budget, `cores` alone the budget.",
    ],
    markdownDescription: "How far builds may go when all jobs are busy at once.",
  },
  memoryAccounting: {
    type: "string",
    default: DEFAULT_CONFIGURATION.memoryAccounting,
    scope: "resource",
    enum: ["planning", "nominal"],
    markdownEnumDescriptions: [
      "What builds can really use: zram takes the RAM that it compresses into.",
      "RAM plus the nominal size of zram.",
    ],
    markdownDescription: "How memory is counted.",
  },
  confidenceProfile: {
    type: "string",
    default: DEFAULT_CONFIGURATION.confidenceProfile,
    scope: "resource",
    enum: ["reviewed", "founding"],
    markdownEnumDescriptions: [
      "Confidence after a review of the evidence.",
      "Confidence as the founding strategy document claimed it.",
    ],
    markdownDescription: "Whose confidence in a rule decides what is shown and how.",
  },
  minimumConfidence: {
    type: "number",
    default: DEFAULT_CONFIGURATION.minimumConfidence,
    scope: "resource",
    minimum: 0,
    maximum: 1,
    markdownDescription: "Findings below this confidence are not shown (0 to 1).",
  },
  targetRisk: {
    type: "number",
    default: DEFAULT_CONFIGURATION.targetRisk,
    scope: "resource",
    minimum: 0,
    maximum: 1,
    markdownDescription: "The highest probability of running out of memory that a plan may have (0 to 1).",
  },
  rules: {
    type: "object",
    default: {},
    scope: "resource",
    additionalProperties: { type: "string", enum: LEVELS },
    markdownDescription: 'The severity of single rules, or `off`: `{ "ccache-unused": "off" }`.',
  },
  exclude: {
    type: "array",
    default: [],
    scope: "resource",
    items: { type: "string" },
    markdownDescription: "Globs of files and folders that are not read, besides those of `.gitignore`.",
  },
  "codeLens.enabled": {
    type: "boolean",
    default: true,
    scope: "resource",
    markdownDescription:
      "Show a line over each package for which there is advice: how much company it bears, its peak memory, and how many fixes wait.",
  },
  "completion.enabled": {
    type: "boolean",
    default: true,
    scope: "resource",
    markdownDescription: "Offer names of build settings, and the values that fit the machine, while you type.",
  },
};

/** Settings that only the client reads. */
export const CLIENT_SETTINGS: Readonly<Record<string, SettingSchema<unknown>>> = {
  "trace.server": {
    type: "string",
    default: "off",
    scope: "window",
    enum: ["off", "messages", "verbose"],
    markdownDescription: "Write the messages between editor and language server to the output channel.",
  },
};

export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, schema]) => [name, schema.default]),
) as unknown as Settings;

/**
 * The settings in what an editor sent for the section `nixBuildBudget`. What has the wrong shape counts as not set and is named in `problems`.
 */
export function readSettings(sent: unknown): { readonly settings: Settings; readonly problems: readonly string[] } {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  const problems: string[] = [];
  if (isRecord(sent))
    for (const [name, schema] of Object.entries(SETTINGS)) {
      const value = valueOf(sent, name);
      if (value === undefined || value === null) continue;
      if (fits(value, schema)) settings[name] = value;
      else problems.push(`nixBuildBudget.${name}: ${JSON.stringify(value)} is not ${wanted(schema)}`);
    }
  return { settings: settings as unknown as Settings, problems };
}

/** The part of the configuration that editor settings stand for; machines and packages are declared in the file alone. */
export function configurationOf(settings: Settings): Configuration {
  return {
    ...DEFAULT_CONFIGURATION,
    policy: settings.policy,
    memoryAccounting: settings.memoryAccounting,
    confidenceProfile: settings.confidenceProfile,
    minimumConfidence: settings.minimumConfidence,
    targetRisk: settings.targetRisk,
    rules: new Map(Object.entries(settings.rules)),
    exclude: settings.exclude,
  };
}

/** Editors send `completion.enabled` as a set within a set, or under its whole name. */
function valueOf(sent: Record<string, unknown>, name: string): unknown {
  if (name in sent) return sent[name];
  return name.split(".").reduce<unknown>((outer, part) => (isRecord(outer) ? outer[part] : undefined), sent);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fits(value: unknown, schema: SettingSchema<unknown>): boolean {
  switch (schema.type) {
    case "array":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "object":
      return (
        isRecord(value) &&
        Object.values(value).every((level) => schema.additionalProperties?.enum.includes(level as string) ?? true)
      );
    case "number":
      return (
        typeof value === "number" && value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity)
      );
    case "string":
      return typeof value === "string" && (schema.enum?.includes(value) ?? true);
    case "boolean":
      return typeof value === "boolean";
  }
}

function wanted(schema: SettingSchema<unknown>): string {
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.additionalProperties) return `a map to ${schema.additionalProperties.enum.join(", ")}`;
  if (schema.items) return "a list of strings";
  return schema.minimum === undefined ? `a ${schema.type}` : `a number from ${schema.minimum} to ${schema.maximum}`;
}
