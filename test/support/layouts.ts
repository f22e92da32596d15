// What tests of layouts ask of a model: which files make up each host, and whether edits are followed.
import assert from "node:assert/strict";
import type { Model } from "../../server/src/core/workspace/model.js";
import { fixtureFiles } from "./fixture.js";
import { definitionTexts, modelOf } from "./model.js";

/** `<platform> <host>: <files>`, without the file that declares it. */
export function hostFiles(model: Model): string[] {
  return model.hosts
    .filter(({ kind, platform }) => kind === "host" && platform !== "flake")
    .map(({ platform, name, files }) => `${platform} ${name}: ${files.slice(1).join(" ")}`);
}

/** Edits each file of a fixture in turn: what the model then holds is what one made afresh does. */
export async function followsEdits(text: string): Promise<void> {
  const files = fixtureFiles(text);
  let last = await modelOf(files);
  for (const [path, old] of files) {
    const edited = new Map(files).set(path, `\n${old.replace(/= \d+;/g, "= 77;")}`);
    last = await modelOf(edited, { previous: last });
    const fresh = await modelOf(edited);
    assert.deepEqual(definitionTexts(last), definitionTexts(fresh), path);
    assert.deepEqual(
      last.definitions.map(({ range }) => range),
      fresh.definitions.map(({ range }) => range),
      path,
    );
  }
}
