// `nix-build-budget.json`: the project's declarations. It beats editor settings, so editor and terminal agree.
import { DEFAULT_COLD_FRACTION } from "./capacity.js";
import type { ConfidenceProfile, Machine, MemoryAccounting, Policy } from "./machine.js";

/** As LSP has them; ordered from worst to mildest. */
export type Severity = "error" | "warning" | "information" | "hint";
export type RuleLevel = "off" | Severity;

export interface PackageDeclaration {
  readonly class?: string;
  readonly peakMemory?: { readonly medianBytes: number; readonly p95Bytes: number };
  readonly measured?: boolean;
  readonly linkHeavy?: boolean;
  /** Only ever built by itself, so never concurrent with others. */
  readonly alone?: boolean;
}

export interface Configuration {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly policy: Policy;
  readonly memoryAccounting: MemoryAccounting;
  readonly confidenceProfile: ConfidenceProfile;
  /** 0-1; findings below it are not shown. */
  readonly minimumConfidence: number;
  /** Highest P(OOM) that is borne, 0-1. */
  readonly targetRisk: number;
  /** Share of a build's memory that may be swapped out, 0 to below 1 (planning accounting). */
  readonly coldFraction: number;
  readonly packages: ReadonlyMap<string, PackageDeclaration>;
  readonly rules: ReadonlyMap<string, RuleLevel>;
  readonly exclude: readonly string[];
}

export const DEFAULT_CONFIGURATION: Configuration = {
  machines: new Map(),
  policy: "balanced",
  memoryAccounting: "planning",
  confidenceProfile: "reviewed",
  minimumConfidence: 0.65,
  targetRisk: 0.05,
  coldFraction: DEFAULT_COLD_FRACTION,
  packages: new Map(),
  rules: new Map(),
  exclude: [],
};
