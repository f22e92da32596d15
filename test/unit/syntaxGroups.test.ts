import assert from "node:assert/strict";
import type { IsCold } from "../../server/src/core/syntax/groups.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { loadParser } from "../support/analysis.js";

const LONG = `# ${"x".repeat(250)}\n`;
const ALL: IsCold = () => true;

/** Texts whose sets and lists are long enough to be put off. */
const TEXTS: Readonly<Record<string, string>> = {
  set: `{ a = { ${LONG} b = 1; }; }`,
  "set of sets": `{ a = { ${LONG} b = { c = { ${LONG} d = [ 1 2 ]; }; }; }; e = 1; }`,
  "recursive set": `{ a = rec { ${LONG} b = c; c = 1; }; d = rec { ${LONG} }.e; }`,
  "attribute named like a keyword": `{ "rec" = { ${LONG} b = 1; }; a = { ${LONG} }; }`,
  list: `{ a = [ ${LONG} x (f y) ]; b = with p; [ ${LONG} q ] ++ [ ${LONG} or ]; }`,
  arguments: `{ a = f { ${LONG} b = 1; } { ${LONG} c = 2; }; d = g (rec { ${LONG} e = 1; }) rec { ${LONG} f = 1; }; h = mkIf x { ${LONG} }; }`,
  branches: `{ a = if { ${LONG} }.b then { ${LONG} c = 1; } else rec { ${LONG} d = 2; }; e = assert f { ${LONG} }; with { ${LONG} g = 1; }; g; }`,
  functions: `{ a = x: { ${LONG} b = x; }; c = { d }: { ${LONG} e = d; }; f = let g = 1; in { ${LONG} h = g; }; inherit ({ ${LONG} i = 1; }) i; }`,
  formals: `{ a = { x, y ? { ${LONG} z = 1; }, ... }: x; b = { ${LONG} c }@d: d; e = f@{ ${LONG} g }: g; }`,
  "operand and base": `{ a = { ${LONG} b = 1; } // { ${LONG} c = 2; }; d = { ${LONG} e = 1; }.e or 2; f = { ${LONG} } ? g; }`,
  "interpolated string": `{ a = "\${toString [ ${LONG} 1 ]}"; b = ''\${f { x = { ${LONG} }; }}''; "c\${d { e = [ ${LONG} ]; }}" = 1; }`,
  "brackets in strings and comments": `{ a = { ${LONG} b = "}"; c = ''{[''; cc = "{"; ccc = "["; /* } */ d = 1; # ]\n }; }`,
  "what the grammar lacks": `{ a = { ${LONG} f = { x, y, }: x |> y; g = a//b; h = ~/\${x}; }; i = { j, }: 1 |> k; }`,
  inherit: `{ a = { ${LONG} inherit b c; inherit (d) e; }; }`,
  "legacy let": `{ a = let { ${LONG} body = b; b = 1; }; }`,
  nul: `{ a = { ${LONG} b = "\0"; }; }`,
  crlf: `{\r\n  a = {\r\n    ${LONG.replace("\n", "\r\n")}    b = 1;\r\n  };\r\n}\r\n`,
};

/** Broken in or around them. */
const BROKEN: Readonly<Record<string, string>> = {
  "unclosed set": `{ a = { ${LONG} b = 1; c = { d = 2; }; e = 3; }`,
  "brackets that do not match": `{ a = { ${LONG} b = [ 1; }; c = 2 ]; }`,
  "unclosed string": `{ a = { ${LONG} b = "x; }; c = { ${LONG} d = 1; }; }`,
  "half-typed binding outside": `{ a = { ${LONG} b = 1; }; nix.settings. }`,
};

describe("groups that are put off", () => {
  let parser: NixParser;
  before(async () => {
    parser = await loadParser();
  });

  for (const [name, text] of Object.entries({ ...TEXTS, ...BROKEN }))
    it(`read the same: ${name}`, () => {
      assert.deepEqual(parser.parse("x.nix", text, undefined, ALL).root, parser.parse("x.nix", text).root);
    });

  it("read the same in the examples of all rules", () => {
    const befores = RULES.flatMap(({ examples }) => examples.map(({ before }) => before));
    for (const example of befores) {
      // Long enough; in strings it may break something, and that must be read the same too.
      const text = example.replaceAll(/[{[]\n/g, (bracket) => bracket + LONG);
      assert.deepEqual(parser.parse("x.nix", text, undefined, ALL).root, parser.parse("x.nix", text).root, text);
    }
  });

  it("are parsed only once somebody looks into them", () => {
    const text = `{ a = { ${LONG} b = ; }; c = 1; }`;
    assert.equal(parser.parse("x.nix", text).problems.length, 1);
    const { root, problems } = parser.parse("x.nix", text, undefined, ALL);
    assert.deepEqual(problems, []);
    assert.ok(root?.kind === "attrset");
    const [a] = root.bindings;
    assert.ok(a?.kind === "binding" && a.value.kind === "attrset");
    const [b] = a.value.bindings;
    assert.ok(b?.kind === "binding" && b.value.kind === "error");
  });

  it("are those that the caller says are cold, by what they are bound to", () => {
    const asked: string[] = [];
    parser.parse(
      "x.nix",
      `{ a.b = { ${LONG} }; c = [ ${LONG} ]; d = { }; e = f { ${LONG} }; g = x: { ${LONG} }; h = let i = 1; in rec { ${LONG} }; j = with k; { ${LONG} }; }`,
      undefined,
      (_, name) => {
        asked.push(name);
        return true;
      },
    );
    assert.deepEqual(asked, ["b", "c", "e"]);
  });

  it("stay shallow enough to be walked by recursion", () => {
    const depth = 3000;
    const text = `${"{ a = ".repeat(depth)}1${`; ${LONG}}`.repeat(depth)}`;
    let levels = 0;
    let expr = parser.parse("x.nix", text, undefined, ALL).root;
    while (expr?.kind === "attrset") {
      levels++;
      const [binding] = expr.bindings;
      expr = binding?.kind === "binding" ? binding.value : undefined;
    }
    assert.equal(expr?.kind, "error");
    assert.ok(levels <= 500, `${levels} levels`);
  });

  it("give the same after edits as a fresh parse", () => {
    let text = TEXTS["set of sets"] ?? "";
    let file = parser.parse("x.nix", text, undefined, ALL);
    for (const [from, to] of [
      ["d =", "dd ="],
      ["e = 1", "e = "],
      ["e = ", "e = 2"],
      ["b =", "b = }"],
      ["}", ""],
    ] as const) {
      text = text.replace(from, to);
      file = parser.parse("x.nix", text, file, ALL);
      assert.deepEqual(file, parser.parse("x.nix", text, undefined, ALL));
    }
  });
});
