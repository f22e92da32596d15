// lib/strings.nix and lib/versions.nix.
import { mapList } from "./builtinsLists.js";
import { checkedString, coerce, INTERPOLATED, joinTexts, TO_STRING } from "./strings.js";
import { joinStrings, replaceStrings, stringList } from "./builtinsStrings.js";
import { call, type Primitives } from "./functions.js";
import { mapToList } from "./libAttrsets.js";
import { choose, fileText } from "./libTrivial.js";
import type { Run } from "./run.js";
import { guarded } from "./thunk.js";
import type { Thunk, Value } from "./value.js";
import {
  attrsOf,
  bool,
  boolOf,
  fail,
  giveUp,
  indexOf,
  int,
  intOf,
  itemsOf,
  knownOf,
  listOf,
  ready,
  string,
  stringOf,
} from "./values.js";
import { compareVersions, parseDrvName, splitVersion } from "./versions.js";

const SPACES = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** The text of an argument, coerced as in `"${x}"`. */
function textOf(run: Run, thunk: Thunk): string {
  return coerce(run, thunk.force(), INTERPOLATED);
}
function plainText(run: Run, thunk: Thunk): string {
  return coerce(run, thunk.force(), TO_STRING);
}

/** `"${a}b${c}"` of arguments that may be unknown, keeping a path that the whole names. */
function template(run: Run, ...parts: readonly (string | Thunk)[]): Value {
  const values = parts.map((part) =>
    typeof part === "string" ? string(part) : guarded(run, () => string(textOf(run, part))),
  );
  return joinTexts(values, "");
}

function onText(f: (text: string) => string) {
  return (run: Run, thunk: Thunk): Value => string(f(textOf(run, thunk)));
}
function test2(f: (a: string, b: string) => boolean) {
  return (run: Run, a: Thunk, b: Thunk): Value => bool(f(textOf(run, a), textOf(run, b)));
}

function upper(text: string): string {
  return text.replace(/[a-z]/g, (c) => c.toUpperCase());
}
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

export function shellQuoted(text: string): string {
  return /^[A-Za-z0-9,._+:@%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function nixQuoted(text: string): string {
  return JSON.stringify(text).replaceAll("$", "\\$");
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "assert",
  "else",
  "if",
  "in",
  "inherit",
  "let",
  "or",
  "rec",
  "then",
  "with",
]);

export function nixName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_'-]*$/.test(name) && !KEYWORDS.has(name) ? name : nixQuoted(name);
}

function searchPath(folder: string) {
  return (run: Run, packages: Thunk): Value => joinPaths(run, folder, itemsOf(packages));
}
function joinPaths(run: Run, folder: string, packages: readonly Thunk[]): Value {
  const texts = packages.flatMap((one): Value[] => {
    const value = one.force();
    return value.kind === "null" ? [] : [guarded(run, () => string(`${coerce(run, value, INTERPOLATED)}/${folder}`))];
  });
  return joinTexts(texts, ":");
}

function toInt(base10: boolean) {
  return (run: Run, thunk: Thunk): Value => {
    const text = textOf(run, thunk);
    const digits = /^[ \t\r\n]*(-?\d+)[ \t\r\n]*$/.exec(text)?.[1];
    if (digits === undefined) return fail("not an integer", true);
    if (!base10 && /^-?0\d/.test(digits)) return fail("an integer with leading zeros", true);
    if (digits.startsWith("-") && base10 && /^-0\d/.test(digits)) return giveUp("a negative number with leading zeros");
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

function feature(prefix: (on: boolean) => string) {
  return (run: Run, condition: Thunk, name: Thunk): Value =>
    choose(
      run,
      condition,
      () => template(run, prefix(true), name),
      () => template(run, prefix(false), name),
    );
}
function valuedFeature(prefix: (on: boolean) => string) {
  return (run: Run, condition: Thunk, name: Thunk, value: Thunk): Value =>
    choose(
      run,
      condition,
      () => template(run, prefix(true), name, "=", value),
      () => template(run, prefix(false), name),
    );
}
const ENABLE = (on: boolean) => (on ? "--enable-" : "--disable-");
const WITH = (on: boolean) => (on ? "--with-" : "--without-");

function nameAndVersion(thunk: Thunk): { readonly name: string; readonly version: string } | undefined {
  const value = thunk.force();
  return value.kind === "string" ? parseDrvName(value.value) : undefined;
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
  hasSuffix: test2((suffix, text) => text.endsWith(suffix)),
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
  escapeShellArg: (run, thunk) => string(shellQuoted(plainText(run, thunk))),
  escapeShellArgs: (run, thunk) =>
    string(
      itemsOf(thunk)
        .map((item) => shellQuoted(plainText(run, item)))
        .join(" "),
    ),
  escapeNixString: (run, thunk) => string(nixQuoted(textOf(run, thunk))),
  escapeNixIdentifier: (run, thunk) => string(nixName(textOf(run, thunk))),
  escapeRegex: onText((text) => text.replace(/[\\[{()^$?*+|.]/g, (c) => `\\${c}`)),
  escapeURL: (run, thunk) =>
    string(
      encodeURIComponent(textOf(run, thunk)).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    ),
  escapeXML: onText((text) =>
    text.replace(/["'<>&]/g, (c) => ({ '"': "&quot;", "'": "&apos;", "<": "&lt;", ">": "&gt;", "&": "&amp;" })[c] ?? c),
  ),
  toLower: onText(lower),
  toUpper: onText(upper),
  toSentenceCase: onText((text) => upper(text.slice(0, 1)) + lower(text.slice(1))),
  splitString: (run, separator, text) => split(textOf(run, separator), textOf(run, text)),
  versionOlder: (_run, a, b) => bool(compareVersions(stringOf(b), stringOf(a)) > 0),
  versionAtLeast: (_run, a, b) => bool(compareVersions(stringOf(b), stringOf(a)) <= 0),
  getName: (_run, thunk) => fromDrvName(thunk, "name"),
  getVersion: (_run, thunk) => fromDrvName(thunk, "version"),
  makeSearchPath: (run, folder, packages) => joinPaths(run, stringOf(folder), itemsOf(packages)),
  makeBinPath: searchPath("bin"),
  makeLibraryPath: searchPath("lib"),
  makeIncludePath: searchPath("include"),
  enableFeature: feature(ENABLE),
  enableFeatureAs: valuedFeature(ENABLE),
  withFeature: feature(WITH),
  withFeatureAs: valuedFeature(WITH),
  cmakeOptionType: (run, type, name, value) =>
    template(run, "-D", name, ":", ready(string(upper(stringOf(type)))), "=", value),
  cmakeBool: (run, name, condition) =>
    template(run, "-D", name, ":BOOL=", ready(string(boolOf(condition) ? "TRUE" : "FALSE"))),
  cmakeFeature: (run, name, value) => template(run, "-D", name, ":STRING=", value),
  mesonOption: (run, name, value) => template(run, "-D", name, "=", value),
  mesonBool: (run, name, condition) =>
    template(run, "-D", name, "=", ready(string(boolOf(condition) ? "true" : "false"))),
  mesonEnable: (run, name, condition) =>
    template(run, "-D", name, "=", ready(string(boolOf(condition) ? "enabled" : "disabled"))),
  fixedWidthString: (run, wanted, filler, text) => width(run, indexOf(wanted), stringOf(filler), textOf(run, text)),
  fixedWidthNumber: (run, wanted, value) => width(run, indexOf(wanted), "0", plainText(run, value)),
  floatToString: (run, value) => string(plainText(run, value)),
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
  sanitizeDerivationName: (run, thunk) => {
    const text = textOf(run, thunk);
    return /^[a-zA-Z0-9+_?=-][a-zA-Z0-9.+_?=-]*$/.test(text) && text.length < 200
      ? string(text)
      : giveUp("an unusual name");
  },
  charToInt: (run, thunk) => {
    const text = asciiOnly(textOf(run, thunk));
    return text.length === 1 ? int(text.charCodeAt(0)) : fail("not a character");
  },
};

export const VERSIONS: Primitives = {
  splitVersion: (_run, text) => stringList(splitVersion(stringOf(text))),
  major: (_run, text) => string(splitVersion(stringOf(text))[0] ?? fail("not a version")),
  minor: (_run, text) => string(splitVersion(stringOf(text))[1] ?? fail("not a version")),
  patch: (_run, text) => string(splitVersion(stringOf(text))[2] ?? fail("not a version")),
  majorMinor: (_run, text) => string(splitVersion(stringOf(text)).slice(0, 2).join(".")),
  pad: (_run, count, text) => {
    const wanted = Number(intOf(count));
    const [numbers = "", ...suffix] = stringOf(text).split("-");
    const parts = numbers === "" ? [] : numbers.split(".");
    const padded = [...parts, ...Array<string>(Math.max(wanted - parts.length, 0)).fill("0")].slice(0, wanted);
    return string([padded.join("."), ...suffix].join("-"));
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

function fromDrvName(thunk: Thunk, field: "name" | "version"): Value {
  const parsed = nameAndVersion(thunk);
  if (parsed) return string(parsed[field]);
  const set = attrsOf(thunk);
  const direct = set.entries.get(field === "name" ? "pname" : "version");
  if (direct) return direct.thunk.force();
  const whole = set.entries.get("name");
  return whole ? string(parseDrvName(stringOf(whole.thunk))[field]) : giveUp("a package without a name");
}
