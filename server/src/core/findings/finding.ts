// A finding as plain data: what rules yield and what editors, the terminal and reports show.
import type { Severity } from "../machine/configuration.js";
import type { Applicability, Related, RuleClass, Tier } from "../rules/rule.js";
import type { TextEdit } from "../text/edit.js";
import type { FilePath, TextRange } from "../text/range.js";

export interface Fix {
  readonly title: string;
  readonly applicability: Applicability;
  /** The one that `--fix` and "fix all" take. At most one a finding. */
  readonly preferred: boolean;
  /** True if it changes the hash of a derivation. Never together with `safe`. */
  readonly rebuilds: boolean;
  /** The only host that it changes, where the finding's place belongs to several. */
  readonly host?: string;
  readonly edits: readonly TextEdit[];
}

export interface Finding {
  readonly rule: string;
  readonly class: RuleClass;
  readonly severity: Severity;
  /** 0-1 by the profile in force. */
  readonly confidence: number;
  readonly tier: Tier;
  /** What is wrong, why, and what to do; one to three sentences, with the arithmetic. */
  readonly message: string;
  readonly hosts: readonly string[];
  readonly file: FilePath;
  readonly range: TextRange;
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
  /** Editors grey the text out. */
  readonly unnecessary?: boolean;
}
