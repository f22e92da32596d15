// lib/modules.nix and lib/options.nix: the marker sets that the module system reads, exactly as the real lib makes them.
import type { Primitives } from "./functions.js";
import { joinTexts } from "./strings.js";
import { type Run } from "./run.js";
import { update } from "./select.js";
import { guarded, lazy } from "./thunk.js";
import type { Thunk, Value } from "./value.js";
import { attrs, bool, int, itemsOf, knownOf, listOf, ready, record, string, stringOf, unknown } from "./values.js";

function marked(type: string, fields: readonly (readonly [string, Thunk])[]): Value {
  return attrs([["_type", ready(string(type))], ...fields]);
}

function override(priority: Thunk, content: Thunk): Value {
  return marked("override", [
    ["priority", priority],
    ["content", content],
  ]);
}
function order(priority: Thunk, content: Thunk): Value {
  return marked("order", [
    ["priority", priority],
    ["content", content],
  ]);
}
function fixedOverride(priority: number) {
  return (_run: Run, content: Thunk): Value => override(ready(int(priority)), content);
}
function fixedOrder(priority: number) {
  return (_run: Run, content: Thunk): Value => order(ready(int(priority)), content);
}
function literal(type: string) {
  return (_run: Run, text: Thunk): Value => marked(type, [["text", text]]);
}

function mkEnableOption(run: Run, name: Thunk): Value {
  const description = () =>
    joinTexts([string("Whether to enable "), guarded(run, () => string(stringOf(name))), string(".")], "");
  return attrs([
    ["_type", ready(string("option"))],
    ["default", ready(bool(false))],
    ["example", ready(bool(true))],
    ["description", lazy(run, description)],
    ["type", ready(unknown("a type of options", { name: ["lib", "types", "bool"] }))],
  ]);
}

function isMarked(type: string) {
  return (_run: Run, thunk: Thunk): Value => {
    const value = knownOf(thunk);
    if (value.kind !== "attrs") return bool(false);
    const mark = value.entries.get("_type")?.thunk.force();
    if (!mark) return value.open === undefined ? bool(false) : unknown(value.open);
    return mark.kind === "unknown" ? mark : bool(mark.kind === "string" && mark.value === type);
  };
}

export const MODULES: Primitives = {
  mkIf: (_run, condition, content) =>
    marked("if", [
      ["condition", condition],
      ["content", content],
    ]),
  mkAssert: (_run, assertion, message, content) =>
    marked("if", [
      ["condition", assertion],
      ["content", content],
      ["message", message],
    ]),
  mkMerge: (_run, contents) => marked("merge", [["contents", contents]]),
  mkOverride: (_run, priority, content) => override(priority, content),
  mkOptionDefault: fixedOverride(1500),
  mkDefault: fixedOverride(1000),
  mkImageMediaOverride: fixedOverride(60),
  mkForce: fixedOverride(50),
  mkVMOverride: fixedOverride(10),
  mkOrder: (_run, priority, content) => order(priority, content),
  mkBefore: fixedOrder(500),
  mkAfter: fixedOrder(1500),
  mkFixStrictness: (_run, value) => value.force(),
  mkDefinition: (run, fields) => update(run, record({ _type: string("definition") }), fields.force()),
  mkOption: (run, fields) => update(run, fields.force(), record({ _type: string("option") })),
  mkEnableOption,
  mkSinkUndeclaredOptions: (run, fields) =>
    update(
      run,
      record({ _type: string("option"), internal: bool(true), visible: bool(false), default: bool(false) }),
      fields.force(),
    ),
  literalExpression: literal("literalExpression"),
  literalExample: literal("literalExpression"),
  literalMD: literal("literalMD"),
  mdDoc: (_run, text) => text.force(),
  isOption: isMarked("option"),
  showOption: (_run, path) => string(itemsOf(path).map(stringOf).map(escapeName).join(".")),
  getValues: (run, thunk) => valuesIn(run, thunk),
};

/** An attribute's name as it stands in an option path. */
function escapeName(name: string): string {
  return /^([a-zA-Z_][a-zA-Z0-9_'-]*|\*|<.*>)$/.test(name) ? name : JSON.stringify(name);
}

function valuesIn(run: Run, thunk: Thunk): Value {
  const value = listOf(thunk);
  return {
    ...value,
    items: value.items.map((item) =>
      lazy(run, () => {
        const set = item.force();
        return set.kind === "attrs" ? (set.entries.get("value")?.thunk.force() ?? unknown("no value")) : set;
      }),
    ),
  };
}

/** Numbers of lib/modules.nix. */
export const MODULE_CONSTANTS: readonly (readonly [string, Value])[] = [
  ["defaultOverridePriority", int(100)],
  ["defaultPriority", int(100)],
  ["defaultOrderPriority", int(1000)],
];
