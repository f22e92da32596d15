// Builtins about strings. Nix counts bytes of UTF-8; texts that are not plain ASCII are counted so too.
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Primitives } from "../functions.js";
import { parseJson } from "../json.js";
import { matchText, splitText } from "../regex.js";
import { type Run, Unknowable } from "../run.js";
import { checkedString, coerce, INTERPOLATED, joinTexts, TO_STRING } from "../strings.js";
import { parseToml } from "../toml.js";
import { toJson } from "../json.js";
import { guarded } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import { giveUp, fail, indexOf, int, itemsOf, list, listOfValues, ready, record, string, stringOf } from "../values.js";
import { compareVersions, parseDrvName, splitVersion } from "../versions.js";

/** Length in bytes of UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) bytes += 1;
    else if (c >= 0xd800 && c <= 0xdbff) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** The UTF-16 index at which byte `offset` begins; past the end, the length. @throws Unknowable inside a character. */
function indexAtByte(text: string, offset: number): number {
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    if (bytes === offset) return i;
    if (bytes > offset) return giveUp("a string cut inside a character");
    const point = text.codePointAt(i) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    i += point > 0xffff ? 2 : 1;
  }
  return bytes > offset ? giveUp("a string cut inside a character") : text.length;
}

/** `builtins.substring`: a negative length means to the end; a start past the end gives "". */
export function substring(text: string, start: number, length: number): string {
  if (start < 0) return fail("a negative start of a substring");
  const from = indexAtByte(text, start);
  if (length < 0) return text.slice(from);
  return text.slice(from, indexAtByte(text, start + length));
}

/** `builtins.replaceStrings`: at each place the first pattern that fits is taken; an empty one fits between characters. */
export function replaceStrings(text: string, from: readonly string[], to: (index: number) => string): string {
  if (from.includes("") && byteLength(text) !== text.length) return giveUp("an empty pattern between bytes");
  let result = "";
  let i = 0;
  while (i <= text.length) {
    const found = from.findIndex((pattern) => text.startsWith(pattern, i));
    if (found < 0) {
      result += text.charAt(i);
      i++;
      continue;
    }
    result += to(found);
    const { length } = from[found] ?? "";
    if (length === 0) result += text.charAt(i);
    i += Math.max(length, 1);
  }
  return result;
}

function replace(_run: Run, from: Thunk, to: Thunk, text: Thunk): Value {
  const patterns = itemsOf(from).map(stringOf);
  const replacements = itemsOf(to);
  if (patterns.length !== replacements.length) return fail("`from` and `to` differ in length");
  // Nix before 2.14 read every replacement first, later ones only those they need: known where both agree.
  const texts = replacements.map((thunk) => {
    const value = thunk.force();
    return value.kind === "string" ? value.value : giveUp("a replacement that is not a known string");
  });
  const subject = stringOf(text);
  return string(checkedString(replaceStrings(subject, patterns, (index) => texts[index] ?? "")));
}

/** `toString x`, keeping which file a path's text stands for. */
function textOf(run: Run, thunk: Thunk): Value {
  const value = guarded(run, () => string(coerce(run, thunk.force(), TO_STRING)));
  if (value.kind === "unknown" && value.path === undefined) throw new Unknowable(value);
  return value;
}

export function joinStrings(run: Run, separator: string, items: readonly Thunk[]): Value {
  run.charge(items.length);
  const texts = items.map((item) => guarded(run, () => string(coerce(run, item.force(), INTERPOLATED))));
  return joinTexts(texts, separator);
}

/** The last part of a path's text. */
function baseName(text: string): string {
  const end = text.length > 1 && text.endsWith("/") ? text.length - 1 : text.length;
  const trimmed = text.slice(0, end);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

const HASHES: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map([
  ["md5", md5],
  ["sha1", sha1],
  ["sha256", sha256],
  ["sha512", sha512],
]);

/** In base 16. */
function hash(algorithm: string, text: string): Value {
  const compute = HASHES.get(algorithm);
  return compute === undefined ? fail("an unknown hash algorithm") : string(bytesToHex(compute(utf8ToBytes(text))));
}

export const STRING_BUILTINS: Primitives = {
  toString: textOf,
  stringLength: (run, text) => int(byteLength(coerce(run, text.force(), INTERPOLATED))),
  substring: (run, start, length, text) =>
    string(substring(coerce(run, text.force(), INTERPOLATED), indexOf(start), indexOf(length))),
  concatStringsSep: (run, separator, thunk) => joinStrings(run, stringOf(separator), itemsOf(thunk)),
  replaceStrings: replace,
  match: (_run, pattern, text) => matchText(stringOf(pattern), stringOf(text)),
  split: (_run, pattern, text) => splitText(stringOf(pattern), stringOf(text)),
  hashString: (_run, algorithm, text) => hash(stringOf(algorithm), stringOf(text)),
  // A text that was read is not always the bytes of its file.
  hashFile: () => giveUp("hashes of files are not computed"),
  convertHash: () => giveUp("hashes are not converted"),
  compareVersions: (_run, a, b) => int(compareVersions(stringOf(a), stringOf(b))),
  splitVersion: (_run, text) => listOfValues(splitVersion(stringOf(text)).map(string)),
  parseDrvName: (_run, text) => {
    const { name, version } = parseDrvName(stringOf(text));
    return record({ name: string(name), version: string(version) });
  },
  toJSON: (run, thunk) => string(checkedString(toJson(run, thunk.force()))),
  fromJSON: (_run, text) => parseJson(stringOf(text)),
  fromTOML: (_run, text) => parseToml(stringOf(text)),
  toXML: () => giveUp("XML is not made"),
  toFile: () => giveUp("a path in the Nix store"),
  baseNameOf: (run, thunk) => {
    const value = thunk.force();
    if (value.kind === "path" && value.path !== "" && !value.path.endsWith("..")) return string(baseName(value.path));
    if (value.kind === "unknown" && value.path && !value.stored) return string(baseName(value.path));
    return string(baseName(coerce(run, value, INTERPOLATED)));
  },
};

export function stringList(values: readonly string[]): Value {
  return list(values.map((value) => ready(string(value))));
}
