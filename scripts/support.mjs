// What the scripts share. Only node's own modules: they run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command with its output shown; resolves to exit code and, if `scan` is given, calls it with all output. */
export function run(command, args, { scan, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: scan ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
      ...options,
    });
    for (const name of scan ? ["stdout", "stderr"] : [])
      child[name].setEncoding("utf8").on("data", (text) => {
        process[name].write(text);
        scan(text);
      });
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Like `run`, but ends the process if the command fails. */
export async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) process.exit(code);
}

/**
 * Installs the npm packages that the lock file names, unless they are there. Not with `npm ci`: it refuses a lock file that was
 * written where a registry does not have the binaries of every platform.
 */
export async function installPackages() {
  const installed = `${ROOT}node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${ROOT}package-lock.json`).mtimeMs) return;
  await must("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"]);
}

function hasCommand(name) {
  return !spawnSync(name, ["--version"], { stdio: "ignore" }).error;
}

/** Programs of the system that tests run, and the Debian packages that hold them. */
const SYSTEM = [
  { commands: ["nix-instantiate"], package: "nix-bin", what: "Nix" },
  { commands: ["chromium", "chromium-browser", "google-chrome"], package: "chromium", what: "Chromium" },
  { commands: ["git"], package: "git", what: "git" },
];

/** Installs with apt what is missing; says what to do where there is no apt. */
export async function installSystemPackages() {
  const missing = SYSTEM.filter(({ commands }) => !commands.some(hasCommand));
  if (missing.length === 0) return;
  const names = missing.map(({ package: name }) => name);
  if (!hasCommand("apt-get")) {
    console.error(
      `The tests need ${missing.map(({ what }) => what).join(", ")}. There is no apt here: please install them with your package manager and run this again.`,
    );
    process.exit(1);
  }
  const [command, ...before] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "apt-get"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  console.log(`Installing ${names.join(", ")} …`);
  await must(command, [...before, "update", "-qq"], { env });
  await must(command, [...before, "install", "-y", "-qq", "--no-install-recommends", ...names], { env });
}

/** Runs a program of an npm package by its file in node_modules/.bin. */
export const bin = (name) => `${ROOT}node_modules/.bin/${name}`;
