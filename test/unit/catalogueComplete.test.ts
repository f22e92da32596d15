// What the catalogue offers below a path, and as a value.
import assert from "node:assert/strict";
import { isOptionPath, namesBelow, type Reader, valuesOf } from "../../server/src/core/catalogue/complete.js";
import { findOption } from "../../server/src/core/catalogue/lookup.js";
import { OPTIONS } from "../../server/src/core/catalogue/options.js";
import { SETTINGS } from "../../server/src/core/catalogue/settings.js";

const namesIn = (path: string, reader?: Reader) =>
  namesBelow(path === "" ? [] : path.split("."), reader).map(({ name }) => name);

function assertOffers(path: string, wanted: readonly string[], unwanted: readonly string[], reader?: Reader): void {
  const names = namesIn(path, reader);
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
    `missing below ${path}`,
  );
  assert.deepEqual(
    unwanted.filter((name) => names.includes(name)),
    [],
    `too many below ${path}`,
  );
  assert.equal(new Set(names).size, names.length, "each name once");
}

describe("names below an option path", () => {
  it("are settings in each set of settings", () => {
    for (const path of ["nix.settings", "nixConfig", "nix.conf", "determinateNix.customSettings"])
      assertOffers(path, ["max-jobs", "cores", "extra-substituters"], ["build-cores", "settings", "extra-cores"]);
  });

  it("are those of Determinate Nix, where that is what reads them", () => {
    assertOffers("nix.settings", ["cores"], ["eval-cores"], { implementation: "nix" });
    assertOffers("nix.settings", ["cores", "eval-cores", "lazy-trees"], [], { implementation: "determinate" });
    assertOffers("determinateNix.customSettings", ["eval-cores"], []);
  });

  it("are old names as well, where they are asked for, and with an old Nix the names that it has", () => {
    const old = { deprecated: true };
    assertOffers("nix.settings", ["build-cores", "cores", "download-attempts"], ["repeat"], old);
    assertOffers("nix", ["maxJobs", "settings"], [], old);
    const named = (path: string, name: string, reader: Reader) =>
      namesBelow(path.split("."), reader).find((one) => one.name === name);
    assert.equal(named("nix.settings", "build-cores", old)?.successor, "cores");
    assert.equal(named("nix", "maxJobs", old)?.successor, "nix.settings.max-jobs");
    assert.equal(named("nix.settings", "download-attempts", old)?.successor, "filetransfer-retry-attempts");
    assertOffers("nix.settings", ["download-attempts"], ["filetransfer-retry-attempts"], { nixVersion: "2.28" });
  });

  it("are options, sets of options, and the fields of a list's entries", () => {
    assertOffers("nix", ["settings", "gc", "buildMachines", "distributedBuilds"], ["maxJobs", "buildCores", "*"]);
    assertOffers("zramSwap", ["enable", "memoryPercent", "algorithm"], ["numDevices"]);
    assertOffers("boot.tmp", ["useTmpfs", "tmpfsSize", "zramSettings"], []);
    assertOffers("nix.buildMachines.[]", ["hostName", "maxJobs", "supportedFeatures"], []);
    assertOffers("programs.ccache", ["enable"], []);
    assert.deepEqual(
      namesBelow(["nix"])
        .filter(({ isSet }) => isSet)
        .map(({ name }) => name)
        .includes("settings"),
      true,
    );
    assert.equal(namesBelow(["nix"]).find(({ name }) => name === "buildMachines")?.isSet, false);
  });

  it("are systemd's keys for the daemon's unit, and for no other", () => {
    const daemon = "systemd.services.nix-daemon.serviceConfig";
    assertOffers(daemon, ["MemoryHigh", "MemoryMax", "CPUQuota", "ExecStart"], ["*"]);
    assertOffers("systemd.slices.nix-build.sliceConfig", ["MemoryMax"], ["ExecStart"]);
    assert.deepEqual(namesIn("systemd.services.nginx.serviceConfig"), []);
  });

  it("depend on the platform and on the version of Nix", () => {
    assertOffers("", ["nix", "zramSwap", "boot"], [], { platform: "nixos" });
    assertOffers("", ["nix"], ["zramSwap", "boot", "systemd"], { platform: "darwin" });
    assertOffers("nix", ["linux-builder", "daemonProcessType"], ["daemonCPUSchedPolicy"], { platform: "darwin" });
    assertOffers("nix", ["daemonCPUSchedPolicy"], ["linux-builder"], { platform: "nixos" });
    assertOffers("nix.settings", ["max-jobs"], ["trusted-users"], { platform: "home-manager" });
    assertOffers("nix.settings", ["max-jobs"], ["max-substitution-jobs"], { nixVersion: "2.8" });
  });

  it("lead to facts that can be found again", () => {
    for (const { path } of OPTIONS) {
      const set = path.slice(0, -1);
      if (set.includes("*")) continue;
      for (const { name, fact } of namesBelow(set))
        if (fact) assert.ok(findOption([...set, name]), `${[...set, name].join(".")}`);
    }
  });

  it("are none where the catalogue knows nothing", () => {
    for (const path of ["services.nginx", "nix.settings.max-jobs", "foo", "nix.buildMachines"])
      assert.deepEqual(namesIn(path), [], path);
    assert.ok(!isOptionPath(["services", "nginx"]));
    assert.ok(isOptionPath(["nix", "settings"]));
  });
});

describe("values of an option", () => {
  const textsOf = (path: string) => valuesOf(path.split(".")).map(({ text }) => text);
  it("are booleans, names and words, the default told", () => {
    assert.deepEqual(textsOf("nix.settings.auto-optimise-store"), ["true", "false"]);
    assert.deepEqual(textsOf("nix.settings.max-jobs"), ['"auto"']);
    assert.deepEqual(textsOf("nix.settings.sandbox"), ["true", "false", '"relaxed"']);
    assert.deepEqual(textsOf("nix.daemonCPUSchedPolicy"), ['"other"', '"batch"', '"idle"']);
    assert.deepEqual(textsOf("nix.settings.substituters"), []);
    assert.deepEqual(
      valuesOf(["zramSwap", "enable"]).map(({ isDefault }) => isDefault),
      [false, true],
    );
  });

  it("exist for every setting that is true or false", () => {
    for (const { name, type, only } of SETTINGS)
      if (type === "bool" && only === undefined)
        assert.deepEqual(textsOf(`nixConfig.${name}`), ["true", "false"], name);
  });
});
