// Whatever is typed: analysis gives an answer, fixes fit the text, and fixing twice is fixing once.
import assert from "node:assert/strict";
import fc from "fast-check";
import { analyze } from "../../server/src/core/analyze.js";
import { fixAll } from "../../server/src/core/findings/fixAll.js";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import { RULES } from "../../server/src/core/rules/index.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { applyEdits } from "../../server/src/core/text/edit.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { analyse, loadParser, openExample } from "../support/analysis.js";
import { snapshotOf } from "../support/fixture.js";
import { MODULE_STYLES } from "../support/moduleStyles.js";
import { PACKAGE_STYLES } from "../support/packageStyles.js";

const SEEDS: readonly ReadonlyMap<string, string>[] = [
  ...RULES.flatMap((rule) => rule.examples.map((example) => openExample(example).files)),
  ...[...MODULE_STYLES, ...PACKAGE_STYLES].map((style) => new Map([["module.nix", style.text]])),
];

const PIECES = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  "=",
  ".",
  '"',
  "''",
  "${",
  "#",
  "/*",
  "*/",
  "let",
  "in",
  "rec ",
  "with ",
  "inherit ",
  ":",
  "?",
  "//",
  "++",
  "-1",
  "0",
  "9223372036854775807",
  "null",
  "\r",
  "\u0000",
  "\uFEFF",
  "ü",
  "nix.settings.cores = 99;",
  "import ./module.nix",
  "lib.mkIf x ",
  "🙂",
];

const mutation = fc.record({
  seed: fc.nat(SEEDS.length - 1),
  cuts: fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom("", ...PIECES)), { minLength: 1, maxLength: 4 }),
});

function mutated({ seed, cuts }: { seed: number; cuts: readonly (readonly [number, number, string])[] }) {
  const files = new Map(SEEDS[seed] ?? []);
  for (const [at, length, piece] of cuts) {
    const [path, text] = [...files][at % files.size] ?? ["module.nix", ""];
    const start = at % (text.length + 1);
    files.set(path, text.slice(0, start) + piece + text.slice(start + length));
  }
  return files;
}

describe("analysis of whatever is typed", () => {
  let parser: NixParser;
  const look = (snapshot: Snapshot) => {
    const { findings, model } = analyze(snapshot, {
      parser,
      machine: parseMachineSpec("threads=8,memory=16GiB,network=1Gbit/s"),
      onRuleFailure: ({ rule, message }) => {
        throw new Error(`${rule}: ${message}`);
      },
    });
    return { findings, problems: (file: string) => model.sources.get(file)?.problems.length ?? 0 };
  };
  before(async () => {
    parser = await loadParser();
  });

  it("never throws, and its fixes fit the texts they are for", () => {
    fc.assert(
      fc.property(mutation, (change) => {
        const files = mutated(change);
        const { findings } = look(snapshotOf(files));
        for (const finding of findings) {
          const text = files.get(finding.file) ?? "";
          assert.ok(0 <= finding.range.start && finding.range.start <= finding.range.end);
          assert.ok(finding.range.end <= text.length, `${finding.rule} ends behind ${finding.file}`);
          for (const fix of finding.fixes)
            for (const file of new Set(fix.edits.map((edit) => edit.file)))
              applyEdits(
                files.get(file) ?? "",
                fix.edits.filter((edit) => edit.file === file),
              );
        }
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);

  it("fixes everything at once: a second time there is nothing to do", () => {
    fc.assert(
      fc.property(mutation, (change) => {
        const snapshot = snapshotOf(mutated(change));
        const before = look(snapshot);
        const first = fixAll(snapshot, look, { unsafe: true });
        const after = look(first.snapshot);
        for (const file of first.texts.keys()) assert.ok(after.problems(file) <= before.problems(file));
        for (const [file, text] of first.texts) {
          const original = snapshot.files.get(file);
          assert.equal(
            applyEdits(original && "text" in original ? original.text : "", first.edits.get(file) ?? []),
            text,
          );
        }
        assert.deepEqual([...fixAll(first.snapshot, look, { unsafe: true }).texts], []);
      }),
      { numRuns: 100 },
    );
  }).timeout(60_000);

  it("survives depth and size", async () => {
    const deep = `{ nix.settings.cores = 99; x = ${"[ ".repeat(10_000)}${"] ".repeat(10_000)}; y = ${"(".repeat(10_000)}1${")".repeat(10_000)}; z = ${"{ a = ".repeat(10_000)}1;${" };".repeat(10_000)} }`;
    const long = `{\n  nix.settings.cores = 99;\n${"  a.b = [ 1 2 3 ];\n".repeat(60_000)}}\n`;
    const chain = `{ nix.settings.cores = 99; x = ${"a // ".repeat(5_000)}b; y = ${"f ".repeat(5_000)}1; z = ${"x: ".repeat(5_000)}1; }`;
    for (const text of [deep, long, chain]) {
      const start = Date.now();
      await analyse({ files: new Map([["module.nix", text]]), machine: "threads=8,memory=16GiB" });
      assert.ok(Date.now() - start < 20_000, `${Date.now() - start} ms`);
    }
  }).timeout(90_000);

  it("survives a configuration of any text", () => {
    const values = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        '{"machines":{"(workspace)":{"threads":1,"memory":"1KiB"}}}',
        '{"machines":{"(workspace)":{"threads":100000,"memory":"1TiB"}}}',
        "[[[[",
      ),
    );
    fc.assert(
      fc.property(values, fc.nat(SEEDS.length - 1), (text, seed) => {
        look(snapshotOf(new Map([...(SEEDS[seed] ?? []), ["nix-build-budget.json", text]])));
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);
});
