// The parser's WebAssembly modules from disk: beside the bundle, or, when run from compiled sources, in node_modules.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NixParser } from "../core/syntax/parser.js";

export async function loadParser(): Promise<NixParser> {
  return NixParser.load({
    runtime: readModule("web-tree-sitter.wasm", "web-tree-sitter/web-tree-sitter.wasm"),
    grammar: readModule("tree-sitter-nix.wasm", "@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm"),
  });
}

function readModule(name: string, inPackage: string): Uint8Array {
  const bundled = join(dirname(fileURLToPath(import.meta.url)), name);
  return readFileSync(existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve(inPackage));
}
