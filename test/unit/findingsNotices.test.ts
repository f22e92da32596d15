// Mistakes in nix-build-budget.json and the hint for an unknown machine.
import assert from "node:assert/strict";
import { applyEdits } from "../../server/src/core/text/edit.js";
import { analyse } from "../support/analysis.js";
import { fixtureFiles } from "../support/fixture.js";

const LOCAL = {
  hostName: "desk",
  machine: {
    threads: 16,
    threadsPerCore: 2,
    memoryBytes: 33_400_000_000,
    provenance: { kind: "local" as const, text: "this computer" },
  },
};

const TWO_HOSTS = `#- flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 64; } ]; };
    nixosConfigurations.two = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 64; } ]; };
  };
}
`;

describe("the hint for an unknown machine", () => {
  it("speaks once a workspace and names what it is about", async () => {
    const { findings } = await analyse({ files: fixtureFiles(TWO_HOSTS) });
    const hints = findings.filter((finding) => finding.rule === "machine-unknown");
    assert.equal(hints.length, 1);
    assert.equal(hints[0]?.severity, "hint");
    assert.deepEqual(hints[0]?.hosts, ["one", "two"]);
    assert.match(hints[0]?.message ?? "", /machine of one and 1 more is not known/);
  });

  it("is silent where nothing is configured or built", async () => {
    assert.deepEqual((await analyse({ files: fixtureFiles("{ services.foo.enable = true; }") })).findings, []);
    assert.deepEqual((await analyse({ files: fixtureFiles("") })).findings, []);
    const users = "#- flake.nix\n{ nixConfig.keep-going = true; outputs = _: { }; }\n";
    const { findings } = await analyse({ files: fixtureFiles(users) });
    assert.ok(!findings.some((finding) => finding.rule === "machine-unknown"));
  });

  it("declares the machine in a new file, or in the one that is there with its comments", async () => {
    const declared = async (text?: string): Promise<string> => {
      const files = fixtureFiles(TWO_HOSTS);
      if (text !== undefined) files.set("nix-build-budget.json", text);
      const { findings } = await analyse({ files, options: { local: LOCAL } });
      const finding = findings.find((each) => each.rule === "machine-unknown");
      const [local] = finding?.fixes ?? [];
      assert.match(local?.title ?? "", /Use this computer for one \(16 threads, 31.1GiB\)/);
      const after = applyEdits(text ?? "", local?.edits ?? []);
      files.set("nix-build-budget.json", after);
      const again = await analyse({ files, options: { local: LOCAL } });
      assert.deepEqual(
        again.findings.filter((each) => each.file === "nix-build-budget.json"),
        [],
      );
      assert.equal(again.configuration.machines.get("one")?.threads, 16);
      return after;
    };
    assert.match(await declared(), /^\{\n {2}"machines": \{\n {4}"one": \{/);
    await declared("");
    const kept = await declared(
      '{\n  // ours\n  "policy": "strict",\n  "machines": {\n    "two": { "threads": 4, "memory": "8GiB" }, // old\n  },\n}\n',
    );
    assert.match(kept, /\/\/ ours/);
    assert.match(kept, /\/\/ old/);
  });

  it("takes this computer for the host of its name, and for the only host if asked", async () => {
    const one = TWO_HOSTS.replace(/ *nixosConfigurations.two.*\n/, "");
    const machineOf = async (hostName: string, soleHostIsLocal: boolean, text = one) => {
      const local = { ...LOCAL, hostName };
      const { model } = await analyse({ files: fixtureFiles(text), options: { local, soleHostIsLocal } });
      return model.hosts.find((host) => host.name === "one")?.machine?.provenance.kind;
    };
    assert.equal(await machineOf("one", false), "local");
    assert.equal(await machineOf("desk", false), undefined);
    assert.equal(await machineOf("desk", true), "local");
    assert.equal(await machineOf("desk", true, TWO_HOSTS), undefined);
  });

  it("lets --machine stand for hosts that are not declared only", async () => {
    const files = fixtureFiles(TWO_HOSTS);
    files.set("nix-build-budget.json", '{ "machines": { "one": { "threads": 4, "memory": "8GiB" } } }');
    const { model } = await analyse({
      files,
      machine: "threads=32,memory=64GiB",
      options: { local: { ...LOCAL, hostName: "two" } },
    });
    const threads = Object.fromEntries(model.hosts.map((host) => [host.name, host.machine?.threads]));
    assert.deepEqual(threads, { one: 4, two: 32 });
  });
});

describe("mistakes in nix-build-budget.json", () => {
  it("are findings there, and what is right counts", async () => {
    const files = fixtureFiles("{ nix.settings = { max-jobs = 3; cores = 2; }; }");
    files.set(
      "nix-build-budget.json",
      '{ "policy": "strct", "minimumConfidence": 0.5, "rules": { "no-such-rule": "off" } }',
    );
    const { findings, configuration } = await analyse({ files, machine: "threads=8,memory=16GiB" });
    assert.deepEqual(
      findings.map(({ rule, severity, file }) => [rule, severity, file]),
      [
        ["invalid-configuration", "error", "nix-build-budget.json"],
        ["invalid-configuration", "error", "nix-build-budget.json"],
      ],
    );
    assert.equal(configuration.policy, "balanced");
    assert.equal(configuration.minimumConfidence, 0.5);
  });

  it("beats what the editor is set to, key by key", async () => {
    const { DEFAULT_CONFIGURATION } = await import("../../server/src/core/machine/configuration.js");
    const files = fixtureFiles("{ nix.settings.cores = 2; }");
    files.set("nix-build-budget.json", '{ "policy": "strict", "rules": { "cores-auto": "hint" } }');
    const editor = {
      ...DEFAULT_CONFIGURATION,
      policy: "burst" as const,
      targetRisk: 0.2,
      rules: new Map([
        ["cores-auto", "off" as const],
        ["slow-linker", "off" as const],
      ]),
    };
    const { configuration } = await analyse({ files, options: { configuration: editor } });
    assert.equal(configuration.policy, "strict");
    assert.equal(configuration.targetRisk, 0.2);
    assert.deepEqual(Object.fromEntries(configuration.rules), { "cores-auto": "hint", "slow-linker": "off" });
  });
});
