// The name of the catalogue that somebody probably meant: spelling in kebab-case or not counts nothing.
import { editDistance } from "../text/nearest.js";

/** How many edits are still a slip for a name of this length: 1 up to 4 letters, 2 up to 8, else 3. */
function tolerance(length: number): number {
  return length <= 4 ? 1 : length <= 8 ? 2 : 3;
}

interface Spelling {
  readonly text: string;
  /** A bit for each letter that occurs. */
  readonly letters: number;
}

/** Those of the candidates, which are names of the catalogue: a text may hold thousands that are near none of them. */
const SPELLINGS = new Map<string, Spelling>();

function spellingOf(candidate: string): Spelling {
  let spelling = SPELLINGS.get(candidate);
  if (spelling === undefined) {
    const text = kebab(candidate);
    spelling = { text, letters: lettersOf(text) };
    SPELLINGS.set(candidate, spelling);
  }
  return spelling;
}

function lettersOf(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i) - A;
    if (letter >= 0 && letter < 26) letters |= 1 << letter;
  }
  return letters;
}
const A = "a".charCodeAt(0);

/** Whether one text has more letters that the other lacks than `limit` edits put right. */
function lettersDiffer(a: number, b: number, limit: number): boolean {
  return Math.max(bits(a & ~b), bits(b & ~a)) > limit;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * The candidate nearest to `name`, or undefined if none is near enough or `name` itself is a candidate.
 * Case, and `_` instead of `-`, count nothing. Of equally near ones the first is taken.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = kebab(name);
  const letters = lettersOf(wanted);
  let best: string | undefined;
  let bestDistance = tolerance(wanted.length) + 1;
  for (const candidate of candidates) {
    if (candidate === name) return undefined;
    const spelling = spellingOf(candidate);
    if (lettersDiffer(letters, spelling.letters, bestDistance - 1)) continue;
    const distance = editDistance(wanted, spelling.text, bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `maxJobs` and `max_jobs` as `max-jobs`. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase();
}
