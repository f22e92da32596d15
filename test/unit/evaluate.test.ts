// The language, builtins and lib as Nix has them. test/oracle/evaluate.differential.test.ts holds the same cases against real Nix.
import assert from "node:assert/strict";
import { evaluateWithLib } from "../support/evaluate.js";
import { CASES } from "../support/evaluateCases.js";

describe("evaluation of the language", () => {
  for (const [theme, cases] of Object.entries(CASES)) {
    describe(theme, () => {
      for (const [expression, expected] of cases)
        it(expression, async () => assert.deepEqual(await evaluateWithLib(expression), expected));
    });
  }
});
