// lib/strings.nix and lib/versions.nix.
import { mapList } from "../builtins/lists.js";
import { checkedString, coerce, INTERPOLATED, TO_STRING } from "../strings.js";
import { joinStrings, replaceStrings, stringList } from "../builtins/strings.js";
import { call, type Primitives } from "../functions.js";
import { mapToList } from "./attrsets.js";
import { choose, fileText } from "./trivial.js";
import { lower, nixName, nixQuoted, upper } from "../quoting.js";
import { baseOf, workspacePath } from "../paths.js";
import type { Run } from "../run.js";
import { selectAttr } from "../select.js";
import type { Thunk, Value } from "../value.js";
import {
  attrsOf,
  bool,
  boolOf,
  closedAttrsOf,
  fail,
  giveUp,
  indexOf,
  int,
  itemsOf,
  knownOf,
  listOf,
  ready,
  string,
  stringOf,
} from "../values.js";
import { compareVersions, parseDrvName, splitVersion } from "../versions.js";

const SPACES = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** The text of an argument, coerced as in `"${x}"`. */
export function textOf(run: Run, thunk: Thunk): string {
  return coerce(run, thunk.force(), INTERPOLATED);
}
export function plainText(run: Run, thunk: Thunk): string {
  return coerce(run, thunk.force(), TO_STRING);
}

export function onText(f: (text: string) => string) {
  return (run: Run, thunk: Thunk): Value => string(f(textOf(run, thunk)));
}
function test2(f: (a: string, b: string) => boolean) {
  return (run: Run, a: Thunk, b: Thunk): Value => bool(f(textOf(run, a), textOf(run, b)));
}

const SPACE = "[ \\t\\n\\v\\f\\r]*";
const INTEGER = new RegExp(`^${SPACE}(-?\\d+)${SPACE}$`);

function toInt(base10: boolean) {
  return (run: Run, thunk: Thunk): Value => {
    const text = textOf(run, thunk);
    const digits = INTEGER.exec(text)?.[1];
    if (digits === undefined) return fail("not an integer", true);
    if (!base10 && /^0\d/.test(digits)) return fail("an integer with leading zeros", true);
    if (/^-0\d/.test(digits)) return giveUp("a negative number with leading zeros");
    return int(BigInt(digits));
  };
}

function split(separator: string, text: string): Value {
  return separator === "" ? giveUp("a split at an empty text") : stringList(text.split(separator));
}

function width(run: Run, wanted: number, filler: string, text: string): Value {
  if (text.length > wanted) return fail("the text is longer than the width", true);
  const missing = wanted - text.length;
  if (missing > 0 && filler.length !== 1) return giveUp("a filler of several characters");
  run.charge(missing);
  return string(filler.repeat(missing) + text);
}

export const STRINGS: Primitives = {
  concatStrings: (run, thunk) => joinStrings(run, "", itemsOf(thunk)),
  concatMapStrings: (run, f, thunk) =>
    joinStrings(run, "", mapList(run, closed(thunk), (item) => call(run, f, item)).items),
  concatImapStrings: (run, f, thunk) => joinStrings(run, "", numbered(run, f, thunk)),
  concatMapStringsSep: (run, separator, f, thunk) =>
    joinStrings(run, stringOf(separator), mapList(run, closed(thunk), (item) => call(run, f, item)).items),
  concatImapStringsSep: (run, separator, f, thunk) => joinStrings(run, stringOf(separator), numbered(run, f, thunk)),
  concatMapAttrsStringSep: (run, separator, f, set) => {
    const mapped = mapToList(run, attrsOf(set), (name, thunk) => call(run, f, ready(string(name)), thunk));
    return joinStrings(run, stringOf(separator), itemsOf(ready(mapped)));
  },
  concatLines: (run, thunk) =>
    joinStrings(
      run,
      "",
      itemsOf(thunk).flatMap((line) => [line, ready(string("\n"))]),
    ),
  join: (run, separator, thunk) => joinStrings(run, stringOf(separator), itemsOf(thunk)),
  intersperse: (_run, separator, thunk) => {
    const items = itemsOf(thunk);
    return { kind: "list", items: items.flatMap((item, i) => (i === 0 ? [item] : [separator, item])) };
  },
  replaceString: (run, from, to, text) => {
    const replacement = stringOf(to);
    return string(checkedString(replaceStrings(textOf(run, text), [stringOf(from)], () => replacement)));
  },
  trim: onText((text) => text.replace(SPACES, "")),
  optionalString: (run, condition, text) =>
    choose(
      run,
      condition,
      () => text.force(),
      () => string(""),
    ),
  hasPrefix: test2((prefix, text) => text.startsWith(prefix)),
  hasSuffix: (run, suffix, text) => bool(endsWith(run, textOf(run, suffix), text.force())),
  hasInfix: test2((infix, text) => text.includes(infix)),
  removePrefix: (run, prefix, thunk) => {
    const [start, text] = [textOf(run, prefix), textOf(run, thunk)];
    return string(text.startsWith(start) ? text.slice(start.length) : text);
  },
  removeSuffix: (run, suffix, thunk) => {
    const [end, text] = [textOf(run, suffix), textOf(run, thunk)];
    return string(text.endsWith(end) ? text.slice(0, text.length - end.length) : text);
  },
  stringToCharacters: (run, thunk) => stringList(asciiOnly(textOf(run, thunk)).split("")),
  stringAsChars: (run, f, thunk) =>
    joinStrings(
      run,
      "",
      asciiOnly(textOf(run, thunk))
        .split("")
        .map((c) => ready(call(run, f, ready(string(c))))),
    ),
  escape: (run, characters, thunk) => {
    const set = itemsOf(characters).map(stringOf);
    return string(replaceStrings(textOf(run, thunk), set, (i) => `\\${set[i] ?? ""}`));
  },
  isStorePath: (run, thunk) => {
    const value = knownOf(thunk);
    if (value.kind !== "string")
      return value.kind === "path" || value.kind === "attrs" ? giveUp("a path") : bool(false);
    return bool(/^\/nix\/store\/[^/]+\/?$/.test(value.value) || /^\/[0-9a-z]{52}$/.test(textOf(run, thunk)));
  },
  splitStringBy: (run, predicate, keep, text) =>
    stringList(splitBy(run, predicate, boolOf(keep), asciiOnly(stringOf(text)))),
  toCamelCase: (_run, text) => string(toCamelCase(asciiOnly(stringOf(text)))),
  nameFromURL: (_run, url, separator) => {
    const file = stringOf(url).split("/").at(-1) ?? "";
    const mark = stringOf(separator);
    if (mark === "" || !file.includes(mark))
      return mark === "" ? giveUp("an empty separator") : fail("no such separator", true);
    return string(file.slice(0, file.indexOf(mark)));
  },
  trimWith: (_run, where, thunk) => {
    const set = closedAttrsOf(where);
    const wants = (name: string) => boolOf(set.entries.get(name)?.thunk ?? ready(bool(false)));
    const text = stringOf(thunk);
    const cut = wants("start") ? text.replace(/^[ \t\r\n]+/, "") : text;
    return string(wants("end") ? cut.replace(/[ \t\r\n]+$/, "") : cut);
  },
  escapeRegex: onText((text) => text.replace(/[\\[{()^$?*+|.]/g, (c) => `\\${c}`)),
  escapeXML: onText((text) =>
    text.replace(/["'<>&]/g, (c) => ({ '"': "&quot;", "'": "&apos;", "<": "&lt;", ">": "&gt;", "&": "&amp;" })[c] ?? c),
  ),
  toLower: onText(lower),
  toUpper: onText(upper),
  toSentenceCase: onText((text) => upper(text.slice(0, 1)) + lower(text.slice(1))),
  splitString: (run, separator, text) => {
    const subject = knownOf(text);
    // Of other kinds the number of parts is known, the parts are errors.
    return subject.kind === "string" ? split(plainText(run, separator), subject.value) : giveUp("a split of no string");
  },
  versionOlder: (_run, a, b) => bool(compareVersions(stringOf(b), stringOf(a)) > 0),
  versionAtLeast: (_run, a, b) => bool(compareVersions(stringOf(b), stringOf(a)) <= 0),
  getName: (run, thunk) => fromDrvName(run, thunk, "name"),
  getVersion: (run, thunk) => fromDrvName(run, thunk, "version"),
  fixedWidthString: (run, wanted, filler, text) => width(run, indexOf(wanted), stringOf(filler), textOf(run, text)),
  fixedWidthNumber: (run, wanted, value) => width(run, indexOf(wanted), "0", plainText(run, value)),
  isStringLike: (_run, thunk) => {
    const value = knownOf(thunk);
    if (value.kind === "string" || value.kind === "path") return bool(true);
    if (value.kind !== "attrs") return bool(false);
    if (value.entries.has("outPath") || value.entries.has("__toString")) return bool(true);
    return value.open === undefined ? bool(false) : giveUp(value.open);
  },
  toInt: toInt(false),
  toIntBase10: toInt(true),
  fileContents: (run, thunk) => {
    const text = fileText(run, thunk);
    return string(text.endsWith("\n") ? text.slice(0, -1) : text);
  },
};

/** Functions that only `lib.strings` has. */
export const STRINGS_ONLY: Primitives = {
  escapeNixString: (run, thunk) => string(nixQuoted(textOf(run, thunk))),
  escapeNixIdentifier: (run, thunk) => string(nixName(textOf(run, thunk))),
  floatToString: (run, value) => string(plainText(run, value)),
  sanitizeDerivationName: (run, thunk) => string(derivationName(asciiOnly(textOf(run, thunk)))),
  charToInt: (run, thunk) => {
    const text = asciiOnly(textOf(run, thunk));
    return text.length === 1 ? int(text.charCodeAt(0)) : fail("not a character");
  },
  isConvertibleWithToString: (_run, thunk) => {
    const value = knownOf(thunk);
    if (value.kind === "function") return bool(false);
    return value.kind === "attrs" || value.kind === "list" ? giveUp("a set or list as text") : bool(true);
  },
  replicate: (run, count, text) => {
    const times = Math.max(indexOf(count), 0);
    run.charge(times);
    return string(checkedString(stringOf(text).repeat(times)));
  },
  normalizePath: onText((text) => text.replace(/\/+/g, "/")),
};

export const VERSIONS: Primitives = {
  splitVersion: (_run, text) => stringList(splitVersion(stringOf(text))),
  major: (_run, text) => string(splitVersion(stringOf(text))[0] ?? fail("not a version")),
  minor: (_run, text) => string(splitVersion(stringOf(text))[1] ?? fail("not a version")),
  patch: (_run, text) => string(splitVersion(stringOf(text))[2] ?? fail("not a version")),
  majorMinor: (_run, text) => string(splitVersion(stringOf(text)).slice(0, 2).join(".")),
  pad: (_run, count, text) => {
    const version = stringOf(text);
    const [numbers = ""] = version.split("-");
    const wanted = Math.max(indexOf(count), 0);
    const parts = [...splitVersion(numbers), ...Array<string>(Math.min(wanted, 1000)).fill("0")].slice(0, wanted);
    return string(parts.join(".") + version.slice(numbers.length));
  },
};

function closed(thunk: Thunk) {
  const value = listOf(thunk);
  return value.openTail === undefined ? value : giveUp(value.openTail);
}

function numbered(run: Run, f: Thunk, thunk: Thunk): readonly Thunk[] {
  return mapList(run, closed(thunk), (item, i) => call(run, f, ready(int(i + 1)), item)).items;
}

/** Nix takes strings apart by bytes; that is by characters only where all are ASCII. */
function asciiOnly(text: string): string {
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) > 0x7f) return giveUp("text that is not ASCII, taken apart by bytes");
  return text;
}

function fromDrvName(run: Run, thunk: Thunk, field: "name" | "version"): Value {
  const value = knownOf(thunk);
  if (value.kind === "string") return string(parseDrvName(value.value)[field]);
  const direct = selectAttr(run, value, field === "name" ? "pname" : "version");
  if (direct) return direct;
  return string(
    parseDrvName(stringOf(ready(selectAttr(run, value, "name") ?? fail("a package without a name"))))[field],
  );
}

/** Whether text ends so; of a path in the workspace, the end is known though the whole is not. */
function endsWith(run: Run, suffix: string, value: Value): boolean {
  const file = workspacePath(value);
  const name = file === undefined ? "" : baseOf(file);
  if (name !== "" && suffix.length <= name.length) return name.endsWith(suffix);
  // Before the name stands a slash, or the hyphen of a store path.
  if (name !== "" && !(suffix.endsWith(`/${name}`) || suffix.endsWith(`-${name}`))) return false;
  return coerce(run, value, INTERPOLATED).endsWith(suffix);
}

/** Longest name of a derivation, `.drv` left out. */
const MAX_NAME = 207;

function derivationName(text: string): string {
  if (/^[a-zA-Z0-9+_?=-][a-zA-Z0-9.+_?=-]*$/.test(text) && text.length <= MAX_NAME) return text;
  const clean = text.replace(/^\.*/, "").replace(/[^a-zA-Z0-9+._?=-]+/g, "-");
  return clean.slice(Math.max(clean.length - MAX_NAME, 0)) || "unknown";
}

/** Text cut before each character that `isSplit previous current` accepts. */
function splitBy(run: Run, isSplit: Thunk, keep: boolean, text: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    run.step();
    const [before, here] = [text.charAt(i - 1), text.charAt(i)];
    const cut = boolOf(ready(call(run, isSplit, ready(string(before)), ready(string(here)))));
    if (cut) parts.push(keep ? here : "");
    else parts[parts.length - 1] += here;
  }
  return parts;
}

function toCamelCase(text: string): string {
  const words = text.split(/[-_ ]/).flatMap((part) => part.split(/(?<=[a-z])(?=[A-Z])/));
  return words.map((word, i) => (i === 0 ? lower(word) : upper(word.slice(0, 1)) + lower(word.slice(1)))).join("");
}
