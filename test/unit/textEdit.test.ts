import assert from "node:assert/strict";
import fc from "fast-check";
import { applyEdits, editsOverlap, type TextEdit } from "../../server/src/core/text/edit.js";
import { LineIndex } from "../../server/src/core/text/lineIndex.js";
import { contains, sameLocation } from "../../server/src/core/text/range.js";

function edit(start: number, end: number, newText: string, file = "a.nix"): TextEdit {
  return { file, range: { start, end }, newText };
}

describe("text edits", () => {
  it("apply together, whatever their order", () => {
    const edits = [edit(6, 7, "2"), edit(0, 0, "# x\n"), edit(7, 8, "")];
    assert.equal(applyEdits("cores=1;", edits), "# x\ncores=2");
    assert.equal(applyEdits("cores=1;", edits.toReversed()), "# x\ncores=2");
  });

  it("may touch, but not overlap or begin at one place", () => {
    assert.ok(!editsOverlap(edit(0, 2, "x"), edit(2, 4, "y")));
    assert.ok(editsOverlap(edit(0, 3, "x"), edit(2, 4, "y")));
    assert.ok(editsOverlap(edit(1, 1, "x"), edit(1, 1, "y")));
    assert.ok(editsOverlap(edit(1, 1, "x"), edit(1, 3, "y")));
    assert.ok(!editsOverlap(edit(0, 3, "x"), edit(2, 4, "y", "b.nix")));
    assert.throws(() => applyEdits("abcd", [edit(0, 3, "x"), edit(2, 4, "y")]), RangeError);
  });

  it("must lie in the text", () => {
    for (const wrong of [edit(3, 9, ""), edit(-1, 0, ""), edit(2, 1, "")])
      assert.throws(() => applyEdits("abcd", [wrong]), RangeError);
  });
});

describe("line index", () => {
  it("knows every kind of line end", () => {
    const lines = new LineIndex("a\nb\r\nc\rd");
    assert.equal(lines.lineCount, 4);
    assert.deepEqual(
      [0, 1, 2, 3, 5, 7].map((offset) => lines.position(offset)),
      [
        { line: 0, character: 0 },
        { line: 0, character: 1 },
        { line: 1, character: 0 },
        { line: 1, character: 1 },
        { line: 2, character: 0 },
        { line: 3, character: 0 },
      ],
    );
  });

  it("keeps positions outside of the text at its edges", () => {
    const lines = new LineIndex("ab\ncd");
    assert.equal(lines.offset({ line: 0, character: 9 }), 3);
    assert.equal(lines.offset({ line: 9, character: 9 }), 5);
    assert.deepEqual(lines.position(99), { line: 1, character: 2 });
    assert.deepEqual(lines.position(-1), { line: 0, character: 0 });
  });

  it("gives each offset back from its position", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "ä", "😀", "\n", "\r\n", "\r")), (pieces) => {
        const text = pieces.join("");
        const lines = new LineIndex(text);
        for (let offset = 0; offset <= text.length; offset++)
          assert.equal(lines.offset(lines.position(offset)), offset);
      }),
    );
  });
});

describe("ranges", () => {
  it("contain themselves and what lies in them", () => {
    assert.ok(contains({ start: 1, end: 4 }, { start: 1, end: 4 }));
    assert.ok(contains({ start: 1, end: 4 }, { start: 4, end: 4 }));
    assert.ok(!contains({ start: 1, end: 4 }, { start: 0, end: 2 }));
  });

  it("are the same place only in the same file", () => {
    const range = { start: 0, end: 1 };
    assert.ok(sameLocation({ file: "a", range }, { file: "a", range: { ...range } }));
    assert.ok(!sameLocation({ file: "a", range }, { file: "b", range }));
    assert.ok(!sameLocation({ file: "a", range }, { file: "a", range: { start: 0, end: 2 } }));
  });
});
