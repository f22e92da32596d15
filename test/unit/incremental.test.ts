// Sequences of edits after which an analysis once said something else than a fresh one; test/fuzz found most of them.
import assert from "node:assert/strict";
import { type Analysis, analyze } from "../../server/src/core/analyze.js";
import type { Snapshot } from "../../server/src/core/workspace/snapshot.js";
import { fixtureFiles, snapshotOf } from "../support/fixture.js";
import { assertSame, fuzzOptions } from "../support/invariants.js";

/** A file's new text; null for one that is gone, false for one that can't be read. */
type Step = Readonly<Record<string, string | null | false>>;

interface Case {
  readonly title: string;
  readonly files: string;
  readonly steps: readonly Step[];
}

const HOME = `#- flake.nix
{ outputs = { home-manager, ... }: { homeConfigurations.me = home-manager.lib.homeManagerConfiguration { modules = [ ./me.nix ]; }; }; }
#- me.nix
{ imports = [ ./jobs.nix ]; nix.settings.cores = 2; }
#- jobs.nix
{ nix.settings.max-jobs = 4; }
`;

const CASES: readonly Case[] = [
  {
    title: "a flake that can't be read any more is no source",
    files: HOME,
    steps: [{ "flake.nix": false }, { "flake.nix": "{ }" }],
  },
  {
    title: "a module of a home that comes late",
    files: HOME,
    steps: [{ "jobs.nix": null }, { "jobs.nix": "{ nix.settings.max-jobs = 3; }" }],
  },
  {
    title: "a module of a home that could not be read",
    files: HOME,
    steps: [{ "jobs.nix": false }, { "jobs.nix": "{ nix.settings.max-jobs = 3; }" }],
  },
  {
    title: "a disabled module of a home",
    files: HOME.replace("nix.settings.cores = 2;", "disabledModules = [ ./jobs.nix ];"),
    steps: [{ "jobs.nix": "{ imports = [ ./more.nix ]; }" }, { "more.nix": "{ nix.settings.cores = 3; }" }],
  },
  {
    title: "files and folders that hosts find with one function",
    files: `#- flake.nix
{ outputs = { nixpkgs, ... }: let
  make = name: let lib = nixpkgs.lib; walk = (import ./walk.nix { inherit lib; }).walk; in nixpkgs.lib.nixosSystem {
    specialArgs = { inherit name; };
    modules = walk ./modules;
  };
in { nixosConfigurations = { one = make "one"; two = make "two"; }; }; }
#- walk.nix
{ lib }: rec {
  walk = dir: builtins.concatLists (lib.mapAttrsToList
    (name: type: if type == "directory" then walk (dir + "/\${name}") else [ (dir + "/\${name}") ])
    (builtins.readDir dir));
}
#- modules/a/jobs.nix
{ name, ... }: { nix.settings.max-jobs = if name == "one" then 1 else 2; }
#- modules/b/c/cores.nix
{ nix.settings.cores = 3; }
`,
    steps: [
      { "modules/b/c/more.nix": "{ nix.settings.http-connections = 50; }" },
      { "modules/a/jobs.nix": "{ nix.settings.max-jobs = 3; }" },
      { "modules/b/c/cores.nix": null },
      { "modules/b/d/cores.nix": "{ nix.settings.cores = 4; }" },
    ],
  },
];

describe("an analysis after edits", () => {
  for (const { title, files, steps } of CASES)
    it(title, async () => {
      const options = await fuzzOptions();
      const texts = new Map<string, string | false>(fixtureFiles(files));
      let analysis: Analysis = analyze(snapshotWith(texts), options);
      assert.ok(analysis.model.definitions.length > 0);
      for (const [i, step] of steps.entries()) {
        for (const [path, text] of Object.entries(step))
          if (text === null) texts.delete(path);
          else texts.set(path, text);
        analysis = analyze(snapshotWith(texts), options, analysis);
        assertSame(analysis, analyze(snapshotWith(texts), options), `step ${i + 1}`);
      }
    });
});

it("the order in which files were read tells nothing", async () => {
  const options = await fuzzOptions();
  const texts = fixtureFiles(`${HOME}#- sub/flake.nix\n{ }\n#- package.nix\n{ stdenv }: stdenv.mkDerivation { }\n`);
  const first = analyze(snapshotOf(texts), { ...options, machine: undefined });
  const other = analyze(snapshotOf(new Map([...texts].reverse())), { ...options, machine: undefined });
  assert.ok(first.findings.some(({ rule }) => rule === "machine-unknown"));
  assertSame(other, first, "in the other order");
});

function snapshotWith(texts: ReadonlyMap<string, string | false>): Snapshot {
  const { files, folders } = snapshotOf(new Map([...texts].map(([path, text]) => [path, text || ""])));
  const states = new Map(files);
  for (const [path, text] of texts)
    if (text === false) states.set(path, { unreadable: "permission denied", version: `unreadable ${path}` });
  return { files: states, folders };
}
