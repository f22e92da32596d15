// The functions of lib/strings.nix that write arguments: for shells, build systems and search paths.
import { type Primitives } from "../functions.js";
import { output as outputOf } from "./attrsets.js";
import { onText, plainText, textOf } from "./strings.js";
import { choose } from "./trivial.js";
import { shellQuoted, upper } from "../quoting.js";
import type { Run } from "../run.js";
import { coerce, INTERPOLATED, joinTexts } from "../strings.js";
import { guarded } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import {
  bool,
  boolOf,
  closedAttrsOf,
  fail,
  giveUp,
  itemsOf,
  knownOf,
  ready,
  sortedNames,
  string,
  stringOf,
} from "../values.js";

/** `a/bin:b/bin`, from the outputs of packages that hold them. */
function searchPath(run: Run, output: string | undefined, folder: string, packages: Thunk): Value {
  const texts = itemsOf(packages)
    .filter((one) => output !== undefined || one.force().kind !== "null")
    .map((one) =>
      guarded(run, () => {
        const found = output === undefined ? one.force() : outputOf(run, output, one);
        if (found.kind === "path") return giveUp("a path in the Nix store");
        return string(`${coerce(run, found, INTERPOLATED)}/${folder}`);
      }),
    );
  return joinTexts(texts, ":");
}

function shellVariable(run: Run, name: string, thunk: Thunk): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return fail("not the name of a shell variable", true);
  const value = knownOf(thunk);
  if (value.kind === "list") return `declare -a ${name}=(${shellArguments(run, thunk)})`;
  if (value.kind !== "attrs" || value.entries.has("outPath") || value.entries.has("__toString"))
    return `${name}=${shellQuoted(plainText(run, thunk))}`;
  const set = closedAttrsOf(thunk);
  const fields = sortedNames(set).map((key) => {
    const field = set.entries.get(key)?.thunk as Thunk;
    return `[${shellQuoted(key)}]=${shellQuoted(plainText(run, field))}`;
  });
  return `declare -A ${name}=(${fields.join(" ")})`;
}

function shellArguments(run: Run, thunk: Thunk): string {
  return itemsOf(thunk)
    .map((item) => shellQuoted(plainText(run, item)))
    .join(" ");
}

const ENABLE = (on: boolean) => (on ? "--enable-" : "--disable-");
const WITH = (on: boolean) => (on ? "--with-" : "--without-");

function feature(prefix: (on: boolean) => string) {
  return (run: Run, condition: Thunk, name: Thunk): Value =>
    choose(
      run,
      condition,
      () => template(run, prefix(true), name),
      () => template(run, prefix(false), name),
    );
}

function valuedFeature(prefix: (on: boolean) => string) {
  return (run: Run, condition: Thunk, name: Thunk, value: Thunk): Value =>
    choose(
      run,
      condition,
      () => template(run, prefix(true), name, "=", value),
      () => template(run, prefix(false), name),
    );
}

/** `"${a}b${c}"` of arguments that may be unknown, keeping a path that the whole names. */
function template(run: Run, ...parts: readonly (string | Thunk)[]): Value {
  const values = parts.map((part) =>
    typeof part === "string" ? string(part) : guarded(run, () => string(textOf(run, part))),
  );
  return joinTexts(values, "");
}

function hexByte(c: string): string {
  return c.charCodeAt(0).toString(16).padStart(2, "0");
}

export const STRINGS_FLAGS: Primitives = {
  escapeShellArg: (run, thunk) => string(shellQuoted(plainText(run, thunk))),
  escapeShellArgs: (run, thunk) => string(shellArguments(run, thunk)),
  toShellVar: (run, name, value) => string(shellVariable(run, stringOf(name), value)),
  toShellVars: (run, thunk) => {
    const set = closedAttrsOf(thunk);
    const lines = sortedNames(set).map((name) => shellVariable(run, name, set.entries.get(name)?.thunk as Thunk));
    return string(lines.join("\n"));
  },
  isValidPosixName: (_run, name) => bool(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(stringOf(name))),
  escapeURL: onText((text: string) =>
    text.replace(/[\x01-\x7f]/g, (c) => (/[A-Za-z0-9_.~-]/.test(c) ? c : `%${hexByte(c).toUpperCase()}`)),
  ),
  makeSearchPath: (run, folder, packages) => searchPath(run, undefined, stringOf(folder), packages),
  makeSearchPathOutput: (run, output, folder, packages) =>
    searchPath(run, stringOf(output), stringOf(folder), packages),
  makeBinPath: (run, packages) => searchPath(run, "bin", "bin", packages),
  makeLibraryPath: (run, packages) => searchPath(run, "lib", "lib", packages),
  makeIncludePath: (run, packages) => searchPath(run, "dev", "include", packages),
  enableFeature: feature(ENABLE),
  enableFeatureAs: valuedFeature(ENABLE),
  withFeature: feature(WITH),
  withFeatureAs: valuedFeature(WITH),
  cmakeOptionType: (run, type, name, value) =>
    template(run, "-D", name, ":", ready(string(upper(stringOf(type)))), "=", value),
  cmakeBool: (run, name, condition) =>
    template(run, "-D", name, ":BOOL=", ready(string(boolOf(condition) ? "TRUE" : "FALSE"))),
  cmakeFeature: (run, name, value) => template(run, "-D", name, ":STRING=", value),
  mesonOption: (run, name, value) => template(run, "-D", name, "=", value),
  mesonBool: (run, name, condition) =>
    template(run, "-D", name, "=", ready(string(boolOf(condition) ? "true" : "false"))),
  mesonEnable: (run, name, condition) =>
    template(run, "-D", name, "=", ready(string(boolOf(condition) ? "enabled" : "disabled"))),
};
