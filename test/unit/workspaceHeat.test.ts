import assert from "node:assert/strict";
import { heatOf } from "../../server/src/core/workspace/heat.js";
import { relevantOffsets } from "../../server/src/core/workspace/relevance.js";
import { loadParser } from "../support/analysis.js";

/** The places marked `⟦…⟧` in a text, and whether each is worth evaluating. */
async function heatAt(marked: string): Promise<readonly boolean[]> {
  const text = marked.replace(/[⟦⟧]/g, "");
  const heat = heatOf((await loadParser()).parse("default.nix", text), relevantOffsets(text));
  return [...marked.matchAll(/⟦([^⟧]*)⟧/g)].map(({ index, 1: inside = "" }) => {
    const start = marked.slice(0, index).replace(/[⟦⟧]/g, "").length;
    return heat.covers({ start, end: start + inside.length });
  });
}

describe("what of a file is worth evaluating", () => {
  it("is what names something build-related, and what stands for it", async () => {
    const text =
      "let jobs = ⟦{ max-jobs = 2; }⟧; other = ⟦{ a = 1; }⟧; both = ⟦jobs // other⟧; in { x = ⟦both⟧; y = ⟦other⟧; }";
    assert.deepEqual(await heatAt(text), [true, false, true, true, false]);
  });

  it("is what a variable of `with` stands for, and what goes through a function's arguments by its name", async () => {
    const text =
      "with rec { jobs = { max-jobs = 2; }; }; let f = { jobs }: { x = ⟦jobs⟧; }; in { a = ⟦jobs⟧; b = ⟦f { }⟧; }";
    assert.deepEqual(await heatAt(text), [true, true, true]);
  });

  it("is in generated files only what names it itself", async () => {
    const crates = Array.from({ length: 1500 }, (_, i) => `c${i} = rec { features = [ ]; used = features; };`).join(
      "\n",
    );
    const text = `{ first = rec { features = ⟦{ max-jobs = 1; }⟧; used = ⟦features⟧; };\n${crates} }`;
    assert.deepEqual(await heatAt(text), [true, false]);
  });
});
