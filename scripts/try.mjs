// npm run try: the example with the extension in VS Code; the one on PATH, else a VS Code in the browser.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../package.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
// A copy, so that trying the fixes changes nothing here.
const example = join(mkdtempSync(join(tmpdir(), "nix-build-budget-")), "shoshin");
cpSync(join(root, "examples/shoshin"), example, { recursive: true });

if (spawnSync("code", ["--version"], { stdio: "ignore" }).status === 0) await inDesktop();
else await inBrowser();

async function inDesktop() {
  await import("./build.mjs");
  console.log(`Opening ${example} in VS Code.`);
  spawn("code", ["--new-window", `--extensionDevelopmentPath=${root}`, example, join(example, "flake.nix")], {
    stdio: "inherit",
  });
}

async function inBrowser() {
  console.log("There is no `code` on PATH: a VS Code for the browser is used.");
  const { installExtension, installHost, makeProfile, startServer, workbenchUrl } = await import(
    "../test/e2e/host.mjs"
  );
  const vsix = join(root, `${manifest.name}-${manifest.version}.vsix`);
  await import("./package.mjs");
  if (!existsSync(vsix)) throw new Error(`${vsix} was not made`);
  await installHost();
  const profile = makeProfile();
  await installExtension(profile, vsix);
  const server = await startServer(profile);
  console.log(`\nOpen this address in a browser; Ctrl+C ends it:\n\n  ${workbenchUrl(server, { folder: example })}\n`);
}
