// One table of settings: the manifest is made of it, and the server reads by it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { DEFAULT_CONFIGURATION } from "../../server/src/core/machine/configuration.js";
import {
  CLIENT_SETTINGS,
  configurationOf,
  DEFAULT_SETTINGS,
  readSettings,
  SETTINGS,
} from "../../server/src/lsp/settings.js";

const PROJECT = new URL("../../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", PROJECT), "utf8"));

describe("settings", () => {
  it("of the manifest are those of the table, with the same defaults", () => {
    const properties: Record<string, { default: unknown }> = manifest.contributes.configuration.properties;
    const table = Object.entries({ ...SETTINGS, ...CLIENT_SETTINGS });
    assert.deepEqual(
      Object.keys(properties),
      table.map(([name]) => `nixBuildBudget.${name}`),
    );
    for (const [name, schema] of table) assert.deepEqual(properties[`nixBuildBudget.${name}`]?.default, schema.default);
  });

  it("that nobody changed leave the configuration as it is without an editor", () => {
    assert.deepEqual(configurationOf(DEFAULT_SETTINGS), DEFAULT_CONFIGURATION);
  });

  it("are the defaults where nothing, or nonsense, is sent", () => {
    for (const sent of [undefined, null, "nonsense", 7, []])
      assert.deepEqual(readSettings(sent).settings, DEFAULT_SETTINGS);
  });

  it("are taken where they fit, each on its own", () => {
    const sent = { policy: "strict", minimumConfidence: 2, rules: { a: "loud" }, exclude: ["vendor/**"], unknown: 1 };
    const { settings, problems } = readSettings(sent);
    assert.deepEqual(settings, { ...DEFAULT_SETTINGS, policy: "strict", exclude: ["vendor/**"] });
    assert.deepEqual(problems, [
      "nixBuildBudget.minimumConfidence: 2 is not a number from 0 to 1",
      'nixBuildBudget.rules: {"a":"loud"} is not a map to off, hint, information, warning, error',
    ]);
  });
});

describe("settings with a dot in the name", () => {
  it("are read as editors send them, nested or whole", () => {
    for (const sent of [{ completion: { enabled: false } }, { "completion.enabled": false }])
      assert.equal(readSettings(sent).settings["completion.enabled"], false);
    assert.equal(readSettings({ completion: "off" }).settings["completion.enabled"], true);
  });
});

describe("manifest", () => {
  it("names files that are there", () => {
    const { contributes } = manifest;
    const named: string[] = [
      manifest.icon,
      ...contributes.languages.flatMap(({ configuration }: { configuration?: string }) => configuration ?? []),
      ...contributes.grammars.map(({ path }: { path: string }) => path),
      ...contributes.jsonValidation.map(({ url }: { url: string }) => url),
    ];
    assert.deepEqual(
      named.filter((path) => !existsSync(new URL(path, PROJECT))),
      [],
    );
  });
});
