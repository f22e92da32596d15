// Expressions evaluated by real Nix and by ours, as comparable texts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvaluator } from "../../server/src/core/evaluate/create.js";
import type { Json, Thunk, Value } from "../../server/src/core/evaluate/value.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { accessTo, BOUNDS } from "./evaluate.js";
import { instantiate } from "./nix.js";

/** JSON with sorted keys and every digit, or undefined where there is no value: an error of Nix's, or unknown to us. */
export type Answer = string | undefined;

/** Where real nixpkgs' `lib` lies, to compare with; unset where it cannot be had. */
export const REAL_LIB = process.env.NIXPKGS_LIB;

const PRELUDE = REAL_LIB === undefined ? "" : `let lib = import ${REAL_LIB}/lib; in `;

/** Real Nix on closed expressions (with `lib` where it is there). Those that fail hard are found by halving. */
export async function answersOfNix(expressions: readonly string[]): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), "nix-expressions-"));
  try {
    const answers: Answer[] = [];
    for (let start = 0; start < expressions.length; start += 100)
      answers.push(...(await ask(join(folder, "all.nix"), expressions.slice(start, start + 100))));
    return answers;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(file: string, expressions: readonly string[]): Promise<Answer[]> {
  if (expressions.length === 0) return [];
  const guarded = expressions.map((e) => `(let v = ${e}; in builtins.tryEval (builtins.deepSeq v v))`);
  writeFileSync(file, `${PRELUDE}[\n${guarded.join("\n")}\n]`);
  try {
    const { stdout } = await instantiate(["--eval", "--strict", "--json", file]);
    // Integers beyond 2^53 keep their digits as text.
    const exact = stdout.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.])/g, (found) =>
      found.startsWith('"') ? found : `"#${found}"`,
    );
    const results = JSON.parse(exact) as { success: boolean; value: unknown }[];
    return results.map(({ success, value }) => (success ? canonical(value) : undefined));
  } catch {
    if (expressions.length === 1) return [undefined];
    const middle = expressions.length >> 1;
    return [...(await ask(file, expressions.slice(0, middle))), ...(await ask(file, expressions.slice(middle)))];
  }
}

export interface OurAnswer {
  readonly answer: Answer;
  readonly value: Value;
}

/** Ours on an expression that may name `lib` and `unknowns`, whose values it is not told. */
export function ourAnswer(parser: NixParser, expression: string, unknowns: readonly string[] = []): OurAnswer {
  const text = `lib: ${unknowns.map((name) => `${name}: `).join("")}${expression}`;
  const evaluator = createEvaluator(accessTo(parser, { "main.nix": text }), BOUNDS);
  const args: Thunk[] = [evaluator.lib, ...unknowns.map((name) => evaluator.unknown(name))].map(evaluator.of);
  const value = args.reduce((fn, argument) => evaluator.call(fn, argument), evaluator.importFile("main.nix"));
  const data = evaluator.json(value);
  return { answer: data === undefined ? undefined : canonical(data), value };
}

function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, one: Json) => {
    if (typeof one === "bigint") return Number.isSafeInteger(Number(one)) ? Number(one) : `#${one}`;
    if (one === null || typeof one !== "object" || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
