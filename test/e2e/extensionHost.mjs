// Mocha inside the extension host, with the packed extension installed as users install it.
// The desktop VS Code that VSCODE_EXECUTABLE or VSCODE_VERSION (to be downloaded) names; else the host of host.mjs.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import {
  guard,
  installExtension,
  makeProfile,
  PROJECT,
  remote,
  run,
  startBrowser,
  startServer,
  workbenchUrl,
} from "./host.mjs";

const LIMIT_MS = 180_000;

/** The exit code of the suite: 0 if all tests pass. */
export async function runSuite({ vsix, tests, verbose = false }) {
  const profile = makeProfile();
  const folder = join(profile.root, "workspace");
  cpSync(join(PROJECT, "test/e2e/workspace"), folder, { recursive: true });
  // VS Code runs tests beside an extension under development only; ours is installed, so this one is empty.
  const beside = join(profile.root, "beside");
  mkdirSync(beside);
  writeFileSync(
    join(beside, "package.json"),
    JSON.stringify({ name: "beside", publisher: "test", version: "0.0.0", engines: { vscode: "*" } }),
  );
  try {
    const { VSCODE_EXECUTABLE: executable, VSCODE_VERSION: version } = process.env;
    return executable || version
      ? await onDesktop({ executable, version, vsix, tests, profile, folder, beside })
      : await onServer({ vsix, tests, profile, folder, beside, verbose });
  } finally {
    profile.dispose();
  }
}

async function onDesktop({ executable, version, vsix, tests, profile, folder, beside }) {
  const vscodeExecutablePath = executable ?? (await downloadAndUnzipVSCode(version));
  const places = [`--user-data-dir=${join(profile.data, "data")}`, `--extensions-dir=${profile.extensions}`];
  const [cli] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath);
  await run(cli, [...places, "--install-extension", vsix]);
  const launchArgs = [folder, ...places, "--disable-workspace-trust"];
  return runTests({ vscodeExecutablePath, extensionDevelopmentPath: beside, extensionTestsPath: tests, launchArgs });
}

async function onServer({ vsix, tests, profile, folder, beside, verbose }) {
  await installExtension(profile, vsix);
  const [server, browser] = await Promise.all([startServer(profile), startBrowser()]);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    let logs = [];
    const ended = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("the tests did not end in time")), LIMIT_MS).unref();
      page.on("crash", () => reject(new Error("the page crashed")));
      page.exposeFunction("codeAutomationExit", (code, files) => {
        logs = files ?? [];
        resolve(code);
      });
    });
    await page.exposeFunction("codeAutomationLog", (type, args) => {
      const line = format(...args);
      if (line.startsWith("[test]")) console.log(line.slice("[test] ".length));
      else if (verbose && type !== "trace" && type !== "debug") console.log(line);
    });
    await guard(page, server);
    await page.goto(
      workbenchUrl(server, {
        folder,
        payload: { extensionDevelopmentPath: remote(server, beside), extensionTestsPath: remote(server, tests) },
      }),
    );
    const code = await ended;
    if (code !== 0)
      for (const log of [...logs, ...serverLogs(profile)])
        console.log(`--- ${log.relativePath}\n${log.contents.slice(-4000)}`);
    return code;
  } catch (error) {
    console.error(server.output());
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Logs of the extension host and of our own output channel, which stay on the server's side. */
function serverLogs(profile) {
  return readdirSync(profile.data, { recursive: true })
    .filter((path) => /remoteexthost\.log$|Nix Build Budget\.log$/.test(path))
    .map((path) => ({ relativePath: path, contents: readFileSync(join(profile.data, path), "utf8") }));
}
