// String literals mean what real Nix reads in them.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Expr, StringPart } from "../../server/src/core/syntax/ast.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadParser } from "../support/analysis.js";
import { evaluate, hasNix, type NixResult } from "../support/nix.js";

const PIECES = [
  "$",
  "$$",
  "{",
  "}",
  "'",
  "\\",
  " ",
  "  ",
  "\n",
  "\n  ",
  "\n    ",
  "\r\n",
  "\r",
  "\t",
  "a",
  "ä😀",
  "x y",
  "-",
  "${v}",
  "\\n",
  "\\t",
];
const QUOTED = [...PIECES, "\\\\", '\\"', "\\${", "\\r", "\\a", "''", "\\\n", "\\\r\n"];
const INDENTED = [...PIECES, "'''", "''$", "''\\n", "''\\t", "''\\$", "''\\'", "''\\\n", '"', "''${", "'$", "$''$"];

const CASES = [
  "''\n  a\n    b\n''",
  "''\n  a\n\n  b\n  ''",
  "''  a\n  b''",
  "''   \n  a''",
  "''\n\ta\n\tb''",
  "''\n  a\r\n  b\r\n''",
  "''\n  ${v}\n    ${v}\n  ''",
  "''${v}  \n  ''",
  "''\n    a\n  '' ",
  "''\n  a\n   ''",
  "''a''\\n  b''",
  "''\n  ''\\n  a\n''",
  "''$''",
  "''''$''",
  "''\n  $\n''",
  "''\n\n\n''",
  "''   ''",
  "''''",
  '""',
  '"$"',
  '"$$"',
  '"$${v}"',
  '"$$${v}"',
  '"\\${v}"',
  '"$\\{v}"',
  '"a\r\nb\rc"',
  '"a\\\r\nb"',
];

/** Literals that Nix reads: no early end, nothing that it rejects. */
function literals(parser: NixParser): string[] {
  const random = fc.sample(
    fc.oneof(
      fc.array(fc.constantFrom(...QUOTED), { maxLength: 14 }).map((pieces) => `"${pieces.join("")}"`),
      fc.array(fc.constantFrom(...INDENTED), { maxLength: 18 }).map((pieces) => `''${pieces.join("")}''`),
    ),
    { numRuns: 3000, seed: 8 },
  );
  const isWhole = (text: string) => {
    const { root, problems } = parser.parse("x.nix", text);
    return root?.kind === "string" && root.start === 0 && root.end === text.trimEnd().length && problems.length === 0;
  };
  return [...CASES, ...random.filter(isWhole)];
}

/** The text of a literal whose interpolations are all the variable `v`. */
function valueOf(root: Expr | undefined): string {
  assert.ok(root?.kind === "string");
  return root.parts.map((part: StringPart) => (part.kind === "text" ? part.text : "«V»")).join("");
}

describe("string literals against Nix", () => {
  let parser: NixParser;
  before(async function () {
    if (!(await hasNix())) this.skip();
    parser = await loadParser();
  });

  it("have the text that Nix gives them", async function () {
    this.timeout(240_000);
    const texts = literals(parser);
    assert.ok(texts.length > 1500);
    const inScope = (text: string) => `let v = "«V»"; in ${text}`;
    const results = await evaluate(
      texts.map((text) => ({ kind: "value", files: new Map([["default.nix", inScope(text)]]) })),
    );
    const wrong = texts.flatMap((text, i) => {
      const ours = valueOf(parser.parse("x.nix", text).root);
      const theirs: NixResult | undefined = results[i];
      if (theirs && "value" in theirs && theirs.value === ours) return [];
      return [{ text, ours, theirs }];
    });
    assert.deepEqual(wrong, []);
  });
});
