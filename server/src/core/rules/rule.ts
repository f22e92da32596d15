// The shape of a rule. One rule a file, file name = id, in kebab-case, naming the problem.
import type { Source } from "../catalogue/source.js";
import type { Configuration, Severity } from "../machine/configuration.js";
import type { TextEdit } from "../text/edit.js";
import type { Location } from "../text/range.js";
import type { SourceFile } from "../syntax/ast.js";
import type { Host, Model, Package } from "../workspace/model.js";

export type RuleClass = "exceeds-budget" | "missed-optimization" | "misconfiguration" | "deprecated";
/** Risk of the edit. `safe` edits may be applied unseen and in bulk. */
export type Applicability = "safe" | "unsafe" | "display-only";
/** P1: do it now; P2: soon; experimental: measure first. */
export type Tier = "P1" | "P2" | "experimental";

/** A place that has to do with a finding, and what it has to do with it. */
export interface Related extends Location {
  readonly message: string;
}

export interface RuleDocs {
  /** What the rule finds: one or two sentences. */
  readonly what: string;
  /** Why it is a problem, or a gain. */
  readonly why: string;
  /** When it hurts most, and its preconditions. */
  readonly when: string;
  /** What the fix may cost. */
  readonly risk: string;
  /** How to undo it. */
  readonly rollback: string;
  readonly evidence: readonly Source[];
}

/**
 * An example is a test, a part of the rule's page and of its hover at once.
 * Texts may hold several files, each after a line `#- path/of/file.nix`; without one the text is `module.nix`.
 * `⟦` and `⟧` surround what the finding underlines; without them the rule must stay silent.
 */
export interface Example {
  readonly title: string;
  readonly before: string;
  /** The same files after the preferred fix (or the first one, if none is preferred). Without it there is no fix. */
  readonly after?: string;
  /** `--machine` syntax; `threads=8,memory=16GiB` unless given, `none` for an unknown machine. */
  readonly machine?: string;
  /** Content of nix-build-budget.json. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/** A fix as a rule drafts it. `edits` undefined (an edit helper refused): the fix is dropped. */
export interface FixDraft {
  readonly title: string;
  readonly applicability: Applicability;
  readonly preferred?: boolean;
  readonly rebuilds?: boolean;
  /** The only host that it changes, where the finding's place belongs to several. */
  readonly host?: string;
  readonly edits: readonly TextEdit[] | undefined;
}

/** A finding as a rule drafts it; the runner adds id, class, hosts, severity by profile. */
export interface Draft extends Location {
  readonly message: string;
  readonly related?: readonly Related[];
  readonly fixes?: readonly FixDraft[];
  /** Where this case differs from the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: number;
  readonly unnecessary?: boolean;
}

export interface RuleContext {
  readonly model: Model;
  readonly configuration: Configuration;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly class: RuleClass;
  readonly severity: Severity;
  /** Reviewed confidence, 0-1: how sure it helps where it speaks. */
  readonly confidence: number;
  /** What the founding document claimed, for rules that stem from it. */
  readonly claimedConfidence?: number;
  readonly tier: Tier;
  /** Rules that pull the opposite way; the confidence profile decides which one speaks. */
  readonly opposes?: readonly string[];
  readonly docs: RuleDocs;
  readonly examples: readonly [Example, ...Example[]];
  /** Called once a host (and once for each lone file). */
  readonly checkHost?: (host: Host, context: RuleContext) => Iterable<Draft>;
  /** Called once a package. */
  readonly checkPackage?: (pkg: Package, context: RuleContext) => Iterable<Draft>;
  /** Called once for each parsed file; for what can be seen in the syntax alone. */
  readonly checkFile?: (file: SourceFile, context: RuleContext) => Iterable<Draft>;
}
