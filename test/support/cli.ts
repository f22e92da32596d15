// The built terminal command (dist/cli.js) in folders of its own.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fixtureFiles } from "./fixture.js";

const ROOT = resolve(import.meta.dirname, "../../..");
export const CLI = join(ROOT, "dist/cli.js");

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Folder {
  readonly path: string;
  /** `cwd` is relative to the folder. */
  run(args: readonly string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<CliResult>;
  read(file: string): string;
  write(file: string, content: string | Uint8Array): void;
  remove(): void;
}

/** A temporary folder with the files of a fixture. */
export function folderWith(fixture: string): Folder {
  const folder = emptyFolder();
  for (const [file, text] of fixture === "" ? [] : fixtureFiles(fixture)) folder.write(file, text);
  return folder;
}

/** A copy of a folder of the project. */
export function copyOf(path: string): Folder {
  const folder = emptyFolder();
  cpSync(join(ROOT, path), folder.path, { recursive: true });
  return folder;
}

function emptyFolder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "nbb-cli-")));
  return {
    path,
    run: (args, options) => runCli(args, { cwd: join(path, options?.cwd ?? ""), env: options?.env }),
    read: (file) => readFileSync(join(path, file), "utf8"),
    write(file, content) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export function runCli(args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<CliResult> {
  const env = { ...process.env, NO_COLOR: "", FORCE_COLOR: "", ...options.env };
  return new Promise((done, fail) => {
    const settings = { cwd: options.cwd, env, maxBuffer: 2 ** 28, timeout: 60_000 };
    execFile(process.execPath, [CLI, ...args], settings, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === "number") done({ code, stdout, stderr });
      else fail(error);
    });
  });
}
