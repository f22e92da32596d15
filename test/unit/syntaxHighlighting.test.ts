import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

interface Pattern {
  readonly include?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly patterns?: readonly Pattern[];
}
interface Grammar {
  readonly scopeName: string;
  readonly patterns: readonly Pattern[];
  readonly repository: Readonly<Record<string, Pattern>>;
}
interface Manifest {
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly configuration?: string }[];
    readonly grammars: readonly { readonly language: string; readonly scopeName: string; readonly path: string }[];
  };
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(resolve(ROOT, path), "utf8")) as T;
}

const { languages, grammars } = read<Manifest>("package.json").contributes;

function allPatterns(pattern: Pattern): Pattern[] {
  return [pattern, ...(pattern.patterns ?? []).flatMap(allPatterns)];
}

for (const { language, scopeName, path } of grammars)
  describe(`the TextMate grammar of ${language}`, () => {
    const grammar = read<Grammar>(path);
    const rules = [...grammar.patterns, ...Object.values(grammar.repository)].flatMap(allPatterns);

    it("belongs to a language with a configuration", () => {
      assert.equal(grammar.scopeName, scopeName);
      const configuration = languages.find(({ id }) => id === language)?.configuration;
      assert.ok(configuration && existsSync(resolve(ROOT, configuration)));
    });

    it("includes what there is, and uses all of it", () => {
      const included = new Set(rules.flatMap(({ include }) => (include ? [include] : [])));
      assert.deepEqual(
        [...included].toSorted(),
        Object.keys(grammar.repository)
          .map((name) => `#${name}`)
          .toSorted(),
      );
    });

    it("has patterns that compile and consume something", () => {
      for (const { match, begin, end } of rules) {
        for (const pattern of [match, begin])
          if (pattern !== undefined) assert.ok(!new RegExp(`^(?:${pattern})$`).test(""), pattern);
        if (end !== undefined) assert.ok(new RegExp(end));
        assert.equal(begin === undefined, end === undefined);
      }
    });
  });

interface LanguageConfiguration {
  readonly brackets?: readonly (readonly [string, string])[];
  readonly wordPattern: string;
  readonly indentationRules?: {
    readonly increaseIndentPattern: string;
    readonly decreaseIndentPattern: string;
    readonly indentNextLinePattern: string;
  };
}

describe("the language configurations", () => {
  const nix = read<LanguageConfiguration>("syntaxes/nix.language-configuration.json");
  const conf = read<LanguageConfiguration>("syntaxes/nix-conf.language-configuration.json");

  it("keep the names of settings one word", () => {
    const words = (pattern: string, text: string) => [...text.matchAll(new RegExp(pattern, "g"))].map(String);
    assert.deepEqual(words(nix.wordPattern, "nix.settings.max-jobs = f' 1.5 ''foo''"), [
      "nix",
      "settings",
      "max-jobs",
      "f'",
      "1.5",
      "foo",
    ]);
    assert.deepEqual(words(conf.wordPattern, "max-jobs = auto # x"), ["max-jobs", "auto", "x"]);
  });

  it("indent what a line opens, and no more", () => {
    const { increaseIndentPattern, decreaseIndentPattern, indentNextLinePattern } =
      nix.indentationRules ?? assert.fail();
    const increase = new RegExp(increaseIndentPattern);
    for (const line of ["{", "  a = {", "  b = [ # c", "f = mkIf x (", "let", "  x = ''", '  "a b" = {'])
      assert.ok(increase.test(line), line);
    for (const line of ["a = 1;", "# {", "a = { b = 1; };", '"{"', "outlet"]) assert.ok(!increase.test(line), line);
    const decrease = new RegExp(decreaseIndentPattern);
    for (const line of ["}", "  ];", ") // x", "in", "in {", "  '';"]) assert.ok(decrease.test(line), line);
    for (const line of ["inherit a;", "inputs = 1;", "a }"]) assert.ok(!decrease.test(line), line);
    const next = new RegExp(indentNextLinePattern);
    assert.ok(next.test("  a.b ="));
    assert.ok(!next.test("  a ==") && !next.test("  a = b"));
  });
});
