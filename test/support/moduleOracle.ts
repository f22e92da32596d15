// The module system of nixpkgs as the oracle, where its lib is there, and ours beside it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Model } from "../../server/src/core/workspace/model.js";
import { plainValue } from "../../server/src/report/plainValue.js";
import { modelOf } from "./model.js";
import { instantiate, write } from "./nix.js";
import { REAL_LIB } from "./nixExpressions.js";

/** What an option is: a value, nothing, or not known. */
export type Told = { readonly known: string } | "unset" | "unknown";

const SYSTEM = resolve(import.meta.dirname, "../../../test/support/moduleSystem.nix");
const FLAKE = `{ outputs = { nixpkgs, ... }: {
  nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./h.nix ]; };
}; }
`;
const HOME = ["home-manager", "users", "u"];
/** Hosts for one process. */
const LOT = 24;

/** Options of the host whose module is h.nix, as we tell them; those of its user `u` by their path in the host. */
export async function toldOptions(
  files: ReadonlyMap<string, string>,
  paths: readonly (readonly string[])[],
): Promise<readonly Told[]> {
  const model = await modelOf(new Map([["flake.nix", FLAKE], ...files]));
  return paths.map((path) => told(model, path));
}

function told(model: Model, path: readonly string[]): Told {
  const isUsers = HOME.every((name, i) => path[i] === name);
  const host = model.hosts.find(({ name }) => name === (isUsers ? "u@h" : "h"));
  const state = host?.option(isUsers ? path.slice(HOME.length) : path) ?? { state: "unset" };
  if (state.state !== "known") return state.state;
  const plain = plainValue(state.value, (file) => file);
  return plain.known ? { known: jsonText(plain.value) } : "unknown";
}

/** Plain data as one text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? Number(part) : part));
}

/** The same options by Nix, as texts of plain data; undefined for a host on which it fails. An option that fails is `"error"`. */
export async function realOptions(
  hosts: readonly ReadonlyMap<string, string>[],
  paths: readonly (readonly string[])[],
): Promise<readonly (readonly string[] | undefined)[]> {
  const folder = mkdtempSync(join(tmpdir(), "nix-modules-"));
  try {
    const folders = hosts.map((files, i) => {
      for (const [path, text] of files) write(join(folder, String(i), path), text);
      return join(folder, String(i));
    });
    const names = paths.map((path) => `[ ${path.map((name) => JSON.stringify(name)).join(" ")} ]`).join(" ");
    const answers: (readonly string[] | undefined)[] = [];
    for (let start = 0; start < folders.length; start += LOT)
      answers.push(...(await ask(folders.slice(start, start + LOT), names)));
    return answers;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Hosts on which Nix fails for good are found by halving. */
async function ask(folders: readonly string[], paths: string): Promise<(readonly string[] | undefined)[]> {
  const hosts = folders.map((dir) => `(import ${SYSTEM} { inherit lib paths; dir = ${dir}; })`).join("\n");
  const expression = `let lib = import ${REAL_LIB}/lib; paths = [ ${paths} ]; in [ ${hosts} ]`;
  try {
    const { stdout } = await instantiate(["--eval", "--strict", "--json", "--expr", expression]);
    return (JSON.parse(stdout) as unknown[][]).map((options) => options.map(textOf));
  } catch {
    if (folders.length === 1) return [undefined];
    const middle = folders.length >> 1;
    return [...(await ask(folders.slice(0, middle), paths)), ...(await ask(folders.slice(middle), paths))];
  }
}

function textOf(value: unknown): string {
  const failed = typeof value === "object" && value !== null && "error" in value;
  return failed ? jsonText("error") : jsonText(value);
}
