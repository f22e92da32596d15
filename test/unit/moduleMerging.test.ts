// What becomes of the definitions of an option, as Nix has computed it.
import assert from "node:assert/strict";
import { mergingCases } from "../support/mergingCases.js";
import { jsonText, toldOptions } from "../support/moduleOracle.js";

describe("modules are merged as Nix does", () => {
  for (const { name, files, options } of mergingCases())
    it(name, async () => {
      const told = await toldOptions(
        files,
        options.map(({ path }) => path),
      );
      const found = options.map(({ path }, i) => [path.join("."), told[i]]);
      const wanted = options.map(({ path, state, real }) => [
        path.join("."),
        state === "known" ? { known: jsonText(real) } : state,
      ]);
      assert.deepEqual(found, wanted);
      assert.ok(found.length > 0);
    });
});
