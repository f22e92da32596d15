// Real Nix as the oracle: many files read and evaluated with few processes.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SUPPORT = resolve(import.meta.dirname, "../../../test/support");

export type NixResult = { readonly value: unknown } | { readonly error: string };

/** How a file is to be evaluated: as a NixOS-like module, a callPackage file, an overlay, or as it is. */
export type Kind = "module" | "package" | "overlay" | "value";

export interface NixCase {
  readonly kind: Kind;
  /** Files by path; the first is the one that is evaluated. */
  readonly files: ReadonlyMap<string, string>;
}

const WRAPPERS: Readonly<Record<Kind, (path: string) => string>> = {
  module: (path) => `((import ${SUPPORT}/modules.nix).evalModules [ ${path} ])`,
  package: (path) => `((import ${SUPPORT}/packages.nix).package ${path})`,
  overlay: (path) => `((import ${SUPPORT}/packages.nix).overlay ${path})`,
  value: (path) => `(import ${path})`,
};

/** Cases for one process. */
const LOT = 128;

/** True if `nix-instantiate` can be run here. */
export async function hasNix(): Promise<boolean> {
  return run("nix-instantiate", ["--version"]).then(
    () => true,
    () => false,
  );
}

/**
 * Evaluates all cases strictly, each to plain data or to Nix's error message. Cases that evaluate share a process; where
 * one fails the lot is halved until it is found.
 */
export async function evaluate(cases: readonly NixCase[]): Promise<NixResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "nix-cases-"));
  try {
    const expressions = cases.map(({ kind, files }, i) => {
      for (const [path, text] of files) write(join(folder, String(i), path), text);
      const [first] = files.keys();
      return WRAPPERS[kind](join(folder, String(i), first ?? ""));
    });
    const results: NixResult[] = [];
    for (let start = 0; start < expressions.length; start += LOT)
      results.push(...(await evaluateAll(expressions.slice(start, start + LOT))));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the folders on the way. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function evaluateAll(expressions: readonly string[]): Promise<NixResult[]> {
  if (expressions.length === 0) return [];
  try {
    const list = `[ ${expressions.join("\n")} ]`;
    const { stdout } = await instantiate(["--eval", "--strict", "--json", "--expr", list]);
    return (JSON.parse(stdout) as unknown[]).map((value) => ({ value }));
  } catch (error) {
    if (expressions.length === 1) return [{ error: (error as { stderr?: string }).stderr ?? String(error) }];
    const middle = expressions.length >> 1;
    return [...(await evaluateAll(expressions.slice(0, middle))), ...(await evaluateAll(expressions.slice(middle)))];
  }
}

/** Those of many texts that Nix does not read. */
export async function unreadable(texts: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "nix-texts-"));
  try {
    const files = texts.map((text, i) => {
      const path = join(folder, `${i}.nix`);
      write(path, text);
      return { path, text };
    });
    const failing = async (some: typeof files): Promise<string[]> => {
      const isRead = await instantiate(["--parse", ...some.map(({ path }) => path)]).then(
        () => true,
        () => false,
      );
      if (isRead || some.length === 0) return [];
      if (some.length === 1) return some.map(({ text }) => text);
      const middle = some.length >> 1;
      return [...(await failing(some.slice(0, middle))), ...(await failing(some.slice(middle)))];
    };
    const bad: string[] = [];
    for (let start = 0; start < files.length; start += LOT)
      bad.push(...(await failing(files.slice(start, start + LOT))));
    return bad;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nix's complaint about a text; undefined if it reads it. */
export async function parseError(text: string): Promise<string | undefined> {
  const child = instantiate(["--parse", "-"]);
  child.child.stdin?.end(text);
  return child.then(
    () => undefined,
    (error: { stderr?: string }) => error.stderr ?? String(error),
  );
}

/** The text as Nix prints it after reading it, with all parentheses; undefined if it cannot read it. */
export async function printedByNix(text: string): Promise<string | undefined> {
  const child = instantiate(["--parse", "-"]);
  child.child.stdin?.end(text);
  return child.then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}

export function instantiate(args: readonly string[]) {
  return run("nix-instantiate", [...args], {
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NIX_PATH: "", NIX_STATE_DIR: join(tmpdir(), "nix-state"), NIX_STORE_DIR: undefined },
  });
}
