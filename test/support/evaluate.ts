// Evaluates Nix texts without a disk: files are given as a record of path to text.
import { readFileSync } from "node:fs";
import { createEvaluator } from "../../server/src/core/evaluate/create.js";
import type { Bounds, Evaluator, FileAccess } from "../../server/src/core/evaluate/evaluator.js";
import type { Value } from "../../server/src/core/evaluate/value.js";
import { NixParser } from "../../server/src/core/syntax/parser.js";

export const BOUNDS: Bounds = { steps: 5_000_000, depth: 700 };

let loaded: Promise<NixParser> | undefined;

export function loadParser(): Promise<NixParser> {
  loaded ??= NixParser.load({
    runtime: readFileSync("node_modules/web-tree-sitter/web-tree-sitter.wasm"),
    grammar: readFileSync("node_modules/@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm"),
  });
  return loaded;
}

/** Folder listings of a set of files. */
function foldersOf(files: Readonly<Record<string, string>>): Map<string, Map<string, "regular" | "directory">> {
  const folders = new Map<string, Map<string, "regular" | "directory">>([["", new Map()]]);
  for (const file of Object.keys(files)) {
    const steps = file.split("/");
    for (let i = 0; i < steps.length; i++) {
      const folder = steps.slice(0, i).join("/");
      const entries = folders.get(folder) ?? new Map<string, "regular" | "directory">();
      entries.set(steps[i] ?? "", i === steps.length - 1 ? "regular" : "directory");
      folders.set(folder, entries);
    }
  }
  return folders;
}

export function accessTo(parser: NixParser, files: Readonly<Record<string, string>>): FileAccess {
  const folders = foldersOf(files);
  return {
    source: (path) => {
      const text = files[path];
      return text === undefined ? { missing: "absent", reason: `no file ${path}` } : parser.parse(path, text);
    },
    isFunction: (path) => parser.parse(path, files[path] ?? "").root?.kind === "function",
    text: (path) => files[path] ?? { missing: "absent", reason: `no file ${path}` },
    folder: (path) => folders.get(path),
  };
}

export interface Evaluated {
  readonly value: Value;
  readonly evaluator: Evaluator;
}

/** The value of one expression, which stands in `main.nix` beside other files. */
export async function evaluateText(
  text: string,
  files: Readonly<Record<string, string>> = {},
  bounds: Bounds = BOUNDS,
): Promise<Evaluated> {
  const parser = await loadParser();
  const evaluator = createEvaluator(accessTo(parser, { ...files, "main.nix": text }), bounds);
  return { value: evaluator.importFile("main.nix"), evaluator };
}

/** An expression's value as plain data, with `lib` in scope; the reason in angle brackets where it is not known. */
export async function evaluateWithLib(text: string, files: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { value, evaluator } = await evaluateText(`{ lib }: ${text}`, files);
  return shown(evaluator, evaluator.open(value));
}

/** Plain data, or `<reason>`; integers as numbers where they fit. */
export function shown(evaluator: Evaluator, value: Value): unknown {
  const data = evaluator.json(value);
  if (data === undefined)
    return value.kind === "unknown" ? `<${value.error ? "error: " : ""}${value.reason}>` : "<partly unknown>";
  return JSON.parse(
    JSON.stringify(data, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one)),
  ) as unknown;
}
