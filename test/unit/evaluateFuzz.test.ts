// Broken and odd code: evaluating it, and looking into all that it gives, never throws and ends soon.
import assert from "node:assert/strict";
import { createEvaluator } from "../../server/src/core/evaluate/create.js";
import type { Evaluator } from "../../server/src/core/evaluate/evaluator.js";
import type { Value } from "../../server/src/core/evaluate/value.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { accessTo, loadParser } from "../support/evaluate.js";
import { NixGenerator } from "../support/nixGenerator.js";
import { pickers } from "../support/random.js";

const COUNT = 400;
const BOUNDS = { steps: 50_000, depth: 400 };
/** Microseconds of processor time, far above what any takes: only a hang fails, whatever else the machine does. */
const TOO_LONG = 5_000_000;

const SNIPPETS = [
  "{",
  "}",
  "(",
  "]",
  ";",
  "=",
  "let ",
  "rec ",
  "with x; ",
  "''",
  "${",
  "a.b",
  " // ",
  " or ",
  "?",
  "@",
  ": ",
  "lib.",
  "pkgs.f ",
];

/** Reads everything that a value holds, as walkers do. */
function visit(evaluator: Evaluator, root: Value): void {
  const seen = new Set<Value>();
  let budget = 2000;
  const look = (value: Value, depth: number): void => {
    if (depth > 20 || budget-- < 0 || seen.has(value)) return;
    seen.add(value);
    evaluator.json(value);
    if (value.kind === "attrs") for (const { thunk } of value.entries.values()) look(thunk.force(), depth + 1);
    if (value.kind === "list") for (const item of value.items) look(item.force(), depth + 1);
    if (value.kind === "attrs" || value.kind === "list") for (const more of value.rest ?? []) look(more, depth + 1);
    if (value.kind === "function") look(evaluator.open(value), depth + 1);
    if (value.kind !== "unknown") return;
    for (const thunk of value.inside ?? []) look(thunk.force(), depth + 1);
    for (const one of value.alternatives ?? []) look(one, depth + 1);
  };
  look(root, 0);
}

describe("evaluation of broken code", function () {
  this.timeout(120_000);
  let parser: NixParser;
  before(async () => {
    parser = await loadParser();
  });

  it(`holds for ${COUNT} mutated expressions`, () => {
    const generator = new NixGenerator(7, { lib: true, unknowns: [{ name: "config", type: "any" }] });
    const { below, pick } = pickers(7);
    for (let i = 0; i < COUNT; i++) {
      let text = `{ config, lib, pkgs, a ? 1, ... }@args: { x = ${generator.next()}; y = ${generator.next()}; }`;
      for (let change = below(4); change > 0; change--) {
        const at = below(text.length);
        if (below(3) === 0) text = text.slice(0, at) + text.slice(at + below(30));
        else if (below(2) === 0) text = text.slice(0, at) + pick(SNIPPETS) + text.slice(at);
        else text = text.slice(0, Math.max(at, text.length >> 1));
      }
      const evaluator = createEvaluator(accessTo(parser, { "main.nix": text }), BOUNDS);
      const started = process.cpuUsage();
      assert.doesNotThrow(() => visit(evaluator, evaluator.openFile("main.nix")), text);
      assert.ok(process.cpuUsage(started).user < TOO_LONG, text);
    }
  });

  it("holds for nesting of any depth", () => {
    const deep = 10_000;
    for (const text of [
      `${"[".repeat(deep)}${"]".repeat(deep)}`,
      `${"{ a = ".repeat(deep)}1${"; }".repeat(deep)}`,
      `${"(x: ".repeat(deep)}x${")".repeat(deep)}`,
      `${"1 + ".repeat(deep)}1`,
      `{ ${Array.from({ length: deep }, (_, i) => `a${i} = ${i};`).join(" ")} }`,
      `a${".b".repeat(deep)}`,
      `${"f ".repeat(deep)}x`,
      `${"let a = ".repeat(2000)}1${"; in a".repeat(2000)}`,
    ]) {
      const evaluator = createEvaluator(accessTo(parser, { "main.nix": text }), BOUNDS);
      assert.doesNotThrow(() => visit(evaluator, evaluator.openFile("main.nix")), text.slice(0, 40));
    }
  });

  it("holds for code that grows without end", () => {
    for (const text of [
      "let f = n: if n == builtins.currentTime then 1 else f (n + 1) + f (n + 2); in f 0",
      "let f = n: { a = f (n + 1); b = f (n + 2); }; in f 0",
      "let xs = xs ++ [ 1 ]; in xs",
      "rec { a = b // { x = 1; }; b = a; }",
      "lib: lib.foldl' (a: b: a // { ${toString b} = a; }) { } (lib.range 1 5000)",
      'let grow = n: s: if n == 0 then s else grow (n - 1) (s + s); in grow 100 "xxxx"',
      "builtins.genericClosure { startSet = [ { key = 0; } ]; operator = i: [ { key = i.key + 1; } ]; }",
      "let f = x: x x; in f f",
    ]) {
      const evaluator = createEvaluator(accessTo(parser, { "main.nix": text }), BOUNDS);
      const started = process.cpuUsage();
      assert.doesNotThrow(() => visit(evaluator, evaluator.openFile("main.nix")), text);
      assert.ok(process.cpuUsage(started).user < TOO_LONG, text);
    }
  });
});
