import assert from "node:assert/strict";
import fc from "fast-check";
import type { SourceFile } from "../../server/src/core/syntax/ast.js";
import { childrenOf, walk } from "../../server/src/core/syntax/find.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { contains } from "../../server/src/core/text/range.js";
import { loadParser } from "../support/analysis.js";
import { processorTime } from "../support/invariants.js";
import { printNix } from "../support/printNix.js";
import { editsOfText, nixText } from "../support/nixText.js";

let parser: NixParser;
before(async () => {
  parser = await loadParser();
});

function parse(text: string): SourceFile {
  return parser.parse("test.nix", text);
}

/** Broken text and what is left of it; `⚠` stands for what could not be read. */
const BROKEN: readonly (readonly [string, string])[] = [
  ["{ nix.settings. }", '{ "nix"."settings" = ⚠(); }'],
  ["{ a", '{ "a" = ⚠(); }'],
  ["{ a = 1 }", '{ "a" = 1; }'],
  ["{ a = ; b = 2; }", '{ "a" = ⚠(); "b" = 2; }'],
  ["{ a = lib.; b = 2; }", '{ "a" = ⚠(lib); "b" = 2; }'],
  ["{ max-jobs = 4 cores = 2; }", '{ "max-jobs" = 4; "cores" = 2; }'],
  ["{ a = { x = 1; } b = 2; c = 3; }", '{ "a" = { "x" = 1; }; "b" = 2; "c" = 3; }'],
  ["{ a = 1; b c = 2; d = 3; }", '{ "a" = 1; "b" = ⚠(); "c" = 2; "d" = 3; }'],
  ["{ a = 1; nix.settings = { b = 2; }; c. }", '{ "a" = 1; "nix"."settings" = { "b" = 2; }; "c" = ⚠(); }'],
  ["{ a = [ 1 2; b = 3; }", '{ "a" = [ (1) (2) ]; "b" = 3; }'],
  ["{ a = (1; b = 3; }", '{ "a" = 1; "b" = 3; }'],
  ["{ a = { x = 1; b = { y = 1; }; }", '{ "a" = { "x" = 1; "b" = { "y" = 1; }; }; }'],
  ["{\n  a = {\n    x = 1;\n\n  b = 2;\n}", '{ "a" = { "x" = 1; }; "b" = 2; }'],
  ["{\n  a = {\n    x = 1;\n    };\n  };\n  b = 2;\n}", '{ "a" = { "x" = 1; }; "b" = 2; }'],
  ["{ a = 1; }; b = 2; }", '{ "a" = 1; "b" = 2; }'],
  ["{ a = 1; ; b = 2; }", '{ "a" = 1; "b" = 2; }'],
  ["let a = 1; b. in { c = 2; }", '(let "a" = 1; "b" = ⚠(); in { "c" = 2; })'],
  ["let a = 1; { c = 2; }", '(let "a" = 1; in { "c" = 2; })'],
  ["{ pkgs }; { a = 1; }", '({ pkgs }: { "a" = 1; })'],
  ["{ pkgs, ...\n{ a = 1; }".replace("{ a", ": { a"), '({ pkgs, ... }: { "a" = 1; })'],
  ["{ config, lib pkgs, ... }: { a = 1; }", '({ config, lib, pkgs, ... }: { "a" = 1; })'],
  ['{ a = "foo; b = 2; c = "x"; }', '{ "a" = ⚠(); "b" = 2; "c" = "x"; }'],
  ['{ a = ";\n  b = 2; c = "x"; }', '{ "a" = ⚠(); "b" = 2; "c" = "x"; }'],
  ['{ a = "x${b; c = 2; }', '{ "a" = ⚠(b); "c" = 2; }'],
  ["{\n a = ''\n  foo\n ;\n b = ''\n  x\n ''; c = 1; }", '{ "a" = ⚠(); "b" = "x\\n"; "c" = 1; }'],
  ["{ a = 1; toString = }", '{ "a" = 1; "toString" = ⚠(); }'],
  ["{ inherit a b = 2; }", '{ inherit "a"; "b" = 2; }'],
];

describe("half-typed code", () => {
  for (const [text, left] of BROKEN)
    it(JSON.stringify(text), () => {
      const { root, problems } = parse(text);
      assert.equal(root && printNix(root), left);
      assert.notDeepEqual(problems, []);
      for (const { start, end } of problems) assert.ok(0 <= start && start <= end && end <= text.length);
    });

  it("keeps the bindings around the place where someone types, whatever was typed so far", () => {
    const before = "{ config, lib, pkgs, ... }:\n{\n  services.a = { enable = true; };\n  ";
    const after = '\n  nix.settings = {\n    max-jobs = 4;\n    "cores" = 2;\n  };\n}\n';
    const typed = "nix.gc = { automatic = lib.mkForce [ (x: y) ]; };";
    for (let i = 0; i <= typed.length; i++) {
      const { root } = parse(before + typed.slice(0, i) + after);
      const kept: string[] = [];
      if (root) walk(root, (node) => void (node.kind === "binding" && kept.push(node.path.map(nameOf).join("."))));
      for (const name of ["services.a", "enable", "max-jobs", "cores"])
        assert.ok(kept.includes(name), `${name} is lost after ${JSON.stringify(typed.slice(0, i))}: ${kept}`);
    }
  });

  function nameOf(name: { readonly kind: string; readonly text?: string }): string {
    return name.text ?? "?";
  }
});

describe("any text", function () {
  this.timeout(60_000);
  it("is parsed without failing, into nodes that lie in their parents", () => {
    fc.assert(
      fc.property(fc.oneof(nixText(), fc.string(), fc.string({ unit: "grapheme" })), (text) => {
        const { root, problems, comments } = parse(text);
        for (const range of [...problems, ...comments]) assert.ok(contains({ start: 0, end: text.length }, range));
        if (!root) return;
        assert.ok(contains({ start: 0, end: text.length }, root));
        walk(root, (node) => {
          assert.ok(node.start <= node.end);
          for (const child of childrenOf(node))
            assert.ok(
              contains(node, child),
              `${node.kind} ${node.start}-${node.end}, ${child.kind} ${child.start}-${child.end}`,
            );
        });
      }),
      { numRuns: 1500 },
    );
  });

  it("gives the same file after edits as when parsed afresh", () => {
    fc.assert(
      fc.property(nixText(), fc.array(editsOfText(), { minLength: 1, maxLength: 6 }), (start, edits) => {
        let file = parse(start);
        for (const edit of edits) {
          const text = edit(file.text);
          file = parser.parse("test.nix", text, file);
          assert.deepEqual(file, parse(text));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same file after an edit that an error before it led astray", () => {
    const broken = `"{i\n    j \${k{{{{max-jobs\n''{{{==...x}t"{<=`;
    const file = parser.parse("test.nix", broken, parse(broken.replace("{{{{max-jobs", "}")));
    const text = broken.replace('"{<=', '${"{<=');
    assert.deepEqual(parser.parse("test.nix", text, file), parse(text));
  });

  it("is parsed soon where thousands of operands are missing", () => {
    const text = `let x = a${" ++; b".repeat(6000)}; in x`;
    const time = processorTime(() => assert.ok(parse(text).problems.length > 0));
    assert.ok(time < 5000, `${time} ms`);
  });

  it("may be edited in more files at once than trees are kept", () => {
    let files = Array.from({ length: 40 }, (_, i) => parser.parse(`${i}.nix`, `{ a = ${i}; }`));
    for (let round = 0; round < 3; round++) {
      files = files.map((file) => parser.parse(file.path, file.text.replace(";", ` + ${round};`), file));
      for (const file of files) assert.deepEqual(file, parser.parse(file.path, file.text));
    }
  });
});
