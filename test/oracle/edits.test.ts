// Every edit in every style of writing, judged by real Nix: it reads the result, the promised value is there, and
// everything else is as before.
import assert from "node:assert/strict";
import { moveDefinition, removeDefinition, setOption, setOptions } from "../../server/src/core/edits/options.js";
import { edited, type Opened, open } from "../support/edited.js";
import { MODULE_STYLES } from "../support/moduleStyles.js";
import { evaluate, hasNix, type NixCase, type NixResult } from "../support/nix.js";

type Tree = { [name: string]: unknown };

interface Operation {
  readonly name: string;
  readonly apply: (opened: Opened) => string | undefined;
  readonly expected: (before: Tree) => Tree;
  /** Styles in which there is no safe place; everywhere else there must be one. */
  readonly refused?: RegExp;
}

function withValue(tree: Tree, path: readonly string[], value: unknown): Tree {
  const [name = "", ...rest] = path;
  return { ...tree, [name]: rest.length === 0 ? value : withValue((tree[name] as Tree) ?? {}, rest, value) };
}

function without(tree: Tree, path: readonly string[]): Tree {
  const [name = "", ...rest] = path;
  const { [name]: inner, ...others } = tree;
  if (rest.length === 0 || inner === undefined) return others;
  return { ...others, [name]: without(inner as Tree, rest) };
}

const settings = (name: string): readonly string[] => ["nix", "settings", name];

const OPERATIONS: readonly Operation[] = [
  {
    name: "replace max-jobs",
    apply: (o) => edited(o, setOption(o.host, settings("max-jobs"), "3")),
    expected: (before) => withValue(before, settings("max-jobs"), 3),
  },
  {
    name: "insert cores",
    apply: (o) => edited(o, setOption(o.host, settings("cores"), "2", o.definition("nix.settings.max-jobs"))),
    expected: (before) => withValue(before, settings("cores"), 2),
  },
  {
    name: "replace max-jobs and insert cores",
    apply: (o) =>
      edited(
        o,
        setOptions(o.host, [
          { path: settings("max-jobs"), value: '"auto"' },
          { path: settings("cores"), value: "2" },
        ]),
      ),
    expected: (before) => withValue(withValue(before, settings("max-jobs"), "auto"), settings("cores"), 2),
  },
  {
    name: "insert two settings and a list",
    apply: (o) =>
      edited(
        o,
        setOptions(
          o.host,
          [
            { path: settings("cores"), value: "2" },
            { path: settings("keep-going"), value: "true" },
            { path: settings("extra-sandbox-paths"), value: '[ "/a" ]' },
          ],
          o.definition("nix.settings.max-jobs"),
        ),
      ),
    expected: (before) =>
      withValue(
        withValue(withValue(before, settings("cores"), 2), settings("keep-going"), true),
        settings("extra-sandbox-paths"),
        ["/a"],
      ),
  },
  {
    name: "insert another option",
    apply: (o) =>
      edited(o, setOption(o.host, ["boot", "tmp", "cleanOnBoot"], "true", o.definition("nix.settings.max-jobs"))),
    expected: (before) => withValue(before, ["boot", "tmp", "cleanOnBoot"], true),
  },
  {
    name: "insert two sysctls",
    apply: (o) =>
      edited(
        o,
        setOptions(
          o.host,
          [
            { path: ["boot", "kernel", "sysctl", "vm.swappiness"], value: "180" },
            { path: ["boot", "kernel", "sysctl", "vm.page-cluster"], value: "0" },
          ],
          o.definition("nix.settings.max-jobs"),
        ),
      ),
    expected: (before) =>
      withValue(
        withValue(before, ["boot", "kernel", "sysctl", "vm.swappiness"], 180),
        ["boot", "kernel", "sysctl", "vm.page-cluster"],
        0,
      ),
  },
  {
    name: "remove max-jobs",
    apply: (o) => edited(o, removeDefinition(o.definition("nix.settings.max-jobs"))),
    expected: (before) => without(before, settings("max-jobs")),
    refused: /^rec/,
  },
];

/** Sets that are left empty do not count: `settings = { }` is as good as none. */
function pruned(tree: unknown): unknown {
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return tree;
  const entries = Object.entries(tree).map(([name, value]) => [name, pruned(value)] as const);
  const kept = entries.filter(
    ([, value]) => !(typeof value === "object" && value && Object.keys(value).length === 0 && !Array.isArray(value)),
  );
  return Object.fromEntries(kept);
}

function value(result: NixResult | undefined, text: string): Tree {
  if (!result || "error" in result) throw new Error(`Nix refuses\n${text}\n${result?.error}`);
  return result.value as Tree;
}

const module = (text: string): NixCase => ({ kind: "module", files: new Map([["module.nix", text]]) });

describe("edits of modules, judged by Nix", () => {
  before(async function () {
    if (!(await hasNix())) this.skip();
  });

  for (const operation of OPERATIONS) {
    it(operation.name, async () => {
      const texts: { name: string; before: string; after: string }[] = [];
      for (const style of MODULE_STYLES) {
        const after = operation.apply(await open(style.text));
        if (operation.refused?.test(style.name)) {
          assert.equal(after, undefined, `${style.name} has no safe place`);
          continue;
        }
        assert.ok(after !== undefined, `${style.name}: refused`);
        checkLayout(style.text, after, style.name);
        texts.push({ name: style.name, before: style.text, after });
      }
      const befores = await evaluate(texts.map((each) => module(each.before)));
      const afters = await evaluate(texts.map((each) => module(each.after)));
      for (const [i, { name, before, after }] of texts.entries())
        assert.deepEqual(
          pruned(value(afters[i], after)),
          pruned(operation.expected(value(befores[i], before))),
          `${name}\n${after}`,
        );
    });
  }

  it("moves a legacy option with its wrappers", async () => {
    const texts = [
      "{\n  nix.maxJobs = 4; # all\n  x = 1;\n}\n",
      "{ lib, ... }: { nix = { maxJobs = lib.mkDefault 4; settings = { sandbox = true; }; }; }",
      "{ lib, ... }:\n{\n  nix = {\n    maxJobs = lib.mkForce 4;\n    settings = {\n      sandbox = true;\n    };\n  };\n}\n",
      "{\n  nix.maxJobs = 4;\n  nix.settings.sandbox = true;\n}\n",
      "{ nix.gc.automatic = true; nix.maxJobs = 2 + 2; }",
    ];
    const results = await Promise.all(
      texts.map(async (text) => {
        const opened = await open(text);
        return edited(opened, moveDefinition(opened.definition("nix.maxJobs"), settings("max-jobs")));
      }),
    );
    const befores = await evaluate(texts.map(module));
    const afters = await evaluate(results.map((text) => module(text ?? "null")));
    for (const [i, after] of results.entries()) {
      const expected = without(withValue(value(befores[i], texts[i] ?? ""), settings("max-jobs"), 4), [
        "nix",
        "maxJobs",
      ]);
      assert.deepEqual(value(afters[i], after ?? "refused"), expected, after);
    }
  });
});

/** Lines that an edit does not touch stay as they are; line ends and indentation are those of the file. */
function checkLayout(before: string, after: string, name: string): void {
  const crlf = before.includes("\r\n");
  if (crlf) assert.ok(!/[^\r]\n/.test(after), `${name}: a bare newline in\n${JSON.stringify(after)}`);
  else assert.ok(!after.includes("\r"), `${name}: a carriage return`);
  if (name.endsWith(", tabs") && /^\t/m.test(before))
    assert.ok(
      !/^ {2,}/m.test(after.replace(/\/\*[\s\S]*?\*\/|''[\s\S]*?''/g, "")),
      `${name}: blanks among tabs in\n${after}`,
    );
  assert.ok(!/[ \t]$/m.test(after.replace(/\r/g, "")), `${name}: blanks at a line's end in\n${JSON.stringify(after)}`);
  for (const comment of before.match(/#.*|\/\*[\s\S]*?\*\//g) ?? [])
    if (!comment.startsWith("# of this"))
      assert.ok(after.includes(comment.trimEnd()) || name.includes("comment"), `${name}: lost ${comment}`);
}
