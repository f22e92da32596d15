// Every fix of every rule's examples, alternatives too: real Nix reads the result, and a module that evaluated still does.
import assert from "node:assert/strict";
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { analyse, openExample } from "../support/analysis.js";
import { evaluate, hasNix, type NixCase, parseError } from "../support/nix.js";

interface Fixed {
  readonly name: string;
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

async function fixedExamples(): Promise<Fixed[]> {
  const all: Fixed[] = [];
  for (const rule of RULES)
    for (const example of rule.examples) {
      const { files, machine } = openExample(example);
      const configuration = { ...DEFAULT_CONFIGURATION, minimumConfidence: 0 };
      const { findings } = await analyse({ files, machine, options: { configuration } });
      for (const finding of findings)
        for (const fix of finding.fixes) {
          const after = new Map(files);
          for (const file of new Set(fix.edits.map((edit) => edit.file)))
            after.set(
              file,
              applyEdits(
                files.get(file) ?? "",
                fix.edits.filter((edit) => edit.file === file),
              ),
            );
          all.push({ name: `${rule.id}, "${example.title}", ${finding.rule}: ${fix.title}`, before: files, after });
        }
    }
  return all;
}

describe("fixes of the rules' examples, judged by Nix", () => {
  let fixed: readonly Fixed[] = [];
  before(async function () {
    if (!(await hasNix())) this.skip();
    fixed = await fixedExamples();
  });

  it("are read", async () => {
    const texts = new Map<string, string>();
    for (const { name, before, after } of fixed)
      for (const [path, text] of after)
        if (path.endsWith(".nix") && before.get(path) !== text) texts.set(text, `${name}\n${text}`);
    assert.ok(texts.size > 30, `only ${texts.size} fixed texts`);
    for (const [text, name] of texts) assert.equal(await parseError(text), undefined, name);
  });

  it("leave modules that evaluate", async () => {
    const modules = fixed.filter(
      ({ before }) => [...before.keys()].filter((path) => path.endsWith(".nix")).join() === "module.nix",
    );
    const module = (files: ReadonlyMap<string, string>): NixCase => ({
      kind: "module",
      files: new Map([["module.nix", files.get("module.nix") ?? ""]]),
    });
    const befores = await evaluate(modules.map(({ before }) => module(before)));
    const afters = await evaluate(modules.map(({ after }) => module(after)));
    let evaluated = 0;
    for (const [i, { name, after }] of modules.entries()) {
      const [was, is] = [befores[i], afters[i]];
      if (!was || !is || "error" in was) continue;
      evaluated++;
      assert.ok("value" in is, `${name}\n${after.get("module.nix")}\n${"error" in is ? is.error : ""}`);
    }
    assert.ok(evaluated > 20, `only ${evaluated} modules evaluate`);
  });
});
