// The pass over a text's tokens that comes before the tree: it collects the comments, and patches what the grammar does
// not know or reads otherwise than Nix. Values are taken from the text as written, so a patch never shows in them.
import type { Comment } from "./ast.js";
import { classesOf, PATH_PART, SLASH } from "./characters.js";
import { deepCuts, MAX_LEVELS, mayNest } from "./depth.js";
import { type Group, GroupFinder, type IsCold } from "./groups.js";
import { Lexer } from "./lexer.js";
import type { Patch } from "./patch.js";
import type { PipeOperators } from "./pipes.js";

export interface Repaired {
  readonly comments: readonly Comment[];
  readonly patches: readonly Patch[];
  readonly pipes: PipeOperators;
  /** What need not be read yet; nothing where the tree has to tell whether the text is sound. */
  readonly groups: readonly Group[];
}

/** The grammar's scanner reads on to the end of such a run for each of its tokens, so long ones are cut. */
const LONG_RUN = 256;

/** So many open comments the grammar may try, each to the end of the text. */
const OPEN_COMMENTS = 8;

/** So many operands may be missing at the right of operators; for each of them the grammar searches all of what is open. */
const MISSING_OPERANDS = 200;
const RIGHT_ASSOCIATIVE: ReadonlySet<string> = new Set(["++", "//", "->"]);

/** Blanks for the openers that stand in a comment without an end, but for the first few. */
function unclosedComments(text: string, start: number): Patch[] {
  if (text.includes("*/", start + 2)) return [];
  const openers = [...text.slice(start).matchAll(/\/\*/g)].slice(OPEN_COMMENTS);
  return openers.map(({ index }) => ({ start: start + index, end: start + index + 2, text: "  " }));
}

function isPathPart(code: number): boolean {
  return (classesOf(code) & PATH_PART) !== 0 || code === SLASH;
}

/**
 * Gaps of the grammar:
 * - a comma at the end of formals, `{ a, b, }:`, is an error there: it is blanked;
 * - the pipe operators are unknown: `->` takes their place, see `pipes.ts`;
 * - `a//b` is read as a path, though no path has an empty segment: a blank goes between;
 * - `~/${x}` is an error, `./${x}` is not;
 * - a comment that does not end is looked for to the text's end, once for each opener in it;
 * - deep nesting overruns the stack of its runtime: see `depth.ts`;
 * - an operator without its right operand costs a search through what is open: past some hundred they get one;
 * - a lone CR does not end a `#` comment, which would then swallow the next line: LF takes its place.
 */
export function repair(text: string, isCold?: IsCold): Repaired {
  const finder = isCold && new GroupFinder(text, isCold);
  const comments: Comment[] = [];
  const patches: Patch[] = [];
  const pipes = new Map<number, "|>" | "<|">();
  /** Where a comma stands if it was the last token. */
  let comma = -1;
  /** Where the characters began that a path may hold, without a break since. */
  let run = 0;
  /** End of an operator if that was the last token. */
  let operator = -1;
  let missing = 0;
  /** No more levels than these are open at once. */
  let levels = 0;
  const lexer = new Lexer(text);
  for (let kind = lexer.next(), last = 0; kind !== undefined; last = lexer.end, kind = lexer.next()) {
    const { start, end, token } = lexer;
    if (start > last) run = start;
    if (kind === "comment") {
      comments.push({ start, end, text: text.slice(start, end) });
      if (text[start] === "#" && text[end] === "\r" && text[end + 1] !== "\n")
        patches.push({ start: end, end: end + 1, text: "\n" });
      if (text[start] === "/") patches.push(...unclosedComments(text, start));
      continue;
    }
    if (mayNest(kind, token)) levels++;
    finder?.take(kind, token, start, end);
    if (operator >= 0 && token === ";" && ++missing > MISSING_OPERANDS)
      patches.push({ start: operator, end: operator, text: " _" });
    operator = -1;
    if (kind === "word") {
      comma = -1;
    } else if (kind === "literal") {
      comma = -1;
      if (text.startsWith("~/${", start)) patches.push({ start, end: start + 1, text: "." });
    } else if (kind === "punctuation" || kind === "interpolationClose") {
      if (token === "}" && comma >= 0) patches.push({ start: comma, end: comma + 1, text: " " });
      comma = token === "," ? start : -1;
      if (token.length > 1 && RIGHT_ASSOCIATIVE.has(token)) operator = end;
      if (token === "|>" || token === "<|") {
        pipes.set(start, token);
        patches.push({ start, end, text: "->" });
      } else if (token === "//" && isPathPart(text.charCodeAt(end))) {
        patches.push({ start: end, end, text: " " });
        run = end;
      } else if (!isPathPart(text.charCodeAt(start))) run = end;
    } else {
      comma = -1;
      run = end;
    }
    if (end - run > LONG_RUN) {
      if (patches.at(-1)?.end !== end) patches.push({ start: end, end, text: " " });
      run = end;
    }
  }
  patches.sort((a, b) => a.start - b.start);
  const cuts = levels > MAX_LEVELS ? deepCuts(text) : [];
  const groups = cuts.length === 0 && finder ? finder.found : [];
  return { comments, patches: cuts.length > 0 ? withCuts(patches, cuts) : patches, pipes, groups };
}

/** Both in order; what lies in something cut out goes with it. */
function withCuts(patches: readonly Patch[], cuts: readonly Patch[]): Patch[] {
  let next = 0;
  const kept = patches.filter(({ start }) => {
    while ((cuts[next]?.end ?? start + 1) <= start) next++;
    return start < (cuts[next]?.start ?? Number.POSITIVE_INFINITY);
  });
  return [...kept, ...cuts].sort((a, b) => a.start - b.start);
}
