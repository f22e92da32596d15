// Which Nix a host has: nix.package, the machine, the modules of Determinate Nix and Lix, and the nixpkgs in flake.lock.
import assert from "node:assert/strict";
import { nixOfDeterminate, nixOfNixos, nixOfUnstable } from "../../server/src/core/catalogue/nixReleases.js";
import { runRules } from "../../server/src/core/findings/run.js";
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import type { Machine } from "../../server/src/core/machine/machine.js";
import { RULES } from "../../server/src/core/rules/index.js";
import { atLeast } from "../../server/src/core/rules/support/nixVersion.js";
import type { Host, NixRelease } from "../../server/src/core/workspace/model.js";
import { modelOf } from "../support/model.js";

const AUGUST_2025 = Date.UTC(2025, 7, 1) / 1000;

interface Node {
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>;
  readonly original?: Readonly<Record<string, unknown>>;
  readonly locked?: Readonly<Record<string, unknown>>;
}

/** flake.lock whose root has each of these nodes as an input, but for those named `x/y`: these are inputs of inputs. */
function lockOf(nodes: Readonly<Record<string, Node>>): string {
  const own = Object.keys(nodes).filter((name) => !name.includes("/"));
  const root = { inputs: Object.fromEntries(own.map((name) => [name, name])) };
  return JSON.stringify({ nodes: { ...nodes, root }, root: "root", version: 7 });
}

function nixpkgs(ref?: string, lastModified = AUGUST_2025): Node {
  return {
    original: { type: "github", owner: "NixOS", repo: "nixpkgs", ...(ref && { ref }) },
    locked: { lastModified },
  };
}

interface Case {
  readonly system?: string;
  readonly module?: string;
  readonly lock?: Readonly<Record<string, Node>>;
  readonly nixVersion?: string;
}

async function hostOf({
  system = "nixpkgs.lib.nixosSystem",
  module = "{ }",
  lock = {},
  nixVersion,
}: Case): Promise<Host> {
  const output = system.includes("darwin") ? "darwinConfigurations" : "nixosConfigurations";
  const flake = `{
  inputs = { };
  outputs = { self, nixpkgs, stable, darwin, lix-module, determinate, nix, lix, ... }@inputs: {
    ${output}.demo = ${system} {
      modules = [ ./common.nix (${module}) ];
    };
  };
}`;
  const files = new Map([
    ["flake.nix", flake],
    ["flake.lock", lockOf(lock)],
    ["common.nix", "{ nix.settings.cores = 2; }"],
  ]);
  const machine = {
    threads: 8,
    memoryBytes: 2 ** 34,
    nixVersion,
    provenance: { kind: "declared", text: "demo" },
  } as Machine;
  const model = await modelOf(files, {
    machineFor: () => (nixVersion ? { machine, budget: undefined as never } : undefined),
  });
  const host = model.hosts.find(({ name }) => name === "demo");
  assert.ok(host);
  return host;
}

/** `2.28`, `>= 2.31`, `lix 2.93 >= 2.18`; what it is known from after a colon. */
function nixText(nix: NixRelease | undefined): string {
  if (nix === undefined) return "not known";
  const name = nix.implementation === "nix" ? "" : `${nix.implementation} ${nix.own?.join(".") ?? "?"} `;
  return `${name}${nix.exact ? "" : ">= "}${nix.version?.join(".") ?? "?"}: ${nix.source}`;
}

async function assertNix(expected: string, given: Case): Promise<void> {
  assert.equal(nixText((await hostOf(given)).nix), expected);
}

describe("a host's Nix", () => {
  it("is what nix.package names", async () => {
    const module = "{ pkgs, ... }: { nix.package = pkgs.nixVersions.nix_2_28; }";
    await assertNix("2.28: nix.package", { module });
    await assertNix("2.28: nix.package", { module, lock: { nixpkgs: nixpkgs("nixos-24.11") }, nixVersion: "2.20" });
    await assertNix("2.24: the default of NixOS 24.11", {
      module: "{ pkgs, ... }: { nix.package = pkgs.nixVersions.stable; }",
      lock: { nixpkgs: nixpkgs("nixos-24.11") },
    });
    await assertNix(">= 2.24: the default of NixOS 24.11", {
      module: "{ pkgs, ... }: { nix.package = pkgs.nixVersions.latest; }",
      lock: { nixpkgs: nixpkgs("nixos-24.11") },
    });
    await assertNix("not known", {
      module: "{ pkgs, ... }: { nix.package = pkgs.callPackage ./nix.nix { }; }",
      lock: { nixpkgs: nixpkgs("nixos-24.11") },
    });
    await assertNix("2.29: the input nix", {
      module: "{ pkgs, ... }: { nix.package = inputs.nix.packages.${pkgs.system}.default; }",
      lock: { nix: { original: { type: "github", owner: "NixOS", repo: "nix", ref: "2.29-maintenance" } } },
    });
  });

  it("is read in a module that no host reaches", async () => {
    const model = await modelOf("{ pkgs, ... }: { nix.package = pkgs.nixVersions.nix_2_28; nix.settings.cores = 2; }");
    assert.equal(nixText(model.hosts[0]?.nix), "2.28: nix.package");
  });

  it("is what the machine declares, where nix.package doesn't tell", async () => {
    await assertNix("2.30: the machine's nixVersion", {
      nixVersion: "2.30",
      lock: { nixpkgs: nixpkgs("nixos-24.11") },
    });
    await assertNix("lix 2.93 >= 2.18: the machine's nixVersion", {
      module: "lix-module.nixosModules.default",
      nixVersion: "2.93",
    });
  });

  it("is the default of the nixpkgs that the host is built with", async () => {
    const lock = { nixpkgs: nixpkgs("nixos-unstable"), stable: nixpkgs("nixos-25.05-small") };
    await assertNix("2.28: the default of NixOS 25.05", { system: "stable.lib.nixosSystem", lock });
    await assertNix(">= 2.28: the locked nixpkgs", { lock });
    await assertNix("2.28: the default of NixOS 25.05", { system: "inputs.stable.lib.nixosSystem", lock });
    await assertNix("2.28: the default of NixOS 25.05", {
      system: "(stable.lib.extend (final: prev: { mine = 1; })).nixosSystem",
      lock,
    });
    await assertNix("2.18: the default of NixOS 24.05", { lock: { nixpkgs: nixpkgs("release-24.05") } });
    await assertNix(">= 2.34: the default of NixOS 26.11", { lock: { nixpkgs: nixpkgs("nixos-26.11") } });
    await assertNix("not known", { lock: { nixpkgs: nixpkgs("nixos-21.11") } });
    await assertNix("not known", { lock: { nixpkgs: nixpkgs("my-branch") } });
    await assertNix("not known", { lock: {} });
    const fork = { original: { type: "github", owner: "somebody", repo: "nixpkgs", ref: "nixos-25.05" } };
    await assertNix("not known", { lock: { nixpkgs: fork } });
    const pinned = {
      original: { type: "github", owner: "NixOS", repo: "nixpkgs", rev: "abc" },
      locked: { lastModified: AUGUST_2025 },
    };
    await assertNix("not known", { lock: { nixpkgs: pinned } });
  });

  it("is what all nixpkgs of the flake have at least, for a module that no host reaches", async () => {
    const loneNix = async (
      lock: Readonly<Record<string, Node>>,
      path = "modules/nix.nix",
      more: readonly (readonly [string, string])[] = [],
    ) => {
      const files = new Map([
        ["flake.nix", "{ outputs = { self }: { }; }"],
        ["flake.lock", lockOf(lock)],
        [path, "{ nix.settings.cores = 2; }"],
        ...more,
      ]);
      const model = await modelOf(files);
      return nixText(model.hosts.find((host) => host.files.includes(path))?.nix);
    };
    const unstable = nixpkgs("nixos-unstable");
    assert.equal(await loneNix({ nixpkgs: unstable }), ">= 2.28: the locked nixpkgs");
    assert.equal(await loneNix({ nixpkgs: nixpkgs("nixos-24.11") }), "2.24: the default of NixOS 24.11");
    assert.equal(
      await loneNix({ nixpkgs: unstable, old: nixpkgs("nixos-23.11") }),
      ">= 2.18: the default of NixOS 23.11",
    );
    assert.equal(await loneNix({ nixpkgs: unstable, own: nixpkgs("my-branch") }), "not known");
    assert.equal(await loneNix({ nixpkgs: unstable }, "home/me.nix"), "not known");
    assert.equal(await loneNix({ nixpkgs: unstable, "lix-module": {} }), "not known");
    assert.equal(
      await loneNix({ utils: { original: { type: "github", owner: "numtide", repo: "flake-utils" } } }),
      "not known",
    );
    const other = [["modules/package.nix", "{ pkgs, ... }: { nix.package = pkgs.mine; }"]] as const;
    assert.equal(await loneNix({ nixpkgs: unstable }, "modules/nix.nix", other), "not known");
    const inner = [
      ["sub/flake.nix", "{ outputs = { self }: { }; }"],
      ["sub/flake.lock", lockOf({ nixpkgs: nixpkgs("nixos-25.11") })],
    ] as const;
    assert.equal(await loneNix({ nixpkgs: unstable }, "sub/modules/a.nix", inner), "2.31: the default of NixOS 25.11");
  });

  it("is that of nix-darwin's own nixpkgs on macOS", async () => {
    const lock = {
      nixpkgs: nixpkgs("nixos-unstable"),
      darwin: { inputs: { nixpkgs: ["stable"] } },
      stable: nixpkgs("nixpkgs-24.11-darwin"),
    };
    await assertNix("2.24: the default of NixOS 24.11", { system: "darwin.lib.darwinSystem", lock });
  });

  it("is read off channels, registries and FlakeHub as well", async () => {
    const channel = "https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz";
    const hub = "https://api.flakehub.com/f/pinned/NixOS/nixpkgs/0.2505.8123/0197/source.tar.gz";
    const from = (original: Node["original"], locked: Node["locked"] = { lastModified: AUGUST_2025 }) => ({
      lock: { nixpkgs: { original, locked } },
    });
    await assertNix("2.31: the default of NixOS 25.11", from({ type: "tarball", url: channel }));
    await assertNix("2.13: the default of NixOS 23.05", from({ type: "indirect", id: "nixpkgs", ref: "nixos-23.05" }));
    await assertNix(
      "2.8: the default of NixOS 22.05",
      from({ type: "git", url: "https://github.com/NixOS/nixpkgs", ref: "nixos-22.05" }),
    );
    await assertNix(
      "2.28: the default of NixOS 25.05",
      from({ type: "tarball", url: "https://flakehub.com/f/NixOS/nixpkgs/*" }, { url: hub }),
    );
  });

  it("is Determinate's or Lix's where their module is in", async () => {
    const pinned = (version: string) => ({
      original: { type: "tarball", url: "https://flakehub.com/f/DeterminateSystems/determinate/3" },
      locked: { url: `https://api.flakehub.com/f/pinned/DeterminateSystems/determinate/${version}/x/source.tar.gz` },
    });
    const module = "determinate.nixosModules.default";
    await assertNix("determinate 3.11 2.31: the input determinate", {
      module,
      lock: { determinate: pinned("3.11.2") },
    });
    await assertNix("determinate ? >= ?: the input determinate", { module });
    const archive = (version: string) => ({
      original: { type: "tarball", url: `https://git.lix.systems/lix-project/nixos-module/archive/${version}.tar.gz` },
    });
    const lix = "lix-module.nixosModules.default";
    await assertNix("lix 2.93 >= 2.18: the input lix-module", {
      module: lix,
      lock: { "lix-module": archive("2.93.0") },
    });
    await assertNix("lix ? >= 2.18: the input lix-module", { module: lix, lock: { "lix-module": archive("main") } });
    await assertNix("lix ? >= 2.18: nix.package", { module: "{ pkgs, ... }: { nix.package = pkgs.lix; }" });
    await assertNix("lix 2.94 >= 2.18: nix.package", {
      module: "{ pkgs, ... }: { nix.package = pkgs.lixPackageSets.lix_2_94.lix; }",
    });
    await assertNix("lix 2.95 >= 2.18: the input lix", {
      module: "{ pkgs, ... }: { nix.package = inputs.lix.packages.${pkgs.system}.default; }",
      lock: {
        lix: { original: { type: "git", url: "https://git.lix.systems/lix-project/lix", ref: "refs/tags/2.95.0" } },
      },
    });
  });

  it("changes with flake.lock", async () => {
    const files = (ref: string) =>
      new Map([
        [
          "flake.nix",
          "{ outputs = { self, nixpkgs }: { nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }",
        ],
        ["flake.lock", lockOf({ nixpkgs: nixpkgs(ref) })],
        ["a.nix", "{ nix.settings.cores = 2; }"],
      ]);
    const before = await modelOf(files("nixos-24.11"));
    const after = await modelOf(files("nixos-25.05"), { previous: before });
    assert.deepEqual(
      [before, after].map(({ hosts: [host] }) => host?.nix?.version),
      [
        [2, 24],
        [2, 28],
      ],
    );
  });

  it("is not told by a broken flake.lock", async () => {
    for (const text of [
      "",
      "[]",
      "null",
      '{"nodes":3}',
      '{"nodes":{"root":{"inputs":{"nixpkgs":["nixpkgs"]}}},"root":"root"}',
    ]) {
      const flake =
        "{ outputs = { self, nixpkgs }: { nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ { nix.settings.cores = 2; } ]; }; }; }";
      const model = await modelOf(
        new Map([
          ["flake.nix", flake],
          ["flake.lock", text],
        ]),
      );
      assert.equal(model.hosts.find(({ name }) => name === "demo")?.nix, undefined);
    }
  });
});

describe("versions of Nix", () => {
  it("of NixOS releases, and of an unreleased nixpkgs the bound that its date gives", () => {
    assert.deepEqual(nixOfNixos("23.11"), { version: [2, 18], exact: true });
    assert.deepEqual(nixOfNixos("27.05"), { version: [2, 34], exact: false });
    assert.equal(nixOfNixos("19.09"), undefined);
    const at = (text: string) => nixOfUnstable(Date.parse(text) / 1000)?.version;
    assert.deepEqual(at("2025-03-09"), [2, 24]);
    assert.deepEqual(at("2025-05-31T23:59:59Z"), [2, 24]);
    assert.deepEqual(at("2025-06-01"), [2, 28]);
    assert.deepEqual(at("2024-11-30"), [2, 18]);
    assert.deepEqual(at("2030-01-01"), [2, 34]);
    assert.equal(at("2021-01-01"), undefined);
  });

  it("that Determinate Nix is made from", () => {
    assert.deepEqual(nixOfDeterminate([3, 7]), { version: [2, 29], exact: true });
    assert.deepEqual(nixOfDeterminate([3, 22]), { version: [2, 35], exact: true });
    assert.deepEqual(nixOfDeterminate([3, 30]), { version: [2, 35], exact: false });
    assert.deepEqual(nixOfDeterminate([2, 25]), { version: [2, 25], exact: true });
    assert.equal(nixOfDeterminate([0, 1]), undefined);
  });

  it("are reached, not reached, or not known", () => {
    const host = (nix: Partial<NixRelease> | undefined) => ({ nix }) as Host;
    assert.equal(atLeast(host({ version: [2, 28], exact: true }), 2, 28), true);
    assert.equal(atLeast(host({ version: [2, 28], exact: true }), 2, 30), false);
    assert.equal(atLeast(host({ version: [2, 28], exact: false }), 2, 23), true);
    assert.equal(atLeast(host({ version: [2, 28], exact: false }), 2, 30), undefined);
    assert.equal(atLeast(host({ version: undefined, exact: false }), 2, 3), undefined);
    assert.equal(atLeast(host(undefined), 2, 3), undefined);
  });
});

/** Rule -> a binding that it speaks of, a nixpkgs whose Nix is one that it speaks of, and the severities. */
const SEVERITIES: Readonly<
  Record<
    string,
    { readonly setting: string; readonly known: string; readonly unknown: string; readonly newest: string }
  >
> = {
  "removed-setting": {
    setting: "nix.settings.repeat = 1",
    known: "warning",
    unknown: "information",
    newest: "nixos-26.05",
  },
  "world-writable-build-dir": {
    setting: 'nix.settings.build-dir = "/tmp"',
    known: "error",
    unknown: "warning",
    newest: "nixos-26.05",
  },
  "download-buffer-tuned": {
    setting: "nix.settings.download-buffer-size = 268435456",
    known: "information",
    unknown: "hint",
    newest: "nixos-26.05",
  },
  "connections-raised-alone": {
    setting: "nix.settings.http-connections = 128",
    known: "information",
    unknown: "hint",
    newest: "nixos-26.05",
  },
  "daemon-tmpdir-ignored": {
    setting: 'systemd.services.nix-daemon.environment.TMPDIR = "/var/build"',
    known: "information",
    unknown: "hint",
    newest: "nixos-26.05",
  },
  "tmpfs-holds-builds": {
    setting: "boot.tmp.useTmpfs = true",
    known: "warning",
    unknown: "hint",
    newest: "nixos-25.05",
  },
};

describe("a rule that depends on the version of Nix", () => {
  for (const [id, { setting, known, unknown, newest }] of Object.entries(SEVERITIES))
    it(`${id}: lower where the version is not known`, async () => {
      const severities = async (ref: string) => {
        const flake = `{ outputs = { self, nixpkgs }: { nixosConfigurations.demo = nixpkgs.lib.nixosSystem { modules = [ { ${setting}; } ]; }; }; }`;
        const files = new Map([
          ["flake.nix", flake],
          ["flake.lock", lockOf({ nixpkgs: nixpkgs(ref, 0) })],
        ]);
        const model = await modelOf(files);
        return runRules(model, { ...DEFAULT_CONFIGURATION, minimumConfidence: 0 }, RULES).flatMap((found) =>
          found.rule === id ? [found.severity] : [],
        );
      };
      assert.deepEqual(await severities(newest), [known]);
      assert.deepEqual(await severities("my-own-branch"), [unknown]);
    });
});
