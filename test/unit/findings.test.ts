// What becomes of rules' drafts: severity, merged hosts, ignores, all fixes at once.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Analysis } from "../../server/src/core/analyze.js";
import { fixAll } from "../../server/src/core/findings/fixAll.js";
import { confidenceOf, severityOf, speakingRules } from "../../server/src/core/findings/level.js";
import { EditedText } from "../../server/src/core/findings/pieces.js";
import { runRules } from "../../server/src/core/findings/run.js";
import { ignoreInFile, ignoreOnLine } from "../../server/src/core/findings/suppress.js";
import { type Configuration, DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import type { Draft, FixDraft, Rule } from "../../server/src/core/rules/rule.js";
import { applyEdits, type TextEdit } from "../../server/src/core/text/edit.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { analyse, loadParser } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

const docs = { what: "what", why: "why", when: "when", risk: "risk", rollback: "rollback", evidence: [] };

function ruleOf(part: Partial<Rule>): Rule {
  return {
    id: "test-rule",
    title: "Test",
    class: "exceeds-budget",
    severity: "warning",
    confidence: 0.9,
    tier: "P1",
    docs,
    examples: [{ title: "none", before: "" }],
    ...part,
  };
}

/** Finds every `word` in a Nix file; its fix puts `replacement` there. */
function wordRule(word: string, replacement: string, part: Partial<Rule> = {}, fix: Partial<FixDraft> = {}): Rule {
  return ruleOf({
    id: `no-${word}`,
    *checkFile(source) {
      for (const match of source.text.matchAll(new RegExp(`(?<![\\w-])${word}\\b`, "g"))) {
        const range = { start: match.index, end: match.index + word.length };
        const edits = [{ file: source.path, range, newText: replacement }];
        const fixes: FixDraft[] = [
          { title: `Write ${replacement}`, applicability: "safe", preferred: true, edits, ...fix },
        ];
        yield { file: source.path, range, message: `${word} is wrong`, fixes };
      }
    },
    ...part,
  });
}

const configured = (part: Partial<Configuration>): Configuration => ({ ...DEFAULT_CONFIGURATION, ...part });

async function run(text: string, rules: readonly Rule[]): Promise<Analysis> {
  return analyse({ files: fixtureFiles(text), options: { rules, configuration: QUIET } });
}

/** Machines are not what these tests are about. */
const QUIET = configured({ rules: new Map([["machine-unknown", "off"]]) });

describe("severity", () => {
  it("follows from the confidence", () => {
    const severity = (part: Partial<Rule>, configuration = DEFAULT_CONFIGURATION) =>
      severityOf(ruleOf(part), configuration);
    assert.equal(severity({ confidence: 0.8 }), "warning");
    assert.equal(severity({ confidence: 0.79 }), "information");
    assert.equal(severity({ confidence: 0.65 }), "information");
    assert.equal(severity({ confidence: 0.64 }), undefined);
    assert.equal(severity({ confidence: 0.9, severity: "hint" }), "hint");
    assert.equal(severity({ confidence: 0.9, severity: "error" }), "warning");
    assert.equal(severity({ confidence: 0.9, severity: "error", class: "misconfiguration" }), "error");
    assert.equal(severity({ confidence: 0.7, severity: "error", class: "misconfiguration" }), "information");
    assert.equal(severity({ confidence: 0.4 }, configured({ minimumConfidence: 0.3 })), "hint");
    assert.equal(severity({ confidence: 0.85 }, configured({ minimumConfidence: 0.86 })), undefined);
  });

  it("is what the configuration says of the rule", () => {
    const rules = new Map([["test-rule", "error" as const]]);
    assert.equal(severityOf(ruleOf({ confidence: 0.1 }), configured({ rules })), "error");
    assert.equal(severityOf(ruleOf({}), configured({ rules: new Map([["test-rule", "off"]]) })), undefined);
  });

  it("takes the founding document's confidence under its profile", () => {
    const rule = ruleOf({ confidence: 0.2, claimedConfidence: 0.85 });
    assert.equal(confidenceOf(rule, DEFAULT_CONFIGURATION), 0.2);
    assert.equal(confidenceOf(rule, configured({ confidenceProfile: "founding" })), 0.85);
    assert.equal(severityOf(rule, configured({ confidenceProfile: "founding" })), "warning");
    const draft: Draft = { file: "a", range: { start: 0, end: 0 }, message: "", confidence: 0.5 };
    assert.equal(confidenceOf(ruleOf({}), DEFAULT_CONFIGURATION, draft), 0.5);
  });

  it("lets one of two opposite rules speak", () => {
    const a = ruleOf({ id: "fewer", confidence: 0.2, claimedConfidence: 0.85, opposes: ["more"] });
    const b = ruleOf({ id: "more", confidence: 0.7 });
    const ids = (configuration: Configuration) => speakingRules([a, b], configuration).map((rule) => rule.id);
    assert.deepEqual(ids(DEFAULT_CONFIGURATION), ["more"]);
    assert.deepEqual(ids(configured({ confidenceProfile: "founding" })), ["fewer"]);
    assert.deepEqual(ids(configured({ rules: new Map([["more", "off"]]) })), ["fewer"]);
  });
});

describe("running rules", () => {
  it("reports a rule that throws and goes on with the others", async () => {
    const { model } = await run("{ nix.settings.cores = 2; }", []);
    const failures: string[] = [];
    const broken = ruleOf({
      id: "broken",
      checkFile() {
        throw new Error("boom");
      },
    });
    const findings = runRules(model, DEFAULT_CONFIGURATION, [broken, wordRule("cores", "jobs")], {
      onFailure: ({ rule, message }) => failures.push(`${rule} ${message.split("\n")[0]}`),
    });
    assert.deepEqual(failures, ["broken Error: boom"]);
    assert.deepEqual(
      findings.map((finding) => finding.rule),
      ["no-cores"],
    );
  });

  it("keeps fixes from garbling a file, and never calls a rebuild safe", async () => {
    const edit = (start: number, end: number): TextEdit => ({
      file: "module.nix",
      range: { start, end },
      newText: "x",
    });
    const rule = ruleOf({
      *checkFile(source) {
        const fix = (title: string, part: Partial<FixDraft>): FixDraft => ({
          title,
          applicability: "safe",
          edits: [edit(0, 1)],
          ...part,
        });
        yield {
          file: source.path,
          range: { start: 0, end: 1 },
          message: "m",
          fixes: [
            fix("refused", { edits: undefined }),
            fix("overlaps", { edits: [edit(0, 3), edit(2, 4)] }),
            fix("rebuilds", { rebuilds: true, preferred: true }),
            fix("second preferred", { preferred: true }),
          ],
        };
      },
    });
    const { findings } = await run("{ nix.settings.cores = 2; }", [rule]);
    assert.deepEqual(
      findings[0]?.fixes.map(({ title, applicability, preferred }) => [title, applicability, preferred]),
      [
        ["rebuilds", "unsafe", true],
        ["second preferred", "safe", false],
      ],
    );
  });

  it("makes one finding of what a shared file says about several hosts", async () => {
    const text = `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./shared.nix ]; };
    nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./shared.nix ]; };
  };
}
#- shared.nix
{ nix.settings = { max-jobs = 4; cores = 4; }; }
#- nix-build-budget.json
{ "machines": { "a": { "threads": 8, "memory": "32GiB" }, "b": { "threads": 4, "memory": "8GiB" } } }
`;
    const { findings } = await analyse({ files: fixtureFiles(text) });
    const [finding, ...others] = findings;
    assert.deepEqual(others, []);
    assert.equal(finding?.rule, "cpu-oversubscribed");
    assert.deepEqual(finding?.hosts, ["a", "b"]);
    assert.match(finding?.message ?? "", /8 threads[^\n]*\n[^\n]*4 threads/);
    assert.match(finding?.fixes[0]?.title ?? "", /max-jobs = 1, cores = 2/);
  });

  describe("of hosts that share modules", () => {
    const flake = (hosts: Readonly<Record<string, string>>) => `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
${Object.entries(hosts)
  .map(([name, modules]) => `    nixosConfigurations.${name} = nixpkgs.lib.nixosSystem { modules = [ ${modules} ]; };`)
  .join("\n")}
  };
}
`;
    const MACHINE = "threads=8,memory=64GiB";

    it("says once what holds for all of them alike", async () => {
      const shared = "./shared.nix";
      const hosts = { a: shared, b: shared, c: shared, d: shared, e: shared };
      const text = `${flake(hosts)}#- shared.nix
{ nix.settings = { max-jobs = 4; cores = 4; }; }
`;
      const { findings } = await analyse({ files: fixtureFiles(text), machine: MACHINE });
      assert.match(findings[0]?.message ?? "", /\(a, b, c and 2 more, machine [^\n]*$/);
    });

    it("does not count on a number that is reckoned from the one to be changed", async () => {
      const text = `${flake({ a: "./a.nix" })}#- a.nix
{ config, ... }: {
  nix.settings.max-jobs = 10;
  nix.settings.cores = config.nix.settings.max-jobs / 4;
}
`;
      const { findings } = await analyse({ files: fixtureFiles(text), machine: MACHINE });
      const finding = findings.find(({ rule }) => rule === "cpu-oversubscribed");
      assert.match(finding?.message ?? "", /max-jobs = 10 × cores = 2 /);
      assert.deepEqual(finding?.fixes, []);
    });

    it("places advice where it reaches all that need it, and no others", async () => {
      const text = `${flake({ a: "./common.nix ./a.nix", b: "./common.nix", c: "./common.nix ./c.nix ./desktop.nix" })}#- common.nix
{
  nix.settings = {
    keep-outputs = true;
    timeout = 3600;
  };
}
#- a.nix
{ nix.settings.fallback = true; }
#- c.nix
{ nix.settings.connect-timeout = 5; nix.settings.min-free = 5000000000; nix.settings.log-lines = 25; }
#- desktop.nix
{
  services.xserver.enable = true;
}
`;
      const { findings } = await analyse({ files: fixtureFiles(text), machine: MACHINE });
      const places = findings.map(({ rule, file, hosts, fixes }) => [
        rule,
        file,
        hosts.join(" "),
        fixes[0]?.applicability,
      ]);
      assert.deepEqual(
        places.filter(([rule]) => rule !== "oom-may-hit-session"),
        [
          ["builds-preempt-desktop", "c.nix", "c", "safe"],
          ["unbounded-default-parallelism", "common.nix", "a b c", "safe"],
        ],
      );
    });

    it("places advice for a desktop beside what makes it one, where all else is shared with servers", async () => {
      const text = `${flake({ a: "./common.nix", c: "./common.nix ./desktop.nix" })}#- common.nix
{
  nix.settings = {
    cores = 2;
    max-jobs = 3;
  };
}
#- desktop.nix
{
  services.xserver.enable = true;
}
`;
      const { findings } = await analyse({ files: fixtureFiles(text), machine: MACHINE });
      const finding = findings.find(({ rule }) => rule === "builds-preempt-desktop");
      assert.deepEqual([finding?.file, finding?.fixes[0]?.applicability], ["desktop.nix", "safe"]);
      assert.deepEqual(new Set(finding?.fixes[0]?.edits.map(({ file }) => file)), new Set(["desktop.nix"]));
    });
  });
});

describe("ignoring findings", () => {
  const rules = [wordRule("cores", "jobs"), wordRule("sandbox", "box")];
  const shown = async (text: string): Promise<string[]> =>
    (await run(text, rules)).findings.map((finding) => finding.rule);

  it("hides what stands on the line, or on the next one", async () => {
    assert.deepEqual(
      await shown("{\n  nix.settings.cores = 2; # nix-build-budget: ignore no-cores -- measured\n}\n"),
      [],
    );
    assert.deepEqual(await shown("{\n  # nix-build-budget: ignore no-cores\n  nix.settings.cores = 2;\n}\n"), []);
    assert.deepEqual(
      await shown("{\n  # nix-build-budget: ignore no-cores\n  # a word\n\n  nix.settings.cores = 2;\n}\n"),
      ["no-cores", "unused-ignore"].toSorted().toReversed(),
    );
    assert.deepEqual(
      await shown(
        "{\n  /* nix-build-budget: ignore no-cores */\n  nix.settings.cores = 2;\n  nix.settings.sandbox = true;\n}\n",
      ),
      ["no-sandbox"],
    );
  });

  it("takes several rules, and several comments above one line", async () => {
    const line = "nix.settings = { cores = 2; sandbox = true; };";
    assert.deepEqual(await shown(`{\n  # nix-build-budget: ignore no-cores, no-sandbox -- both\n  ${line}\n}\n`), []);
    const two = "# nix-build-budget: ignore no-cores\n  # nix-build-budget: ignore no-sandbox";
    assert.deepEqual(await shown(`{\n  ${two}\n  ${line}\n}\n`), []);
  });

  it("hides a rule in the whole file", async () => {
    const text =
      "# nix-build-budget: ignore-file no-cores\n{\n  nix.settings.cores = 2;\n  x.cores = 3;\n  nix.settings.sandbox = true;\n}\n";
    assert.deepEqual(await shown(text), ["no-sandbox"]);
  });

  it("reports an ignore that hides nothing, and takes it away", async () => {
    const text = "{\n  nix.settings.keep-going = true; # nix-build-budget: ignore no-cores\n}\n";
    const { findings } = await run(text, rules);
    assert.deepEqual(
      findings.map(({ rule, unnecessary }) => [rule, unnecessary]),
      [["unused-ignore", true]],
    );
    assert.equal(applyEdits(text, findings[0]?.fixes[0]?.edits ?? []), "{\n  nix.settings.keep-going = true;\n}\n");
    const listed = "{\n  nix.settings.cores = 2; # nix-build-budget: ignore no-sandbox, no-cores -- why\n}\n";
    const part = (await run(listed, rules)).findings;
    assert.equal(
      applyEdits(listed, part[0]?.fixes[0]?.edits ?? []),
      "{\n  nix.settings.cores = 2; # nix-build-budget: ignore no-cores -- why\n}\n",
    );
  });

  it("works in nix.conf", async () => {
    const files = new Map([["nix.conf", "max-jobs = 4\n# nix-build-budget: ignore cpu-oversubscribed\ncores = 8\n"]]);
    const above = await analyse({ files, machine: "threads=8,memory=32GiB" });
    assert.deepEqual(
      above.findings.map((finding) => finding.rule),
      ["cpu-oversubscribed", "unused-ignore"],
    );
    const first = new Map([["nix.conf", "# nix-build-budget: ignore cpu-oversubscribed\nmax-jobs = 4\ncores = 8\n"]]);
    assert.deepEqual((await analyse({ files: first, machine: "threads=8,memory=32GiB" })).findings, []);
  });

  it("is what the editor's actions write", async () => {
    for (const text of [
      "{\n\tnix.settings.cores = 2;\n}\n",
      "{\r\n  nix.settings.cores = 2;\r\n}\r\n",
      "{ nix.settings.cores = 2; }",
      "{\r  a = 1;\r  nix.settings.cores = 2;\r}",
    ]) {
      const [finding] = (await run(text, rules)).findings;
      assert.ok(finding);
      for (const edits of [ignoreOnLine(finding, text), ignoreInFile(finding, text)]) {
        const after = applyEdits(text, edits ?? []);
        assert.deepEqual(await shown(after), [], after);
        assert.equal(/\r\n/.test(text), !/[^\r]\n/.test(after) && after.includes("\r"));
      }
    }
  });

  it("is offered neither for an ignore that hides nothing, nor where no comment can stand", async () => {
    const [finding] = (await run("{ nix.settings.cores = 2; }", rules)).findings;
    assert.ok(finding);
    for (const one of [
      { ...finding, rule: "unused-ignore" },
      { ...finding, file: "nix-build-budget.json" },
    ])
      assert.deepEqual([ignoreOnLine(one, ""), ignoreInFile(one, "")], [undefined, undefined]);
  });

  it("offers no comment inside a string", async () => {
    const text = "{\n  nix.extraOptions = ''\n    cores = 2\n  '';\n}\n";
    const [finding] = (await run(text, [wordRule("cores", "jobs")])).findings;
    assert.ok(finding);
    assert.equal(ignoreOnLine(finding, text), undefined);
  });
});

describe("all fixes at once", () => {
  async function fix(text: string, rules: readonly Rule[], unsafe = false) {
    const parser = await loadParser();
    const { analyze } = await import("../../server/src/core/analyze.js");
    const analyzeIt = (snapshot: Snapshot) => {
      const { findings, model } = analyze(snapshot, { parser, rules, configuration: QUIET });
      return { findings, problems: (file: string) => model.sources.get(file)?.problems.length ?? 0 };
    };
    const { snapshot } = await run(text, rules);
    return fixAll(snapshot, analyzeIt, { unsafe });
  }
  const after = async (text: string, rules: readonly Rule[], unsafe = false) =>
    (await fix(text, rules, unsafe)).texts.get("module.nix");

  it("goes on until nothing is left, and its edits lead there", async () => {
    const rules = [wordRule("cores", "jobs"), wordRule("jobs", "sandbox")];
    const text = "{ nix.settings.cores = 2; nix.x.jobs = 3; }";
    const fixed = await fix(text, rules);
    assert.equal(fixed.texts.get("module.nix"), "{ nix.settings.sandbox = 2; nix.x.sandbox = 3; }");
    assert.equal(applyEdits(text, fixed.edits.get("module.nix") ?? []), fixed.texts.get("module.nix"));
    assert.deepEqual(fixed.remaining, []);
    assert.equal(fixed.applied.length, 3);
  });

  it("takes overlapping fixes one after the other", async () => {
    const both = [wordRule("cores", "a"), ruleOf({ ...wordRule("cores = 2", "a = 3"), id: "long" })];
    assert.equal(await after("{ nix.settings.cores = 2; }", both), "{ nix.settings.a = 2; }");
  });

  it("takes back what breaks the file, and what does not help", async () => {
    assert.equal(await after("{ nix.settings.cores = 2; }", [wordRule("cores", "= {")]), undefined);
    assert.equal(await after("{ nix.settings.cores = 2; }", [wordRule("cores", "x.cores")]), undefined);
    const mixed = [wordRule("cores", "= {"), wordRule("sandbox", "box")];
    assert.equal(
      await after("{ nix.settings.cores = 2; nix.settings.sandbox = 1; }", mixed),
      "{ nix.settings.cores = 2; nix.settings.box = 1; }",
    );
  });

  it("leaves unsafe fixes unless they are asked for, and display-only ones for ever", async () => {
    const unsafe = [wordRule("cores", "jobs", {}, { applicability: "unsafe" })];
    assert.equal(await after("{ nix.settings.cores = 2; }", unsafe), undefined);
    assert.equal(await after("{ nix.settings.cores = 2; }", unsafe, true), "{ nix.settings.jobs = 2; }");
    const shown = [wordRule("cores", "jobs", {}, { applicability: "display-only" })];
    assert.equal(await after("{ nix.settings.cores = 2; }", shown, true), undefined);
  });

  it("ends where two rules undo each other", async () => {
    const rules = [wordRule("cores", "jobs"), wordRule("jobs", "cores")];
    assert.ok(await fix("{ nix.settings.cores = 2; nix.settings.sandbox = true; }", rules));
  });
});

describe("edited text", () => {
  it("gives edits that lead from the original to the text, whatever was done to it", () => {
    const step = fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.string({ maxLength: 4 })), { maxLength: 4 });
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.array(step, { maxLength: 5 }), (original, steps) => {
        const edited = new EditedText(original);
        for (const edits of steps) {
          const taken: TextEdit[] = [];
          let position = 0;
          for (const [gap, length, newText] of edits) {
            const start = position + (gap % 7) + 1;
            if (start + length > edited.text.length) break;
            taken.push({ file: "f", range: { start, end: start + length }, newText });
            position = start + length;
          }
          edited.apply(taken);
        }
        assert.equal(applyEdits(original, edited.editsFromOriginal("f")), edited.text);
      }),
    );
  });
});
