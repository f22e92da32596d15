// What is made from tables in the code (manifest, schema, rule pages, README tables) is up to date.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

describe("generated files", () => {
  it("are what npm run generate makes", () => {
    const script = resolve(import.meta.dirname, "../../../scripts/generate.mjs");
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    assert.equal(`${stdout}${stderr}`, "");
    assert.equal(status, 0);
  });
});
