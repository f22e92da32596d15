// Assembles the evaluator: builtins, lib, imports, and the face that evaluator.ts describes.
import type { FilePath } from "../text/range.js";
import { builtinThunks, globalNames } from "./builtins.js";
import { importedFile } from "./builtins/files.js";
import type { Bounds, Evaluator, FileAccess, ModuleEvaluation } from "./evaluator.js";
import { callValue, FileFunction } from "./functions.js";
import { plainData } from "./json.js";
import { libOfInput, libSet } from "./lib.js";
import { open, openFile } from "./open.js";
import { Run } from "./run.js";
import { fileScope } from "./scope.js";
import { selectAttr } from "./select.js";
import { ExprThunk, guarded, lazy, lazyOfNobody } from "./thunk.js";
import type { AttrsValue, Thunk, Value } from "./value.js";
import { attrs, failure, ready, string, unknown } from "./values.js";

export function createEvaluator(files: FileAccess, bounds: Bounds, evalModules?: ModuleEvaluation): Evaluator {
  const run = new Run(files, bounds);
  run.evalModules = evalModules;
  const builtins = builtinThunks(run);
  run.globals = globalNames(builtins);
  const libs = new Map<string, AttrsValue>();
  run.lib = (input) => {
    const key = input?.[0] === "inputs" ? input.join(".") : "";
    const lib = libs.get(key) ?? (key === "" ? libSet(run, builtins) : libOfInput(run, run.lib(), input ?? []));
    libs.set(key, lib);
    return lib;
  };
  run.isLib = (value) => [...libs.values()].includes(value);
  const imported = new Map<FilePath, Thunk>();
  const functions = new Map<FilePath, FileFunction>();
  const read = (file: FilePath): Value => {
    // Asked every time, so that each file that imports this one is known to hang on it.
    const source = run.files.source(file);
    let thunk = imported.get(file);
    if (!thunk) {
      thunk = lazy(run, () => fileValue(run, source));
      imported.set(file, thunk);
    }
    return thunk.force();
  };
  run.importFile = (path) => {
    const file = importedFile(run, path);
    if (!run.files.isFunction(file)) return read(file);
    const fn = functions.get(file) ?? new FileFunction(run, file, () => read(file));
    functions.set(file, fn);
    return fn;
  };
  return {
    importFile: (path, from) => guarded(run, () => inNameOf(run, from, () => read(importedFile(run, path)))),
    openFile: (path) => guarded(run, () => openFile(run, path)),
    open: (value) => guarded(run, () => open(run, value)),
    call: (fn, argument) => guarded(run, () => callValue(run, fn, argument)),
    of: ready,
    select: (value, path) => guarded(run, () => selectPath(run, value, path)),
    json: (value) => plainData(run, value),
    get lib() {
      return run.lib();
    },
    unknown: (reason) => unknown(reason),
    text: string,
    attrs: (entries, openReason) =>
      openReason === undefined ? attrs(entries) : { ...attrs(entries), open: openReason },
    lazy: (compute) => lazyOfNobody(run, compute),
    get file() {
      return run.file;
    },
    restart: (unit, steps) => run.restart(unit, steps),
    forget(paths) {
      for (const path of paths) imported.delete(path);
      run.calls.forget();
    },
  };
}

/** What the caller of the evaluator asks for is no question of the file whose code happens to run. */
function inNameOf(run: Run, from: string | undefined, compute: () => Value): Value {
  const { file, asker } = run;
  run.file = from;
  run.asker = from;
  try {
    return compute();
  } finally {
    run.file = file;
    run.asker = asker;
  }
}

function fileValue(run: Run, source: ReturnType<FileAccess["source"]>): Value {
  if ("missing" in source) return unknown(source.reason);
  if (!source.root) return failure("the file holds no expression");
  return new ExprThunk(source.root, fileScope(run, source)).force();
}

function selectPath(run: Run, value: Value, path: readonly string[]): Value {
  let current = value;
  for (const name of path) {
    if (current.assumed) run.assumed = true;
    const found = selectAttr(run, current, name);
    if (!found) return failure(`attribute \`${name}\` missing`);
    current = found;
  }
  return current;
}
