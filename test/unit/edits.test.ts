// Where edits are refused, and how nix.conf text and awkward places are written. What Nix says of edits: test/oracle.
import assert from "node:assert/strict";
import {
  removeDefinition,
  renameDefinition,
  replaceValue,
  setOption,
  setOptions,
} from "../../server/src/core/edits/options.js";
import { appendToList, requireFormal, setAttribute, setEnv } from "../../server/src/core/edits/packages.js";
import { joinInsertions } from "../../server/src/core/text/edit.js";
import { analyse } from "../support/analysis.js";
import { edited, open } from "../support/edited.js";
import { fixtureFiles } from "../support/fixture.js";

const CORES = ["nix", "settings", "cores"];
const MAX_JOBS = ["nix", "settings", "max-jobs"];

describe("setting an option", () => {
  const REFUSED: readonly (readonly [why: string, text: string])[] = [
    ["beside a set from a function", "{ f, ... }: { nix.settings = f 1; nix.gc.automatic = true; }"],
    ["beside an imported set that is not there", "{ nix.settings = import ./missing.nix; nix.gc.automatic = true; }"],
    ["two definitions of one value", "{ imports = [ { nix.settings.cores = 4; } { nix.settings.cores = 4; } ]; }"],
    ["under an unknown condition", "{ lib, config, ... }: { nix.settings.cores = lib.mkIf config.x 4; }"],
    ["a value that hangs on an argument", "{ lib, pkgs, cores ? 4, ... }: { nix.settings.cores = cores; }"],
    ["an inherited value", "let cores = 4; in { nix.settings = { inherit cores; }; }"],
    ["a value of a set that is used twice", "let s = { cores = 4; }; in { nix.settings = s; other = s; }"],
    ["a value of a recursive set that is named besides", "rec { s = { cores = 4; }; nix.settings = s; }"],
    [
      "a name that a recursive set would capture",
      "let cores = 1; in { nix.settings = rec { max-jobs = cores; }; nix.gc.automatic = true; }",
    ],
    ["generated files", "# Do not modify this file! It was generated.\n{ nix.settings.max-jobs = 4; }"],
  ];
  for (const [why, text] of REFUSED)
    it(`refuses ${why}`, async () => {
      const opened = await open(text);
      assert.equal(edited(opened, setOption(opened.host, CORES, "2", opened.host.definitions[0])), undefined);
    });

  it("refuses a hardware scan, and writes into the file beside it", async () => {
    const files = fixtureFiles(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./hardware-configuration.nix ./other.nix ]; }; }; }
#- hardware-configuration.nix
{ nix.settings.max-jobs = 4; }
#- other.nix
{ boot.tmp.useTmpfs = true; }
`);
    const { model } = await analyse({ files });
    const host = model.hosts.find((each) => each.name === "a");
    assert.ok(host);
    assert.equal(setOption(host, MAX_JOBS, "2"), undefined);
    assert.deepEqual(
      setOption(host, CORES, "2")?.map((edit) => edit.file),
      ["other.nix"],
    );
  });

  it("overrides the default of a hardware scan in another file, with a plain definition", async () => {
    const files = fixtureFiles(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./hardware-configuration.nix ./other.nix ]; }; }; }
#- hardware-configuration.nix
{ lib, ... }: { nix.settings.max-jobs = lib.mkDefault 4; }
#- other.nix
{ nix.settings.sandbox = true; }
`);
    const { model } = await analyse({ files });
    const host = model.hosts.find((each) => each.name === "a");
    assert.ok(host);
    assert.deepEqual(
      setOption(host, MAX_JOBS, "2")?.map(({ file, newText }) => [file, newText]),
      [["other.nix", " nix.settings.max-jobs = 2;"]],
    );
  });

  it("edits the definition in whatever module has it", async () => {
    const files = fixtureFiles(`#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./one.nix ./two.nix ]; }; }; }
#- one.nix
{ nix.settings.max-jobs = 4; }
#- two.nix
{ lib, ... }: { nix.settings.cores = lib.mkDefault 8; }
`);
    const { model } = await analyse({ files });
    const host = model.hosts.find((each) => each.name === "a");
    assert.ok(host);
    const edits = setOptions(host, [
      { path: MAX_JOBS, value: "3" },
      { path: CORES, value: "2" },
    ]);
    assert.deepEqual(
      edits?.map(({ file, newText }) => [file, newText]),
      [
        ["one.nix", "3"],
        ["two.nix", "2"],
      ],
    );
  });

  describe("of hosts that share modules", () => {
    const PAGE_CLUSTER = ["boot", "kernel", "sysctl", "vm.page-cluster"];
    const flake = (a: string, b: string) => `#- flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  a = nixpkgs.lib.nixosSystem { modules = [ ${a} ]; };
  b = nixpkgs.lib.nixosSystem { modules = [ ${b} ]; };
}; }; }
`;
    const ZRAM = "{ zramSwap.enable = true; }\n";
    /** The files that setting vm.page-cluster on host `a`, beside its zram, writes into. */
    async function written(text: string): Promise<readonly string[] | undefined> {
      const { model } = await analyse({ files: fixtureFiles(text) });
      const host = model.hosts.find((each) => each.name === "a");
      const near = host?.definitions.find((d) => d.attrPath.join(".") === "zramSwap.enable");
      assert.ok(host && near);
      return setOption(host, PAGE_CLUSTER, "0", near)?.map((edit) => edit.file);
    }

    it("reaches no host that lacks what it goes with", async () => {
      const text = `${flake("./zram.nix ./shared.nix", "./shared.nix")}#- zram.nix
${ZRAM}#- shared.nix
{ boot.kernel.sysctl."vm.max_map_count" = 1; }
`;
      assert.deepEqual(await written(text), ["zram.nix"]);
    });

    it("reaches all that have it", async () => {
      const text = `${flake("./zram.nix ./a.nix", "./zram.nix")}#- zram.nix
${ZRAM}#- a.nix
{ boot.kernel.sysctl."vm.max_map_count" = 1; }
`;
      assert.deepEqual(await written(text), ["zram.nix"]);
    });

    it("goes where no second definition meets it", async () => {
      const text = `${flake("./zram.nix ./a.nix", "./zram.nix ./b.nix")}#- zram.nix
${ZRAM}#- a.nix
{ boot.tmp.cleanOnBoot = true; }
#- b.nix
{ boot.kernel.sysctl."vm.page-cluster" = 1; }
`;
      assert.deepEqual(await written(text), ["a.nix"]);
      assert.equal(await written(text.replace("./zram.nix ./a.nix", "./zram.nix")), undefined);
    });
  });

  it("writes into a broken file only where it is whole", async () => {
    const opened = await open("{\n  a = ;\n  nix = {\n    settings = {\n      max-jobs = 4;\n    };\n  };\n}\n");
    assert.match(edited(opened, setOption(opened.host, CORES, "2")) ?? "", /max-jobs = 4;\n {6}cores = 2;\n {4}\};/);
  });

  it("keeps a byte order mark first", async () => {
    const opened = await open("\uFEFF{\n  nix.settings.max-jobs = 4;\n}\n");
    assert.equal(
      edited(opened, setOption(opened.host, CORES, "2")),
      "\uFEFF{\n  nix.settings.max-jobs = 4;\n  nix.settings.cores = 2;\n}\n",
    );
  });

  it("writes into empty sets, commented ones too", async () => {
    const texts: readonly (readonly [before: string, after: string])[] = [
      ["{ nix.settings = { }; }", "{ nix.settings = { cores = 2; }; }"],
      ["{ nix.settings = {}; }", "{ nix.settings = { cores = 2; }; }"],
      [
        "{\n  nix.settings = {\n    # nothing yet\n  };\n}\n",
        "{\n  nix.settings = {\n    # nothing yet\n    cores = 2;\n  };\n}\n",
      ],
      ["{\n  nix.settings = {\n  };\n}\n", "{\n  nix.settings = {\n    cores = 2;\n  };\n}\n"],
    ];
    for (const [before, after] of texts) {
      const opened = await open(before);
      assert.equal(edited(opened, setOption(opened.host, CORES, "2", opened.host.definitions[0])), after);
    }
  });
});

describe("changing definitions", () => {
  it("puts parentheses around what would fall apart in its place", async () => {
    const texts: readonly (readonly [before: string, value: string, after: string])[] = [
      ["lib.mkDefault 4", "-1", "lib.mkDefault (-1)"],
      ["lib.mkDefault (4)", "-1", "lib.mkDefault (-1)"],
      ["lib.mkDefault 4", "[ 1 2 ]", "lib.mkDefault [ 1 2 ]"],
      ["lib.mkDefault 4", "lib.min 2 3", "lib.mkDefault (lib.min 2 3)"],
      ["4", "lib.min 2 3", "lib.min 2 3"],
    ];
    for (const [before, value, after] of texts) {
      const text = (written: string): string => `{ lib, ... }: { nix.settings.cores = ${written}; }`;
      const opened = await open(text(before));
      assert.equal(edited(opened, replaceValue(opened.definition("nix.settings.cores"), value)), text(after));
    }
  });

  it("edits nix.conf text by lines", async () => {
    const files = new Map([["nix.conf", "max-jobs = 4 # many\r\ncores = 8\r\n"]]);
    const { model } = await analyse({ files });
    const [host] = model.hosts;
    const cores = host?.definitions.find((definition) => definition.attrPath.at(-1) === "cores");
    assert.ok(host && cores);
    assert.deepEqual(
      setOptions(host, [
        { path: ["nix.conf", "max-jobs"], value: '"auto"' },
        { path: ["nix.conf", "cores"], value: "2" },
      ])?.map(({ newText }) => newText),
      ["auto", "2"],
    );
    assert.deepEqual(
      setOption(host, ["nix.conf", "timeout"], "60", cores)?.map(({ newText }) => newText.trim()),
      ["timeout = 60"],
    );
    assert.deepEqual(
      renameDefinition(cores, "build-cores")?.map(({ newText }) => newText),
      ["build-cores"],
    );
  });

  it("edits text inside nix.extraOptions", async () => {
    const text = "{\n  nix.extraOptions = ''\n    cores = 8\n    timeout = 60\n  '';\n}\n";
    const opened = await open(text);
    const cores = opened.definition("nix.extraOptions.cores");
    assert.equal(edited(opened, replaceValue(cores, "2")), text.replace("8", "2"));
    assert.equal(edited(opened, removeDefinition(cores)), text.replace("    cores = 8\n", ""));
    assert.equal(edited(opened, setOption(opened.host, CORES, "2")), text.replace("8", "2"));
    const line = await open('{ nix.extraOptions = "cores = 8\\ntimeout = 60"; }');
    assert.equal(
      edited(line, removeDefinition(line.definition("nix.extraOptions.cores"))),
      '{ nix.extraOptions = "timeout = 60"; }',
    );
    assert.equal(
      edited(line, replaceValue(line.definition("nix.extraOptions.timeout"), "90")),
      '{ nix.extraOptions = "cores = 8\\ntimeout = 90"; }',
    );
  });

  it("refuses a new name that is taken", async () => {
    const opened = await open("{ nix.settings.build-cores = 4; nix.settings.cores = 2; }");
    assert.equal(renameDefinition(opened.definition("nix.settings.build-cores"), "cores"), undefined);
    const free = await open("{ nix.settings.build-cores = 4; }");
    assert.equal(
      edited(free, renameDefinition(free.definition("nix.settings.build-cores"), "cores")),
      "{ nix.settings.cores = 4; }",
    );
  });
});

describe("changing packages", () => {
  const build = (argument: string): string => `{ lib, rustPlatform }:\nrustPlatform.buildRustPackage ${argument}\n`;

  it("refuses what would drop or double a variable", async () => {
    const texts = [
      build('(common // { pname = "a"; env = f { }; inherit env; })'),
      build('{ pname = "a"; inherit (x) MARK; }'),
      build('{ pname = "a"; inherit env; }'),
      build('rec { pname = "a"; x = env; }'),
      build('{ pname = "a"; env = if x then y else z; }'),
    ];
    for (const text of texts) {
      const { pkg } = await open(text, "demo.nix");
      assert.ok(pkg, text);
      assert.equal(setEnv(pkg, "MARK", '"1"'), undefined, text);
    }
  });

  it("asks for inputs in the style in use", async () => {
    const body = 'rustPlatform.buildRustPackage { pname = "a"; }\n';
    const heads: readonly (readonly [before: string, after: string])[] = [
      ["{ lib, rustPlatform }:\n", "{ lib, rustPlatform, mold }:\n"],
      ["{ rustPlatform, ... }:\n", "{ rustPlatform, mold, ... }:\n"],
      ["{\n  lib,\n  rustPlatform,\n}:\n", "{\n  lib,\n  rustPlatform,\n  mold,\n}:\n"],
      ["{\n  lib,\n  rustPlatform\n}:\n", "{\n  lib,\n  rustPlatform,\n  mold\n}:\n"],
      ["{ rustPlatform\n, lib ? null\n}:\n", "{ rustPlatform\n, lib ? null\n, mold\n}:\n"],
      ["{\n  rustPlatform, # Rust\n  ...\n}@args:\n", "{\n  rustPlatform, # Rust\n  mold,\n  ...\n}@args:\n"],
      ["{ mold, rustPlatform }:\n", "{ mold, rustPlatform }:\n"],
    ];
    for (const [before, after] of heads) {
      const opened = await open(before + body, "demo.nix");
      assert.ok(opened.pkg, before);
      assert.equal(edited(opened, requireFormal(opened.pkg, "mold")), after + body);
    }
  });

  it("appends to lists however they are made, once", async () => {
    const lists: readonly (readonly [before: string, after: string])[] = [
      ["[ a b ]", "[ a b mold ]"],
      ["[]", "[ mold ]"],
      ["with pkgs; [ a ]", "with pkgs; [ a mold ]"],
      ["[ a ] ++ lib.optionals x [ b ]", "[ a ] ++ lib.optionals x [ b ] ++ [ mold ]"],
      ["[\n    a\n    b # last\n  ]", "[\n    a\n    b # last\n    mold\n  ]"],
      ["[ a mold ]", "[ a mold ]"],
    ];
    for (const [before, after] of lists) {
      const text = (list: string) => build(`{\n  pname = "a";\n  nativeBuildInputs = ${list};\n}`);
      const opened = await open(text(before), "demo.nix");
      assert.ok(opened.pkg);
      assert.equal(edited(opened, appendToList(opened.pkg, "nativeBuildInputs", "mold")), text(after));
    }
  });

  it("turns a plain override into a function once, for several changes", async () => {
    const text = "final: prev: {\n  demo = prev.demo.overrideAttrs {\n    doCheck = true;\n  };\n}\n";
    const opened = await open(text, "overlay.nix");
    assert.ok(opened.pkg);
    const parts = [
      setEnv(opened.pkg, "A", '"1"'),
      appendToList(opened.pkg, "patches", "./a.patch"),
      setAttribute(opened.pkg, ["doCheck"], "false"),
    ];
    assert.equal(
      edited(opened, joinInsertions(parts.flatMap((part) => part ?? []))),
      'final: prev: {\n  demo = prev.demo.overrideAttrs (old: {\n    doCheck = false;\n    env = (old.env or { }) // { A = "1"; };\n    patches = (old.patches or [ ]) ++ [ ./a.patch ];\n  });\n}\n',
    );
  });
});
