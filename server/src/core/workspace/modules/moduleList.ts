// A host's modules: files, sets and functions, with their `imports`, in the order in which the module system merges them.
import type { FileAccess } from "../../evaluate/evaluator.js";
import type { AttrsValue, FunctionValue, Thunk, UnknownValue, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Applies } from "./collect.js";
import { type ModuleSyntax, moduleSyntax } from "./moduleSyntax.js";
import { sameItems } from "../../text/sameItems.js";
import {
  calledModule,
  deferredModule,
  importsOf,
  inlineSyntax,
  type Module,
  type ModuleCaller,
  NOTHING,
  placeOf,
  shorthand,
} from "./module.js";
import { property } from "./properties.js";
import { type Unresolved, unresolvedOf } from "./unresolved.js";

export interface ModuleList {
  /** As merged: later modules and imported ones first. */
  readonly modules: readonly Module[];
  /** The files that modules are written in, in the order found. */
  readonly files: readonly FilePath[];
  /** Those, and the files that could not be read or are disabled. */
  readonly entered: ReadonlySet<FilePath>;
  readonly unresolved: readonly Unresolved[];
  readonly made: ModuleMemory;
}

/** What modules were made of: listed again after an edit, they are the same objects where they are made of the same. */
interface ModuleMemory {
  /** Files of plain form. */
  readonly plain: Map<FilePath, Module>;
  readonly sets: Map<AttrsValue, Module>;
  /** What calls of module functions gave, in their order. */
  readonly calls: Map<FunctionValue, Value[]>;
  /** Files that are module functions and were handed on as such. */
  readonly functionFiles: Set<FilePath>;
}

/** The list before an edit, and the files whose modules must not be taken over. */
export interface ModulesBefore {
  readonly list: ModuleList;
  readonly stale: ReadonlySet<FilePath>;
}

export interface ModuleListInput extends ModuleCaller {
  readonly access: FileAccess;
  /** The unit that hangs on the modules' files. */
  readonly owner: string;
  readonly roots: readonly Thunk[];
  readonly writtenIn: FilePath;
  /** The unit that hangs on files which are module functions and are handed on as such. */
  readonly functionFilesOf: string;
  readonly before?: ModulesBefore;
}

const MAX_MODULES = 4000;
/** Modules without a file that import one another. */
const MAX_IMPORTERS = 64;
/** How a module was reached. */
interface Pending {
  readonly writtenIn: FilePath;
  readonly applies: Applies;
  readonly calls: number;
  /** The module functions through whose `imports` it was reached. */
  readonly importers: readonly FunctionValue[];
}

/** Follows module lists breadth-first, each file once. */
export function listModules(input: ModuleListInput): ModuleList {
  const all = new Loader(input, new Set());
  all.run();
  // Any module may disable one that came before it. What only a disabled module imports is not there either.
  const loader = all.disabled.size === 0 ? all : new Loader(input, all.disabled);
  if (loader !== all) loader.run();
  const entered = new Set<FilePath>();
  for (const { seen, files, made } of new Set([all, loader]))
    for (const paths of [seen.keys(), files, made.functionFiles]) for (const path of paths) entered.add(path);
  return {
    modules: loader.modules.reverse(),
    files: [...loader.files],
    entered,
    unresolved: loader.unresolved,
    made: loader.made,
  };
}

/** The list after edits of files of plain form that import what they did; undefined where it must be listed again. */
export function withEditedFiles(input: ModuleListInput & { readonly before: ModulesBefore }): ModuleList | undefined {
  const { list, stale } = input.before;
  const edited = new Map<Module, Module>();
  for (const file of stale) {
    const old = list.made.plain.get(file);
    const source = input.access.source(file, input.owner);
    if (old?.syntax === undefined || "missing" in source || list.made.functionFiles.has(file)) return undefined;
    const syntax = moduleSyntax(source.root);
    if (syntax.structural || !sameItems(old.syntax.imports, syntax.imports)) return undefined;
    edited.set(old, deferredModule(file, syntax, old.applies, input));
  }
  const plain = new Map(list.made.plain);
  for (const module of edited.values()) plain.set(module.writtenIn, module);
  const modules = list.modules.map((module) => edited.get(module) ?? module);
  return { ...list, modules, made: { ...list.made, plain } };
}

/** Enters all modules but those that are left out, and notes which ones they disable. */
class Loader {
  modules: Module[] = [];
  /** Module files that were entered, and whether they count; each is entered once. */
  readonly seen = new Map<FilePath, Applies>();
  /** Those, and the files that inline modules are written in. */
  readonly files = new Set<FilePath>();
  readonly disabled = new Set<FilePath>();
  readonly unresolved: Unresolved[] = [];
  readonly made: ModuleMemory = { plain: new Map(), sets: new Map(), calls: new Map(), functionFiles: new Set() };
  readonly #queue: { readonly thunk: Thunk; readonly pending: Pending }[];
  readonly #entered = new Set<Value>();

  constructor(
    readonly input: ModuleListInput,
    readonly leftOut: ReadonlySet<FilePath>,
  ) {
    const pending: Pending = { writtenIn: input.writtenIn, applies: "yes", calls: 0, importers: [] };
    this.#queue = input.roots.map((thunk) => ({ thunk, pending }));
  }

  run(): void {
    for (let i = 0; i < this.#queue.length && i < MAX_MODULES; i++) {
      const next = this.#queue[i];
      if (next !== undefined) this.#module(next.thunk.force(), next.pending, undefined, inlineSyntax(next.thunk));
    }
  }

  #module(value: Value, pending: Pending, file: FilePath | undefined, syntax?: ModuleSyntax): void {
    switch (value.kind) {
      case "path":
        if (value.inside) this.#file(value.path, pending);
        else
          this.unresolved.push({ reason: `${value.path} lies outside the workspace`, outside: true, file: value.path });
        return;
      case "attrs":
        this.#set(value, pending, file, syntax);
        return;
      case "function":
        this.#function(value, pending, file, syntax);
        return;
      case "list":
        this.#imports(value, pending);
        return;
      case "unknown":
        this.#unknown(value, pending, file);
        return;
      default:
        this.unresolved.push({ reason: "a module that is no path, set or function", outside: false });
    }
  }

  #file(path: FilePath, pending: Pending): void {
    const file = path.endsWith(".nix") ? path : path === "" ? "default.nix" : `${path}/default.nix`;
    if (this.leftOut.has(file)) return;
    const before = this.seen.get(file);
    if (before !== undefined && (before === "yes" || pending.applies !== "yes")) return;
    // Imported under a condition before, and for certain now: it and what it imports count for certain.
    if (before !== undefined) this.modules = this.modules.filter((module) => module.file !== file);
    this.seen.set(file, pending.applies);
    const { access, owner } = this.input;
    const source = access.source(file, owner);
    if ("missing" in source) {
      this.unresolved.push({ reason: source.reason, outside: source.missing !== "needs", file });
      return;
    }
    const syntax = moduleSyntax(source.root);
    this.files.add(file);
    if (!syntax.structural) {
      this.modules.push(this.#plain(file, syntax, pending.applies));
      const within: Pending = { ...pending, writtenIn: file, calls: 0 };
      for (const thunk of importsOf(file, syntax, this.input.evaluator)) this.#queue.push({ thunk, pending: within });
      return;
    }
    const value = this.input.evaluator.importFile(path);
    if (value.kind !== "path") this.#module(value, { ...pending, writtenIn: file }, file, syntax);
  }

  #plain(file: FilePath, syntax: ModuleSyntax, applies: Applies): Module {
    const { before } = this.input;
    const known = before?.stale.has(file) ? undefined : before?.list.made.plain.get(file);
    const module = known?.applies === applies ? known : deferredModule(file, syntax, applies, this.input);
    this.made.plain.set(file, module);
    return module;
  }

  /** What a function that is a file is now. */
  #read(value: FunctionValue): FunctionValue {
    const { evaluator, functionFilesOf } = this.input;
    const read = value.file === undefined ? value : evaluator.importFile(value.file, functionFilesOf);
    if (value.file !== undefined) this.made.functionFiles.add(value.file);
    return read.kind === "function" ? read : value;
  }

  /** What a module function gives: what it gave before an edit, unless the edit is of its file. */
  #called(value: FunctionValue): Value {
    const { before } = this.input;
    const made = this.made.calls.get(value) ?? [];
    const isStale = before?.stale.has(value.definition?.source.path ?? "");
    const known = isStale ? undefined : before?.list.made.calls.get(value)?.[made.length];
    const given = known ?? calledModule(value, this.input);
    this.made.calls.set(value, [...made, given]);
    return given;
  }

  #function(
    given: FunctionValue,
    pending: Pending,
    file: FilePath | undefined,
    syntax: ModuleSyntax | undefined,
  ): void {
    if (pending.calls > 4) return;
    const value = this.#read(given);
    const { importers } = pending;
    // A file counts once; `import ./x.nix` as a function has no name that would tell it from another.
    if (importers.length > MAX_IMPORTERS || importers.includes(value)) {
      this.unresolved.push({ reason: "a module that imports itself", outside: false });
      return;
    }
    const within = { ...pending, calls: pending.calls + 1, importers: [...importers, value] };
    this.#module(this.#called(value), within, file, syntax ?? inlineSyntax(value.definition));
  }

  #set(value: AttrsValue, pending: Pending, file: FilePath | undefined, syntax: ModuleSyntax | undefined): void {
    if (this.#entered.has(value)) return;
    this.#entered.add(value);
    const mark = property(value);
    if (mark?.kind === "if") {
      // Not allowed in `imports` by nixpkgs, but found in lists that helpers filter.
      this.#module(mark.content.force(), { ...pending, applies: mark.applies }, file);
      return;
    }
    if (value.entries.has("__functor") && !value.entries.has("imports") && !value.entries.has("config")) {
      const called = this.input.evaluator.call(value, this.input.argumentsFor([]));
      this.#module(called, { ...pending, calls: pending.calls + 1 }, file);
      return;
    }
    this.#disable(value, pending);
    const writtenIn = file ?? placeOf(value) ?? pending.writtenIn;
    this.files.add(writtenIn);
    const explicit = value.entries.has("config") || value.entries.has("options");
    const config = value.entries.get("config")?.thunk;
    const options = value.entries.get("options")?.thunk;
    const { applies } = pending;
    const before = this.input.before?.list.made.sets.get(value);
    const isSame = before?.file === file && before?.writtenIn === writtenIn && before?.applies === applies;
    const module =
      before !== undefined && isSame
        ? before
        : {
            file,
            writtenIn,
            config: explicit ? (config ?? this.input.evaluator.of(NOTHING)) : this.input.evaluator.of(shorthand(value)),
            configPath: explicit ? ["config"] : [],
            options,
            applies,
            syntax,
          };
    this.made.sets.set(value, module);
    this.modules.push(module);
    const imports = value.entries.get("imports")?.thunk.force();
    if (imports !== undefined) this.#imports(imports, { ...pending, writtenIn });
  }

  #imports(value: Value, pending: Pending): void {
    const next = { ...pending, calls: 0 };
    if (value.kind === "list") {
      for (const thunk of value.items) this.#queue.push({ thunk, pending: next });
      for (const rest of value.rest ?? []) this.#imports(rest, { ...pending, applies: "maybe" });
      if (value.openTail !== undefined && value.rest === undefined)
        this.unresolved.push({ reason: value.openTail, outside: false });
    } else if (value.kind === "unknown") {
      for (const one of value.alternatives ?? []) this.#imports(one, { ...pending, applies: "maybe" });
      if (value.alternatives === undefined) this.unresolved.push(...unresolvedOf(value));
    }
  }

  #unknown(value: UnknownValue, pending: Pending, file: FilePath | undefined): void {
    if (value.path !== undefined) {
      this.#file(value.path, pending);
      return;
    }
    const maybe: Pending = { ...pending, applies: "maybe" };
    for (const one of value.alternatives ?? []) this.#module(one, maybe, file);
    if (value.alternatives === undefined) this.unresolved.push(...unresolvedOf(value));
  }

  #disable(value: AttrsValue, pending: Pending): void {
    const list = value.entries.get("disabledModules")?.thunk.force();
    if (list?.kind !== "list" || pending.applies !== "yes") return;
    for (const item of list.items) {
      const path = item.force();
      if (path.kind === "path" && path.inside)
        this.disabled.add(path.path.endsWith(".nix") ? path.path : `${path.path}/default.nix`);
    }
  }
}
