// Every rule's fix in every style of writing. Modules: the options of the rule's examples are written anew in each style,
// the rule's preferred fixes are taken, and real Nix judges: it reads the result, which means what the fixed example means
// and nothing else, and what the product says of it is what Nix says. Other texts: the examples as they are, with other
// line ends, blanks and comments.
import assert from "node:assert/strict";
import { RULES } from "../../server/src/core/rules/index.js";
import type { Rule } from "../../server/src/core/rules/rule.js";
import { type OpenedExample, openExample } from "../support/analysis.js";
import { dataOf, type Settled, settle } from "../support/applied.js";
import { evaluate, hasNix, type Kind, type NixResult, unreadable } from "../support/nix.js";
import { type Data, OPTION_STYLES } from "../support/optionStyles.js";
import { TEXT_STYLES } from "../support/textStyles.js";

/** One of so many styles is tried with each example, others with the next example. */
const SHARE = Number(process.env["STYLES_SHARE"] ?? 40);

interface Fixable {
  readonly rule: Rule;
  readonly title: string;
  readonly opened: OpenedExample;
  readonly settled: Settled;
}

/** A text before and after the rule's fixes, and what Nix is to say of the latter. */
interface Case {
  readonly name: string;
  readonly rule: string;
  readonly kind: Kind;
  readonly file: string;
  readonly before: string;
  readonly promised: unknown;
  readonly settled: Settled;
}

/** In order, without sets that are left empty: `settings = { }` is as good as none. */
function pruned(tree: unknown): unknown {
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return tree;
  const isEmpty = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  const entries = Object.entries(tree)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, pruned(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

/** `extra-experimental-features` and the like counted with the list they extend, as the daemon does. */
function joined(tree: unknown): unknown {
  const settings = { ...(at(tree, ["nix", "settings"]) as Record<string, unknown> | undefined) };
  for (const [name, more] of Object.entries(settings)) {
    const plain = name.replace(/^extra-/, "");
    const all = settings[plain];
    if (plain === name || !Array.isArray(all) || !Array.isArray(more)) continue;
    settings[plain] = [...all, ...more];
    delete settings[name];
  }
  const nix = at(tree, ["nix"]) as object | undefined;
  return nix ? { ...(tree as object), nix: { ...nix, settings } } : tree;
}

/** Each text once, evaluated as the kind says. */
async function evaluateTexts(texts: readonly { kind: Kind; text: string }[]): Promise<Map<string, NixResult>> {
  const keyed = new Map(texts.map((each) => [`${each.kind} ${each.text}`, each]));
  const results = await evaluate(
    [...keyed.values()].map(({ kind, text }) => ({ kind, files: new Map([["file.nix", text]]) })),
  );
  return new Map([...keyed.keys()].map((key, i) => [key, results[i] ?? { error: "no result" }]));
}

async function fixableExamples(): Promise<Fixable[]> {
  const found: Fixable[] = [];
  for (const rule of RULES)
    for (const example of rule.examples) {
      const opened = openExample(example);
      if (![...opened.marks.values()].some((marks) => marks.length > 0)) continue;
      const settled = await settle(opened, rule.id);
      if (settled.taken.length > 0) found.push({ rule, title: example.title, opened, settled });
    }
  return found;
}

const changedFiles = ({ opened, settled }: Fixable): string[] =>
  [...opened.files.keys()].filter(
    (file) => file.endsWith(".nix") && settled.files.get(file) !== opened.files.get(file),
  );

function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], tree);
}

/** Options of which the product says another value than Nix. */
function disagreements({ settled, file }: Case, tree: unknown): string[] {
  return settled.analysis.model.hosts
    .filter((host) => host.files.includes(file))
    .flatMap((host) =>
      host.definitions.flatMap((definition) => {
        const state = host.option(definition.attrPath);
        const said = state.state === "known" ? dataOf(state.value) : undefined;
        const truth = at(tree, definition.attrPath);
        if (said === undefined || truth === undefined || definition.inText) return [];
        if (JSON.stringify(pruned(said)) === JSON.stringify(pruned(truth))) return [];
        return [`${definition.attrPath.join(".")} is ${JSON.stringify(truth)}, not ${JSON.stringify(said)}`];
      }),
    );
}

/** Judges all cases at once; the problems of each that has any. */
async function judge(cases: readonly Case[]): Promise<string[]> {
  const results = await evaluateTexts(
    cases.map(({ kind, file, settled }) => ({ kind, text: settled.files.get(file) ?? "" })),
  );
  return cases.flatMap((each) => {
    const text = each.settled.files.get(each.file) ?? "";
    const result = results.get(`${each.kind} ${text}`);
    const problems = [...each.settled.problems];
    if (!result || "error" in result) problems.push(`Nix refuses it: ${result?.error}`);
    else {
      const [is, promised] = [result.value, each.promised].map((tree) => JSON.stringify(pruned(joined(tree))));
      if (each.settled.problems.length === 0 && is !== promised) problems.push(`is ${is}\nnot ${promised}`);
      if (each.kind === "module") problems.push(...disagreements(each, result.value));
    }
    return problems.length === 0 ? [] : [`${each.name}\n${each.before}\n=>\n${text}\n${problems.join("\n")}`];
  });
}

function assertNone(problems: readonly string[], what: string): void {
  const message = `${problems.length} of ${what}:\n\n${problems.slice(0, 5).join("\n\n")}`;
  assert.equal(problems.length, 0, message);
}

describe("fixes in every style of writing, judged by Nix", () => {
  let examples: readonly Fixable[] = [];
  before(async function () {
    this.timeout(60_000);
    if (!(await hasNix())) this.skip();
    examples = await fixableExamples();
  });

  it("modules written anew", async () => {
    const modules = examples.flatMap((example) =>
      changedFiles(example)
        .filter((file) => file !== "flake.nix" && !/\bimports\b/.test(example.opened.files.get(file) ?? ""))
        .map((file) => ({
          example,
          file,
          before: example.opened.files.get(file) ?? "",
          after: example.settled.files.get(file) ?? "",
        })),
    );
    const trees = await evaluateTexts(
      modules.flatMap(({ before, after }) => [before, after].map((text) => ({ kind: "module" as const, text }))),
    );
    const written: {
      name: string;
      module: (typeof modules)[number];
      before: string;
      options: unknown;
      promised: unknown;
    }[] = [];
    for (const [i, module] of modules.entries()) {
      const [was, is] = [module.before, module.after].map((text) => trees.get(`module ${text}`));
      if (!was || !is || "error" in was || "error" in is) continue;
      for (const [k, style] of OPTION_STYLES.entries()) {
        if ((i + k) % SHARE > 0) continue;
        const before = style.write(was.value as Data);
        const name = `${module.example.rule.id}, "${module.example.title}", ${style.name}`;
        if (before !== undefined) written.push({ name, module, before, options: was.value, promised: is.value });
      }
    }
    const meant = await evaluateTexts(written.map(({ before }) => ({ kind: "module", text: before })));
    const cases: Case[] = [];
    const silent = new Map<string, number>();
    const unwritable: string[] = [];
    let spoke = 0;
    let taken = 0;
    for (const { name, module, before, options, promised } of written) {
      const result = meant.get(`module ${before}`);
      const { opened, rule } = module.example;
      // What the style adds, like a host's name, is there before and after.
      const added = result && "value" in result ? beyond(result.value, options) : undefined;
      if (added === undefined) {
        unwritable.push(`${name}\n${before}\n${result && "error" in result ? result.error : ""}`);
        continue;
      }
      const settled = await settle({ ...opened, files: new Map(opened.files).set(module.file, before) }, rule.id);
      if (settled.spoke > 0) spoke++;
      if (settled.taken.length === 0) {
        silent.set(rule.id, (silent.get(rule.id) ?? 0) + 1);
        if (settled.problems.length === 0) continue;
      }
      taken += settled.taken.length;
      cases.push({
        name,
        rule: rule.id,
        kind: "module",
        file: module.file,
        before,
        promised: { ...(promised as object), ...added },
        settled,
      });
    }
    console.log(
      `      ${modules.length} modules of ${new Set(modules.map(({ example }) => example.rule.id)).size} rules, ` +
        `${written.length} texts, the rule speaks in ${spoke}; ${cases.length} cases, ${taken} fixes`,
    );
    if (process.env["VERBOSE"]) console.log(silent, unwritable.length, unwritable.slice(0, 3).join("\n"));
    assertNone(await judge(cases), "fixes are wrong");
    assert.ok(
      unwritable.length < written.length / 50,
      `${unwritable.length} texts mean something else: ${unwritable[0]}`,
    );
    assert.ok(cases.length > 10_000 / SHARE, `only ${cases.length} cases`);
  }).timeout(600_000);

  it("examples with other line ends, blanks and comments", async () => {
    const texts = examples.flatMap((example) =>
      changedFiles(example).flatMap((file) =>
        [{ name: "as it is", change: (text: string) => text }, ...TEXT_STYLES].map((style) => ({
          name: `${example.rule.id}, "${example.title}", ${style.name}`,
          example,
          file,
          original: example.opened.files.get(file) ?? "",
          before: style.change(example.opened.files.get(file) ?? ""),
          promised: example.settled.files.get(file) ?? "",
        })),
      ),
    );
    const originals = await evaluateTexts(
      texts.map(({ original }) => ({ kind: likelyKind(original), text: original })),
    );
    const kindOf = (original: string): Kind | undefined => {
      const kind = likelyKind(original);
      return "value" in (originals.get(`${kind} ${original}`) ?? {}) ? kind : undefined;
    };
    const others = await evaluateTexts(
      texts.flatMap(({ original, before, promised }) => {
        const kind = kindOf(original);
        return kind ? [before, promised].map((text) => ({ kind, text })) : [];
      }),
    );
    const trees = new Map([...originals, ...others]);
    const bad = new Set(await unreadable([...new Set(texts.map(({ before }) => before))]));
    const cases: Case[] = [];
    const unjudged: { name: string; text: string }[] = [];
    const problems: string[] = [];
    let taken = 0;
    for (const { name, example, file, original, before, promised } of texts) {
      if (bad.has(before)) continue;
      const { opened, rule } = example;
      const settled = await settle({ ...opened, files: new Map(opened.files).set(file, before) }, rule.id);
      taken += settled.taken.length;
      if (settled.taken.length === 0) continue;
      const of = (kind: Kind, text: string): unknown => {
        const result = trees.get(`${kind} ${text}`);
        return result && "value" in result ? result.value : undefined;
      };
      const found = kindOf(original);
      const kind = found && of(found, promised) !== undefined ? found : undefined;
      const isSame = kind && JSON.stringify(of(kind, original)) === JSON.stringify(of(kind, before));
      if (isSame) cases.push({ name, rule: rule.id, kind, file, before, promised: of(kind, promised), settled });
      else {
        unjudged.push({ name, text: settled.files.get(file) ?? "" });
        if (settled.problems.length > 0) problems.push(`${name}\n${before}\n${settled.problems.join("\n")}`);
      }
    }
    console.log(
      `      ${texts.length} texts of ${new Set(examples.map(({ rule }) => rule.id)).size} rules; ` +
        `${cases.length} cases evaluated, ${unjudged.length} read, ${taken} fixes`,
    );
    problems.push(...(await judge(cases)));
    const broken = new Set(await unreadable(unjudged.map(({ text }) => text)));
    problems.push(
      ...unjudged.filter(({ text }) => broken.has(text)).map(({ name, text }) => `${name}\n${text}\nNix refuses it`),
    );
    assertNone(problems, "fixes are wrong");
    assert.ok(cases.length + unjudged.length > 1000, `only ${cases.length + unjudged.length} cases`);
  }).timeout(600_000);
});

/** What a style's module has beyond the options, by its first names; undefined if the options are not all in it. */
function beyond(tree: unknown, options: unknown): Record<string, unknown> | undefined {
  const entries = Object.entries(tree as object);
  const same = Object.fromEntries(entries.filter(([name]) => name in (options as object)));
  if (JSON.stringify(pruned(same)) !== JSON.stringify(pruned(options))) return undefined;
  return Object.fromEntries(entries.filter(([name]) => !(name in (options as object))));
}

/** How a text is most likely meant to be evaluated. */
function likelyKind(text: string): Kind {
  if (/^\w+: \w+:/.test(text)) return "overlay";
  return /^\{[^}]*\b(stdenv|rustPlatform|build\w+|python\w*)\b/.test(text) ? "package" : "module";
}
