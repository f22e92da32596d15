// The list of all rules, in the order of the alphabet. A new rule is one file and one line here.
import type { Rule } from "./rule.js";

export const RULES: readonly Rule[] = [];
