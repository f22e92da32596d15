// Every import goes downward: ARCHITECTURE.md's list of layers, held against all files.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");
/** Lowest first. A layer may import itself and those before it. */
const CORE = ["text", "syntax", "evaluate", "workspace", "builds", "edits", "rules", "findings", "analyze"];
/** Leaves of data, and from which layers on they may be used. */
const LEAVES: Readonly<Record<string, { readonly uses: readonly string[]; readonly from: string }>> = {
  catalogue: { uses: ["text"], from: "workspace" },
  machine: { uses: ["text"], from: "workspace" },
};
/** What the rest of the server may import. `core` stands for all of it. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  host: ["core"],
  report: ["core"],
  lsp: ["core", "report", "host"],
  cli: ["core", "report", "host", "lsp"],
};
const NODE_FREE = ["core", "report"];
const PROTOCOL = /^vscode-(languageserver|jsonrpc|uri)/;

interface Import {
  readonly file: string;
  readonly target: string;
}

function importsUnder(folder: string): Import[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const file = join(folder, name);
      const text = readFileSync(join(ROOT, file), "utf8");
      return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, target = ""]) => ({
        file,
        target: target.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target,
      }));
    });
}

/** `server/src/core/rules/rule.js` -> rules, `server/src/core/analyze.js` -> analyze, `server/src/lsp/x.js` -> lsp. */
function layerOf(path: string): string {
  const [, , area = "", part = ""] = path.split("/");
  return area === "core" ? part.replace(/\.[jt]s$/, "") : area;
}

function isAllowed(from: string, to: string): boolean {
  if (from === to) return true;
  const leaf = LEAVES[from];
  if (leaf) return leaf.uses.includes(to);
  if (CORE.includes(from)) {
    const target = LEAVES[to];
    if (target) return CORE.indexOf(from) >= CORE.indexOf(target.from);
    return CORE.includes(to) && CORE.indexOf(to) < CORE.indexOf(from);
  }
  const allowed = OUTSIDE[from] ?? [];
  return allowed.includes(to) || (allowed.includes("core") && (CORE.includes(to) || to in LEAVES));
}

describe("layers", () => {
  const server = importsUnder("server/src");
  const describeImport = ({ file, target }: Import) => `${file} imports ${target}`;

  it("are all known", () => {
    const known = new Set([...CORE, ...Object.keys(LEAVES), ...Object.keys(OUTSIDE)]);
    assert.deepEqual(
      [...new Set(server.map(({ file }) => layerOf(file)))].filter((layer) => !known.has(layer)),
      [],
    );
  });

  it("are imported downward only", () => {
    const wrong = server.filter(
      ({ file, target }) => target.startsWith("server/") && !isAllowed(layerOf(file), layerOf(target)),
    );
    assert.deepEqual(wrong.map(describeImport), []);
  });

  it("keep node out of the core and of reports", () => {
    const wrong = server.filter(
      ({ file, target }) =>
        NODE_FREE.some((area) => file.startsWith(`server/src/${area}/`)) &&
        (target.startsWith("node:") || builtinModules.includes(target)),
    );
    assert.deepEqual(wrong.map(describeImport), []);
  });

  it("keep the protocol in lsp/, tree-sitter in syntax/ and VS Code in the client", () => {
    const owners: readonly (readonly [RegExp, string])[] = [
      [PROTOCOL, "server/src/lsp/"],
      [/^web-tree-sitter/, "server/src/core/syntax/parser.ts"],
      [/^vscode$/, "client/"],
    ];
    const wrong = owners.flatMap(([name, owner]) =>
      server.filter(({ file, target }) => name.test(target) && !file.startsWith(owner)),
    );
    assert.deepEqual(wrong.map(describeImport), []);
  });

  it("let the client know the server by protocol only", () => {
    const wrong = importsUnder("client/src").filter(
      ({ target }) => target.startsWith("server/") && target !== "server/src/lsp/protocol.js",
    );
    assert.deepEqual(wrong.map(describeImport), []);
  });
});
