// The licences of what the bundles contain, from the packages themselves.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Not in the bundles but beside them: the grammar's compiled form, whose own licence its package does not carry. */
const GRAMMAR = {
  name: "tree-sitter-nix",
  url: "https://github.com/nix-community/tree-sitter-nix",
  text: `MIT License

Copyright (c) 2019 Charles Strahan

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`,
};

/**
 * Markdown with one section a package.
 * `packages`: folders of bundled packages. @throws Error if one of them has no licence text.
 */
export function notices(packages) {
  const sections = [...new Map([...packages].sort().map((folder) => [folder, packageSection(folder)])).values()];
  const grammar = section(GRAMMAR.name, "", GRAMMAR.url, GRAMMAR.text);
  return `# Third-party notices\n\nNix Build Budget contains parts of the following projects.\n\n${[...new Set([...sections, grammar])].join("\n\n")}\n`;
}

function packageSection(folder) {
  const { name, version, homepage, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file || !existsSync(join(folder, file))) throw new Error(`${name} has no licence file`);
  const url = homepage ?? (typeof repository === "string" ? repository : repository?.url) ?? "";
  return section(name, version, url.replace(/^git\+/, ""), readFileSync(join(folder, file), "utf8").trim());
}

function section(name, version, url, licence) {
  const lines = licence
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => `    ${line}`.trimEnd());
  return [`## ${name} ${version}`.trim(), url, lines.join("\n")].filter((part) => part !== "").join("\n\n");
}
