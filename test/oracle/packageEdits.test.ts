// Edits of packages in every style of writing, judged by real Nix with builders that return their argument.
import assert from "node:assert/strict";
import { appendToList, requireFormal, setAttribute, setEnv } from "../../server/src/core/edits/packages.js";
import { joinInsertions, type TextEdit } from "../../server/src/core/text/edit.js";
import type { Package } from "../../server/src/core/workspace/model.js";
import { edited, open } from "../support/edited.js";
import { evaluate, hasNix, type NixCase } from "../support/nix.js";
import { PACKAGE_STYLES, type PackageStyle } from "../support/packageStyles.js";

type Attributes = { [name: string]: unknown };

interface Operation {
  readonly name: string;
  readonly apply: (pkg: Package) => readonly TextEdit[] | undefined;
  readonly expected: (before: Attributes) => Attributes;
  readonly only?: PackageStyle["kind"];
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "sets an environment variable, once",
    apply: (pkg) => setEnv(pkg, "MARK", '"new"'),
    expected: (before) =>
      "MARK" in before ? { ...before, MARK: "new" } : { ...before, env: { ...(before.env as object), MARK: "new" } },
  },
  {
    name: "changes a variable that is set",
    apply: (pkg) => setEnv(pkg, "A", '"2"'),
    expected: (before) => ({ ...before, env: { ...(before.env as object), A: "2" } }),
  },
  {
    name: "sets an attribute",
    apply: (pkg) => setAttribute(pkg, ["doCheck"], "true"),
    expected: (before) => ({ ...before, doCheck: true }),
  },
  {
    name: "appends to a list",
    apply: (pkg) => appendToList(pkg, "nativeBuildInputs", '"mold"'),
    expected: (before) => ({ ...before, nativeBuildInputs: [...((before.nativeBuildInputs as []) ?? []), "mold"] }),
  },
  {
    name: "asks for an input and uses it, with a variable",
    only: "package",
    apply: (pkg) => {
      const formal = requireFormal(pkg, "mold-wrapped");
      const input = appendToList(pkg, "nativeBuildInputs", "mold-wrapped");
      const variable = setEnv(pkg, "FLAGS", '"-fuse-ld=mold"');
      return formal && input && variable && joinInsertions([...formal, ...input, ...variable]);
    },
    expected: (before) => ({
      ...before,
      nativeBuildInputs: [...((before.nativeBuildInputs as []) ?? []), "mold-wrapped"],
      env: { ...(before.env as object), FLAGS: "-fuse-ld=mold" },
    }),
  },
  {
    name: "appends to two lists and sets a variable in one fix",
    apply: (pkg) => {
      const parts = [
        appendToList(pkg, "nativeBuildInputs", '"mold"'),
        appendToList(pkg, "cmakeFlags", '"-DX=1"'),
        setEnv(pkg, "FLAGS", '"-g"'),
      ];
      return parts.every((part) => part !== undefined) ? joinInsertions(parts.flat()) : undefined;
    },
    expected: (before) => ({
      ...before,
      nativeBuildInputs: [...((before.nativeBuildInputs as []) ?? []), "mold"],
      cmakeFlags: ["-DX=1"],
      env: { ...(before.env as object), FLAGS: "-g" },
    }),
  },
];

const caseOf = (style: PackageStyle, text: string): NixCase => ({
  kind: style.kind,
  files: new Map([["demo.nix", text]]),
});

describe("edits of packages, judged by Nix", () => {
  before(async function () {
    if (!(await hasNix())) this.skip();
  });

  for (const operation of OPERATIONS)
    it(operation.name, async () => {
      const texts: { style: PackageStyle; after: string }[] = [];
      for (const style of PACKAGE_STYLES) {
        if (operation.only && operation.only !== style.kind) continue;
        const opened = await open(style.text, "demo.nix");
        assert.ok(opened.pkg, `${style.name}: no package found`);
        const after = edited(opened, operation.apply(opened.pkg));
        assert.ok(after !== undefined, `${style.name}: refused`);
        assert.ok(!/[ \t]\r?$/m.test(after), `${style.name}: blanks at a line's end\n${after}`);
        if (style.text.includes("\r\n")) assert.ok(!/[^\r]\n/.test(after), `${style.name}: a bare newline`);
        texts.push({ style, after });
      }
      const befores = await evaluate(texts.map(({ style }) => caseOf(style, style.text)));
      const afters = await evaluate(texts.map(({ style, after }) => caseOf(style, after)));
      for (const [i, { style, after }] of texts.entries()) {
        const [was, is] = [befores[i], afters[i]];
        assert.ok(
          was && "value" in was,
          `${style.name}: Nix refuses the original ${was && "error" in was && was.error}`,
        );
        assert.ok(is && "value" in is, `${style.name}: Nix refuses\n${after}\n${is && "error" in is && is.error}`);
        const [before, result] = [demoOf(was.value), demoOf(is.value)];
        assert.deepEqual(result, operation.expected(before), `${style.name}\n${after}`);
      }
    });
});

function demoOf(value: unknown): Attributes {
  const attributes = value as Attributes;
  return (attributes.demo as Attributes | undefined) ?? attributes;
}
