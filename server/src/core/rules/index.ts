// The list of all rules, in the order of the alphabet. A new rule is one file and one line here.
import { invalidConfiguration } from "./invalid-configuration.js";
import { machineUnknown } from "./machine-unknown.js";
import type { Rule } from "./rule.js";
import { unusedIgnore } from "./unused-ignore.js";

export const RULES: readonly Rule[] = [invalidConfiguration, machineUnknown, unusedIgnore];
