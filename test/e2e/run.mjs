// npm run test:e2e: the packed extension in a real VS Code, first through its API, then through the visible workbench.
//   --suite | --workbench   only one of the two      --verbose   everything that the workbench logs
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { runSuite } from "./extensionHost.mjs";
import { installHost, PROJECT, run, VSIX } from "./host.mjs";
import { runWorkbench } from "./workbench.mjs";

const asked = (name) => process.argv.includes(`--${name}`);
if (!asked("keep-vsix") || !existsSync(VSIX))
  await run(process.execPath, [join(PROJECT, "scripts/package.mjs"), "--no-check"], { cwd: PROJECT });

await installHost();
const tests = join(PROJECT, "out/e2e/index.cjs");
await esbuild.build({
  entryPoints: [join(PROJECT, "test/e2e/suite/index.ts")],
  outfile: tests,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: "inline",
  external: ["vscode", "mocha"],
});

let failed = 0;
if (!asked("workbench")) failed += (await runSuite({ vsix: VSIX, tests, verbose: asked("verbose") })) === 0 ? 0 : 1;
if (!asked("suite")) failed += await runWorkbench({ vsix: VSIX });
process.exitCode = failed === 0 ? 0 : 1;
