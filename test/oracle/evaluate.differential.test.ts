// Generated expressions, evaluated by real Nix and by ours: what we call known is what Nix computes.
// EVALUATE_SEED and EVALUATE_COUNT choose other and more expressions; NIXPKGS_LIB adds those that use lib.
import assert from "node:assert/strict";
import type { Value } from "../../server/src/core/evaluate/value.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadParser } from "../support/evaluate.js";
import { CASES } from "../support/evaluateCases.js";
import { hasNix } from "../support/nix.js";
import { answersOfNix, ourAnswer, REAL_LIB } from "../support/nixExpressions.js";
import { NixGenerator } from "../support/nixGenerator.js";
import { textExpressions, type Theme } from "../support/nixTexts.js";

const SEED = Number(process.env.EVALUATE_SEED ?? 20_261_123);
const COUNT = Number(process.env.EVALUATE_COUNT ?? 1500);
/** One in so many of those that we call errors is asked of Nix. */
const SAMPLE = 12;
/** Of the expressions that Nix evaluates, at least so many are to be known: silence is no proof. */
const KNOWN_SHARE = 0.98;

const UNKNOWNS = [
  { name: "u1", type: "int" },
  { name: "u2", type: "any" },
  { name: "u3", type: "attrs" },
  { name: "u4", type: "bool" },
  { name: "u5", type: "list" },
] as const;
/** Values the unknowns may have: whatever is known without them must hold with any of these. */
const WORLDS = [
  "1 1 { } true [ ]",
  '0 "a" { a = 2; foo = 1; } false [ 1 "b" ]',
  "64 { a.b = 1; } { a.b.c = 1; b = [ ]; } true [ { a = 1; } ]",
];

/** Themes of texts, with the share that is to be known: much of what regular expressions can say is left unknown. */
const TEXT_THEMES: Readonly<Record<Theme, number>> = {
  match: 0.8,
  split: 0.4,
  json: 0.85,
  toml: 0.95,
  versions: 1,
  substrings: 0.6,
  strings: 1,
  comparisons: 1,
  bindings: 1,
};

function generate(seed: number, count: number, options: ConstructorParameters<typeof NixGenerator>[1]): string[] {
  const generator = new NixGenerator(seed, options);
  return [...new Set(Array.from({ length: count }, () => generator.next()))];
}

function isError(value: Value): boolean {
  return value.kind === "unknown" && value.error === true;
}

describe("evaluation against real Nix", function () {
  this.timeout(600_000);
  let parser: NixParser;

  before(async function () {
    if (!(await hasNix())) this.skip();
    parser = await loadParser();
  });

  for (const lib of [false, true]) {
    it(`closed expressions ${lib ? "with lib" : "of the language and its builtins"} (seed ${SEED})`, async function () {
      if (lib && REAL_LIB === undefined) {
        console.log("      NIXPKGS_LIB names no folder with real nixpkgs lib: skipped");
        this.skip();
      }
      const ours = generate(SEED, COUNT, { lib }).map((expression) => ({
        expression,
        ...ourAnswer(parser, expression),
      }));
      // Each hard error costs processes to find.
      const asked = ours.filter(({ value }, i) => !isError(value) || i % SAMPLE === 0);
      const theirs = await answersOfNix(asked.map(({ expression }) => expression));
      let evaluated = 0;
      let known = 0;
      for (const [i, { expression, answer, value }] of asked.entries()) {
        if (answer !== undefined) assert.equal(answer, theirs[i], expression);
        if (theirs[i] === undefined) continue;
        evaluated++;
        if (answer !== undefined) known++;
        assert.ok(!isError(value), `called an error: ${expression}`);
      }
      assert.ok(evaluated > COUNT / 2, `only ${evaluated} expressions have a value`);
      assert.ok(known >= KNOWN_SHARE * evaluated, `${known} of ${evaluated} known`);
    });
  }

  for (const [theme, share] of Object.entries(TEXT_THEMES)) {
    it(`${theme}: texts that builtins and the language read (seed ${SEED})`, async () => {
      const ours = textExpressions(theme as Theme, SEED, COUNT / 4).map((expression) => ({
        expression,
        ...ourAnswer(parser, expression),
      }));
      // What is unknown to us is mostly an error of Nix's, which costs processes to find: only some of it is asked.
      const asked = ours.filter(({ answer }, i) => answer !== undefined || i % SAMPLE === 0);
      const theirs = await answersOfNix(asked.map(({ expression }) => expression));
      let missed = 0;
      for (const [i, { expression, answer, value }] of asked.entries()) {
        if (answer !== undefined) assert.equal(answer, theirs[i], expression);
        else if (theirs[i] !== undefined) {
          missed += SAMPLE;
          assert.ok(!isError(value), `called an error: ${expression}`);
        }
      }
      const known = ours.filter(({ answer }) => answer !== undefined).length;
      assert.ok(known >= share * (known + missed), `${known} known, about ${missed} missed`);
    });
  }

  it("the cases of the unit tests", async () => {
    const cases = Object.values(CASES)
      .flat()
      .filter(([text]) => !/<\||\|>|\.nix/.test(text) && (REAL_LIB !== undefined || !/lib/.test(text)));
    const theirs = await answersOfNix(cases.map(([text]) => text));
    for (const [i, [text, expected]] of cases.entries()) {
      const isError = typeof expected === "string" && expected.startsWith("<error");
      if (isError) assert.equal(theirs[i], undefined, text);
      else assert.equal(ourAnswer(parser, text).answer ?? theirs[i], theirs[i], text);
    }
  });

  it(`expressions with unknown parts hold whatever those are (seed ${SEED})`, async () => {
    const expressions = generate(SEED + 1, COUNT, { lib: REAL_LIB !== undefined, unknowns: UNKNOWNS });
    const names = UNKNOWNS.map(({ name }) => name);
    const asked = expressions
      .map((expression) => ({ expression, ...ourAnswer(parser, expression, names) }))
      .filter(({ answer, value }, i) => answer !== undefined || (isError(value) && i % SAMPLE === 0));
    assert.ok(asked.some(({ answer }) => answer !== undefined));
    for (const world of WORLDS) {
      const applied = asked.map(
        ({ expression }) => `((${names.map((name) => `${name}: `).join("")}${expression}) ${world})`,
      );
      const theirs = await answersOfNix(applied);
      for (const [i, { expression, answer }] of asked.entries()) {
        if (theirs[i] === undefined) continue;
        assert.equal(answer, theirs[i], `${expression} in the world ${world}`);
      }
    }
  });
});
