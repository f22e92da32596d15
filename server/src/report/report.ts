// What every report is made of: the analysis with file names as they are to be printed. Reports are pure: data in, text out.
import type { Finding } from "../core/findings/finding.js";
import type { Budget, Machine } from "../core/machine/machine.js";
import { LineIndex, type Position } from "../core/text/lineIndex.js";
import type { TextRange } from "../core/text/range.js";

export interface ReportedHost {
  readonly name: string;
  /** False for what has no machine by its nature: a flake's users, files that no host reaches. */
  readonly expectsMachine: boolean;
  readonly machine: Machine | undefined;
  readonly budget: Budget | undefined;
}

export interface CheckReport {
  readonly hosts: readonly ReportedHost[];
  /** Worst first, as the core ranks them. */
  readonly findings: readonly Finding[];
  readonly filesRead: number;
  /** The text behind a printed file name; undefined for a file that a fix would create. */
  readonly textOf: (file: string) => string | undefined;
}

/** Both from 0, characters in UTF-16 units. */
export interface PositionRange {
  readonly start: Position;
  readonly end: Position;
}

export type Locate = (file: string, range: TextRange) => PositionRange;

/** Offsets to lines and characters, each file's lines counted once. */
export function createLocate(textOf: (file: string) => string | undefined): Locate {
  const indexes = new Map<string, LineIndex>();
  return (file, range) => {
    let index = indexes.get(file);
    if (!index) indexes.set(file, (index = new LineIndex(textOf(file) ?? "")));
    return { start: index.position(range.start), end: index.position(range.end) };
  };
}

/** `3 files`, `1 file`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
