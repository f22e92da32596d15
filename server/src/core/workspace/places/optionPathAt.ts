// Which option is being named, or given a value, at a place in a file: what completion asks. The words before the cursor are
// read as text, since they are half-typed; what encloses them is read off the syntax.
import { isOptionPath } from "../../catalogue/complete.js";
import { itemsOf } from "../../catalogue/words.js";
import type { SourceFile } from "../../syntax/ast.js";
import type { FilePath, TextRange } from "../../text/range.js";
import { bindingsAround, descent } from "./enclosing.js";
import type { Platform } from "../model.js";
import { baseName } from "../paths.js";
import { carriesConf } from "../settings/textSettings.js";

export interface OptionPlace {
  /** A name is wanted below `path`, a value of the option `path`, or an item of its list. Settings in nix.conf text stand below `nix.conf`. */
  readonly wanted: "name" | "value" | "item";
  readonly path: readonly string[];
  /** What is written there already: the name or value that the cursor is in, up to its end. */
  readonly typed: TextRange;
  /** How values and names are written. */
  readonly language: "nix" | "conf";
  /** Names that the same set has already; items that the same list has. */
  readonly taken: ReadonlySet<string>;
  /** For a value: the texts of the same set's other attributes (`hostName` beside `maxJobs`). */
  readonly beside?: ReadonlyMap<string, string>;
  /** True if `=` or `.` follows: the name alone is wanted. */
  readonly continued: boolean;
  /** As far as the syntax around it tells. */
  readonly platform: Platform | undefined;
}

/** Characters before the cursor that are looked at. */
const LOOKED_BACK = 400;
const NAME = String.raw`(?:[A-Za-z_][\w'-]*|"[^"\n]*")`;
const PATH = String.raw`${NAME}(?:\.${NAME})*`;
/** `nix.settings.max-`: whole names, then the one that is being typed; last those that are typed in quotes. */
const NAME_BEFORE = [String.raw`[A-Za-z_][\w'-]*`, String.raw`"[^"\n]*`].map(
  (typed) => new RegExp(String.raw`((?:${NAME}\.)*)(${typed})?$`),
);
/** `cores = lib.mkDefault 4`: a path, the equals sign, and a plain value that is being typed. */
const VALUE_BEFORE = new RegExp(
  String.raw`(${PATH})\s*=\s*(?:(?:lib\.)?(?:mkDefault|mkForce|mkOverride\s+\d+)\s+)?("?[\w%.+-]*)$`,
);

/** `systems = [ "x86_64-linux" "aa`: a path, an open list of plain items, and the item that is being typed. */
const ITEM_BEFORE = new RegExp(String.raw`(${PATH})\s*=\s*(?:(?:lib\.)?\w+\s+)?\[((?:\s+"[^"\n]*")*\s*)("?[\w.+-]*)$`);

/** Undefined where nothing of the catalogue belongs: in other options, lists without words of their own, comments and text. */
export function optionPlaceAt(source: SourceFile, offset: number): OptionPlace | undefined {
  if (source.comments.some((comment) => comment.start < offset && offset <= comment.end)) return undefined;
  return inText(source, offset) ?? itemAt(source, offset) ?? nameAt(source, offset) ?? valueAt(source, offset);
}

/** The same in a nix.conf file. */
export function optionPlaceInConf(text: string, offset: number): OptionPlace | undefined {
  return inConf(text, 0, text.length, offset);
}

function nameAt(source: SourceFile, offset: number): OptionPlace | undefined {
  for (const pattern of NAME_BEFORE) {
    const place = nameBefore(source, offset, pattern);
    if (place) return place;
  }
  return undefined;
}

function nameBefore(source: SourceFile, offset: number, pattern: RegExp): OptionPlace | undefined {
  const { text } = source;
  const from = Math.max(0, offset - LOOKED_BACK);
  const match = pattern.exec(text.slice(from, offset));
  if (match === null) return undefined;
  const [, whole = "", partial = ""] = match;
  const enclosing = bindingsAround(source, from + match.index, offset);
  if (enclosing === undefined) return undefined;
  const rest = partial.startsWith('"') ? /^(?:[^"\n;=]*")?/ : /^[\w'-]*/;
  const end = offset + (rest.exec(text.slice(offset, offset + LOOKED_BACK))?.[0].length ?? 0);
  return placed(source.path, [...enclosing.path, ...namesIn(whole)], {
    wanted: "name",
    typed: { start: offset - partial.length, end },
    language: "nix",
    taken: enclosing.namesBelow(namesIn(whole)),
    continued: /^[ \t]*(?:=|\.[A-Za-z_"])/.test(text.slice(end, end + LOOKED_BACK)),
  });
}

function valueAt(source: SourceFile, offset: number): OptionPlace | undefined {
  const { text } = source;
  const from = Math.max(0, offset - LOOKED_BACK);
  const match = VALUE_BEFORE.exec(text.slice(from, offset));
  if (match === null) return undefined;
  const [, written = "", partial = ""] = match;
  const enclosing = bindingsAround(source, from + match.index, offset);
  if (enclosing === undefined) return undefined;
  const rest = /^[\w%.+-]*/.exec(text.slice(offset, offset + LOOKED_BACK))?.[0].length ?? 0;
  const quote = partial.startsWith('"') && text[offset + rest] === '"' ? 1 : 0;
  return placed(source.path, [...enclosing.path, ...namesIn(written)], {
    wanted: "value",
    typed: { start: offset - partial.length, end: offset + rest + quote },
    language: "nix",
    taken: new Set(),
    beside: enclosing.beside,
    continued: /^\s*;/.test(text.slice(offset + rest + quote, offset + rest + quote + LOOKED_BACK)),
  });
}

function itemAt(source: SourceFile, offset: number): OptionPlace | undefined {
  const { text } = source;
  const from = Math.max(0, offset - LOOKED_BACK);
  const match = ITEM_BEFORE.exec(text.slice(from, offset));
  if (match === null) return undefined;
  const [, written = "", before = "", partial = ""] = match;
  const enclosing = bindingsAround(source, from + match.index, offset);
  if (enclosing === undefined) return undefined;
  const after = text.slice(offset, offset + LOOKED_BACK);
  const rest = (partial.startsWith('"') ? /^[\w.+-]*"?/ : /^[\w.+-]*/).exec(after)?.[0].length ?? 0;
  const others = before + (/^[^\]]*/.exec(after.slice(rest))?.[0] ?? "");
  const place = placed(source.path, [...enclosing.path, ...namesIn(written)], {
    wanted: "item",
    typed: { start: offset - partial.length, end: offset + rest },
    language: "nix",
    taken: new Set([...others.matchAll(/"([^"\n]*)"/g)].map(([, item]) => item ?? "")),
    continued: true,
  });
  return place && itemsOf(place.path).length > 0 ? place : undefined;
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/"([^"]*)"|([^."]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Settings in text that an option carries (`nix.extraOptions`). */
function inText(source: SourceFile, offset: number): OptionPlace | undefined {
  const chain = descent(source, offset);
  const innermost = chain.at(-1);
  if (innermost?.expr.kind !== "string" || offset < innermost.expr.start + 1) return undefined;
  const start = optionStart(source.path, innermost.path);
  if (start === undefined || !carriesConf(innermost.path.slice(start))) return undefined;
  const quotes = innermost.expr.style === "indented" ? 2 : 1;
  return inConf(source.text, innermost.expr.start + quotes, innermost.expr.end - quotes, offset);
}

function inConf(text: string, first: number, last: number, offset: number): OptionPlace | undefined {
  if (offset < first || offset > last) return undefined;
  const lineStart = Math.max(first, text.lastIndexOf("\n", offset - 1) + 1);
  const match = /^[ \t]*([\w-]*)(?:([ \t]*=[ \t]*)((?:[^\s#]+[ \t]+)*)([^\s#]*))?$/.exec(text.slice(lineStart, offset));
  if (match === null) return undefined;
  const [, name = "", equals, before = "", value = ""] = match;
  const rest = /^[\w%.+-]*/.exec(text.slice(offset, last))?.[0].length ?? 0;
  const end = offset + rest;
  const common = { language: "conf", platform: undefined, taken: takenInConf(text, first, last, offset) } as const;
  if (equals === undefined) {
    const continued = /^[ \t]*=/.test(text.slice(end, last));
    return { ...common, wanted: "name", path: ["nix.conf"], typed: { start: offset - name.length, end }, continued };
  }
  const typed = { start: offset - value.length, end };
  if (itemsOf(["nix.conf", name]).length > 0) {
    const after = /^[^\n#]*/.exec(text.slice(end, last))?.[0] ?? "";
    const items = new Set(`${before} ${after}`.split(/\s+/).filter(Boolean));
    return { ...common, wanted: "item", path: ["nix.conf", name], typed, taken: items, continued: true };
  }
  if (before !== "") return undefined;
  return { ...common, wanted: "value", path: ["nix.conf", name], typed, continued: true };
}

function takenInConf(text: string, first: number, last: number, offset: number): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const line of text.slice(first, last).matchAll(/^[ \t]*([\w-]+)[ \t]*=.*$/gm)) {
    const start = first + line.index;
    if (offset < start || offset > start + line[0].length) taken.add(line[1] ?? "");
  }
  return taken;
}

function placed(
  file: FilePath,
  path: readonly string[],
  place: Omit<OptionPlace, "path" | "platform">,
): OptionPlace | undefined {
  const start = optionStart(file, path);
  if (start === undefined) return undefined;
  return { ...place, path: path.slice(start), platform: platformOf(path.slice(0, start)) };
}

/** What names a module, or a set of modules or hosts one level above. */
const MODULE = /^(configuration|defaults)$|[mM]odules?$/;
const MODULES = /[mM]odules$|^(colmena|nodes|users|machines|containers)$/;
/** Classes of modules, where a file holds one of each; also ordinary names, so that an option must follow. */
const CLASS = /^(nixos|darwin|homeManager|home-manager)$/;

/** Names in the longest option path, with room. */
const LONGEST = 12;

/** Where in a path from the file's top the option path begins: at the file's own top, or at a module within it. */
function optionStart(file: FilePath, path: readonly string[]): number | undefined {
  const isFlake = baseName(file) === "flake.nix";
  for (let start = Math.max(0, path.length - LONGEST); start <= path.length; start++) {
    const option = path.slice(start);
    if (option.includes("()")) continue;
    const prefix = path.slice(0, start);
    const begins = start === 0 ? !isFlake || option[0] === "nixConfig" : beginsModule(prefix, isFlake);
    if (!begins && !(option.length > 0 && CLASS.test(prefix.at(-1) ?? ""))) continue;
    if (option[0] === "nixConfig" && !(isFlake && start === 0)) continue;
    if (option.length === 0 || isOptionPath(option)) return start;
  }
  return undefined;
}

function beginsModule(prefix: readonly string[], isFlake: boolean): boolean {
  const [last = "", above = "", third = ""] = prefix.toReversed();
  if (last === "[]") return /[mM]odules$|^imports$/.test(above);
  if (last === "()") return false;
  // Of a module, not of nixpkgs (`import nixpkgs { config = …; }`).
  if (last === "config") return prefix.length === 1 ? !isFlake : beginsModule(prefix.slice(0, -1), isFlake);
  return MODULE.test(last) || MODULES.test(above) || third === "modules";
}

const PLATFORMS: readonly (readonly [RegExp, Platform])[] = [
  [/^home([A-Z]|-manager|$)|^hm$/, "home-manager"],
  [/^(nix-?)?darwin([A-Z]|$)/, "darwin"],
  [/^nixos([A-Z]|$)/, "nixos"],
];

function platformOf(prefix: readonly string[]): Platform | undefined {
  for (const word of prefix.toReversed()) {
    const platform = PLATFORMS.find(([pattern]) => pattern.test(word))?.[1];
    if (platform !== undefined) return platform;
  }
  return undefined;
}
