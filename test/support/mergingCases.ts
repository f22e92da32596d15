// The cases of merging.txt: modules, and what their options are.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fixtureFiles } from "./fixture.js";

export interface MergingCase {
  readonly name: string;
  /** `h.nix` is the host's module. */
  readonly files: ReadonlyMap<string, string>;
  readonly options: readonly MergedOption[];
}

export interface MergedOption {
  readonly path: readonly string[];
  readonly state: "known" | "unknown" | "unset";
  /** What it is in Nix; `"error"` where Nix fails. Not told of what is unset. */
  readonly real: unknown;
}

const OPTION = /^-> (\S+) (?:(=|\?) (.*)|unset)$/;
const CONDITIONS = `U = builtins.getEnv "NOT_SET" == ""; V = !U;`;

export function mergingCases(): readonly MergingCase[] {
  const text = readFileSync(resolve(import.meta.dirname, "../../../test/support/merging.txt"), "utf8");
  return text.split(/^== /m).slice(1).map(caseOf);
}

/** The modules that a host imports, as its module. */
export function hostModule(modules: string): string {
  return `{ lib, config, ... }: let ${CONDITIONS} in { imports = [\n${modules}\n]; }\n`;
}

function caseOf(text: string): MergingCase {
  const [name = "", ...lines] = text.trimEnd().split("\n");
  const options = lines.flatMap((line) => optionOf(line) ?? []);
  const [modules = "", ...others] = lines
    .filter((line) => !OPTION.test(line))
    .join("\n")
    .split(/^(?=#- )/m);
  const more = others.length === 0 ? [] : fixtureFiles(others.join(""));
  return { name, files: new Map([["h.nix", hostModule(modules)], ...more]), options };
}

function optionOf(line: string): MergedOption | undefined {
  const [, path, sign, real] = OPTION.exec(line) ?? [];
  if (path === undefined) return undefined;
  return {
    path: path.split(".").map((name) => name.replaceAll("/", ".")),
    state: sign === undefined ? "unset" : sign === "=" ? "known" : "unknown",
    real: real === undefined ? undefined : JSON.parse(real),
  };
}
