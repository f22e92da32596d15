// `builtins.match` and `builtins.split`: POSIX extended expressions on JavaScript's engine, where both surely agree.
import type { Value } from "./value.js";
import { fail, giveUp, list, listOfValues, NULL, ready, string } from "./values.js";

interface Translated {
  readonly source: string;
  readonly groups: number;
  /** True if it has alternatives: a search takes the longest match by POSIX, the first by JavaScript. */
  readonly alternatives: boolean;
  /** True if a group is repeated whose last capture the two engines may disagree on. */
  readonly nested: boolean;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\v\\f\\r",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  xdigit: "0-9A-Fa-f",
  cntrl: "\\x00-\\x1f\\x7f",
  print: " -~",
  graph: "!-~",
};

const cache = new Map<string, Translated>();
const MAX_CACHED = 500;

function translate(pattern: string): Translated {
  let found = cache.get(pattern);
  if (!found) {
    found = translateNew(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, found);
  }
  return found;
}

function translateNew(pattern: string): Translated {
  let source = "";
  let groups = 0;
  let alternatives = false;
  let nested = false;
  const open: { readonly start: number; readonly groups: number }[] = [];
  let closed: { readonly inner: number; readonly empty: boolean } | undefined;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    const after = closed;
    closed = undefined;
    switch (c) {
      case "\\": {
        const next = pattern.charAt(++i);
        if (next === "") return fail("invalid regular expression");
        if (/[A-Za-z0-9]/.test(next)) return giveUp(`the regular expression escape \\${next}`);
        source += /[.[\]{}()\\*+?|^$/]/.test(next) ? `\\${next}` : next;
        break;
      }
      case "[": {
        const bracket = translateBracket(pattern, i);
        source += bracket.source;
        i = bracket.end;
        break;
      }
      case "(":
        open.push({ start: source.length, groups });
        groups++;
        source += "(";
        if (pattern.charAt(i + 1) === "?" || pattern.charAt(i + 1) === "*")
          return giveUp("an unusual regular expression");
        break;
      case ")": {
        const start = open.pop();
        if (!start) return giveUp("an unusual regular expression");
        source += ")";
        closed = { inner: groups - start.groups, empty: matchesNothing(source.slice(start.start)) };
        break;
      }
      case "|":
        alternatives = true;
        source += "|";
        break;
      case "*":
      case "+":
      case "?":
      case "{": {
        if (source === "" || /[(|]$/.test(source.replace(/\\[\s\S]/g, "x")))
          return giveUp("an unusual regular expression");
        if (/[*+?}]$/.test(source.replace(/\\[\s\S]/g, "x")) && /[*+?}]/.test(pattern.charAt(i - 1)))
          return giveUp("an unusual regular expression");
        // What a repeated group captured last is not the same in both engines once groups nest.
        if (after && (after.inner > 1 || after.empty)) nested = true;
        if (c === "{") {
          const bounds = /^\{\d+(,\d*)?\}/.exec(pattern.slice(i));
          if (!bounds) return giveUp("an unusual regular expression");
          source += bounds[0];
          i += bounds[0].length - 1;
        } else source += c;
        break;
      }
      case "^":
      case "$":
      case ".":
        source += c;
        break;
      default:
        source += /[/}\]]/.test(c) ? `\\${c}` : c;
    }
  }
  if (open.length > 0) return fail("invalid regular expression");
  return { source, groups, alternatives, nested };
}

function matchesNothing(source: string): boolean {
  try {
    return new RegExp(`^(?:${source})$`, "s").test("");
  } catch {
    return true;
  }
}

function translateBracket(pattern: string, start: number): { readonly source: string; readonly end: number } {
  let i = start + 1;
  let source = "[";
  if (pattern.charAt(i) === "^") {
    source += "^";
    i++;
  }
  for (let first = true; ; first = false) {
    const c = pattern.charAt(i);
    if (c === "") return fail("invalid regular expression");
    if (c === "]" && !first) return { source: `${source}]`, end: i };
    if (c === "[" && /[:.=]/.test(pattern.charAt(i + 1))) {
      const named = /^\[:(\w+):\]/.exec(pattern.slice(i));
      const members = named?.[1] === undefined ? undefined : CLASSES[named[1]];
      if (!named || members === undefined) return giveUp("an unusual regular expression");
      source += members;
      i += named[0].length;
      continue;
    }
    if (c === "\\") return giveUp("a backslash in a bracket expression");
    source += /[\]\\[^/]/.test(c) ? `\\${c}` : c;
    i++;
  }
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked for
  return /^[\x01-\x7f]*$/.test(text);
}

/** Longest text that is searched; a pattern can need exponential time. */
const MAX_TEXT = 100_000;

function compile(
  pattern: string,
  text: string,
  flags: string,
  anchored: boolean,
): { regex: RegExp; shape: Translated } {
  if (!isAscii(pattern) || !isAscii(text)) return giveUp("a regular expression over text that is not ASCII");
  if (text.length > MAX_TEXT) return giveUp("bounded");
  const shape = translate(pattern);
  if (explosive(shape.source)) return giveUp("a regular expression that may take long");
  try {
    return { regex: new RegExp(anchored ? `^(?:${shape.source})$` : shape.source, flags), shape };
  } catch {
    return giveUp("an unusual regular expression");
  }
}

/** A repeated group that holds a repetition itself can take exponential time. */
function explosive(source: string): boolean {
  return /[*+}][^()]*\)[*+{]/.test(source);
}

function captures(match: RegExpExecArray): Value {
  return listOfValues(match.slice(1).map((text) => (text === undefined ? NULL : string(text))));
}

export function matchText(pattern: string, text: string): Value {
  const { regex, shape } = compile(pattern, text, "s", true);
  const match = regex.exec(text);
  if (!match) return NULL;
  return shape.nested ? giveUp("a regular expression that repeats a group within a group") : captures(match);
}

export function splitText(pattern: string, text: string): Value {
  const { regex, shape } = compile(pattern, text, "gs", false);
  if (shape.alternatives || shape.nested) return giveUp("a regular expression that can match in several ways");
  if (/[$^]/.test(shape.source.replace(/\\[\s\S]|\[[^\]]*\]/g, ""))) return giveUp("an anchored split");
  const parts: Value[] = [];
  let from = 0;
  for (let match = regex.exec(text); match; match = regex.exec(text)) {
    if (match[0] === "") return giveUp("a split at empty matches");
    parts.push(string(text.slice(from, match.index)), captures(match));
    from = match.index + match[0].length;
  }
  parts.push(string(text.slice(from)));
  return list(parts.map(ready));
}
