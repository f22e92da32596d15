// All evidence in one list.
import { FOUNDING_EVIDENCE } from "./evidence/founding.js";
import { PRACTICE_EVIDENCE } from "./evidence/practice.js";
import type { EvidenceFact } from "./facts.js";

export const EVIDENCE: readonly EvidenceFact[] = [...FOUNDING_EVIDENCE, ...PRACTICE_EVIDENCE];
