// npm run build: checks the types, then bundles what runs into dist/ (client.cjs for the editor, cli.js for terminal and server).
//   --no-check   leave the types unchecked
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";

const root = new URL("..", import.meta.url);
const require = createRequire(import.meta.url);
const path = (relative) => new URL(relative, root).pathname;

if (!process.argv.includes("--no-check")) {
  const check = spawnSync(
    process.execPath,
    [require.resolve("typescript/package.json").replace("package.json", "bin/tsc"), "-b"],
    {
      cwd: path("."),
      stdio: "inherit",
    },
  );
  if (check.status !== 0) process.exit(check.status ?? 1);
}

await rm(path("dist"), { recursive: true, force: true });
await mkdir(path("dist"), { recursive: true });

const common = {
  bundle: true,
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  platform: "node",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  absWorkingDir: path("."),
  // Its UMD build, which esbuild would take for node, requires its parts at run time.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
};
const bundles = await Promise.all([
  esbuild.build({
    ...common,
    entryPoints: ["client/src/extension.ts"],
    outfile: "dist/client.cjs",
    format: "cjs",
    external: ["vscode"],
  }),
  esbuild.build({
    ...common,
    entryPoints: ["server/src/cli/main.ts"],
    outfile: "dist/cli.js",
    format: "esm",
    // The protocol library is CommonJS and requires node's modules when it runs; the WASM runtime must stay an ES module.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  }),
  copyFile(require.resolve("web-tree-sitter/web-tree-sitter.wasm"), path("dist/web-tree-sitter.wasm")),
  copyFile(
    require.resolve("@cursorless/tree-sitter-wasms/out/tree-sitter-nix.wasm"),
    path("dist/tree-sitter-nix.wasm"),
  ),
]);

/** Folders of the packages whose code is in the bundles, for the notices (scripts/package.mjs). */
export const bundled = new Set(
  bundles
    .flatMap((result) => Object.keys(result?.metafile?.inputs ?? {}))
    .map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
    .filter((folder) => folder !== undefined)
    .map(path),
);
