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

  it("reaches no variable of the same name in another scope", async () => {
    const text = `{
  a = rec { features = { max-jobs = [ ]; }; used = ⟦features⟧; };
  b = rec { features = { http = [ ]; }; used = ⟦features⟧; };
}`;
    assert.deepEqual(await heatAt(text), [true, false]);
  });

  it("reaches no attribute of a variable's name", async () => {
    const text =
      "let jobs = { max-jobs = 2; }; in { a = ⟦x.jobs⟧; b = ⟦{ jobs = 1; }⟧; c = ⟦{ inherit jobs; }⟧; d = ⟦jobs == 1⟧; }";
    assert.deepEqual(await heatAt(text), [false, false, true, true]);
  });
});
