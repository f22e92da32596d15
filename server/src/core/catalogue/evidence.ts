// All evidence in one list, and the way to one entry of it.
import { FOUNDING_EVIDENCE } from "./evidenceFounding.js";
import { PRACTICE_EVIDENCE } from "./evidencePractice.js";
import type { EvidenceFact } from "./facts.js";

export const EVIDENCE: readonly EvidenceFact[] = [...FOUNDING_EVIDENCE, ...PRACTICE_EVIDENCE];

export function findEvidence(id: string): EvidenceFact | undefined {
  return EVIDENCE.find((evidence) => evidence.id === id);
}
