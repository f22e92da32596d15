// Reports: what is printed of findings, in every format.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import type { Finding } from "../../server/src/core/findings/finding.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { checkJson } from "../../server/src/report/checkJson.js";
import { checkText } from "../../server/src/report/checkText.js";
import { githubText } from "../../server/src/report/github.js";
import { jsonText } from "../../server/src/report/jsonText.js";
import type { CheckReport } from "../../server/src/report/report.js";
import { sarifText } from "../../server/src/report/sarif.js";
import { createStyle, printable } from "../../server/src/report/terminal.js";
import { unifiedDiff } from "../../server/src/report/unifiedDiff.js";

const TEXT = "{\r\n\tnix.settings.cores = 12;\r\n  nix.settings.max-jobs = 8;\r\n}\r\n";

function finding(overrides: Partial<Finding> = {}): Finding {
  const start = TEXT.indexOf("nix.settings.cores");
  const other = TEXT.indexOf("nix.settings.max-jobs");
  return {
    rule: "cpu-oversubscribed",
    class: "exceeds-budget",
    severity: "warning",
    confidence: 0.9,
    tier: "P1",
    message: "8 × 12 = 96 threads",
    hosts: ["demo"],
    file: "a b/x.nix",
    range: { start, end: start + "nix.settings.cores = 12;".length },
    related: [{ file: "a b/x.nix", range: { start: other, end: other + 26 }, message: "the other factor" }],
    fixes: [
      {
        title: "Set 3 x 2",
        applicability: "safe",
        preferred: true,
        rebuilds: false,
        edits: [
          { file: "a b/x.nix", range: { start: start + 21, end: start + 23 }, newText: "2" },
          { file: "new.json", range: { start: 0, end: 0 }, newText: "{}\n" },
        ],
      },
    ],
    ...overrides,
  };
}

function report(...findings: Finding[]): CheckReport {
  return {
    hosts: [{ name: "demo", machine: undefined, budget: undefined, expectsMachine: true }],
    findings,
    filesRead: 3,
    textOf: (file) => (file === "a b/x.nix" ? TEXT : undefined),
  };
}

describe("text report", () => {
  const plain = createStyle(false);

  it("shows code, related places, facts, fixes and a summary", () => {
    assert.equal(
      checkText(report(finding()), plain),
      `warning[cpu-oversubscribed]: 8 × 12 = 96 threads
 --> a b/x.nix:2:2
  |
2 |     nix.settings.cores = 12;
  |     ^^^^^^^^^^^^^^^^^^^^^^^^
 ::: a b/x.nix:3:3
  |
3 |   nix.settings.max-jobs = 8;
  |   -------------------------- the other factor
  |
  = demo · confidence 0.90 · P1
  = fix: Set 3 x 2 (safe)

demo: machine unknown; declare it in nix-build-budget.json or name one with --machine.
1 finding (1 warning) in 3 files.
1 can be fixed with --fix; --diff shows the change. \`explain RULE\` says more.
`,
    );
  });

  it("says once what holds for many hosts", () => {
    const hosts = ["a", "b", "c", "d", "e"];
    const text = checkText(
      {
        ...report(finding({ hosts })),
        hosts: hosts.map((name) => ({ name, machine: undefined, budget: undefined, expectsMachine: true })),
      },
      plain,
    );
    assert.match(text, /= a, b, c and 2 more · confidence/);
    assert.match(text, /\na, b, c and 2 more: machine unknown;[^\n]*\n1 finding/);
  });

  it("says that nothing was found", () => {
    assert.match(checkText(report(), plain), /^demo: machine unknown.*\nNo findings in 3 files\.\n$/);
  });

  it("cuts a line of a megabyte, underlines a range of several lines on its first, and copes with an empty text", () => {
    const long = `{ a = [ ${"1 ".repeat(500_000)}]; nix.settings.cores = 99; }\n`;
    const start = long.indexOf("nix.settings");
    const wide = {
      ...report(finding({ file: "f", range: { start, end: start + 24 }, related: [] })),
      textOf: () => long,
    };
    const lines = checkText(wide, plain).split("\n");
    assert.ok(lines.every((line) => line.length < 250));
    const code = lines.find((line) => line.includes("nix.settings.cores")) ?? "";
    const marks = lines.find((line) => line.includes("^^^")) ?? "";
    assert.equal(marks.indexOf("^"), code.indexOf("nix.settings.cores"));
    const several = { ...report(finding({ range: { start: 0, end: TEXT.length }, related: [] })) };
    assert.match(checkText(several, plain), /1 \| \{\n {2}\| \^\n/);
    assert.match(checkText({ ...several, textOf: () => "" }, plain), /--> a b\/x\.nix:1:1\n {2}\|\n {2}= demo/);
  });

  it("lets no escape sequence of a file reach the terminal", () => {
    assert.equal(printable("a\u001b[31mb\u202ec\td"), "a\ufffd[31mb\ufffdc    d");
    const evil = report(finding({ message: "\u001b]0;title\u0007", hosts: ["\u001b[2J"] }));
    assert.equal(checkText(evil, plain).includes("\u001b"), false);
  });

  it("colours only when asked to", () => {
    assert.equal(checkText(report(finding()), plain).includes("\u001b"), false);
    assert.equal(checkText(report(finding()), createStyle(true)).includes("\u001b[33m"), true);
  });
});

describe("JSON report", () => {
  it("prints what JSON.stringify means, whatever the data", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        assert.deepEqual(JSON.parse(jsonText(data as never)), JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  it("keeps all digits of 64-bit integers", () => {
    assert.equal(jsonText({ n: 9223372036854775807n }), '{"n": 9223372036854775807}');
  });

  it("counts lines and characters from 0, in UTF-16 units", () => {
    const data = JSON.parse(checkJson(report(finding())));
    assert.equal(data.version, 1);
    assert.deepEqual(data.hosts, [{ name: "demo", machine: null, budget: null }]);
    assert.deepEqual(data.findings[0].range, { start: { line: 1, character: 1 }, end: { line: 1, character: 25 } });
    assert.deepEqual(data.findings[0].fixes[0].edits[1], {
      file: "new.json",
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      newText: "{}\n",
    });
  });
});

describe("GitHub annotations", () => {
  it("escapes what would end the command or a property", () => {
    const text = githubText(report(finding({ message: "100 %\nof 8, 9: x", file: "a b/x.nix" })));
    assert.equal(
      text,
      "::warning file=a b/x.nix,line=2,endLine=2,col=2,endColumn=26,title=cpu-oversubscribed::100 %25%0Aof 8, 9: x\n",
    );
    assert.match(githubText(report(finding({ file: "a,b:c.nix" }))), /file=a%2Cb%3Ac\.nix,/);
    assert.match(githubText(report(finding({ severity: "hint" }))), /^::notice /);
  });
});

describe("SARIF", () => {
  const schema = JSON.parse(
    readFileSync(
      createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"),
      "utf8",
    ),
  );
  // The published schema is of draft 4; of what differs in later drafts it uses its name and the name of its identifier alone.
  delete schema.$schema;
  delete schema.id;
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  for (const [name, content] of [
    ["without findings", report()],
    [
      "with related places, fixes and a new file",
      report(finding(), finding({ severity: "hint", fixes: [], related: [] })),
    ],
    ["with a rule that is not in the list", report(finding({ rule: "made-up" }))],
  ] as const)
    it(`is valid ${name}`, () => {
      const log = JSON.parse(sarifText(content, RULES, "1.2.3"));
      assert.equal(validate(log), true, JSON.stringify(validate.errors));
      assert.equal(log.runs[0].results.length, content.findings.length);
    });

  it("counts from 1 and writes paths as URIs", () => {
    const log = JSON.parse(sarifText(report(finding()), RULES, "1.2.3"));
    const { artifactLocation, region } = log.runs[0].results[0].locations[0].physicalLocation;
    assert.equal(artifactLocation.uri, "a%20b/x.nix");
    assert.deepEqual(region, { startLine: 2, startColumn: 2, endLine: 2, endColumn: 26 });
  });
});

describe("unified diff", () => {
  const cases: Record<string, readonly [string | undefined, string]> = {
    "plain.nix": ["a\nb\nc\nd\ne\nf\ng\nh\n", "a\nB\nc\nd\ne\nf\ng\nH\nI\n"],
    "dir with space/x.nix": ["1\n", "2\n"],
    'quote"tab\tuml\u00e4ut.nix': ["1\n", "2\n"],
    "crlf.nix": ["a\r\nb\r\n", "a\r\nc\r\n"],
    "mixed.nix": ["a\r\nb\nc\rd\n", "a\r\nB\nc\rd\n"],
    "noeol.nix": ["a\nb", "a\nc"],
    "gains.nix": ["a\nb", "a\nb\n"],
    "loses.nix": ["a\nb\n", "a\nb"],
    "bom.nix": ["\ufeffa\nb\n", "\ufeffA\nb\n"],
    "new/file.json": [undefined, "{\n}\n"],
    "new-noeol.json": [undefined, "{}"],
    "emptied.nix": ["a\n", ""],
    "filled.nix": ["", "a\n"],
  };
  let folder: string;
  const git = (args: string[], input?: string, cwd = folder) =>
    execFileSync("git", args, { cwd, input, stdio: "pipe" });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nbb-diff-"));
    git(["init", "-q"]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const writeAll = (inside: string, side: 0 | 1) => {
    for (const [file, texts] of Object.entries(cases)) {
      const text = texts[side];
      if (text === undefined) continue;
      mkdirSync(dirname(join(inside, file)), { recursive: true });
      writeFileSync(join(inside, file), text);
    }
  };

  for (const sub of ["", "deep/er"])
    it(`applies and rolls back with git apply ${sub === "" ? "at the top" : "in a subfolder"}`, () => {
      const inside = join(folder, sub);
      mkdirSync(inside, { recursive: true });
      writeAll(inside, 0);
      const diff = unifiedDiff(Object.entries(cases).map(([file, [before, after]]) => ({ file, before, after })));
      git(["apply", "-"], diff, inside);
      for (const [file, [, after]] of Object.entries(cases))
        if (file !== "emptied.nix") assert.equal(readFileSync(join(inside, file), "utf8"), after, file);
      git(["apply", "-R", "-"], diff, inside);
      for (const [file, [before]] of Object.entries(cases))
        if (before !== undefined) assert.equal(readFileSync(join(inside, file), "utf8"), before, file);
    });

  it("is empty where nothing changes", () => {
    assert.equal(unifiedDiff([{ file: "x", before: "a\n", after: "a\n" }]), "");
  });

  it("applies for any pair of texts", () => {
    const line = fc.constantFrom("a", "b", "", "c\r", "\ufeff", "--- x", "+++ y", "@@", "\\ z");
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, end]) => lines.join("\n") + (end ? "\n" : ""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before === "" || after === "") return;
        writeFileSync(join(folder, "x"), before);
        const diff = unifiedDiff([{ file: "x", before, after }]);
        if (diff === "") return;
        git(["apply", "-"], diff);
        assert.equal(readFileSync(join(folder, "x"), "utf8"), after);
      }),
      { numRuns: 40 },
    );
  });
});
