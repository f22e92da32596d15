// Applies every fix that may be applied unseen, round by round, until nothing is left: fixes that touch the same text wait
// for the next round, and a fix that breaks a file or leaves its finding is taken back.
import { editsOverlap, type TextEdit } from "../text/edit.js";
import type { FilePath, TextRange } from "../text/range.js";
import type { FolderEntries, Snapshot } from "../workspace/snapshot.js";
import type { Finding, Fix } from "./finding.js";
import { EditedText } from "./pieces.js";
import { preferredFix } from "./run.js";

/** What `fixAll` needs to see of an analysis. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** Number of places where the parser had to guess, by file. */
  readonly problems: (file: FilePath) => number;
}

export interface FixAllOptions {
  /** Takes preferred fixes that are not safe as well. */
  readonly unsafe?: boolean;
  /** Only findings for which this is true. */
  readonly wanted?: (finding: Finding) => boolean;
}

export interface FixedWorkspace {
  /** New text of each file that changed. */
  readonly texts: ReadonlyMap<FilePath, string>;
  /** The same as edits of the original texts. */
  readonly edits: ReadonlyMap<FilePath, readonly TextEdit[]>;
  readonly applied: readonly Finding[];
  /** The snapshot with the new texts. */
  readonly snapshot: Snapshot;
  /** What was found in it, fixed or not. */
  readonly remaining: readonly Finding[];
}

const MAX_ROUNDS = 10;

interface Chosen {
  readonly finding: Finding;
  readonly fix: Fix;
}

export function fixAll(
  original: Snapshot,
  analyze: (snapshot: Snapshot) => Outcome,
  options: FixAllOptions = {},
): FixedWorkspace {
  const files = new Map<FilePath, EditedText>();
  const applied: Finding[] = [];
  const refused = new Set<string>();
  let tries = 0;
  const attempt = (batch: readonly Chosen[]): Snapshot => withEdits(snapshot, batch, ++tries);
  let snapshot = original;
  let outcome = analyze(original);
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const current = snapshot;
    let batch = choose(outcome.findings, options, refused, (file) => textOf(current, file));
    // Each pass drops at least one fix from the batch, so this ends.
    while (batch.length > 0) {
      const after = attempt(batch);
      const next = analyze(after);
      const breaksAlone = (chosen: Chosen): boolean => breaks(chosen, outcome, analyze(attempt([chosen])));
      const failed = failures(batch, outcome, next, breaksAlone);
      if (failed.length === 0) {
        for (const [file, edits] of editsByFile(batch)) {
          const edited = files.get(file) ?? new EditedText(textOf(original, file));
          edited.apply(edits);
          files.set(file, edited);
        }
        applied.push(...batch.map((chosen) => chosen.finding));
        [snapshot, outcome] = [after, next];
        break;
      }
      for (const chosen of failed) refused.add(keyOf(chosen));
      batch = batch.filter((chosen) => !failed.includes(chosen));
    }
    if (batch.length === 0) break;
  }
  const changed = [...files].filter(([file, edited]) => edited.text !== textOf(original, file));
  return {
    texts: new Map(changed.map(([file, edited]) => [file, edited.text])),
    edits: new Map(changed.map(([file, edited]) => [file, edited.editsFromOriginal(file)])),
    applied,
    snapshot,
    remaining: outcome.findings,
  };
}

/** One fix for each finding, the first of those that overlap or bind the same name. */
function choose(
  findings: readonly Finding[],
  options: FixAllOptions,
  refused: ReadonlySet<string>,
  textAt?: (file: FilePath) => string,
): Chosen[] {
  const taken: Chosen[] = [];
  for (const finding of findings) {
    const fix = options.wanted?.(finding) === false ? undefined : preferredFix(finding, options.unsafe ?? false);
    if (!fix || refused.has(keyOf({ finding, fix }))) continue;
    const clash = (a: TextEdit, b: TextEdit): boolean =>
      editsOverlap(a, b) || (textAt !== undefined && bindTheSame(a, b, textAt));
    const clashes = taken.some((other) => other.fix.edits.some((a) => fix.edits.some((b) => clash(a, b))));
    if (!clashes) taken.push({ finding, fix });
  }
  return taken;
}

/** True if both edits bind one name in one set, which Nix only takes where both values are literal sets. */
function bindTheSame(a: TextEdit, b: TextEdit, textAt: (file: FilePath) => string): boolean {
  if (a.file !== b.file) return false;
  const [one, two] = [a, b].map((edit) => /^\s*([\w'-]+)(\.|\s*=\s*\{)?/.exec(edit.newText));
  if (one?.[1] === undefined || one[1] !== two?.[1] || (one[2] !== undefined && two[2] !== undefined)) return false;
  return isOneLevel(textAt(a.file).slice(Math.min(a.range.end, b.range.end), Math.max(a.range.start, b.range.start)));
}

/** True if no bracket that encloses the text's start is closed in it, and none opened stays open. */
function isOneLevel(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[()[\]{}]/g)) {
    depth += "([{".includes(bracket) ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Fixes after which their finding is still there, or whose file has become unreadable: of several in it those that did it. */
function failures(
  batch: readonly Chosen[],
  before: Outcome,
  after: Outcome,
  breaksAlone: (chosen: Chosen) => boolean,
): readonly Chosen[] {
  const suspects = batch.filter((chosen) => breaks(chosen, before, after));
  if (suspects.length > 0) {
    const guilty = suspects.length === 1 ? suspects : suspects.filter(breaksAlone);
    return guilty.length > 0 ? guilty : suspects;
  }
  const edits = batch.flatMap((chosen) => chosen.fix.edits);
  return batch.filter(({ finding }) => {
    const own = edits.filter((edit) => edit.file === finding.file);
    const range = moved(finding.range, own);
    return after.findings.some(
      (other) =>
        other.rule === finding.rule &&
        other.file === finding.file &&
        other.range.start <= range.end &&
        other.range.end >= range.start &&
        (finding.hosts.length === 0 || other.hosts.some((host) => finding.hosts.includes(host))),
    );
  });
}

function breaks({ fix }: Chosen, before: Outcome, after: Outcome): boolean {
  return fix.edits.some(({ file }) => after.problems(file) > before.problems(file));
}

/** Where a range lies after edits. */
function moved(range: TextRange, edits: readonly TextEdit[]): TextRange {
  const shift = (offset: number, inclusive: boolean): number =>
    edits.reduce((sum, { range: { start, end }, newText }) => {
      if (end < offset || (inclusive && end === offset && start < end)) return sum + newText.length - (end - start);
      return start < offset ? sum + start + newText.length - offset : sum;
    }, offset);
  const start = shift(range.start, false);
  return { start, end: Math.max(start, shift(range.end, true)) };
}

function keyOf({ finding, fix }: Chosen): string {
  return JSON.stringify([finding.rule, finding.file, fix.title, fix.edits.map((edit) => [edit.file, edit.newText])]);
}

function editsByFile(batch: readonly Chosen[]): Map<FilePath, TextEdit[]> {
  const byFile = new Map<FilePath, TextEdit[]>();
  for (const edit of batch.flatMap((chosen) => chosen.fix.edits))
    byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  return byFile;
}

function textOf(snapshot: Snapshot, path: FilePath): string {
  const file = snapshot.files.get(path);
  return file && "text" in file ? file.text : "";
}

/** `mark` makes the versions new ones, each try its own. */
function withEdits(snapshot: Snapshot, batch: readonly Chosen[], mark: number): Snapshot {
  const files = new Map(snapshot.files);
  let folders = snapshot.folders;
  for (const [path, edits] of editsByFile(batch)) {
    const edited = new EditedText(textOf(snapshot, path));
    edited.apply(edits);
    const version = files.get(path)?.version ?? "new";
    if (!files.has(path)) folders = withFile(folders, path);
    files.set(path, { text: edited.text, version: `${version} fix ${mark}` });
  }
  return { ...snapshot, files, folders };
}

function withFile(folders: Snapshot["folders"], path: FilePath): Snapshot["folders"] {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "" : path.slice(0, slash);
  const entries: FolderEntries = new Map([...(folders.get(folder) ?? []), [path.slice(slash + 1), "regular" as const]]);
  return new Map([...folders, [folder, entries]]);
}
