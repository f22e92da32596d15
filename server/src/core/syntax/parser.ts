// Text -> SourceFile: the way into `syntax/`, and the only file that knows web-tree-sitter. A text that the grammar
// cannot read goes through repairs (what Nix accepts) and recovery (half-typed code) before it is lowered.
import { Edit, Language, type ParseState, Parser, type Point, type Range, type Tree } from "web-tree-sitter";
import { LineIndex } from "../text/lineIndex.js";
import type { FilePath } from "../text/range.js";
import type { Expr, SourceFile, SyntaxProblem } from "./ast.js";
import { damageOf, weigh } from "./damage.js";
import { KindTable } from "./grammar.js";
import type { Group, IsCold } from "./groups.js";
import { type LowerInput, lower } from "./lower.js";
import { type OffsetMap, PatchedText, throughPatches } from "./patch.js";
import type { PipeOperators } from "./pipes.js";
import { recover } from "./recover.js";
import { repair } from "./repair.js";
import { CursorRuntime, withCursor } from "./treeCursor.js";
import { closeStrings } from "./unclosed.js";

/** The two WebAssembly modules; the host reads or fetches them, since the core has no I/O. */
export interface ParserModules {
  /** `web-tree-sitter.wasm`; left out, web-tree-sitter looks for it beside its own script. */
  readonly runtime?: Uint8Array;
  /** `tree-sitter-nix.wasm`. */
  readonly grammar: Uint8Array;
}

/** A tree that the next version of its file can build on, with the text that it was made from. */
interface KeptTree {
  readonly tree: Tree;
  readonly text: string;
}

/** A text as its user wrote it, and as the grammar gets it. */
interface Code {
  readonly text: string;
  readonly repaired: PatchedText;
  readonly pipes: PipeOperators;
  /** Nothing is inserted into it: what lies between two places is the same in both. */
  readonly exact: boolean;
}

/** What a text without the contents of some groups gives. */
interface Short extends Pick<KeptTree, "tree"> {
  readonly root: Expr | undefined;
}

type LowerOptions = Pick<LowerInput, "pipes" | "exact" | "depth" | "putOff"> & {
  readonly original?: OffsetMap | undefined;
};

/** So many files keep their tree: more than anyone edits at once, and a bound to what the WASM heap holds. */
const MAX_KEPT = 16;

/**
 * So much work a character may cost: ordinary texts take 1.3 steps at most, 10,000 brackets up to 6. Looking for a way out of an error can cost
 * the grammar seconds; past the bound the text is read by our own recovery alone.
 */
const STEPS_PER_CHARACTER = 8;
const STEPS_ALWAYS = 10_000;
/** The grammar tells of its progress after this many steps. */
const STEPS_PER_CALL = 100;

let loadedRuntime: Promise<CursorRuntime> | undefined;

/**
 * Owner of all trees. A SourceFile is plain data and holds none: a tree is freed as soon as it is lowered, but for
 * those of the files edited last, which `parse` reuses when it gets the previous version. Nothing has to be released.
 */
export class NixParser {
  readonly #parser: Parser;
  readonly #runtime: CursorRuntime;
  readonly #kinds: KindTable;
  readonly #kept = new Map<SourceFile, KeptTree>();

  private constructor(runtime: CursorRuntime, language: Language) {
    this.#runtime = runtime;
    this.#parser = new Parser();
    this.#parser.setLanguage(language);
    this.#kinds = new KindTable(language.types, (id) => language.nodeTypeIsNamed(id));
  }

  /** The runtime is loaded once a process; later calls may leave it out. */
  static async load(modules: ParserModules): Promise<NixParser> {
    loadedRuntime ??= loadRuntime(modules.runtime);
    return new NixParser(await loadedRuntime, await Language.load(modules.grammar));
  }

  /**
   * Never fails: broken text gives a file with `problems`. `previous` is the same file before an edit; with it only
   * what changed is parsed anew. The result is the same without it. What `isCold` tells is parsed when it is asked for,
   * and problems within it are not among the file's.
   */
  parse(path: FilePath, text: string, previous?: SourceFile, isCold?: IsCold): SourceFile {
    const kept = previous && this.#kept.get(previous);
    if (previous) this.#kept.delete(previous);
    const { comments, patches, pipes, groups } = repair(text, isCold);
    // A NUL ends the text for the grammar.
    const repaired = new PatchedText(text.replaceAll("\0", " "), patches);
    const code = { text, repaired, pipes, exact: repaired.aligned };
    const short = groups.length > 0 && code.exact ? this.#short(code, groups, kept) : undefined;
    const tree = short?.tree ?? this.#wholeTree(repaired.text, groups.length > 0 ? undefined : kept);
    const { root, problems } = short ? { root: short.root, problems: [] } : this.#read(code, tree);
    const file: SourceFile = { path, text, lines: new LineIndex(text), root, comments, problems };
    if (previous && tree) this.#keep(file, { tree, text: repaired.text });
    else tree?.delete();
    return file;
  }

  /** The tree of a text without the contents of its groups; undefined where that is broken. */
  #short(code: Code, groups: readonly Group[], kept: KeptTree | undefined): Short | undefined {
    const { text, repaired, pipes, exact } = code;
    const tree = this.#tree(repaired.text, kept, rangesAround(repaired.text, groups));
    if (tree?.rootNode.hasError === false) {
      const readers = groups.map((group) => [group.start, (depth: number) => this.#group(code, group, depth)] as const);
      return { root: this.#lower(text, tree, { pipes, exact, putOff: new Map(readers) }), tree };
    }
    tree?.delete();
    return undefined;
  }

  /** What was left out of a tree. */
  #group(code: Code, { start, end }: Group, depth: number): Expr | undefined {
    const { text, repaired, pipes, exact } = code;
    const alone = this.#tree(repaired.text, undefined, [rangeBetween(lineless(start), lineless(end))]);
    const isSound = alone?.rootNode.hasError === false;
    const sound = isSound ? this.#lower(text, alone, { pipes, exact, depth }) : undefined;
    alone?.delete();
    if (isSound) return sound;
    const cut = new PatchedText(code.repaired.text.slice(0, end), [{ start: 0, end: start, text: "" }]);
    const tree = this.#tree(cut.text);
    const { root } = this.#read({ ...code, repaired: cut }, tree, depth);
    tree?.delete();
    return root;
  }

  /** Lowers a tree; where it is broken, that of a recovered text if this loses less. */
  #read({ text, repaired, pipes, exact: isExact }: Code, tree: Tree | undefined, depth = 0) {
    const toOriginal = (offset: number) => repaired.original(offset);
    const lowerTree = (exact: boolean): Expr | undefined =>
      tree
        ? this.#lower(text, tree, { pipes, exact, depth, original: repaired.aligned ? undefined : toOriginal })
        : { kind: "error", start: toOriginal(0), end: toOriginal(repaired.text.length), children: [] };
    if (tree?.rootNode.hasError === false) return { root: lowerTree(isExact), problems: [] };
    const damage = tree ? this.#damage(tree) : [{ start: 0, end: repaired.text.length, message: "Unexpected text." }];
    const strings = closeStrings(repaired.text);
    const closed = new PatchedText(repaired.text, strings.patches);
    const repairs = recover(closed.text);
    const patched = new PatchedText(closed.text, repairs.patches);
    const recovered = this.#tree(patched.text, tree && { tree: tree.copy(), text: repaired.text });
    const left = recovered?.rootNode.hasError ? this.#damage(recovered) : [];
    const loss = weigh(left) + weigh(strings.patches) + weigh(repairs.patches);
    const better = recovered && loss <= weigh(damage);
    const fromClosed = (offset: number) => toOriginal(closed.original(offset));
    const fromPatched = (offset: number) => fromClosed(patched.original(offset));
    const root = better
      ? this.#lower(text, recovered, { pipes, exact: false, depth, original: fromPatched })
      : lowerTree(false);
    recovered?.delete();
    const problems = better
      ? [
          ...strings.problems.map((problem) => moved(problem, toOriginal)),
          ...repairs.problems.map((problem) => moved(problem, fromClosed)),
          ...left.map((problem) => moved(problem, fromPatched)),
        ]
      : damage.map((problem) => moved(problem, toOriginal));
    return { root, problems: problems.toSorted((a, b) => a.start - b.start || a.end - b.end) };
  }

  #lower(text: string, tree: Tree, how: LowerOptions): Expr | undefined {
    return withCursor(this.#runtime, tree, (steps) => {
      const cursor = how.original ? throughPatches(steps, how.original) : steps;
      return lower({ text, cursor, kinds: this.#kinds, ...how });
    });
  }

  #damage(tree: Tree): SyntaxProblem[] {
    const cursor = tree.walk();
    const damage = damageOf(cursor);
    cursor.delete();
    return damage;
  }

  /** As `#tree`, the same whatever the base: what the grammar makes of an error hangs on the tree before. */
  #wholeTree(text: string, base: KeptTree | undefined): Tree | undefined {
    const tree = this.#tree(text, base);
    if (!base || tree?.rootNode.hasError === false) return tree;
    tree?.delete();
    return this.#tree(text);
  }

  /**
   * The tree of a text, or of some ranges of it; undefined if it takes too long. `base` is the tree of a similar text; it is
   * used up.
   */
  #tree(text: string, base?: KeptTree, includedRanges?: Range[]): Tree | undefined {
    if (base) base.tree.edit(changeBetween(base.text, text));
    let steps = 0;
    const progressCallback = ({ currentOffset }: ParseState): boolean => {
      steps += STEPS_PER_CALL;
      return steps > STEPS_ALWAYS + STEPS_PER_CHARACTER * (currentOffset / 2);
    };
    const tree = this.#parser.parse(text, base?.tree, { progressCallback, includedRanges });
    base?.tree.delete();
    if (!tree) this.#parser.reset();
    return tree ?? undefined;
  }

  #keep(file: SourceFile, kept: KeptTree): void {
    this.#kept.set(file, kept);
    for (const [oldest, { tree }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) break;
      tree.delete();
      this.#kept.delete(oldest);
    }
  }
}

async function loadRuntime(wasmBinary: Uint8Array | undefined): Promise<CursorRuntime> {
  const module = { wasmBinary };
  await Parser.init(module);
  return new CursorRuntime(module);
}

function moved({ start, end, message }: SyntaxProblem, original: OffsetMap): SyntaxProblem {
  return { start: original(start), end: original(end), message };
}

/** The one span outside of which two texts are equal. */
function changeBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  const oldEnd = before.length - same;
  const newEnd = after.length - same;
  return new Edit({
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition: placeAt(before, start).point,
    oldEndPosition: placeAt(before, oldEnd).point,
    newEndPosition: placeAt(after, newEnd).point,
  });
}

interface Place {
  readonly index: number;
  readonly point: Point;
}
const START: Place = { index: 0, point: { row: 0, column: 0 } };

/** A place in a tree that is read by offsets only. */
function lineless(index: number): Place {
  return { index, point: START.point };
}

/** What of a text lies outside of the contents of groups. */
function rangesAround(text: string, groups: readonly Group[]): Range[] {
  const ranges: Range[] = [];
  let from = START;
  for (const { open, end } of groups) {
    const to = placeAt(text, open + 1, from);
    ranges.push(rangeBetween(from, to));
    from = placeAt(text, end - 1, to);
  }
  return [...ranges, rangeBetween(from, placeAt(text, text.length, from))];
}

function rangeBetween(from: Place, to: Place): Range {
  return { startIndex: from.index, endIndex: to.index, startPosition: from.point, endPosition: to.point };
}

/** Where an offset lies; `from` is a place before it. */
function placeAt(text: string, index: number, from = START): Place {
  let { row } = from.point;
  let lineStart = from.index - from.point.column;
  for (let end = text.indexOf("\n", from.index); end >= 0 && end < index; end = text.indexOf("\n", lineStart)) {
    row++;
    lineStart = end + 1;
  }
  return { index, point: { row, column: index - lineStart } };
}
