// Text of nix-build-budget.json -> Configuration and problems. What is wrong is left out; the rest counts.
import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { TextRange } from "../text/range.js";
import { type Configuration, DEFAULT_CONFIGURATION, type PackageDeclaration, type RuleLevel } from "./configuration.js";
import type { Machine } from "./machine.js";
import { nearestName } from "../text/nearest.js";
import { CONFIGURATION, type Shape } from "./schema.js";
import { formatBytes, parseRate, parseSize } from "./size.js";

export interface ConfigurationProblem {
  readonly message: string;
  readonly range: TextRange;
}

export const CONFIGURATION_FILE = "nix-build-budget.json";

/** Deeper text is not parsed: the JSON parser recurses, and no right configuration is deeper than 5. */
const MAX_DEPTH = 100;

/**
 * `knownRules`: ids that `rules` may name; without it any name passes.
 * `below`: what counts where the text is silent or wrong; machines, packages, rules and exclude join.
 */
export function parseConfiguration(
  text: string,
  knownRules?: Iterable<string>,
  below = DEFAULT_CONFIGURATION,
): { configuration: Configuration; problems: ConfigurationProblem[] } {
  const problems: ConfigurationProblem[] = [];
  // The parser lets what does not end reach past the text.
  const within = (offset: number) => Math.max(0, Math.min(offset, text.length));
  const report: Report = ({ start, end }, message) =>
    problems.push({ message, range: { start: within(start), end: within(end) } });
  const root = parseText(text, report);
  const raw = (root && readValue(root, CONFIGURATION, "", report)) as RawConfiguration | undefined;
  if (root && raw) {
    checkRuleNames(root, knownRules, report);
    checkMachines(root, raw, report);
    checkPeaks(root, raw, report);
  }
  problems.sort((a, b) => a.range.start - b.range.start);
  return { configuration: configurationOf(raw ?? {}, below), problems };
}

type Report = (range: TextRange, message: string) => void;

function parseText(text: string, report: Report): Node | undefined {
  // A byte order mark becomes a space, so that offsets stay.
  const source = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
  const deep = tooDeepAt(source);
  if (deep !== undefined) {
    report({ start: deep, end: deep + 1 }, "Nested too deeply.");
    return undefined;
  }
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { allowTrailingComma: true });
  for (const { error, offset, length } of errors) {
    const start = Math.max(0, Math.min(offset, text.length - 1));
    report(
      { start, end: Math.min(text.length, start + Math.max(1, length)) },
      `Not valid JSON: ${SYNTAX_ERRORS[printParseErrorCode(error)] ?? "syntax error"}.`,
    );
  }
  return root;
}

const SYNTAX_ERRORS: Readonly<Record<string, string>> = {
  InvalidSymbol: "a name or text must stand in double quotes",
  InvalidNumberFormat: "not a number",
  PropertyNameExpected: "a key in double quotes is expected",
  ValueExpected: "a value is expected",
  ColonExpected: "a colon is expected",
  CommaExpected: "a comma is expected",
  CloseBraceExpected: "a closing brace is expected",
  CloseBracketExpected: "a closing bracket is expected",
  EndOfFileExpected: "nothing may follow the object",
  UnexpectedEndOfComment: "the comment does not end",
  UnexpectedEndOfString: "the text does not end",
  InvalidUnicode: "not a Unicode escape",
  InvalidEscapeCharacter: "not an escape",
  InvalidCharacter: "a character that must be escaped",
};

/** Offset of the first bracket past MAX_DEPTH. */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const token = text[scanner.getTokenOffset()];
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** The node's value with sizes in bytes and rates in bits per second; undefined, and a problem, where it does not fit. */
function readValue(node: Node, shape: Shape, name: string, report: Report): unknown {
  const wrong = (expected: string): undefined => {
    report(rangeOf(node), `${name ? `"${name}"` : "The file"} must be ${expected}.`);
  };
  switch (shape.kind) {
    case "object":
    case "map":
      return node.type === "object" ? readObject(node, shape, name, report) : wrong("an object");
    case "list":
      if (node.type !== "array") return wrong("a list");
      return (node.children ?? []).flatMap((child) => readValue(child, shape.items, name, report) ?? []);
    case "choice": {
      if (node.type === "string" && shape.values.includes(node.value)) return node.value;
      const near = typeof node.value === "string" ? nearestName(node.value, shape.values) : undefined;
      return wrong(`one of ${shape.values.join(", ")}${near ? ` (did you mean "${near}"?)` : ""}`);
    }
    case "text":
      if (node.type !== "string") return wrong("a text");
      if (shape.pattern && !new RegExp(shape.pattern).test(node.value))
        return wrong(`of the form "${shape.example ?? shape.pattern}"`);
      return node.value;
    case "boolean":
      return node.type === "boolean" ? node.value : wrong("true or false");
    case "integer":
    case "number":
      return inRange(node, shape) ? node.value : wrong(describeRange(shape));
    case "size": {
      const bytes = node.type === "number" ? node.value : node.type === "string" ? parseSize(node.value) : undefined;
      if (bytes === undefined || !Number.isSafeInteger(bytes) || bytes < 0)
        return wrong('a size such as "16GiB", or bytes');
      return bytes < (shape.minimum ?? 0) ? wrong("more than 0") : bytes;
    }
    case "rate":
      return (node.type === "string" ? parseRate(node.value) : undefined) ?? wrong('a rate such as "1Gbit/s"');
  }
}

function readObject(node: Node, shape: Shape & { kind: "object" | "map" }, name: string, report: Report): unknown {
  const result: Record<string, unknown> = Object.create(null);
  const seen = new Set<string>();
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    if (!keyNode) continue;
    const key = String(keyNode.value);
    if (seen.has(key)) report(rangeOf(keyNode), `"${key}" stands here twice; the last one counts.`);
    seen.add(key);
    delete result[key];
    const inner = shape.kind === "map" ? shape.values : Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (!inner) report(rangeOf(keyNode), unknownKey(key, name, shape));
    else if (valueNode) {
      const value = readValue(valueNode, inner, key, report);
      if (value !== undefined) result[key] = value;
    }
  }
  const required = shape.kind === "object" ? (shape.required ?? []) : [];
  const missing = required.filter((key) => !seen.has(key));
  if (missing.length > 0) {
    report(rangeOf(node), `"${name}" lacks ${missing.map((key) => `"${key}"`).join(" and ")}.`);
  }
  // An object without what it needs says nothing.
  return required.every((key) => result[key] !== undefined) ? result : undefined;
}

function unknownKey(key: string, name: string, shape: Shape & { kind: "object" | "map" }): string {
  const known = shape.kind === "object" ? Object.keys(shape.keys) : [];
  const near = nearestName(key, known);
  const where = name ? ` in "${name}"` : "";
  return `Unknown key "${key}"${where}${near ? `: did you mean "${near}"?` : `. Known: ${known.filter((k) => !k.startsWith("$")).join(", ")}.`}`;
}

type NumberShape = Shape & { kind: "integer" | "number" };

function inRange(node: Node, shape: NumberShape): boolean {
  if (node.type !== "number" || !Number.isFinite(node.value)) return false;
  const value: number = node.value;
  if (shape.kind === "integer" && !Number.isInteger(value)) return false;
  return value >= shape.minimum && value <= (shape.maximum ?? Infinity) && value < (shape.below ?? Infinity);
}

function describeRange({ kind, minimum, maximum, below }: NumberShape): string {
  const noun = kind === "integer" ? "a whole number" : "a number";
  if (below !== undefined)
    return minimum > 0 ? `${noun} above 0 and below ${below}` : `${noun} from 0 to below ${below}`;
  return maximum === undefined ? `${noun} of at least ${minimum}` : `${noun} from ${minimum} to ${maximum}`;
}

function checkRuleNames(root: Node, knownRules: Iterable<string> | undefined, report: Report): void {
  if (!knownRules) return;
  const known = new Set(knownRules);
  for (const property of findNodeAtLocation(root, ["rules"])?.children ?? []) {
    const key = property.children?.[0];
    if (!key || known.has(key.value)) continue;
    const near = nearestName(key.value, known);
    report(rangeOf(key), `No rule is named "${key.value}"${near ? `: did you mean "${near}"?` : "."}`);
  }
}

/** A reserve must leave something. */
function checkMachines(root: Node, raw: RawConfiguration, report: Report): void {
  for (const [host, machine] of Object.entries(raw.machines ?? {})) {
    const at = (key: string) => findNodeAtLocation(root, ["machines", host, "reserve", key]);
    const { threads, memory } = machine.reserve ?? {};
    const threadsNode = at("threads");
    if (threads !== undefined && threadsNode && threads >= machine.threads) {
      report(
        rangeOf(threadsNode),
        `The reserve takes all ${machine.threads} threads; at least one must be left for builds.`,
      );
    }
    const memoryNode = at("memory");
    if (memory !== undefined && memoryNode && memory >= machine.memory) {
      report(rangeOf(memoryNode), `The reserve takes all ${formatBytes(machine.memory)} of memory; builds need some.`);
    }
  }
}

function checkPeaks(root: Node, raw: RawConfiguration, report: Report): void {
  for (const [name, { peakMemory }] of Object.entries(raw.packages ?? {})) {
    const node = findNodeAtLocation(root, ["packages", name, "peakMemory", "p95"]);
    if (peakMemory && node && peakMemory.p95 < peakMemory.median) {
      report(rangeOf(node), `The 95th percentile is below the median, ${formatBytes(peakMemory.median)}.`);
    }
  }
}

function rangeOf(node: Node): TextRange {
  return { start: node.offset, end: node.offset + node.length };
}

/** What `readValue` gives for the table in schema.ts: sizes in bytes, rates in bits per second. */
interface RawConfiguration extends Partial<Omit<Configuration, "machines" | "packages" | "rules">> {
  readonly $schema?: string;
  readonly machines?: Readonly<Record<string, RawMachine>>;
  readonly packages?: Readonly<Record<string, RawPackage>>;
  readonly rules?: Readonly<Record<string, RuleLevel>>;
}
interface RawMachine {
  readonly threads: number;
  readonly threadsPerCore?: number;
  readonly memory: number;
  readonly zram?: { readonly size: number; readonly algorithm?: string; readonly ratio?: number };
  readonly swap?: number;
  readonly network?: number;
  readonly architecture?: string;
  readonly cudaCapabilities?: readonly string[];
  readonly nixVersion?: string;
  readonly reserve?: { readonly threads?: number; readonly memory?: number };
}
interface RawPackage {
  readonly class?: string;
  readonly peakMemory?: { readonly median: number; readonly p95: number };
  readonly measured?: boolean;
  readonly linkHeavy?: boolean;
  readonly alone?: boolean;
}

function configurationOf(raw: RawConfiguration, below: Configuration): Configuration {
  const { machines = {}, packages = {}, rules = {}, exclude = [], $schema: _, ...rest } = raw;
  const machineEntries = Object.entries(machines).map(([host, machine]) => [host, machineOf(host, machine)] as const);
  const packageEntries = Object.entries(packages).map(([name, pkg]) => [name, packageOf(pkg)] as const);
  return {
    ...below,
    ...rest,
    machines: new Map([...below.machines, ...machineEntries]),
    packages: new Map([...below.packages, ...packageEntries]),
    rules: new Map([...below.rules, ...Object.entries(rules)]),
    exclude: [...below.exclude, ...exclude],
  };
}

function machineOf(host: string, raw: RawMachine): Machine {
  return {
    threads: raw.threads,
    threadsPerCore: raw.threadsPerCore,
    memoryBytes: raw.memory,
    zram: raw.zram && { sizeBytes: raw.zram.size, algorithm: raw.zram.algorithm, ratio: raw.zram.ratio },
    swapBytes: raw.swap,
    networkBitsPerSecond: raw.network,
    architecture: raw.architecture,
    cudaCapabilities: raw.cudaCapabilities,
    nixVersion: raw.nixVersion,
    reserve: raw.reserve && { threads: raw.reserve.threads, memoryBytes: raw.reserve.memory },
    provenance: { kind: "declared", text: `"${host}" of ${CONFIGURATION_FILE}` },
  };
}

function packageOf({ peakMemory, ...rest }: RawPackage): PackageDeclaration {
  if (!peakMemory) return rest;
  const { median, p95 } = peakMemory;
  return { ...rest, peakMemory: { medianBytes: median, p95Bytes: Math.max(median, p95) } };
}
