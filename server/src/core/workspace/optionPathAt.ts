// Which option is being named, or given a value, at a place in a file: what completion asks. The words before the cursor are
// read as text, since they are half-typed; what encloses them is read off the syntax.
import { isOptionPath } from "../catalogue/complete.js";
import type { Binding, Expr, SourceFile } from "../syntax/ast.js";
import { contains, type FilePath, type TextRange } from "../text/range.js";
import type { Platform } from "./model.js";
import { baseName } from "./paths.js";
import { nameText, stepsInto } from "./syntaxPath.js";
import { carriesConf } from "./textSettings.js";

export interface OptionPlace {
  /** A name is wanted below `path`, or a value of the option `path`. Settings in nix.conf text stand below `nix.conf`. */
  readonly wanted: "name" | "value";
  readonly path: readonly string[];
  /** What is written there already: the name or value that the cursor is in, up to its end. */
  readonly typed: TextRange;
  /** How values and names are written. */
  readonly language: "nix" | "conf";
  /** Names that the same set has already. */
  readonly taken: ReadonlySet<string>;
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

/** Undefined where nothing of the catalogue belongs: in other options, in lists, comments and text. */
export function optionPlaceAt(source: SourceFile, offset: number): OptionPlace | undefined {
  if (source.comments.some((comment) => comment.start < offset && offset <= comment.end)) return undefined;
  return inText(source, offset) ?? nameAt(source, offset) ?? valueAt(source, offset);
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
    continued: /^\s*;/.test(text.slice(offset + rest + quote, offset + rest + quote + LOOKED_BACK)),
  });
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
  const match = /^[ \t]*([\w-]*)(?:([ \t]*=[ \t]*)([^\s#]*))?$/.exec(text.slice(lineStart, offset));
  if (match === null) return undefined;
  const [, name = "", equals, value = ""] = match;
  const rest = /^[\w%.+-]*/.exec(text.slice(offset, last))?.[0].length ?? 0;
  const end = offset + rest;
  const common = { language: "conf", platform: undefined, taken: takenInConf(text, first, last, offset) } as const;
  if (equals === undefined) {
    const continued = /^[ \t]*=/.test(text.slice(end, last));
    return { ...common, wanted: "name", path: ["nix.conf"], typed: { start: offset - name.length, end }, continued };
  }
  const typed = { start: offset - value.length, end };
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

interface Reached {
  readonly expr: Expr;
  /** From the file's top; `()` for what is handed to a function that may do anything with it. */
  readonly path: readonly string[];
}

/** Functions of the module system whose last argument is what they give. */
const TRANSPARENT = /^(mkIf|mkDefault|mkForce|mkOverride|mkBefore|mkAfter|mkOrder|mkMerge|optionalAttrs)$/;

/** The expressions around an offset, outermost first, and the bindings that lead to each. */
function descent(source: SourceFile, offset: number): readonly Reached[] {
  const chain: Reached[] = [];
  const point = { start: offset, end: offset };
  let reached: Reached | undefined = source.root && { expr: source.root, path: [] };
  while (reached !== undefined && contains(reached.expr, point)) {
    chain.push(reached);
    reached = inner(reached, point);
  }
  return chain;
}

function inner({ expr, path }: Reached, point: TextRange): Reached | undefined {
  if (expr.kind === "apply" && contains(expr.arg, point)) {
    const name = functionName(expr);
    if (name === "mkMerge" && expr.arg.kind === "list") {
      const item = expr.arg.items.find((one) => contains(one, point));
      return item && { expr: item, path };
    }
    return { expr: expr.arg, path: TRANSPARENT.test(name) ? path : [...path, "()"] };
  }
  const steps = stepsInto(expr).filter((step) => contains(step.expr, point));
  // Where two touch, the one that is not empty: a missing value has no width.
  const step = steps.findLast((one) => one.expr.start < one.expr.end) ?? steps.at(-1);
  if (step === undefined) return undefined;
  // The default of an argument is no part of what the file defines.
  const isDefault = expr.kind === "function" && step.variable !== undefined;
  return { expr: step.expr, path: [...path, ...(isDefault ? ["()"] : step.elements)] };
}

function functionName(expr: Expr): string {
  let fn = expr;
  while (fn.kind === "apply") fn = fn.fn;
  const last = fn.kind === "select" ? fn.path.at(-1) : undefined;
  return fn.kind === "variable" ? fn.name : last?.kind === "name" ? last.text : "";
}

interface Bindings {
  readonly path: readonly string[];
  /** Names that are bound below some names of this set, by other bindings than the one at the cursor. */
  namesBelow(names: readonly string[]): ReadonlySet<string>;
}

/** The set in which a binding may begin at `start`: what stands before is its brace, or the end of another binding. */
function bindingsAround(source: SourceFile, start: number, offset: number): Bindings | undefined {
  const chain = descent(source, start);
  const innermost = chain.at(-1);
  if (innermost?.expr.kind !== "attrset") return undefined;
  const { expr, path } = innermost;
  const before = endOfCodeBefore(source, start);
  const brace = source.text.indexOf("{", expr.start) + 1;
  if (before !== brace && !endsBinding(source.text, expr.bindings, before)) return undefined;
  return {
    path,
    namesBelow(names) {
      const taken = new Set<string>();
      for (const { expr: outer, path: outerPath } of chain) {
        const between = path.slice(outerPath.length);
        if (outer.kind === "attrset" && !between.includes("[]") && !between.includes("()"))
          addNames(outer.bindings, [...between, ...names], offset, taken);
      }
      return taken;
    },
  };
}

/** False behind `x = with lib;`, which awaits a value, and where a semicolon is missing. */
function endsBinding(text: string, bindings: readonly Binding[], end: number): boolean {
  const binding = bindings.find((one) => one.end === end);
  return (
    binding !== undefined &&
    text[end - 1] === ";" &&
    !/^[^=;]*=\s*(?:with|assert)\b[^;]*;$/.test(text.slice(binding.start, end))
  );
}

/** Adds the names that bindings define directly below a path. */
function addNames(bindings: readonly Binding[], path: readonly string[], offset: number, taken: Set<string>): void {
  for (const binding of bindings) {
    if (binding.kind === "inherit") {
      if (path.length === 0) for (const name of binding.names) taken.add(nameText(name));
      continue;
    }
    const names = binding.path.map(nameText);
    if (!names.slice(0, path.length).every((name, i) => name === path[i])) continue;
    if (names.length <= path.length) {
      if (binding.value.kind === "attrset") addNames(binding.value.bindings, path.slice(names.length), offset, taken);
      continue;
    }
    const isHere = binding.start <= offset && offset < binding.end;
    if (!isHere && names.length === path.length + 1) taken.add(names[path.length] ?? "");
  }
}

/** The end of the last code before an offset, over blanks and comments. */
function endOfCodeBefore({ text, comments }: SourceFile, offset: number): number {
  let end = offset;
  for (;;) {
    while (end > 0 && /\s/.test(text[end - 1] ?? "")) end--;
    const comment = comments.find((one) => one.end === end && one.start < end);
    if (comment === undefined) return end;
    end = comment.start;
  }
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
