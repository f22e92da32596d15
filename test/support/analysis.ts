// Whole analyses in tests: the parser loaded once, a workspace from one text, a machine from its specification.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Analysis, type AnalyzeOptions, analyze } from "../../server/src/core/analyze.js";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import type { Example } from "../../server/src/core/rules/rule.js";
import { NixParser } from "../../server/src/core/syntax/parser.js";
import type { TextRange } from "../../server/src/core/text/range.js";
import { fixtureFiles, snapshotOf } from "./fixture.js";

const require = createRequire(import.meta.url);

let parser: Promise<NixParser> | undefined;

export function loadParser(): Promise<NixParser> {
  parser ??= NixParser.load({
    runtime: readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammar: readFileSync(require.resolve("@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm")),
  });
  return parser;
}

export interface AnalysisInput {
  readonly files: ReadonlyMap<string, string>;
  /** `--machine` syntax. */
  readonly machine?: string;
  readonly options?: Partial<AnalyzeOptions>;
}

export async function analyse({ files, machine, options }: AnalysisInput): Promise<Analysis> {
  return analyze(snapshotOf(files), {
    parser: await loadParser(),
    onRuleFailure: ({ rule, message }) => {
      throw new Error(`rule ${rule} failed: ${message}`);
    },
    ...(machine === undefined ? {} : { machine: parseMachineSpec(machine) }),
    ...options,
  });
}

/** A text without its `⟦ ⟧` markers, and where they stood. */
export function withoutMarkers(text: string): { readonly text: string; readonly marks: readonly TextRange[] } {
  const marks: TextRange[] = [];
  const open: number[] = [];
  let plain = "";
  for (const part of text.split(/([⟦⟧])/)) {
    if (part === "⟦") open.push(plain.length);
    else if (part === "⟧") marks.push({ start: open.pop() ?? 0, end: plain.length });
    else plain += part;
  }
  return { text: plain, marks: marks.toSorted((a, b) => a.start - b.start) };
}

export interface OpenedExample {
  readonly files: ReadonlyMap<string, string>;
  readonly marks: ReadonlyMap<string, readonly TextRange[]>;
  readonly machine: string;
}

/** The workspace of a rule's example: `before` without markers, and nix-build-budget.json where it has one. */
export function openExample(example: Example, text = example.before): OpenedExample {
  const files = new Map<string, string>();
  const marks = new Map<string, readonly TextRange[]>();
  for (const [path, marked] of fixtureFiles(text)) {
    const plain = withoutMarkers(marked);
    files.set(path, plain.text);
    marks.set(path, plain.marks);
  }
  if (example.configuration) files.set("nix-build-budget.json", JSON.stringify(example.configuration, null, 2));
  return { files, marks, machine: example.machine ?? "threads=8,memory=16GiB" };
}

/** What an editor would show of a finding, for messages of failed tests. */
export function describeFinding(finding: Finding, files: ReadonlyMap<string, string>): string {
  const text = files.get(finding.file)?.slice(finding.range.start, finding.range.end);
  return `${finding.rule} at ${finding.file}:${finding.range.start} ⟦${text}⟧: ${finding.message}`;
}
