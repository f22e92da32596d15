// What lowering makes of an expression is what Nix reads in it: printed again with all parentheses, it means the same.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadParser } from "../support/analysis.js";
import { hasNix, printedByNix } from "../support/nix.js";
import { meaningOf } from "../support/nixMeaning.js";
import { printNix } from "../support/printNix.js";

const GAPS = [" ", " ", " ", "\n  ", " /* } */ ", " # ]\n", "\t", "\r\n"];
const NAMES = ["a", "b", "x'", "foo-bar", "_c", "or-not", "null"];
const OPERATORS = ["+", "-", "*", "/", "++", "//", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->"];
/** These do not chain: `a == b == c` is an error. */
const SINGLE = new Set(["==", "!=", "<", "<=", ">", ">="]);
const LITERALS = [
  "0",
  "42",
  "1.5",
  ".25e-3",
  "3.",
  '"s"',
  '"a\\n${x}\\"b"',
  "''\n  i\n    ${y}j\n''",
  "''k''",
  "http://h.i/?j=k",
  "./p",
  "p/q.r",
  "./p/${x}/q",
  "/s",
  "~/t",
  "<u/v>",
  "__curPos",
  "[ ]",
  "{ }",
  '"$$${x}"',
  "''$${x}'a''",
];

type Text = fc.Arbitrary<string>;

/** Pieces with random blanks and comments between them. */
function spaced(...pieces: Text[]): Text {
  return fc
    .tuple(
      fc.tuple(...pieces),
      fc.array(fc.constantFrom(...GAPS), { minLength: pieces.length, maxLength: pieces.length }),
    )
    .map(([texts, gaps]) => texts.map((text, i) => text + gaps[i]).join(""));
}
const word = (text: string): Text => fc.constant(text);

/** Expressions by how tightly they bind: `simple` can stand anywhere, `expr` only in parentheses or at the end. */
const { expr } = fc.letrec<
  Record<"expr" | "operation" | "call" | "select" | "simple" | "name" | "path" | "bindings" | "formals", string>
>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 5, depthIdentifier: "nix" },
    tie("operation"),
    spaced(word("if"), tie("expr"), word("then"), tie("expr"), word("else"), tie("expr")),
    spaced(word("assert"), tie("expr"), word(";"), tie("expr")),
    spaced(word("with"), tie("expr"), word(";"), tie("expr")),
    spaced(word("let"), tie("bindings"), word("in"), tie("expr")),
    fc.constantFrom("x: ", "x : ").chain((head) => tie("expr").map((body) => head + body)),
    spaced(tie("formals"), word(":"), tie("expr")),
    spaced(tie("formals"), word("@ args :"), tie("expr")),
    spaced(word("args @"), tie("formals"), word(":"), tie("expr")),
  ),
  operation: fc.oneof(
    { maxDepth: 5, depthIdentifier: "nix" },
    tie("call"),
    fc.array(fc.tuple(tie("call"), fc.constantFrom(...OPERATORS)), { minLength: 1, maxLength: 4 }).chain((chain) =>
      tie("call").map((last) => {
        let single = false;
        const parts = chain.map(([operand, operator]) => {
          const allowed = SINGLE.has(operator) && single ? "+" : operator;
          single ||= SINGLE.has(operator);
          return `${operand} ${allowed} `;
        });
        return parts.join("") + last;
      }),
    ),
    spaced(fc.constantFrom("!", "-"), tie("call")),
    spaced(tie("call"), word("?"), tie("path")),
  ),
  call: fc.oneof({ maxDepth: 5, depthIdentifier: "nix" }, tie("select"), spaced(tie("call"), tie("select"))),
  select: fc.oneof(
    { maxDepth: 5, depthIdentifier: "nix" },
    tie("simple"),
    spaced(tie("simple"), word("."), tie("path")),
    spaced(tie("simple"), word("."), tie("path"), word("or"), tie("select")),
    spaced(tie("simple"), word("or")),
  ),
  simple: fc.oneof(
    { maxDepth: 5, depthIdentifier: "nix" },
    fc.constantFrom(...NAMES, ...LITERALS),
    spaced(word("("), tie("expr"), word(")")),
    fc.array(tie("select"), { maxLength: 3 }).map((items) => `[ ${items.join(" ")} ]`),
    spaced(word("{"), tie("bindings"), word("}")),
    spaced(word("rec {"), tie("bindings"), word("}")),
    spaced(word("let {"), tie("bindings"), word("body = x; }")),
    tie("expr").map((inner) => `"a\${${inner}}b"`),
    tie("expr").map((inner) => `''\n  a\n   \${${inner}}b\n  ''`),
  ),
  name: fc.oneof(
    { maxDepth: 5, depthIdentifier: "nix" },
    fc.constantFrom("a", "b", "c-d", '"e f"', '"g\\th"'),
    tie("expr").map((inner) => `\${${inner}}`),
    tie("expr").map((inner) => `"h\${${inner}}"`),
  ),
  path: fc.array(tie("name"), { minLength: 1, maxLength: 3 }).map((names) => names.join(".")),
  // Every binding of a set has another name, since Nix refuses duplicates.
  bindings: fc.array(fc.tuple(tie("expr"), fc.nat({ max: 4 })), { maxLength: 3 }).map((values) =>
    values
      .map(([value, form], i) => {
        if (form === 0) return `inherit n${i};`;
        if (form === 1) return `inherit (${value}) n${i} "m ${i}";`;
        if (form === 2) return `n${i}.p."q r" = ${value};`;
        return `n${i} = ${value};`;
      })
      .join(" "),
  ),
  formals: fc
    .tuple(fc.array(fc.option(tie("expr"), { nil: undefined }), { maxLength: 3 }), fc.boolean())
    .map(([defaults, open]) => {
      const entries = defaults.map((value, i) => (value === undefined ? `f${i}` : `f${i} ? ${value}`));
      return `{ ${[...entries, ...(open ? ["..."] : [])].join(", ")} }`;
    }),
}));

/** In the scope of an unknown set, so that every name is defined as far as Nix can see. */
const inScope = (text: string) => `w: with w; ${text}`;

describe("the meaning of expressions against Nix", () => {
  let parser: NixParser;
  before(async function () {
    if (!(await hasNix())) this.skip();
    parser = await loadParser();
  });

  it("survives lowering and printing", async function () {
    this.timeout(240_000);
    const texts = fc.sample(expr, { numRuns: 800, seed: 3 });
    const wrong: { text: string; printed?: string | undefined }[] = [];
    let read = 0;
    for (let i = 0; i < texts.length; i += 40) await compare(texts.slice(i, i + 40));
    assert.deepEqual(wrong, []);
    assert.ok(read > 700, `Nix read only ${read}`);

    /** All at once; one by one where they differ or one is refused. */
    async function compare(batch: readonly string[]): Promise<void> {
      const printed = batch.map((text) => {
        const { root, problems } = parser.parse("x.nix", text);
        return root && problems.length === 0 ? printNix(root) : undefined;
      });
      const list = (items: readonly (string | undefined)[]) =>
        inScope(`[ ${items.map((t) => `(${t}\n)`).join("\n")} ]`);
      const theirs = await printedByNix(list(batch));
      const ours = theirs === undefined || printed.includes(undefined) ? undefined : await printedByNix(list(printed));
      const same = theirs !== undefined && ours !== undefined && meaningOf(parser, theirs) === meaningOf(parser, ours);
      if (same) read += batch.length;
      else if (batch.length === 1) {
        if (theirs !== undefined) wrong.push({ text: batch[0] ?? "", printed: printed[0] });
      } else {
        const middle = batch.length >> 1;
        await compare(batch.slice(0, middle));
        await compare(batch.slice(middle));
      }
    }
  });
});
