// npm run try: the example with the extension in VS Code; the one on PATH, else a VS Code in the browser.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, must, ROOT } from "./support.mjs";

await installPackages();
// A copy, so that trying the fixes changes nothing here.
const example = join(mkdtempSync(join(tmpdir(), "nix-build-budget-")), "shoshin");
cpSync(join(ROOT, "examples/shoshin"), example, { recursive: true });
const firstFile = join(example, "modules/nix.nix");

if (spawnSync("code", ["--version"], { stdio: "ignore" }).status === 0) await openDesktop();
else await openInBrowser();

async function openDesktop() {
  await must(process.execPath, ["scripts/build.mjs", "--no-check"]);
  console.log(`Opening ${example} in VS Code.`);
  const args = ["--new-window", `--extensionDevelopmentPath=${ROOT}`, example, firstFile];
  spawn("code", args, { stdio: "inherit" });
}

async function openInBrowser() {
  console.log("There is no `code` on PATH: a VS Code for the browser is used.");
  await must(process.execPath, ["scripts/package.mjs", "--no-check"]);
  // Imported late: what it imports is installed by now.
  const { installExtension, installHost, makeProfile, remote, startServer, workbenchUrl, VSIX } = await import(
    "../test/e2e/host.mjs"
  );
  await installHost();
  const profile = makeProfile();
  await installExtension(profile, VSIX);
  const server = await startServer(profile);
  const address = workbenchUrl(server, { folder: example, payload: { openFile: remote(server, firstFile) } });
  console.log(`\nOpen this address in a browser; Ctrl+C ends it:\n\n  ${address}\n`);
}
