// What holds of every analysis, whatever the texts are; and an analysis as plain data, to be compared with another.
import assert from "node:assert/strict";
import { type Analysis, type AnalyzeOptions, analyze } from "../../server/src/core/analyze.js";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { fixAll, type Outcome } from "../../server/src/core/findings/fixAll.js";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import type { Expr } from "../../server/src/core/syntax/ast.js";
import { applyEdits, type TextEdit } from "../../server/src/core/text/edit.js";
import type { TextRange } from "../../server/src/core/text/range.js";
import type { OptionState } from "../../server/src/core/workspace/model.js";
import { valueKey } from "../../server/src/core/workspace/registry.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { loadParser } from "./analysis.js";
import type { Pickers } from "./random.js";

export async function fuzzOptions(): Promise<AnalyzeOptions> {
  return {
    parser: await loadParser(),
    machine: parseMachineSpec("threads=8,memory=16GiB,network=1Gbit/s"),
    onRuleFailure: ({ rule, message }) => {
      throw new Error(`rule ${rule} failed: ${message}`);
    },
  };
}

/** Milliseconds of processor time that `work` takes; what else runs on the machine hardly counts. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Everything that an analysis points at lies in its texts, and every fix can be applied. */
export function assertSound(analysis: Analysis): void {
  const { snapshot, model, findings } = analysis;
  const inside = (file: string, { start, end }: TextRange, what: string): void => {
    const length = textOf(snapshot, file)?.length ?? 0;
    assert.ok(0 <= start && start <= end && end <= length, `${what}: ${start}-${end} in ${file} of ${length}`);
  };
  for (const finding of findings) {
    inside(finding.file, finding.range, finding.rule);
    for (const place of finding.related) inside(place.file, place.range, `${finding.rule}, related`);
    for (const fix of finding.fixes) {
      for (const edit of fix.edits) inside(edit.file, edit.range, `${finding.rule}, ${fix.title}`);
      for (const [file, edits] of byFile(fix.edits)) applyEdits(textOf(snapshot, file) ?? "", edits);
    }
  }
  for (const definition of model.definitions) {
    const { file, range, nameRange, valueRange, attrPath } = definition;
    for (const one of [range, nameRange, valueRange, definition.valueExpr ?? range])
      inside(file, one, attrPath.join("."));
  }
  for (const { file, range, name } of model.packages) inside(file, range, name);
  for (const { declaration, name } of model.hosts) inside(declaration.file, declaration.range, name);
  for (const source of model.sources.values()) {
    for (const part of [...source.comments, ...source.problems]) inside(source.path, part, "comment or problem");
    for (const expr of expressionsIn(source.root)) inside(source.path, expr, expr.kind);
  }
}

function* expressionsIn(root: Expr | undefined): Generator<TextRange & { readonly kind: string }> {
  const todo: unknown[] = [root];
  for (let node = todo.pop(); todo.length > 0 || node !== undefined; node = todo.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if ("start" in node && "end" in node && "kind" in node) yield node as never;
    for (const value of Object.values(node)) todo.push(value);
  }
}

/** All safe fixes at once break nothing, and a second time there is nothing to do. */
export function assertFixable(snapshot: Snapshot, options: AnalyzeOptions): void {
  const look = (texts: Snapshot): Outcome => {
    const { findings, model } = analyze(texts, options);
    return { findings, problems: (file) => model.sources.get(file)?.problems.length ?? 0 };
  };
  const before = look(snapshot);
  if (before.findings.length === 0) return;
  const fixed = fixAll(snapshot, look);
  const after = look(fixed.snapshot);
  for (const [file, text] of fixed.texts) {
    assert.ok(after.problems(file) <= before.problems(file), `the fixes break ${file}`);
    assert.equal(applyEdits(textOf(snapshot, file) ?? "", fixed.edits.get(file) ?? []), text);
  }
  assert.deepEqual([...fixAll(fixed.snapshot, look).texts], [], "fixed twice is not fixed once");
}

/** A fix taken at random breaks nothing, and does away with its finding: in broken code there may be another of the same words. */
export function assertFixes({ snapshot, model, findings }: Analysis, options: AnalyzeOptions, random: Pickers): void {
  const fixable = findings.filter(({ fixes }) => fixes.some(({ applicability }) => applicability !== "display-only"));
  if (fixable.length === 0) return;
  const finding = random.pick(fixable);
  const fix = random.pick(finding.fixes.filter(({ applicability }) => applicability !== "display-only"));
  const files = new Map(snapshot.files);
  for (const [file, edits] of byFile(fix.edits)) {
    const text = applyEdits(textOf(snapshot, file) ?? "", edits);
    files.set(file, { text, version: `fixed ${text}` });
  }
  const after = analyze({ ...snapshot, files }, options);
  const what = `${finding.rule}: ${fix.title}`;
  const count = (list: readonly Finding[]) =>
    list.filter(({ rule, message }) => rule === finding.rule && message === finding.message).length;
  let isWhole = true;
  for (const file of byFile(fix.edits).keys()) {
    const problems = (of: Analysis["model"]) => of.sources.get(file)?.problems.length ?? 0;
    assert.ok(!model.sources.has(file) || problems(after.model) <= problems(model), `${file} is broken by ${what}`);
    isWhole &&= problems(model) === 0;
  }
  assert.ok(!isWhole || count(after.findings) < count(findings), `the finding is there still after ${what}`);
}

/** Both analyses say the same, in the same order. */
export function assertSame(actual: Analysis, expected: Analysis, where: string): void {
  const [before, after] = [linesOf(expected), linesOf(actual)];
  if (before.join("\n") === after.join("\n")) return;
  const cut = (lines: readonly string[], sign: string) =>
    lines.map((line) => `${sign} ${line.slice(0, 600)}`).slice(0, 4);
  const missing = before.filter((line) => !after.includes(line));
  const wrong = after.filter((line) => !before.includes(line));
  const order = before.flatMap((line, i) => (line === after[i] ? [] : [`${line}\n@ ${after[i]}`])).slice(0, 1);
  const told = missing.length + wrong.length > 0 ? [...cut(missing, "-"), ...cut(wrong, "+")] : cut(order, "order");
  assert.fail(`${where}: not as a fresh analysis says\n${told.join("\n")}`);
}

/** What an analysis says, a line for each part: equal for equal analyses. */
function linesOf({ model, findings }: Analysis): string[] {
  const state = (option: OptionState): string =>
    option.state === "unset" ? "unset" : option.state === "known" ? valueKey(option.value) : option.reason;
  const line = (kind: string, part: unknown) => `${kind} ${JSON.stringify(part)}`;
  return [
    ...findings.map((finding) => line("finding", finding)),
    ...model.definitions.map((definition) => {
      const { file, range, nameRange, valueRange, attrPath, pathInFile, priority, conditional, platform } = definition;
      const hosts = definition.hosts.toSorted();
      const value = valueKey(definition.value);
      const told = { file, attrPath, range, nameRange, valueRange, pathInFile, priority, conditional, platform };
      return line("definition", { ...told, hosts, value });
    }),
    ...model.hosts.map((host) =>
      line("host", {
        name: host.name,
        kind: host.kind,
        platform: host.platform,
        files: host.files,
        declaration: host.declaration,
        definitions: host.definitions.length,
        settings: ["max-jobs", "cores", "substituters"].map((name) => state(host.setting(name))),
        options: [["zramSwap", "enable"], ["nix", "buildMachines"], ["swapDevices"]].map((path) =>
          state(host.option(path)),
        ),
      }),
    ),
    ...model.packages.map(({ name, file, range, builder, form, facts, hosts }) =>
      line("package", { name, file, range, builder, form, facts, hosts: hosts.map((host) => host.name) }),
    ),
    ...model.needs.toSorted().map((path) => line("needs", path)),
    ...[...model.sources].map(([path, { text }]) => line("source", [path, text.length])).toSorted(),
  ];
}

function textOf(snapshot: Snapshot, path: string): string | undefined {
  const file = snapshot.files.get(path);
  return file && "text" in file ? file.text : undefined;
}

function byFile(edits: readonly TextEdit[]): Map<string, TextEdit[]> {
  const files = new Map<string, TextEdit[]>();
  for (const edit of edits) files.set(edit.file, [...(files.get(edit.file) ?? []), edit]);
  return files;
}
