// lib/modules.nix and lib/options.nix: the marker sets that the module system reads, exactly as the real lib makes them.
import { callUnknown, callValue, type Primitives } from "../functions.js";
import { conditionOf } from "./trivial.js";
import { workspacePath } from "../paths.js";
import { nixName } from "../quoting.js";
import { joinTexts } from "../strings.js";
import type { Run } from "../run.js";
import { update } from "../select.js";
import { guarded, lazy } from "../thunk.js";
import type { Thunk, Value } from "../value.js";
import {
  attrs,
  bool,
  fail,
  giveUp,
  int,
  itemsOf,
  knownOf,
  list,
  listOf,
  ready,
  record,
  string,
  stringOf,
  unknown,
} from "../values.js";

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

/** `lib.isType type value`, for one type. */
function isMarked(type: string) {
  return (_run: Run, thunk: Thunk): Value => {
    const value = knownOf(thunk);
    if (value.kind !== "attrs") return bool(false);
    const mark = value.entries.get("_type")?.thunk.force();
    if (!mark) return value.open === undefined ? bool(false) : unknown(value.open);
    return mark.kind === "unknown" ? mark : bool(mark.kind === "string" && mark.value === type);
  };
}

const EVAL_MODULES = unknown("a function of lib that is not modelled", { name: ["lib", "evalModules"] });

export const MODULES: Primitives = {
  mkIf: (_run, condition, content) =>
    marked("if", [
      ["condition", condition],
      ["content", content],
    ]),
  mkAssert: (run, assertion, message, content) =>
    marked("if", [
      ["condition", lazy(run, () => asserted(assertion, message))],
      ["content", content],
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
  mkDefinition: (run, fields) => update(run, fields.force(), record({ _type: string("definition") })),
  evalModules: (run, argument) => {
    // A file that is judged on its own knows too little of its modules to be worth it.
    const isCalled = run.asker !== undefined && run.asker !== run.unit;
    const system = isCalled ? run.evalModules?.(argument.force(), run.asker) : undefined;
    return system ?? callUnknown(run, EVAL_MODULES, argument);
  },
  importApply: (run, file, argument) => {
    const path = workspacePath(file.force()) ?? giveUp("a file outside the workspace");
    const module = lazy(run, () => callValue(run, run.importFile(path), argument));
    return attrs([["imports", ready(list([module]))]]);
  },
  setDefaultModuleLocation: (_run, file, module) =>
    attrs([
      ["_file", file],
      ["imports", ready(list([module]))],
    ]),
};

export const OPTIONS: Primitives = {
  mkOption: (run, fields) => update(run, fields.force(), record({ _type: string("option") })),
  mkEnableOption,
  mkSinkUndeclaredOptions: (run, fields) => {
    const sink = { _type: string("option"), internal: bool(true), visible: bool(false), default: bool(false) };
    return update(run, record(sink), fields.force());
  },
  literalExpression: literal("literalExpression"),
  literalExample: literal("literalExpression"),
  literalMD: literal("literalMD"),
  isOption: isMarked("option"),
  showOption: (_run, path) => string(itemsOf(path).map(stringOf).map(escapeName).join(".")),
  showFiles: (_run, files) =>
    string(
      itemsOf(files)
        .map((file) => `\`${stringOf(file)}'`)
        .join(" and "),
    ),
  getValues: (run, thunk) => valuesIn(run, thunk),
};

/** An attribute's name as it stands in an option path. */
function escapeName(name: string): string {
  return /^(\*|<[\s\S]*>)$/.test(name) ? name : nixName(name);
}

function asserted(assertion: Thunk, message: Thunk): Value {
  const verdict = conditionOf(assertion);
  if (typeof verdict !== "boolean") return verdict;
  return verdict ? bool(true) : fail(`Failed assertion: ${stringOf(message)}`, true);
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
