import assert from "node:assert/strict";
import { definitionTexts, modelOf, stateText } from "../support/model.js";

describe("the module system of a file that no host reaches", () => {
  for (const [path, platform] of [
    ["hosts/darwin/mac.nix", "darwin"],
    ["nixos/box.nix", "nixos"],
    ["home/me.nix", "home-manager"],
    ["tests/modules/services/darwin/agent.nix", "module"],
    ["home-manager/tests/darwin/agent.nix", "home-manager"],
    ["modules/a.nix", "module"],
  ] as const)
    it(`${path}: ${platform}`, async () => {
      const model = await modelOf(new Map([[path, "{ nix.settings.cores = 2; }"]]));
      assert.equal(model.hosts[0]?.platform, platform);
    });
});

describe("definitions of a file on its own", () => {
  const texts = async (text: string) => definitionTexts(await modelOf(text));

  it("go by the path from the file's top: functions skipped, marks transparent, lists as []", async () => {
    assert.deepEqual(
      await texts(`{ lib, config, ... }: {
  config = lib.mkIf config.x.enable (lib.mkMerge [
    { nix.settings.max-jobs = lib.mkDefault 4; }
    { zramSwap = { enable = true; memoryPercent = lib.mkForce (50 + 25); }; }
  ]);
}`),
      [
        "module.nix config.nix.settings.max-jobs = int 4 @1000 if for (workspace)",
        "module.nix config.zramSwap.enable = bool true if for (workspace)",
        "module.nix config.zramSwap.memoryPercent = int 75 @50 if for (workspace)",
      ],
    );
  });

  it("sets and lists are reported whole and by their parts where their type is free", async () => {
    assert.deepEqual(
      await texts(`{
  nix = { settings = { cores = 2; substituters = [ "a" ]; }; buildMachines = [ { hostName = "b"; maxJobs = 3; } ]; };
  swapDevices = [ { device = "/swap"; size = 4 * 1024; } ];
}`),
      [
        "module.nix nix.settings = {cores=int 2;substituters=[string a]} for (workspace)",
        "module.nix nix.settings.cores = int 2 for (workspace)",
        "module.nix nix.settings.substituters = [string a] for (workspace)",
        "module.nix nix.buildMachines = [{hostName=string b;maxJobs=int 3}] for (workspace)",
        "module.nix nix.buildMachines.[] = {hostName=string b;maxJobs=int 3} for (workspace)",
        "module.nix nix.buildMachines.[].hostName = string b for (workspace)",
        "module.nix nix.buildMachines.[].maxJobs = int 3 for (workspace)",
        "module.nix swapDevices = [{device=string /swap;size=int 4096}] for (workspace)",
        "module.nix swapDevices.[] = {device=string /swap;size=int 4096} for (workspace)",
        "module.nix swapDevices.[].device = string /swap for (workspace)",
        "module.nix swapDevices.[].size = int 4096 for (workspace)",
      ],
    );
  });

  it("are found under any prefix, within unknown calls, and loose", async () => {
    const model = await modelOf(`{ inputs, ... }: {
  flake.modules.nixos.base = { pkgs, ... }: { nix.settings.cores = 1; };
  hosts.a = inputs.x.mkHost { modules = [ { boot.tmp.useTmpfs = true; } ]; };
  common = { max-jobs = 2; };
  machines.b.maxJobs = 8;
}`);
    assert.deepEqual(
      model.definitions.map(({ pathInFile, attrPath }) => [pathInFile.join("."), attrPath.join(".")]),
      [
        ["flake.modules.nixos.base.nix.settings.cores", "nix.settings.cores"],
        ["hosts.a.modules.[].boot.tmp.useTmpfs", "boot.tmp.useTmpfs"],
        ["common.max-jobs", "max-jobs"],
        ["machines.b.maxJobs", "maxJobs"],
      ],
    );
  });

  it("are no values of their own where they are a part of what is not known", async () => {
    const model = await modelOf(`{ pkgs, config, lib, old, ... }: {
  nix.buildMachines = lib.optionals config.x [ { maxJobs = 2; } ] ++ [ { maxJobs = pkgs.jobs; } ];
  systemd.services.nix-daemon.environment.NIX_SSHOPTS = "-i \${pkgs.writeText "key" ''text''}";
  makeFlags = (old.makeFlags or [ ]) ++ [ "-j4" ];
  swapDevices = map (label: { device = "/dev/\${label}"; size = 8; }) config.x.labels;
}`);
    assert.deepEqual(
      model.definitions.map(({ pathInFile, value }) => [pathInFile.join("."), value.kind]),
      [
        ["nix.buildMachines", "list"],
        ["nix.buildMachines.[]", "attrs"],
        ["nix.buildMachines.[].maxJobs", "int"],
        ["nix.buildMachines.[]", "attrs"],
        ["nix.buildMachines.[].maxJobs", "unknown"],
        ["systemd.services.nix-daemon.environment.NIX_SSHOPTS", "unknown"],
        ["makeFlags", "list"],
        ["swapDevices", "unknown"],
      ],
    );
  });

  it("are found in a package that another one takes", async () => {
    const text = `{ crane, ... }: {
  packages.a = let cargoArtifacts = crane.buildDepsOnly { doCheck = false; }; in
    crane.buildPackage { inherit cargoArtifacts; doCheck = true; };
}`;
    const found = (await texts(text)).filter((line) => line.includes("doCheck"));
    assert.deepEqual(found, [
      "module.nix packages.a.doCheck = bool true for (workspace)",
      "module.nix packages.a.cargoArtifacts.doCheck = bool false for (workspace)",
    ]);
  });

  it("keep declarations of options apart from definitions", async () => {
    assert.deepEqual(await texts("{ lib, ... }: { options.nix.settings.cores = lib.mkOption { default = 3; }; }"), []);
  });

  it("carry the name, the value inside its marks, and the whole binding", async () => {
    const text = "{ lib, ... }: { nix.settings = { cores = lib.mkDefault (1 + 2); }; }";
    const model = await modelOf(text);
    const cores = model.definitions.find(({ attrPath }) => attrPath.at(-1) === "cores");
    assert.ok(cores?.valueExpr);
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    assert.equal(at(cores.range), "cores = lib.mkDefault (1 + 2);");
    assert.equal(at(cores.nameRange), "cores");
    assert.equal(at(cores.valueExpr), "1 + 2");
    assert.equal(cores.site?.depth, 0);
  });

  it("name what is not known, and mark what is assumed", async () => {
    const model = await modelOf("{ pkgs, jobs ? 3, ... }: { nix.settings = { max-jobs = jobs; cores = pkgs.x; }; }");
    const value = (name: string) => model.definitions.find(({ attrPath }) => attrPath[2] === name)?.value;
    assert.equal(value("max-jobs")?.assumed, true);
    assert.equal(value("cores")?.kind, "unknown");
  });

  it("a value taken in from another file is seen in both", async () => {
    assert.deepEqual(
      await texts(`#- a.nix
{ nix.settings = import ./settings.nix; }
#- settings.nix
{ max-jobs = 2; }
`),
      [
        "a.nix nix.settings = {max-jobs=int 2} for (workspace)",
        "settings.nix max-jobs = int 2 for (workspace)",
        "a.nix nix.settings.max-jobs = int 2 for (workspace)",
      ],
    );
  });

  it("a setting within a text from another file goes by its own name in both", async () => {
    assert.deepEqual(
      await texts(`#- a.nix
{ nix = import ./b.nix; zramSwap.enable = true; }
#- b.nix
{ extraOptions = "cores = 4"; }
`),
      [
        "b.nix extraOptions = string cores = 4 for (workspace)",
        "a.nix nix.extraOptions = string cores = 4 for (workspace)",
        "b.nix extraOptions.cores = int 4 for (workspace)",
        "a.nix nix.extraOptions.cores = int 4 for (workspace)",
        "a.nix zramSwap.enable = bool true for (workspace)",
      ],
    );
  });

  it("modules of one file are told apart by prefix", async () => {
    const model = await modelOf(`{
  a = { nix.settings.max-jobs = 8; };
  b = { nix.settings.cores = 4; };
}`);
    const [a, b] = model.hosts;
    assert.ok(a && b && model.hosts.length === 2);
    assert.equal(stateText(a.setting("max-jobs")), "int 8");
    assert.match(stateText(a.setting("cores")), /^\? module.nix sets it/);
    assert.equal(stateText(b.setting("cores")), "int 4");
  });

  it("what another file sets is not unset", async () => {
    const model = await modelOf(`#- a.nix
{ nix.settings.max-jobs = 8; }
#- b.nix
{ nix.buildCores = 4; }
`);
    const [a] = model.hosts;
    assert.match(stateText(a?.setting("cores") ?? { state: "unset" }), /^\? b.nix sets it/);
    assert.equal(
      stateText(a?.setting("timeout") ?? { state: "known", value: { kind: "null" }, definitions: [] as never }),
      "unset",
    );
  });

  it("broken, empty, endless and self-referring files are no trouble", async () => {
    const deep = `${"{ a = ".repeat(3000)}1${"; }".repeat(3000)}`;
    const model = await modelOf(`#- empty.nix
#- broken.nix
{ nix.settings.max-jobs = ; nix.settings.cores = 2; zramSwap.
#- self.nix
let s = { inherit s; cores = 1; f = x: s; }; in s
#- loop.nix
{ nix.settings = import ./loop.nix; }
#- deep.nix
{ nix.settings.cores = ${deep}; }
#- missing.nix
{ nix.settings = import ./absent.nix; }
`);
    assert.ok(model.definitions.some(({ file, attrPath }) => file === "broken.nix" && attrPath.at(-1) === "cores"));
    assert.ok(model.definitions.some(({ file }) => file === "self.nix"));
    assert.deepEqual(model.needs, []);
  });

  it("a file that is listed but not loaded is asked for", async () => {
    const model = await modelOf("{ nix.settings = import ./settings.nix; }", {
      snapshot: {
        files: new Map([["module.nix", { text: "{ nix.settings = import ./settings.nix; }", version: 1 }]]),
        folders: new Map([
          [
            "",
            new Map([
              ["module.nix", "regular" as const],
              ["settings.nix", "regular" as const],
            ]),
          ],
        ]),
      },
    });
    assert.deepEqual(model.needs, ["settings.nix"]);
  });
});
