// lib/generators.nix: texts of configuration files.
import { call, type Primitives } from "../functions.js";
import type { Run } from "../run.js";
import { selectAttr } from "../select.js";
import { coerce, TO_STRING } from "../strings.js";
import { isDerivation } from "../compare.js";
import { toJson } from "../json.js";
import type { AttrsValue, Thunk, Value } from "../value.js";
import {
  attrs,
  attrsOf,
  boolOf,
  closedAttrsOf,
  fail,
  itemsOf,
  knownOf,
  ready,
  sortedNames,
  string,
  stringOf,
} from "../values.js";

/** `mkValueStringDefault {}`: the text of a plain value. */
function valueText(run: Run, thunk: Thunk): string {
  const value = knownOf(thunk);
  switch (value.kind) {
    case "bool":
      return value.value ? "true" : "false";
    case "null":
      return "null";
    case "int":
    case "float":
    case "string":
      return coerce(run, value, TO_STRING);
    case "attrs":
      return isDerivation(value) ? coerce(run, value, TO_STRING) : fail("a set has no text here");
    default:
      return fail("this value has no text here");
  }
}

function keyValue(toText: (thunk: Thunk) => string, separator: string, key: Thunk, value: Thunk): string {
  const name = stringOf(key);
  return `${name.replaceAll(separator, `\\${separator}`)}${separator}${toText(value)}`;
}

/** A field of the options set; undefined where it is not given. */
function option(run: Run, options: AttrsValue, name: string): Value | undefined {
  return selectAttr(run, options, name);
}

function textFunction(run: Run, options: AttrsValue): (thunk: Thunk) => string {
  const own = option(run, options, "mkValueString");
  return own ? (thunk) => stringOf(ready(call(run, own, thunk))) : (thunk) => valueText(run, thunk);
}

/** Lines of a flat set. */
function lines(run: Run, options: AttrsValue, set: AttrsValue): string {
  const own = option(run, options, "mkKeyValue");
  const duplicates = option(run, options, "listsAsDuplicateKeys");
  const indent = option(run, options, "indent");
  const prefix = indent ? stringOf(ready(indent)) : "";
  const asList = duplicates ? boolOf(ready(duplicates)) : false;
  const line = (key: Thunk, value: Thunk): string =>
    own ? stringOf(ready(call(run, own, key, value))) : keyValue((thunk) => valueText(run, thunk), "=", key, value);
  return sortedNames(set)
    .flatMap((name) => {
      const thunk = set.entries.get(name)?.thunk as Thunk;
      const value = knownOf(thunk);
      const values = asList && value.kind === "list" ? itemsOf(thunk) : [thunk];
      return values.map((one) => `${prefix}${line(ready(string(name)), one)}\n`);
    })
    .join("");
}

function sections(run: Run, options: AttrsValue, set: AttrsValue): string {
  const own = option(run, options, "mkSectionName");
  return sortedNames(set)
    .map((name) => {
      const title = own
        ? stringOf(ready(call(run, own, ready(string(name)))))
        : name.replaceAll("[", "\\[").replaceAll("]", "\\]");
      const body = closedAttrsOf(set.entries.get(name)?.thunk as Thunk);
      return `[${title}]\n${lines(run, options, body)}`;
    })
    .join("\n");
}

export const GENERATORS: Primitives = {
  mkValueStringDefault: (run, _options, value) => string(valueText(run, value)),
  mkKeyValueDefault: (run, options, separator, key, value) =>
    string(keyValue(textFunction(run, attrsOf(options)), stringOf(separator), key, value)),
  toKeyValue: (run, options, set) => string(lines(run, attrsOf(options), closedAttrsOf(set))),
  toINI: (run, options, set) => string(sections(run, attrsOf(options), closedAttrsOf(set))),
  toINIWithGlobalSection: (run, options, argument) => {
    const given = attrsOf(argument);
    const how = attrsOf(options);
    const global = given.entries.get("globalSection");
    const others = given.entries.get("sections");
    const head = global ? lines(run, how, closedAttrsOf(global.thunk)) : "";
    const tail = others ? sections(run, how, closedAttrsOf(others.thunk)) : "";
    return string(head === "" ? tail : `${head}\n${tail}`);
  },
  toJSON: (run, _options, value) => string(toJson(run, value.force())),
  toYAML: (run, _options, value) => string(toJson(run, value.force())),
  mkLuaInline: (_run, expr) =>
    attrs([
      ["_type", ready(string("lua-inline"))],
      ["expr", expr],
    ]),
};
