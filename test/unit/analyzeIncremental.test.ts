// After an edit only what hangs on it is done anew: findings, definitions and packages must be those of an analysis from nothing.
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Analysis, type AnalyzeOptions, analyze } from "../../server/src/core/analyze.js";
import { parseMachineSpec } from "../../server/src/core/machine/machineSpec.js";
import { RULES } from "../../server/src/core/rules/index.js";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { valueKey } from "../../server/src/core/workspace/registry.js";
import { loadParser, openExample } from "../support/analysis.js";
import { fixtureFiles, laterSnapshot, snapshotOf } from "../support/fixture.js";
import { pickers } from "../support/random.js";

/** All that somebody may see of an analysis. */
function summary({ findings, model }: Analysis): unknown {
  return {
    findings,
    hosts: model.hosts.map(({ name, kind, files, machine }) => ({ name, kind, files, machine })),
    definitions: model.definitions.map(({ file, range, attrPath, value, hosts, platforms, conditional }) => ({
      ...{ file, range, attrPath, hosts, platforms, conditional },
      value: valueKey(value),
    })),
    packages: model.packages.map(({ name, file, range, hosts }) => ({
      ...{ name, file, range },
      hosts: hosts.map((host) => host.name),
    })),
  };
}

describe("analysis after an edit", function () {
  this.timeout(20_000);
  let parser: NixParser;
  let options: AnalyzeOptions;
  before(async () => {
    parser = await loadParser();
    options = { parser, machine: parseMachineSpec("threads=8,memory=16GiB"), minimumConfidence: 0 };
  });

  function walk(first: ReadonlyMap<string, string>, steps: Iterable<ReadonlyMap<string, string>>): Analysis {
    let files = new Map(first);
    let analysis = analyze(snapshotOf(files), options);
    for (const step of steps) {
      files = new Map([...files, ...step]);
      analysis = analyze(laterSnapshot(analysis.snapshot, files), options, analysis);
      assert.deepEqual(summary(analysis), summary(analyze(snapshotOf(files), options)), [...step.keys()].join(" "));
    }
    return analysis;
  }
  const rulesAfter = (text: string, ...steps: Record<string, string>[]) =>
    walk(
      fixtureFiles(text),
      steps.map((step) => new Map(Object.entries(step))),
    ).findings.map(({ rule }) => rule);

  it("takes in files that begin or cease to name settings", () => {
    const settings = "{ nix.settings.cores = 64; }\n";
    const first = fixtureFiles(`#- a.nix\n${settings}#- b.nix\n{ }\n#- c.nix\n${settings}#- nix.conf\ncores = 2\n`);
    const steps = [
      { "b.nix": settings },
      { "a.nix": "{ }\n" },
      { "nix.conf": "cores = 64\n" },
      { "a.nix": settings, "c.nix": "{ }\n" },
      { "nix.conf": "# nix-build-budget: ignore-file\ncores = 64\n" },
    ];
    const { model } = walk(
      first,
      steps.map((step) => new Map(Object.entries(step))),
    );
    assert.deepEqual(
      model.definitions.map(({ file }) => file),
      ["nix.conf", "a.nix", "b.nix"],
    );
  });

  it("asks rules anew that looked at other files", () => {
    const oomd = "{ systemd.oomd.enable = true; }\n";
    assert.ok(rulesAfter(`#- a.nix\n${oomd}#- b.nix\n{ }\n`).includes("oomd-watches-nothing"));
    const managed = "{ systemd.slices.x.sliceConfig.ManagedOOMSwap = true; }\n";
    const silent = rulesAfter(`#- a.nix\n${oomd}#- b.nix\n{ }\n`, { "b.nix": managed });
    assert.ok(!silent.includes("oomd-watches-nothing"));
    const again = rulesAfter(`#- a.nix\n${oomd}#- b.nix\n{ }\n`, { "b.nix": managed }, { "b.nix": "{ }\n" });
    assert.ok(again.includes("oomd-watches-nothing"));
  });

  it("asks rules anew where another file sets what was unset", () => {
    const text = "#- a.nix\n{ nix.settings.cores = 8; nix.settings.max-jobs = 8; }\n#- b.nix\n{ }\n";
    assert.ok(rulesAfter(text).includes("cpu-oversubscribed"));
    rulesAfter(text, { "b.nix": "{ nix.settings.max-jobs = 1; }\n" }, { "b.nix": "{ }\n" });
  });

  it("asks all rules anew under another configuration", () => {
    const text = "#- a.nix\n{ nix.settings.cores = 8; nix.settings.max-jobs = 8; }\n#- nix-build-budget.json\n{ }\n";
    const off = '{ "rules": { "cpu-oversubscribed": "off" } }';
    assert.ok(!rulesAfter(text, { "nix-build-budget.json": off }).includes("cpu-oversubscribed"));
    const machine = '{ "machines": { "(workspace)": { "threads": 64, "memory": "256GiB" } } }';
    assert.ok(!rulesAfter(text, { "nix-build-budget.json": machine }).includes("cpu-oversubscribed"));
    assert.ok(
      rulesAfter(text, { "nix-build-budget.json": off }, { "nix-build-budget.json": "{" }).includes(
        "cpu-oversubscribed",
      ),
    );
  });

  it("takes over what stands: the same objects", () => {
    const files = fixtureFiles("#- a.nix\n{ nix.settings.cores = 8; }\n#- b.nix\n{ nix.settings.cores = 8; }\n");
    const first = analyze(snapshotOf(files), options);
    files.set("b.nix", "{ nix.settings.cores = 9; }\n");
    const { model } = analyze(laterSnapshot(first.snapshot, files), options, first);
    const of = (file: string) =>
      [first.model, model].map(({ hosts }) => hosts.find((host) => host.files.includes(file)));
    const [before, after] = of("a.nix");
    assert.equal(before, after);
    const [old, now] = of("b.nix");
    assert.notEqual(old, now);
  });

  /** What code that ran before holds of it goes once the engine drops that code, some rounds later. */
  async function collected(): Promise<void> {
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    for (let round = 0; round < 10; round++) {
      await new Promise((done) => setImmediate(done));
      collect();
    }
  }

  it("holds nothing of the models before", async () => {
    const flake = (note: string) =>
      `{ ${note} outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }`;
    const files = fixtureFiles("#- a.nix\n{ nix.settings.cores = 8; }\n#- b.nix\n{ nix.settings.cores = 8; }\n");
    let analysis: Analysis | undefined;
    const past: WeakRef<object>[] = [];
    for (const note of ["", "/* 1 */", "/* 2 */", "/* 3 */"]) {
      files.set("flake.nix", flake(note));
      analysis = analyze(snapshotOf(files), options, analysis);
      past.push(new WeakRef(analysis.model.hosts[0] ?? analysis));
      // A WeakRef holds its object until the end of the turn.
      await new Promise((done) => setImmediate(done));
    }
    await collected();
    assert.equal(past.filter((host) => host.deref() !== undefined).length, 1);
    assert.ok(analysis);
  });

  it("holds nothing of the models before where one of several hosts is edited", async () => {
    const host = (name: string) => `${name} = nixpkgs.lib.nixosSystem { modules = [ ./${name}.nix ./all.nix ]; };`;
    const files = fixtureFiles(
      `#- flake.nix\n{ outputs = { nixpkgs, ... }: { nixosConfigurations = { ${host("a")} ${host("b")} }; }; }\n#- all.nix\n{ nix.settings.max-jobs = 8; }\n#- b.nix\n{ }\n`,
    );
    let analysis: Analysis | undefined;
    const past: WeakRef<object>[] = [];
    for (const cores of [5, 6, 7, 8]) {
      files.set("a.nix", `{ nix.settings.cores = ${cores}; }`);
      analysis = analyze(snapshotOf(files), options, analysis);
      const edited = analysis.model.hosts.find(({ name }) => name === "a");
      assert.ok(edited);
      past.push(new WeakRef(edited));
      await new Promise((done) => setImmediate(done));
    }
    await collected();
    assert.equal(past.filter((one) => one.deref() !== undefined).length, 1);
    assert.ok(analysis);
  });

  it("holds nothing of the values before where calls are remembered", async () => {
    const flake = (note: string) =>
      `{ ${note} outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./helper.nix { nix.settings.system-features = [ "kvm" ]; } ]; }; }; }`;
    const files = fixtureFiles(
      `#- helper.nix\n{ config, ... }: let
  sized = n: if builtins.foldl' (sum: i: sum + i) 0 (builtins.genList (i: i) n) > 0 then { value = n; unread = n + 1; } else { };
in { nix.settings.cores = (sized 100).value; }\n`,
    );
    let analysis: Analysis | undefined;
    const past: WeakRef<object>[] = [];
    for (const note of ["", "/* 1 */", "/* 2 */", "/* 3 */"]) {
      files.set("flake.nix", flake(note));
      analysis = analyze(snapshotOf(files), options, analysis);
      past.push(new WeakRef(analysis.model.sources.get("flake.nix") ?? analysis));
      await new Promise((done) => setImmediate(done));
    }
    await collected();
    assert.equal(past.filter((value) => value.deref() !== undefined).length, 1);
    assert.ok(analysis);
  });

  for (const seed of [1, 2, 3])
    it(`equals one from nothing, whatever is typed (${seed})`, () => {
      const { pick, below } = pickers(seed);
      const examples = RULES.flatMap((rule) => rule.examples.map((example) => openExample(example).files));
      const texts = examples.flatMap((files) => [...files.values()]);
      const first = new Map<string, string>(
        Array.from({ length: 12 }, (_, i) =>
          [...pick(examples)].map(([path, text]) => [`part${i}/${path}`, text] as const),
        ).flat(),
      );
      const hosts = [...first.keys()].filter((path) => path.endsWith(".nix")).slice(0, 6);
      const modules = (from: number) =>
        hosts
          .slice(from, from + 4)
          .map((path) => `./${path}`)
          .join(" ");
      first.set(
        "flake.nix",
        `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {\n  alpha = nixpkgs.lib.nixosSystem { modules = [ ${modules(0)} ]; };\n  beta = nixpkgs.lib.nixosSystem { modules = [ ${modules(2)} ]; };\n}; }; }\n`,
      );
      const files = new Map(first);
      const step = () => {
        const path = pick([...files.keys()]);
        const text = files.get(path) ?? "";
        const at = below(text.length + 1);
        const next = [
          () =>
            text.slice(0, at) + pick(["x", "1", " ", "\n", "# a note\n", "nix.settings.cores = 9;\n"]) + text.slice(at),
          () => text.slice(0, at) + text.slice(at + 1 + below(3)),
          () => first.get(path) ?? "",
          () => pick(texts),
        ];
        files.set(path, pick(next)());
        return new Map([[path, files.get(path) ?? ""]]);
      };
      walk(first, Array.from({ length: 40 }, step));
    }).timeout(120_000);
});
