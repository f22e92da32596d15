// Every rule's examples run: the finding at the markers, the fix gives `after`, `after` is clean, the rest is silent.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding, Fix } from "../../server/src/core/findings/finding.js";
import { RULES } from "../../server/src/core/rules/index.js";
import type { Example, Rule } from "../../server/src/core/rules/rule.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { analyse, describeFinding, type OpenedExample, openExample } from "../support/analysis.js";

const RULE_FILES = resolve(import.meta.dirname, "../../server/src/core/rules");

describe("rules", () => {
  it("the list names every file of the folder, in the order of the alphabet", () => {
    const files = readdirSync(RULE_FILES)
      .filter((name) => name.endsWith(".js") && name !== "index.js" && name !== "rule.js")
      .map((name) => name.slice(0, -".js".length));
    assert.deepEqual(
      RULES.map((rule) => rule.id),
      files.toSorted(),
    );
  });

  for (const rule of RULES) {
    describe(rule.id, () => {
      it("says what, why, when, at what risk, how to undo it and on what evidence", () => {
        assert.match(rule.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        const { evidence, ...texts } = rule.docs;
        for (const [name, text] of Object.entries(texts)) assert.ok(text.trim().length > 4, `docs.${name} is empty`);
        assert.ok(evidence.length > 0 && evidence.every((source) => source.text.trim() !== ""), "no evidence");
        for (const value of [rule.confidence, rule.claimedConfidence ?? 0])
          assert.ok(value >= 0 && value <= 1, "confidence outside 0-1");
        for (const id of rule.opposes ?? [])
          assert.ok(
            RULES.some((other) => other.id === id),
            `opposes an unknown rule ${id}`,
          );
      });
      for (const example of rule.examples) it(example.title, () => check(rule, example));
    });
  }
});

async function findingsOf(rule: Rule, { files, machine }: OpenedExample, example: Example): Promise<Finding[]> {
  // Shown whatever its confidence; an example's own configuration decides, where it says something about the rule.
  const configured = Object.keys((example.configuration?.rules as object | undefined) ?? {}).length > 0;
  const options = configured ? {} : { configuration: { ...(await defaults()), minimumConfidence: 0 } };
  const analysis = await analyse({ files, machine, options });
  return analysis.findings.filter((finding) => finding.rule === rule.id);
}

async function defaults() {
  return (await import("../../server/src/core/machine/configuration.js")).DEFAULT_CONFIGURATION;
}

async function check(rule: Rule, example: Example): Promise<void> {
  const opened = openExample(example);
  const findings = await findingsOf(rule, opened, example);
  const wanted = [...opened.marks].flatMap(([file, marks]) => marks.map((mark) => place(file, mark, opened.files)));
  assert.deepEqual(
    findings.map((finding) => place(finding.file, finding.range, opened.files)).toSorted(),
    wanted.toSorted(),
    findings.map((finding) => describeFinding(finding, opened.files)).join("\n") || "no finding",
  );
  const fixes = findings.flatMap((finding) => preferredOrFirst(finding.fixes) ?? []);
  assert.equal(fixes.length > 0, example.after !== undefined, "`after` and fixes must come together");
  if (example.after === undefined) return;
  const after = openExample(example, example.after);
  const edits = fixes.flatMap((fix) => fix.edits);
  const fixed = new Map(opened.files);
  for (const file of new Set(edits.map((edit) => edit.file)))
    fixed.set(
      file,
      applyEdits(
        fixed.get(file) ?? "",
        edits.filter((edit) => edit.file === file),
      ),
    );
  assert.deepEqual(Object.fromEntries(fixed), Object.fromEntries(after.files));
  const analysis = await analyse({ files: fixed, machine: opened.machine });
  for (const source of analysis.model.sources.values()) assert.deepEqual(source.problems, []);
  const left = await findingsOf(rule, after, example);
  assert.deepEqual(
    left.map((finding) => describeFinding(finding, after.files)),
    [],
    "the finding is still there after its fix",
  );
}

function place(file: string, range: { start: number; end: number }, files: ReadonlyMap<string, string>): string {
  return `${file}:${range.start}-${range.end} ${files.get(file)?.slice(range.start, range.end)}`;
}

function preferredOrFirst(fixes: readonly Fix[]): Fix | undefined {
  return fixes.find((fix) => fix.preferred) ?? fixes[0];
}
