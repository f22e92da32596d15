// All evidence in one list.
import { FOUNDING_EVIDENCE } from "./evidenceFounding.js";
import { PRACTICE_EVIDENCE } from "./evidencePractice.js";
import type { EvidenceFact } from "./facts.js";

export const EVIDENCE: readonly EvidenceFact[] = [...FOUNDING_EVIDENCE, ...PRACTICE_EVIDENCE];
