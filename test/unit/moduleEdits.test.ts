// Edits of a host's modules: what hangs on another value of `config` is evaluated anew, and nothing else.
import assert from "node:assert/strict";
import { type Analysis, analyze } from "../../server/src/core/analyze.js";
import { fixtureFiles, snapshotOf } from "../support/fixture.js";
import { assertSame, fuzzOptions } from "../support/invariants.js";
import { followsEdits } from "../support/layouts.js";

const FLAKE = `#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  one = nixpkgs.lib.nixosSystem { modules = [ ./options.nix ./values.nix ./reader.nix ./imports.nix ]; };
  two = nixpkgs.lib.nixosSystem { modules = [ ./options.nix ./reader.nix ./imports.nix ({ config, ... }: { nix.settings.http-connections = config.my.jobs; }) ]; };
}; }; }
#- options.nix
{ lib, ... }: { options.my.jobs = lib.mkOption { type = lib.types.int; default = 2; };
  options.my.names = lib.mkOption { type = lib.types.attrsOf lib.types.int; default = { }; }; }
#- values.nix
{ ... }: { my.jobs = 4; my.names.a = 1; }
#- reader.nix
{ config, lib, ... }: {
  options.my.cores = lib.mkOption { default = config.my.jobs + 1; };
  config.nix.settings.max-jobs = config.my.jobs;
  config.nix.settings.cores = if config.my.names ? a then 1 else 2;
}
#- imports.nix
{ lib, ... }: { imports = lib.optional true ./imported.nix; nix.settings.timeout = 60; }
#- imported.nix
{ config, ... }: { nix.settings.max-silent-time = config.my.cores; my.list = builtins.attrNames config.my.names; }
#- other.nix
{ nix.settings.keep-outputs = true; }
`;

interface Case {
  readonly title: string;
  readonly file: string;
  readonly texts: readonly string[];
  /** Whether the hosts stand as they are. */
  readonly stands?: boolean;
}

const text = (file: string) => fixtureFiles(FLAKE).get(file) ?? "";

const CASES: readonly Case[] = [
  { title: "a blank line above an option", file: "options.nix", texts: [`\n${text("options.nix")}`], stands: true },
  { title: "another default", file: "options.nix", texts: [text("options.nix").replace("2;", "3;")] },
  { title: "an option gone", file: "options.nix", texts: ["{ }", text("options.nix")] },
  { title: "another type", file: "options.nix", texts: [text("options.nix").replace("types.int;", "types.str;")] },
  { title: "half-typed", file: "options.nix", texts: ["{ lib, ... }: { options.my.", text("options.nix")] },
  {
    title: "another value, read through another option",
    file: "values.nix",
    texts: ["{ my.jobs = 6; my.names.a = 1; }", "{ my.jobs = 7; }", "{ my.names = { b = 2; c = 3; }; }"],
  },
  {
    title: "a name that nobody has read",
    file: "values.nix",
    texts: ["{ my.jobs = 4; my.names.a = 1; my.other = 3; }"],
    stands: true,
  },
  {
    title: "computed imports",
    file: "imports.nix",
    texts: [
      "{ lib, ... }: { imports = [ ./imported.nix ] ++ lib.optional true ./other.nix; }",
      "{ lib, ... }: { imports = lib.optional false ./imported.nix; }",
    ],
  },
  {
    title: "imports in another order",
    file: "imports.nix",
    texts: [
      "{ imports = [ ./imported.nix ./other.nix ]; }",
      "{ imports = [ ./other.nix ./imported.nix ]; }",
      "{ imports = [ ./other.nix ./values.nix ]; }",
    ],
  },
  {
    title: "a module that sets anything",
    file: "values.nix",
    texts: [
      "{ foo, ... }: foo",
      "{ foo, ... }: { my = foo; }",
      "{ config, ... }: { my.jobs = config.my.names.a; my.names.a = 9; }",
    ],
  },
  {
    title: "an infinite recursion comes and goes",
    file: "values.nix",
    texts: ["{ config, ... }: { my.jobs = config.my.cores; }", "{ my.jobs = 1; }"],
  },
  {
    title: "a reader's own options",
    file: "reader.nix",
    texts: [text("reader.nix").replace("+ 1", "+ 2"), text("reader.nix").replace("jobs + 1", "names.a or 5")],
  },
  {
    title: "a module disabled",
    file: "imports.nix",
    texts: ["{ imports = [ ./imported.nix ]; disabledModules = [ ./values.nix ]; }"],
  },
];

describe("edits of modules", () => {
  for (const { title, file, texts, stands } of CASES)
    it(title, async () => {
      const options = await fuzzOptions();
      const files = fixtureFiles(FLAKE);
      const first = analyze(snapshotOf(files), options);
      let analysis: Analysis = first;
      for (const next of [...texts, text(file)]) {
        files.set(file, next);
        analysis = analyze(snapshotOf(files), options, analysis);
        assertSame(analysis, analyze(snapshotOf(files), options), next);
        if (stands === true) assert.equal(hostOf(analysis), hostOf(first));
      }
    });
});

const FUNCTIONS = `#- flake.nix
{ outputs = { self, nixpkgs, ... }: {
  nixosModules.given = import ./given.nix;
  overlays.default = import ./overlay.nix;
  lib = map import [ ./number.nix ];
  nixosConfigurations = {
    one = nixpkgs.lib.nixosSystem { modules = [ self.nixosModules.given (import ./made.nix 3) ]; };
    two = nixpkgs.lib.nixosSystem { modules = [ ./plain.nix { nix.settings.cores = builtins.elemAt self.lib 0; } ]; };
  };
}; }
#- given.nix
{ config, ... }: { imports = [ (import ./inner.nix) ]; nix.settings.max-jobs = 4; }
#- inner.nix
{ ... }: { nix.settings.timeout = 60; }
#- made.nix
n: { nix.settings.http-connections = n; }
#- number.nix
2
#- overlay.nix
final: prev: { tool = prev.tool.overrideAttrs { enableParallelBuilding = false; }; }
#- plain.nix
{ self, ... }: { nixpkgs.overlays = [ self.overlays.default ]; nix.settings.max-jobs = 2; }
`;

describe("edits of files that are functions", () => {
  it("of a module that is listed by its path and as a function", async () => {
    const options = await fuzzOptions();
    const files = fixtureFiles(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem {
  modules = [ ./reader.nix (import ./reader.nix) ./value.nix ]; }; }; }
#- reader.nix
{ config, lib, ... }: { options.my.jobs = lib.mkOption { default = 1; }; config.nix.settings.cores = config.my.jobs; }
#- value.nix
{ my.jobs = 2; }
`);
    let analysis = analyze(snapshotOf(files), options);
    for (const value of ["{ my.jobs = 3; }", "{ my.jobs = 4; }"]) {
      files.set("value.nix", value);
      analysis = analyze(snapshotOf(files), options, analysis);
      assertSame(analysis, analyze(snapshotOf(files), options), value);
    }
  });
  const steps: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["given.nix", ["{ ... }: { nix.settings.max-jobs = 5; }", "{ nix.settings.max-jobs = 6; }", "{ ... }: {"], "two"],
    ["inner.nix", ["{ ... }: { nix.settings.timeout = 61; }", "{ nix.settings.timeout = 62; }", "3"], "two"],
    ["made.nix", ["n: { nix.settings.http-connections = n + 1; }", "n: m: { }", "{ }"], undefined],
    ["number.nix", ["3", "n: 4", "5"], undefined],
    ["overlay.nix", ["final: prev: { }", "{ }"], undefined],
  ];
  for (const [file, texts, other] of steps)
    it(file, async () => {
      const options = await fuzzOptions();
      const files = fixtureFiles(FUNCTIONS);
      const first = analyze(snapshotOf(files), options);
      let analysis: Analysis = first;
      const before = files.get(file) ?? "";
      for (const [i, next] of [...texts, before].entries()) {
        files.set(file, next);
        analysis = analyze(snapshotOf(files), options, analysis);
        assertSame(analysis, analyze(snapshotOf(files), options), next);
        // As long as it is a function, only what calls it hangs on its text.
        if (i === 0 && other !== undefined) assert.equal(hostOf(analysis, other), hostOf(first, other));
      }
    });
});

function hostOf({ model }: Analysis, wanted = "two") {
  return model.hosts.find(({ name }) => name === wanted);
}

const SYSTEM = `#- flake.nix
{ outputs = { nixpkgs, ... }: let this = import ./machines.nix { inherit (nixpkgs) lib; }; in { nixosConfigurations.one =
  nixpkgs.lib.nixosSystem { specialArgs = { inherit this; }; modules = [ ./host.nix ./names.nix ./options.nix ./old.nix ]; }; }; }
#- machines.nix
{ lib }: (lib.evalModules { modules = [ ./declared.nix ./defined.nix ]; }).config
#- declared.nix
{ lib, ... }: { options.jobs = lib.mkOption { type = lib.types.int; default = 2; }; }
#- defined.nix
{ jobs = 5; }
#- host.nix
{ this, config, ... }: { nix.settings.max-jobs = this.jobs; nix.settings.cores = config.my.new; }
#- names.nix
{ lib, ... }: { imports = [ (lib.mkRenamedOptionModule [ "my" "old" ] [ "my" "new" ]) ]; }
#- options.nix
{ lib, ... }: { options.my.new = lib.mkOption { type = lib.types.int; default = 2; }; }
#- old.nix
{ ... }: { my.old = 6; }
`;

const ALIAS = `#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = [ ./all.nix ]; }; }; }
#- all.nix
{ imports = [ ./names.nix ./options.nix ./old.nix ./switch.nix ./reader.nix ]; }
#- names.nix
{ lib, ... }: { imports = [ (lib.mkRenamedOptionModule [ "my" "old" ] [ "my" "new" ]) ]; }
#- options.nix
{ lib, ... }: { options.my.new = lib.mkOption { type = lib.types.int; default = 2; };
  options.my.switch = lib.mkOption { type = lib.types.bool; default = false; }; }
#- old.nix
{ lib, config, ... }: { my.old = lib.mkIf config.my.switch 6; }
#- switch.nix
{ ... }: { my.switch = true; }
#- reader.nix
{ config, ... }: { nix.settings.cores = config.my.new; nix.settings.max-jobs = config.my.old; }
`;

const DISPLACED = `#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.one = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; }; }
#- host.nix
{ lib, ... }: { imports = lib.optional (builtins.getEnv "A" == "") ./a.nix ++ [ ./b.nix ]; }
#- a.nix
{ ... }: { nix.settings.cores = 3; }
#- b.nix
{ imports = [ ./c.nix ]; }
#- c.nix
{ imports = [ ./a.nix ]; nix.settings.timeout = 5; }
`;

describe("edits where options have other names", () => {
  for (const [file, texts] of [
    ["old.nix", ["{ my.old = 7; }", "{ }", "{ lib, ... }: { my.old = lib.mkForce 8; }"]],
    ["switch.nix", ["{ my.switch = false; }", "{ }", "{ my.switch = true; my.new = 9; }"]],
    ["options.nix", [`\n${fixtureFiles(ALIAS).get("options.nix")?.replace("default = 2", "default = 3")}`]],
  ] as const)
    it(`are followed: ${file}`, async () => {
      const options = await fuzzOptions();
      const files = fixtureFiles(ALIAS);
      let analysis = analyze(snapshotOf(files), options);
      for (const next of [...texts, files.get(file) ?? ""]) {
        files.set(file, next);
        analysis = analyze(snapshotOf(files), options, analysis);
        assertSame(analysis, analyze(snapshotOf(files), options), next);
        assert.notEqual(hostOf(analysis, "one")?.setting("cores").state, "unset");
      }
    });
});

describe("an edit of a module that a host hangs on from afar", () => {
  it("is followed: module systems of a flake's own, other names of options", () => followsEdits(SYSTEM));
  it("is followed: a module whose place hangs on a condition", () => followsEdits(DISPLACED));
});
