import assert from "node:assert/strict";
import { KNOWN_NAMES } from "../../server/src/core/catalogue/knownNames.js";
import {
  canonicalSettingName,
  compareVersions,
  defaultOf,
  findBuilderAttribute,
  findOption,
  findSetting,
  implementationOf,
  isKnownSetting,
  nearestSetting,
  settingReference,
} from "../../server/src/core/catalogue/lookup.js";
import { nearest } from "../../server/src/core/catalogue/nearest.js";
import { editDistance } from "../../server/src/core/text/nearest.js";
import { SETTINGS } from "../../server/src/core/catalogue/settings.js";

/** Written by people, known to no Nix. */
const INVENTED = [
  "maxCores",
  "max-cores",
  "ninjaJobs",
  "memory-max",
  "memory-high",
  "load-limit",
  "maxJobs",
  "buildCores",
];

describe("catalogue lookup", () => {
  it("takes extra- for lists only", () => {
    assert.deepEqual(
      { ...settingReference("extra-trusted-users"), fact: undefined },
      { fact: undefined, extra: true, alias: false },
    );
    assert.equal(findSetting("extra-max-jobs"), undefined);
    assert.equal(findSetting("extra-extra-platforms")?.name, "extra-platforms");
    assert.equal(settingReference("extra-platforms")?.extra, false);
    assert.equal(isKnownSetting("extra-allowed-uris"), true);
    assert.equal(isKnownSetting("extra-netrc-file"), false);
  });

  it("tells which Nix knows a name", () => {
    assert.equal(implementationOf("lazy-trees"), "determinate");
    assert.equal(implementationOf("repl-overlays"), "lix");
    assert.equal(implementationOf("plugin-files"), "nix");
    for (const name of INVENTED) assert.equal(implementationOf(name), undefined, name);
  });

  it("proposes the setting that was meant", () => {
    const meant: Record<string, string> = {
      maxCores: "cores",
      "max-cores": "cores",
      "max-core": "cores",
      maxJobs: "max-jobs",
      "max-job": "max-jobs",
      "max-jbos": "max-jobs",
      max_jobs: "max-jobs",
      core: "cores",
      substituter: "substituters",
      "extra-substituter": "extra-substituters",
      "extra-trusted-public-key": "extra-trusted-public-keys",
      "auto-optimize-store": "auto-optimise-store",
      autoOptimiseStore: "auto-optimise-store",
      "max-substitutions-jobs": "max-substitution-jobs",
      "http-connection": "http-connections",
      "keep-output": "keep-outputs",
      "builder-use-substitutes": "builders-use-substitutes",
      buildCores: "cores",
    };
    for (const [written, name] of Object.entries(meant)) assert.equal(nearestSetting(written), name, written);
  });

  it("proposes nothing for real names and for names like none", () => {
    for (const fact of SETTINGS)
      for (const name of [fact.name, ...fact.aliases]) assert.equal(nearestSetting(name), undefined, name);
    for (const name of KNOWN_NAMES.keys()) assert.equal(nearestSetting(name), undefined, name);
    for (const name of ["my-plugin-option", "ninjaJobs", "memory-max", "load-limit", "foo", "wasm-builtin", "x"])
      assert.equal(nearestSetting(name), undefined, name);
  });

  it("counts edits, swaps included", () => {
    assert.equal(editDistance("cores", "cores", 3), 0);
    assert.equal(editDistance("croes", "cores", 3), 1);
    assert.equal(editDistance("kitten", "sitting", 3), 3);
    assert.equal(editDistance("", "abc", 3), 3);
    assert.equal(editDistance("abcdef", "uvwxyz", 3), 4);
    assert.equal(nearest("MemoryHihg", ["MemoryHigh", "MemoryMax"]), "MemoryHigh");
    assert.equal(nearest("MemoryMax", ["MemoryHigh", "MemoryMax"]), undefined);
    assert.equal(nearest("jobs", ["cores", "log"]), undefined);
  });

  it("gives the default of a platform and version", () => {
    const value = (name: string, platform: "nixos" | "darwin" | "nix", version?: string) => {
      const fact = findSetting(name);
      assert.ok(fact, name);
      return defaultOf(fact, platform, version);
    };
    assert.equal(value("max-jobs", "nixos"), "auto");
    assert.equal(value("max-jobs", "darwin", "2.18"), "auto");
    assert.equal(value("max-jobs", "nix"), "1");
    assert.equal(value("cores", "nixos", "2.18"), "0");
    assert.equal(value("connect-timeout", "nix", "2.28.3"), "0");
    assert.equal(value("connect-timeout", "nix", "2.31"), "5");
    assert.equal(value("connect-timeout", "nix"), "15");
    assert.equal(value("download-buffer-size", "nixos", "2.24"), "67108864");
    assert.equal(value("download-buffer-size", "nixos", "2.33.1"), "1048576");
    assert.equal(value("sandbox", "darwin"), "false");
    assert.equal(value("sandbox", "nixos"), "true");
    assert.equal(value("build-dir", "nixos", "2.30"), "/nix/var/nix/builds");
  });

  it("compares versions by number", () => {
    assert.ok(compareVersions("2.4", "2.31") < 0);
    assert.ok(compareVersions("2.31.2", "2.31") > 0);
    assert.equal(compareVersions("2.31", "2.31.0"), 0);
  });

  it("finds options by path and platform", () => {
    const find = (path: string, platform?: "nixos" | "darwin" | "home-manager") =>
      findOption(path.split("."), platform);
    assert.equal(find("nix.settings.cores")?.type.kind, "int");
    assert.equal(find("nix.settings.cores", "home-manager")?.type.kind, "any", "home-manager declares no types");
    assert.equal(find("nix.settings.build-cores")?.setting, "cores");
    assert.equal(find("nix.settings.extra-binary-caches")?.setting, "extra-substituters");
    assert.equal(find("nix.settings.ninjaJobs"), undefined);
    assert.equal(find("nix.settings.warn-dirty")?.setting, "warn-dirty");
    assert.equal(findOption(["nix.conf", "build-cores"])?.setting, "cores");
    assert.deepEqual(find("nix.maxJobs")?.renamedTo, ["nix", "settings", "max-jobs"]);
    assert.equal(find("nix.daemonCPUSchedPolicy")?.removed, undefined);
    assert.match(find("nix.daemonCPUSchedPolicy", "darwin")?.removed ?? "", /daemonProcessType/);
    assert.equal(find("nix.daemonProcessType", "nixos"), undefined);
    assert.equal(find("systemd.services.nix-daemon.serviceConfig.MemoryMax")?.path.at(-1), "MemoryMax");
    assert.equal(find("systemd.services.nix-daemon.serviceConfig.IPEgressPriority")?.path.at(-1), "*");
    assert.equal(find("systemd.services.sshd.serviceConfig.MemoryMax"), undefined);
    assert.equal(find("zramSwap.somethingNew")?.path.at(-1), "*");
    assert.equal(find("services.openssh.enable"), undefined);
    assert.equal(findOption([]), undefined);
  });

  it("finds attributes by pattern, the longer pattern first", () => {
    assert.equal(findBuilderAttribute("CARGO_PROFILE_RELEASE_LTO")?.name, "CARGO_PROFILE_*_LTO");
    assert.equal(findBuilderAttribute("CARGO_PROFILE_RELEASE_OPT_LEVEL")?.name, "CARGO_PROFILE_*");
    assert.equal(findBuilderAttribute("CARGO_TARGET_AARCH64_APPLE_DARWIN_LINKER")?.name, "CARGO_TARGET_*_LINKER");
    assert.equal(findBuilderAttribute("ninjaJobs"), undefined);
    assert.equal(findBuilderAttribute("pname"), undefined);
  });

  it("keeps unknown names as they are", () => {
    assert.equal(canonicalSettingName("my-plugin-option"), "my-plugin-option");
  });
});
