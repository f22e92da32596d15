// Settings within text: nix.conf files, `nix.extraOptions`, NIX_CONFIG. Each line becomes a definition that points into the text.
import { settingReference } from "../../catalogue/lookup.js";
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import type { Value } from "../../evaluate/value.js";
import type { SourceFile, StringExpr, StringPart } from "../../syntax/ast.js";
import type { FilePath, TextRange } from "../../text/range.js";
import type { Sighting } from "../modules/collect.js";
import { withMachines } from "./machinesFile.js";
import { type ConfLine, parseNixConf, UNKNOWN_TEXT } from "./nixConf.js";
import { folderOf, joinPath } from "../paths.js";

/** A text with the places its characters come from. */
interface Traced {
  readonly text: string;
  /** Where a piece of the text stands in the file; undefined if it is not written there letter by letter. */
  locate(range: TextRange): TextRange | undefined;
  /** The file of the workspace whose path is interpolated at an offset. */
  fileAt?(offset: number): FilePath | undefined;
}

/** True if the option at this path holds nix.conf text. */
export function carriesConf(path: readonly string[]): boolean {
  const [first, second] = path;
  if (path.at(-1) === "NIX_CONFIG") return true;
  if (path.length === 2 && first === "nix") return second === "extraOptions";
  return path.length === 4 && first === "environment" && path[2] !== undefined && path[2].startsWith("nix/nix.");
}

/** The settings in an option's text. `open`: an unknown part may set anything. */
export function settingsInOption(carrier: Sighting, evaluator: Evaluator): { sightings: Sighting[]; open: boolean } {
  const { value, valueExpr, source } = carrier;
  const traced =
    valueExpr?.kind === "string" && source !== undefined
      ? traceString(valueExpr, source, value)
      : { text: value.kind === "string" ? value.value : UNKNOWN_TEXT, locate: () => undefined };
  const conf = parseNixConf(traced.text);
  const sightings: Sighting[] = [];
  for (const line of conf.lines) {
    if (line.kind !== "setting") continue;
    const range = traced.locate(line) ?? carrier.valueRange;
    sightings.push({
      ...carrier,
      range,
      nameRange: traced.locate(line.nameRange) ?? range,
      valueRange: traced.locate(line.valueRange) ?? range,
      valueExpr: undefined,
      attrPath: [...carrier.attrPath, line.name],
      pathInFile: [...carrier.pathInFile, line.name],
      mirror: carrier.mirror && { ...carrier.mirror, pathInFile: [...carrier.mirror.pathInFile, line.name] },
      value: lineValue(line, evaluator, traced.fileAt),
      site: undefined,
      inText: { carrier: carrier.attrPath, nixConf: true },
    });
  }
  return { sightings, open: conf.open };
}

/** The settings of a nix.conf file; files that it includes count at the place of the line. */
export function settingsInFile(file: FilePath, access: FileAccess, evaluator: Evaluator): Sighting[] {
  const sightings: Sighting[] = [];
  const read = (path: FilePath, above: readonly FilePath[]) => {
    const text = above.includes(path) || above.length > 16 ? undefined : access.text(path);
    if (typeof text !== "string") return;
    for (const line of parseNixConf(text).lines) {
      if (line.kind === "include") {
        const target = joinPath(folderOf(path), line.value);
        if (target !== undefined) read(target, [...above, path]);
      }
      if (line.kind !== "setting") continue;
      const sighting: Sighting = {
        file: path,
        range: { start: line.start, end: line.end },
        nameRange: line.nameRange,
        valueRange: line.valueRange,
        valueExpr: undefined,
        attrPath: ["nix.conf", line.name],
        pathInFile: [line.name],
        value: lineValue(line, evaluator),
        priority: 100,
        order: 1000,
        applies: "yes",
        prefix: [],
        wholes: [],
        submodule: undefined,
        site: undefined,
        source: undefined,
        inText: { carrier: ["nix.conf"], nixConf: true, line: lineAround(text, line) },
      };
      sightings.push(withMachines(sighting, access));
    }
  };
  read(file, []);
  return sightings;
}

function lineAround(text: string, { start, end }: TextRange): TextRange {
  const newline = text.indexOf("\n", end);
  return { start: text.lastIndexOf("\n", start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
}

/** The line's value as the setting's type reads it: a number, a boolean, a list of words; text where it does not fit. */
function lineValue(line: ConfLine, evaluator: Evaluator, fileAt?: Traced["fileAt"]): Value {
  const { name, value, known } = line;
  if (!known) return { ...evaluator.unknown("holds a part that is not known"), ...(fileAt && partsOf(line, fileAt)) };
  switch (settingReference(name)?.fact.type) {
    case "unsigned":
    case "signed":
    case "jobs":
    case "seconds":
    case "bytes":
      return numberOf(value) ?? evaluator.text(value);
    case "bool":
    case "sandbox":
      return /^(true|yes|1|false|no|0)$/.test(value)
        ? { kind: "bool", value: /^(true|yes|1)$/.test(value) }
        : evaluator.text(value);
    case "list":
      return {
        kind: "list",
        items: value
          .split(" ")
          .filter(Boolean)
          .map((word) => evaluator.of(evaluator.text(word))),
      };
    default:
      return evaluator.text(value);
  }
}

/** The line's value as text and unknown parts in turn. */
function partsOf({ value, valueRange }: ConfLine, fileAt: (offset: number) => FilePath | undefined) {
  const parts: (string | undefined)[] = [];
  const files: (FilePath | undefined)[] = [];
  let offset = valueRange.start;
  for (const piece of value.split(UNKNOWN_TEXT)) {
    if (parts.length > 0) {
      parts.push(undefined);
      files.push(fileAt(offset - 1));
    }
    parts.push(piece);
    files.push(undefined);
    offset += piece.length + 1;
  }
  return { parts, files };
}

const UNITS: Readonly<Record<string, bigint>> = { "": 0n, K: 10n, M: 20n, G: 30n, T: 40n };

/** A whole number, with the binary suffix that Nix 2.23 and later reads. */
function numberOf(text: string): Value | undefined {
  const match = text.match(/^(-?\d+)([KMGT]?)$/i);
  const unit = UNITS[match?.[2]?.toUpperCase() ?? ""];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  return { kind: "int", value: BigInt(match[1]) << unit };
}

/** Pieces of a string's value with the parts they come from. */
function traceString(expr: StringExpr, source: SourceFile, value: Value): Traced {
  const whole = value.kind === "string" ? value.value : undefined;
  const known = value.kind === "unknown" ? value.parts : undefined;
  const pieces: { start: number; end: number; part: StringPart }[] = [];
  let text = "";
  for (const [i, part] of expr.parts.entries()) {
    const start = text.length;
    if (part.kind === "text") text += part.text;
    else text += whole === undefined ? (known?.[i] ?? UNKNOWN_TEXT) : interpolated(expr.parts, i, whole, start);
    pieces.push({ start, end: text.length, part });
  }
  // The parts and the value disagree only if the value was not made by this expression.
  if (whole !== undefined && text !== whole) return { text: whole, locate: () => undefined };
  return {
    text,
    fileAt: (offset) => {
      const at = pieces.findIndex(({ start }) => start === offset);
      return value.kind === "unknown" ? value.files?.[at] : undefined;
    },
    locate(range) {
      const first = pieces.find((piece) => range.start < piece.end) ?? pieces.at(-1);
      const last = pieces.findLast((piece) => range.end > piece.start) ?? first;
      if (first === undefined || last === undefined) return undefined;
      const start =
        first.part.kind === "text" ? offsetIn(first.part, range.start - first.start, source) : first.part.start;
      const end = last.part.kind === "text" ? offsetIn(last.part, range.end - last.start, source) : last.part.end;
      return start === undefined || end === undefined || end < start ? undefined : { start, end };
    },
  };
}

/** What an interpolation gave, read off the whole text: up to where the next fixed part begins. */
function interpolated(parts: readonly StringPart[], index: number, whole: string, start: number): string {
  const next = parts[index + 1];
  if (next === undefined) return whole.slice(start);
  if (next.kind !== "text") return "";
  const isLast = index + 2 === parts.length;
  const end = isLast ? whole.length - next.text.length : whole.indexOf(next.text, start);
  return end < start ? "" : whole.slice(start, end);
}

/**
 * Offset in the file of a character of a part's text. Lines are looked up one after the other, since the indentation, the first
 * line break and the escapes of an indented string are not in its text. Undefined for a line that holds escapes.
 */
function offsetIn(part: StringPart & { kind: "text" }, offset: number, source: SourceFile): number | undefined {
  const written = source.text.slice(part.start, part.end);
  const column = offset - (part.text.lastIndexOf("\n", offset - 1) + 1);
  const target = part.text.slice(0, offset).split("\n").length - 1;
  let position = 0;
  for (const [i, line] of part.text.split("\n").entries()) {
    const found = lineIndex(written, line, position, i === 0);
    if (i === target) return found === undefined ? undefined : part.start + found + column;
    if (found !== undefined) position = found + line.length;
  }
  return undefined;
}

/** Where a line of the text begins in what is written, from `position` on: only blanks stand before it on its line. */
function lineIndex(written: string, line: string, position: number, isFirst: boolean): number | undefined {
  if (isFirst && written.startsWith(line)) return 0;
  for (let found = written.indexOf(line, position); found >= 0; found = written.indexOf(line, found + 1)) {
    const start = written.lastIndexOf("\n", found - 1) + 1;
    if (start > 0 && start >= position && written.slice(start, found).trim() === "") return found;
  }
  return undefined;
}
