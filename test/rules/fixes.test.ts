// Every fix of every finding of every example, under both profiles and all policies: its finding is gone, and no other
// rule has anything new to say.
import assert from "node:assert/strict";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { analyse, describeFinding, type OpenedExample, openExample } from "../support/analysis.js";

const SETTINGS: readonly Partial<Configuration>[] = [
  { confidenceProfile: "reviewed" },
  { confidenceProfile: "founding", policy: "strict" },
  { confidenceProfile: "founding", policy: "burst", memoryAccounting: "nominal" },
  { minimumConfidence: 0.3, policy: "strict" },
];

async function findingsOf(
  { machine }: OpenedExample,
  files: ReadonlyMap<string, string>,
  part: Partial<Configuration>,
) {
  const configuration = { ...DEFAULT_CONFIGURATION, ...part };
  return (await analyse({ files, machine, options: { configuration } })).findings;
}

function counts(findings: readonly Finding[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const { rule } of findings) result.set(rule, (result.get(rule) ?? 0) + 1);
  return result;
}

describe("fixes among all rules", () => {
  for (const [i, part] of SETTINGS.entries())
    it(`settle their finding and bring nothing new (${JSON.stringify(part)})`, async () => {
      let applied = 0;
      for (const rule of RULES)
        for (const example of rule.examples) {
          const opened = openExample(example);
          const before = await findingsOf(opened, opened.files, part);
          const had = counts(before);
          for (const finding of before)
            for (const fix of finding.fixes) {
              const files = new Map(opened.files);
              for (const file of new Set(fix.edits.map((edit) => edit.file)))
                files.set(
                  file,
                  applyEdits(
                    files.get(file) ?? "",
                    fix.edits.filter((edit) => edit.file === file),
                  ),
                );
              // Once the machine is declared, rules may speak that could not before.
              if (files.get("nix-build-budget.json") !== opened.files.get("nix-build-budget.json")) continue;
              const after = await findingsOf(opened, files, part);
              const has = counts(after);
              const where = `${rule.id}, "${example.title}", fix "${fix.title}" of ${describeFinding(finding, opened.files)}`;
              const report = `${where}\n${after.map((each) => describeFinding(each, files)).join("\n")}\n${[...files.values()].join("\n")}`;
              for (const [id, count] of has)
                assert.ok(count <= (had.get(id) ?? 0) - (id === finding.rule ? 1 : 0), `${id} is new after ${report}`);
              applied++;
            }
        }
      assert.ok(applied > 20, `only ${applied} fixes in run ${i}`);
    }).timeout(60_000);
});
