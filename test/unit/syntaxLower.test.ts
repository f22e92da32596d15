import assert from "node:assert/strict";
import type { Expr, SourceFile } from "../../server/src/core/syntax/ast.js";
import { walk } from "../../server/src/core/syntax/find.js";
import { MAX_DEPTH } from "../../server/src/core/syntax/lower.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadParser } from "../support/analysis.js";
import { printNix } from "../support/printNix.js";

let parser: NixParser;
before(async () => {
  parser = await loadParser();
});

function parse(text: string): SourceFile {
  return parser.parse("test.nix", text);
}

/** The root of a text that must be clean. */
function rootOf(text: string): Expr {
  const { root, problems } = parse(text);
  assert.deepEqual(problems, [], text);
  assert.ok(root, text);
  return root;
}

/** Nix text and the same with all parentheses. */
const MEANINGS: readonly (readonly [string, string])[] = [
  // Literals
  ["42", "42"],
  ["9223372036854775807", "9223372036854775807"],
  ["1.5e3", "1500.0"],
  [".5", "0.5"],
  ["https://example.org/a?b=c", '"https://example.org/a?b=c"'],
  ["a:b", '"a:b"'],
  ["<nixpkgs/lib>", "<nixpkgs/lib>"],
  ["./a/${b}.nix", "./a/${b}.nix"],
  ["~/x", "~/x"],
  ["/etc/nix", "/etc/nix"],
  ["a/b", "a/b"],
  ["__curPos", "__curPos"],
  ["[ 1 a (f x) ]", "[ (1) (a) ((f x)) ]"],
  ["[ a.b -1 ]".replace("-1", "(-1)"), '[ ((a."b")) ((- 1)) ]'],
  // Operators bind as in Nix
  ["a + b * c - d", "((a + (b * c)) - d)"],
  ["a ++ b ++ c", "(a ++ (b ++ c))"],
  ["a // b // c", "(a // (b // c))"],
  ["a -> b -> c", "(a -> (b -> c))"],
  ["!a && b || c", "(((! a) && b) || c)"],
  ["-a * b", "((- a) * b)"],
  ["a == b && c != d", "((a == b) && (c != d))"],
  ["a < b", "(a < b)"],
  ["f x.y z", '((f (x."y")) z)'],
  ["a ? b.c || d", '((a ? "b"."c") || d)'],
  ["a.b or c.d or e", '(a."b" or (c."d" or e))'],
  ["f -1", "(f - 1)"],
  ["{}//{}", "({  } // {  })"],
  ["a//b", "(a // b)"],
  ["(f x)//b.c//d", '((f x) // ((b."c") // d))'],
  // A variable named `or` binds to the operand before it
  ["[ f or ]", "[ ((f or)) ]"],
  ["f x or y", "((f (x or)) y)"],
  ["x or", "(x or)"],
  // Sets and names
  ["{ a.b = 1; }", '{ "a"."b" = 1; }'],
  ['{ "a b" = 1; "c\\"d" = 2; }', '{ "a b" = 1; "c\\"d" = 2; }'],
  ['{ ${x} = 1; "${y}" = 2; ${"z"} = 3; }', '{ ${x} = 1; ${"${y}"} = 2; "z" = 3; }'],
  ["rec { a = b; }", 'rec { "a" = b; }'],
  [
    '{ inherit a b; inherit (c.d) e "f"; inherit; }'.replace(" inherit; ", " "),
    '{ inherit "a" "b"; inherit ((c."d")) "e" "f"; }',
  ],
  ["{ a = 1; /* c */ inherit /* d */ x; # e\n }", '{ "a" = 1; inherit "x"; }'],
  ["let a = 1; in a", '(let "a" = 1; in a)'],
  ["let { a = 1; body = a; }", '(rec { "a" = 1; "body" = a; }."body")'],
  // Functions
  ["x: y: x", "(x: (y: x))"],
  ["{ a, b ? a, ... }@c: a", "(c@{ a, b ? a, ... }: a)"],
  ["c@{ a }: a", "(c@{ a }: a)"],
  ["{ }: 1", "({  }: 1)"],
  ["{ a, /* x */ b, # y\n ... }: 1", "({ a, b, ... }: 1)"],
  // Keywords
  ["if a then b else if c then d else e", "(if a then b else (if c then d else e))"],
  ["assert a; with b; c", "(assert a; (with b; c))"],
  // What the grammar does not know
  ["{ a, b, }: a", "({ a, b }: a)"],
  ["{ a, ..., }: a", "({ a, ... }: a)"],
  ["{ a, b, # (e.g., x)\n }: a", "({ a, b }: a)"],
  ["a |> b |> c", "((a |> b) |> c)"],
  ["a <| b <| c", "(a <| (b <| c))"],
  ["a |> (b |> c) |> d", "((a |> (b |> c)) |> d)"],
  ["(a |> b) |> c", "((a |> b) |> c)"],
  ["a -> b |> c || d |> e", "(((a -> b) |> (c || d)) |> e)"],
  ["x: a |> y: b |> c".replace("y: b", "(y: b)"), "(x: ((a |> (y: b)) |> c))"],
  ["~/${x}", "~/${x}"],
  ["# x\r1", "1"],
];

describe("lowering", () => {
  for (const [text, meaning] of MEANINGS)
    it(JSON.stringify(text), () => {
      assert.equal(printNix(rootOf(text)), meaning);
    });

  it("finds nothing in an empty or comment-only file", () => {
    for (const text of ["", " \n", "# x", "/* x */", "\uFEFF"]) assert.equal(rootIn(text), undefined, text);
  });

  it("reads no number that Nix cannot hold", () => {
    assert.equal(rootIn("9223372036854775808")?.kind, "error");
  });

  it("tells the style of strings and the form of paths", () => {
    const styles = ['"a"', "''a''", "a:b"].map((text) => rootOf(text));
    assert.deepEqual(
      styles.map((expr) => expr.kind === "string" && expr.style),
      ["quoted", "indented", "uri"],
    );
    const forms = ["./a", "a/b", "/a", "~/a", "~/${a}", "<a>"].map((text) => rootOf(text));
    assert.deepEqual(
      forms.map((expr) => expr.kind === "path" && expr.form),
      ["relative", "relative", "absolute", "home", "home", "search"],
    );
  });

  it("gives each node the range of its text", () => {
    const text = 'x: { a."b c".${d} = (f [ 1 ]); inherit (y) z; } // g.h or "i"';
    const spans: string[] = [];
    walk(rootOf(text), ({ start, end, kind }) => void spans.push(`${kind}:${text.slice(start, end)}`));
    assert.deepEqual(spans, [
      `function:${text}`,
      `binary:${text.slice(3)}`,
      'attrset:{ a."b c".${d} = (f [ 1 ]); inherit (y) z; }',
      'binding:a."b c".${d} = (f [ 1 ]);',
      "name:a",
      'name:"b c"',
      "dynamic:${d}",
      "variable:d",
      "apply:f [ 1 ]",
      "variable:f",
      "list:[ 1 ]",
      "integer:1",
      "inherit:inherit (y) z;",
      "variable:y",
      "name:z",
      'select:g.h or "i"',
      "variable:g",
      "name:h",
      'string:"i"',
      "text:i",
    ]);
  });

  it("keeps ranges where the text was changed for the grammar", () => {
    const text = "{a,b,}: a//b |> c";
    const spans: string[] = [];
    walk(rootOf(text), ({ start, end }) => void spans.push(text.slice(start, end)));
    assert.deepEqual(spans, [text, "a", "b", "a//b |> c", "a//b", "a", "b", "c"]);
  });

  it("collects all comments and none from strings", () => {
    const text = "# a\n{ /* b\n */ x = \"# c ${/* d */ y} # e\"; z = ''\n# f\n''; u = http://g/#h\n; } # i";
    assert.deepEqual(
      parse(text).comments.map((comment) => comment.text),
      ["# a", "/* b\n */", "/* d */", "#h", "# i"],
    );
  });

  it("has lines", () => {
    assert.deepEqual(parse("{\r\n  a = 1;\n}").lines.position(5), { line: 1, character: 2 });
  });

  function rootIn(text: string): Expr | undefined {
    const { root, problems } = parse(text);
    assert.deepEqual(problems, [], text);
    return root;
  }
});

describe("deep and long input", function () {
  this.timeout(60_000);
  const n = 10_000;
  const nested: Readonly<Record<string, string>> = {
    lists: "[".repeat(n) + "]".repeat(n),
    sets: `${"{a=".repeat(n)}1${";}".repeat(n)}`,
    parentheses: `${"(".repeat(n)}1${")".repeat(n)}`,
    arguments: `f${" x".repeat(n)}`,
    calls: `${"f (".repeat(n)}x${")".repeat(n)}`,
    sums: `1${"+1".repeat(n)}`,
    joins: `a${"++a".repeat(n)}`,
    minus: `${"-".repeat(n)}1`,
    strings: `${'"${'.repeat(n)}1${'}"'.repeat(n)}`,
    functions: `${"{ a, }: ".repeat(n)}1`,
    arrows: `${"x: ".repeat(n)}1`,
    withs: `${"with a; ".repeat(n)}1`,
    asserts: `${"assert a; ".repeat(n)}1`,
    conditions: `${"if a then b else ".repeat(n)}1`,
    lets: `${"let a=".repeat(n)}1${";in a".repeat(n)}`,
    selections: `a${".b".repeat(n)}`,
    pipes: `a${"|>b".repeat(n)}`,
    paths: `${"./a${".repeat(n)}b${"}".repeat(n)}`,
    names: `${"{${".repeat(n)}a${"}=1;}".repeat(n)}`,
    inherits: `${"{inherit (".repeat(n)}a${") b;}".repeat(n)}`,
  };
  for (const [name, text] of Object.entries(nested))
    it(`10,000 ${name}`, () => {
      const { root, problems } = parse(text);
      assert.deepEqual(problems, []);
      assert.ok(root);
      assert.ok(depthOf(root) <= MAX_DEPTH + 1);
    });

  for (const open of [
    "[",
    "{a=",
    "{",
    "(",
    '"${',
    "''${",
    "let a=",
    "if ",
    "a ? ",
    "([{",
    "{ a = [ 1; ",
    "{ a=1 ",
    "''",
    'a = "b\n',
  ])
    it(`10,000 open ${JSON.stringify(open)}`, () => {
      assert.notDeepEqual(parse(open.repeat(n)).problems, []);
    });
});

function depthOf(root: Expr): number {
  let deepest = 0;
  const open: [Expr, number][] = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [expr, depth] = next;
    deepest = Math.max(deepest, depth);
    walk(expr, (node) => {
      if (node === expr || !("kind" in node) || NOT_EXPRESSIONS.has(node.kind ?? "")) return true;
      open.push([node as Expr, depth + 1]);
      return false;
    });
  }
  return deepest;
}

const NOT_EXPRESSIONS = new Set(["text", "interpolation", "dynamic", "name", "binding", "inherit", ""]);
