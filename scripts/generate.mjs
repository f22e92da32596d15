// npm run generate: rewrites what is made from tables in the code. A test compares; run it after `npm run check-types`.
//   --check   write nothing, exit 1 where something differs
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { configurationSchema } from "../out/server/src/core/machine/schema.js";
import { CLIENT_SETTINGS, SETTINGS } from "../out/server/src/lsp/settings.js";

/** File -> what it should hold, given what it holds. */
const GENERATED = {
  "package.json": (text) => {
    const manifest = JSON.parse(text);
    manifest.contributes.configuration = settingsOfManifest();
    return json(manifest);
  },
  "schemas/nix-build-budget.schema.json": () => json(configurationSchema()),
};

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function settingsOfManifest() {
  const properties = Object.entries({ ...SETTINGS, ...CLIENT_SETTINGS }).map(([name, { type, ...schema }], order) => [
    `nixBuildBudget.${name}`,
    { type, order, ...schema },
  ]);
  return { title: "Nix Build Budget", properties: Object.fromEntries(properties) };
}

let differs = false;
for (const [file, generate] of Object.entries(GENERATED)) {
  const url = new URL(`../${file}`, import.meta.url);
  const before = existsSync(url) ? readFileSync(url, "utf8") : "";
  const after = generate(before);
  if (before === after) continue;
  differs = true;
  console.log(`${file}: ${process.argv.includes("--check") ? "is not what npm run generate makes" : "rewritten"}`);
  if (process.argv.includes("--check")) continue;
  mkdirSync(new URL(".", url), { recursive: true });
  writeFileSync(url, after);
}
process.exitCode = differs && process.argv.includes("--check") ? 1 : 0;
