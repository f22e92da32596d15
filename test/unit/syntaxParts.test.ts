// The parts that parsing is made of: tokens, patched texts, string values, and finding a node.
import assert from "node:assert/strict";
import fc from "fast-check";
import { nodesAt } from "../../server/src/core/syntax/find.js";
import { Lexer } from "../../server/src/core/syntax/lexer.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { type Patch, PatchedText } from "../../server/src/core/syntax/patch.js";
import { indentedParts, quotedParts } from "../../server/src/core/syntax/strings.js";
import { loadParser } from "../support/analysis.js";
import { nixText } from "../support/nixText.js";

const BLANKS = /^[ \t\r\n\ufeff]*$/;

function tokens(text: string): string[] {
  const lexer = new Lexer(text);
  const found: string[] = [];
  for (let kind = lexer.next(); kind; kind = lexer.next()) found.push(`${kind} ${text.slice(lexer.start, lexer.end)}`);
  return found;
}

describe("tokens", () => {
  it("are cut as Nix cuts them", () => {
    const cut = (text: string) => tokens(text).map((token) => token.slice(token.indexOf(" ") + 1));
    assert.deepEqual(cut("a//b"), ["a", "//", "b"]);
    assert.deepEqual(cut("a/b"), ["a/b"]);
    assert.deepEqual(cut("a /b"), ["a", "/b"]);
    assert.deepEqual(cut("a/ b"), ["a", "/", "b"]);
    assert.deepEqual(cut("./a/${b}c"), ["./a/", "${", "b", "}", "c"]);
    assert.deepEqual(cut("x:y z: w"), ["x:y", "z", ":", "w"]);
    assert.deepEqual(cut("<nixpkgs/lib> a<b"), ["<nixpkgs/lib>", "a", "<", "b"]);
    assert.deepEqual(cut("f' a-b -1.5 .5 ..."), ["f'", "a-b", "-", "1.5", ".5", "..."]);
    assert.deepEqual(cut("a ||> b |> c"), ["a", "||", ">", "b", "|>", "c"]);
    assert.deepEqual(cut("# x\r1"), ["# x", "1"]);
  });

  it("have their text beside them where they are keywords or punctuation", () => {
    const lexer = new Lexer("inherit (a) inherited; \"b\" ''or'' ${c} 1 in");
    const found: string[] = [];
    for (let kind = lexer.next(); kind; kind = lexer.next()) if (lexer.token !== "") found.push(lexer.token);
    assert.deepEqual(found, ["inherit", "(", ")", ";", '"', '"', "''", "''", "${", "}", "in"]);
  });

  it("tell strings from code", () => {
    assert.deepEqual(tokens('"a${"b"}$${c" d'), [
      'stringOpen "',
      "stringText a",
      "interpolationOpen ${",
      'stringOpen "',
      "stringText b",
      'stringClose "',
      "interpolationClose }",
      "stringText $${c",
      'stringClose "',
      "word d",
    ]);
    assert.deepEqual(tokens("''a'''b''${c''\\n$${ ${ { } }'' d"), [
      "stringOpen ''",
      "stringText a'''b''${c''\\n$${ ",
      "interpolationOpen ${",
      "punctuation {",
      "punctuation }",
      "interpolationClose }",
      "stringClose ''",
      "word d",
    ]);
  });

  it("cover any text, with nothing but blanks between", () => {
    fc.assert(
      fc.property(fc.oneof(nixText(), fc.string({ unit: "grapheme" })), (text) => {
        const lexer = new Lexer(text);
        let position = 0;
        for (let kind = lexer.next(); kind; kind = lexer.next()) {
          assert.match(text.slice(position, lexer.start), BLANKS);
          assert.ok(lexer.end > lexer.start);
          if (lexer.token !== "") assert.equal(lexer.token, text.slice(lexer.start, lexer.end));
          position = lexer.end;
        }
        assert.match(text.slice(position), BLANKS);
      }),
    );
  });
});

describe("patched text", () => {
  it("maps each offset to the place that it came from", () => {
    const patched = new PatchedText("abcdef", [
      { start: 1, end: 1, text: "XY" },
      { start: 2, end: 4, text: "Z" },
    ]);
    assert.equal(patched.text, "aXYbZef");
    assert.equal(patched.aligned, false);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((offset) => patched.original(offset)),
      [0, 1, 1, 1, 2, 4, 5, 6],
    );
  });

  it("keeps order, and every character outside of patches", () => {
    const patches = fc
      .array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 4 }), fc.string({ maxLength: 3 })), { maxLength: 5 })
      .map((steps) => {
        const list: Patch[] = [];
        let position = 0;
        for (const [gap, length, text] of steps) {
          const start = position + gap;
          list.push({ start, end: start + length, text });
          position = start + length;
        }
        return { list, length: position + 3 };
      });
    fc.assert(
      fc.property(patches, ({ list, length }) => {
        const original = Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + i)).join("");
        const patched = new PatchedText(original, list);
        let before = 0;
        for (let i = 0; i <= patched.text.length; i++) {
          const place = patched.original(i);
          assert.ok(place >= before && place <= length);
          const c = patched.text.charAt(i);
          if (c >= "\u4e00") assert.equal(original.charAt(place), c);
          before = place;
        }
        assert.equal(patched.original(patched.text.length), length);
      }),
    );
  });
});

describe("string values", () => {
  const valueOf = (parts: ReturnType<typeof quotedParts>) =>
    parts.map((p) => (p.kind === "text" ? p.text : "$")).join("");
  const quoted = (text: string) => valueOf(quotedParts(text, [{ start: 0, end: text.length }]));
  const indented = (text: string) => valueOf(indentedParts(text, [{ start: 0, end: text.length }]));

  it("of quoted strings have their escapes resolved", () => {
    assert.equal(quoted('a\\n\\t\\r\\"\\\\\\${b}\\q'), 'a\n\t\r"\\${b}q');
    assert.equal(quoted("a\r\nb\rc"), "a\nb\nc");
    assert.equal(quoted("$$ $"), "$$ $");
  });

  it("of indented strings have their indentation stripped", () => {
    assert.equal(indented("\n  a\n    b\n\n  c\n"), "a\n  b\n\nc\n");
    assert.equal(indented("\n  a\n  "), "a\n");
    assert.equal(indented("  a\n b"), " a\nb");
    assert.equal(indented("\n\ta\n"), "\ta\n");
    assert.equal(indented("\n  a''\\n  b'''c''$d"), "a\nb''c$d");
    assert.equal(indented("\n  a\r\n  b"), "a\r\nb");
  });
});

describe("finding the nodes at an offset", () => {
  let parser: NixParser;
  before(async () => {
    parser = await loadParser();
  });

  function kindsAt(marked: string): string[] {
    const offset = marked.indexOf("│");
    return nodesAt(parser.parse("x.nix", marked.replace("│", "")), offset).map((node) => node.kind ?? "formal");
  }

  it("gives the innermost first", () => {
    assert.deepEqual(kindsAt("{ nix.sett│ings = 1; }"), ["name", "binding", "attrset"]);
    assert.deepEqual(kindsAt("{ a = f x│; }"), ["variable", "apply", "binding", "attrset"]);
    assert.deepEqual(kindsAt("{ a = [ 1 │ ]; }"), ["list", "binding", "attrset"]);
    assert.deepEqual(kindsAt('{ "a${b│}" = 1; }'), [
      "variable",
      "interpolation",
      "string",
      "dynamic",
      "binding",
      "attrset",
    ]);
    assert.deepEqual(kindsAt("{ a│, b }: a"), ["formal", "function"]);
    assert.deepEqual(kindsAt("{ inherit (x) y│; }"), ["name", "inherit", "attrset"]);
  });

  it("gives the half-typed binding where someone types", () => {
    assert.deepEqual(kindsAt("{ a = 1; nix.sett│ }"), ["name", "binding", "attrset"]);
    assert.deepEqual(kindsAt("{ nix.settings = { max│ }; }"), ["name", "binding", "attrset", "binding", "attrset"]);
  });

  it("gives nothing outside of code", () => {
    assert.deepEqual(kindsAt("# a│\n\n1"), []);
    assert.deepEqual(kindsAt("│"), []);
  });
});
