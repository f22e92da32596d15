// Edits of a host's modules: what hangs on another value of `config` is evaluated anew, and nothing else.
import assert from "node:assert/strict";
import { type Analysis, analyze } from "../../server/src/core/analyze.js";
import { fixtureFiles, snapshotOf } from "../support/fixture.js";
import { assertSame, fuzzOptions } from "../support/invariants.js";

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

function hostOf({ model }: Analysis) {
  return model.hosts.find(({ name }) => name === "two");
}
