// npm run generate: rewrites what is made from tables in the code. A test compares; run it after `npm run check-types`.
//   --check   write nothing, exit 1 where something differs
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { configurationSchema } from "../out/server/src/core/machine/schema.js";
import { RULES } from "../out/server/src/core/rules/index.js";
import { CLIENT_SETTINGS, SETTINGS } from "../out/server/src/lsp/settings.js";
import { rulePage, rulesIndex, rulesTable } from "../out/server/src/report/ruleMarkdown.js";

const EDITOR_SETTINGS = Object.entries({ ...SETTINGS, ...CLIENT_SETTINGS });
const check = process.argv.includes("--check");
const urlOf = (file) => new URL(`../${file}`, import.meta.url);

/** File -> what it should hold, given what it holds; undefined: it should not be there. */
const GENERATED = {
  "package.json": (text) => {
    const manifest = JSON.parse(text);
    manifest.contributes.configuration = settingsOfManifest();
    return json(manifest);
  },
  "schemas/nix-build-budget.schema.json": () => json(configurationSchema()),
  "README.md": (text) => between(between(text, "settings", settingsTable()), "rules", rulesTable(RULES, "docs/rules/")),
  ...Object.fromEntries(readdirSync(urlOf("docs/rules/")).map((name) => [`docs/rules/${name}`, () => undefined])),
  "docs/rules/README.md": () => rulesIndex(RULES),
  ...Object.fromEntries(RULES.map((rule) => [`docs/rules/${rule.id}.md`, () => rulePage(rule)])),
};

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function settingsOfManifest() {
  const properties = EDITOR_SETTINGS.map(([name, { type, ...schema }], order) => [
    `nixBuildBudget.${name}`,
    { type, order, ...schema },
  ]);
  return { title: "Nix Build Budget", properties: Object.fromEntries(properties) };
}

function settingsTable() {
  const rows = EDITOR_SETTINGS.map(([name, setting]) => {
    const choices = setting.enum ? ` One of ${setting.enum.map((choice) => `\`${choice}\``).join(", ")}.` : "";
    return `| \`nixBuildBudget.${name}\` | \`${JSON.stringify(setting.default)}\` | ${setting.markdownDescription.replaceAll("|", "\\|")}${choices} |`;
  });
  return ["| Setting | Default | What |", "|---|---|---|", ...rows].join("\n");
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function between(text, name, content) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`README.md lacks ${start} … ${end}`);
  return `${text.slice(0, text.indexOf(start) + start.length)}\n${content}\n${text.slice(text.indexOf(end))}`;
}

let differs = false;
for (const [file, generate] of Object.entries(GENERATED)) {
  const url = urlOf(file);
  const before = existsSync(url) ? readFileSync(url, "utf8") : undefined;
  const after = generate(before ?? "");
  if (before === after) continue;
  differs = true;
  console.log(
    `${file}: ${check ? "is not what npm run generate makes" : after === undefined ? "removed" : "rewritten"}`,
  );
  if (check) continue;
  if (after === undefined) rmSync(url);
  else {
    mkdirSync(new URL(".", url), { recursive: true });
    writeFileSync(url, after);
  }
}
process.exitCode = differs && check ? 1 : 0;
