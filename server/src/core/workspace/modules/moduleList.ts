// A host's modules: files, sets and functions, with their `imports`, in the order in which the module system merges them.
import type { FileAccess } from "../../evaluate/evaluator.js";
import type { AttrsValue, FunctionValue, PathValue, Thunk, UnknownValue, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { type Applies, both } from "./collect.js";
import { type ModuleSyntax, moduleSyntax, touches } from "./moduleSyntax.js";
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
import { type AliasCaller, aliasModule, type OptionAlias, optionAlias } from "./optionAlias.js";
import { type Unresolved, unresolvedOf } from "./unresolved.js";

export interface ModuleList {
  /** As merged: later modules and imported ones first. */
  readonly modules: readonly Module[];
  /** The files that modules are written in, in the order found. */
  readonly files: readonly FilePath[];
  /** Those, and the files that could not be read or are disabled. */
  readonly entered: ReadonlySet<FilePath>;
  readonly unresolved: readonly Unresolved[];
  /** Modules that hand definitions of one option on to another. */
  readonly aliases: ReadonlyMap<Module, OptionAlias>;
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

export interface ModuleListInput extends ModuleCaller, AliasCaller {
  readonly access: FileAccess;
  /** Who hangs on the modules' files; undefined: the running unit. */
  readonly owner: string | undefined;
  readonly roots: readonly Thunk[];
  readonly writtenIn: FilePath;
  /** Who hangs on files which are module functions and are handed on as such. */
  readonly functionFilesOf: string | undefined;
  readonly before?: ModulesBefore;
}

const MAX_MODULES = 4000;
/** Modules without a file that import one another. */
const MAX_IMPORTERS = 64;
/** How a module was reached. */
interface Pending {
  /** What tells it from others: a module is entered once by its key. */
  readonly key: string;
  readonly writtenIn: FilePath;
  readonly applies: Applies;
  readonly calls: number;
  /** The module functions and sets through whose `imports` it was reached. */
  readonly importers: readonly Value[];
}

/** A module in a list, and how the module was reached that has the list. */
interface Listed {
  readonly thunk: Thunk;
  readonly importer: Pending;
  readonly place: number;
}

/** Follows module lists breadth-first, each module once by its key: its path, its `key`, else its place in the list that has it. */
export function listModules(input: ModuleListInput): ModuleList {
  const all = new Loader(input, new Map());
  all.run();
  // Any module may disable one that came before it. What only a disabled module imports is not there either.
  const loader = all.disabled.size === 0 ? all : new Loader(input, all.disabled);
  if (loader !== all) loader.run();
  const entered = new Set<FilePath>();
  for (const { tried, files, made } of new Set([all, loader]))
    for (const paths of [tried, files, made.functionFiles]) for (const path of paths) entered.add(path);
  return {
    modules: loader.modules.reverse(),
    files: [...loader.files],
    entered,
    unresolved: loader.unresolved,
    aliases: loader.aliases,
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
    if (!list.modules.includes(old)) return undefined;
    edited.set(old, deferredModule(file, syntax, old.applies, input));
  }
  const plain = new Map(list.made.plain);
  for (const module of edited.values()) plain.set(module.writtenIn, module);
  const aliases = new Map<Module, OptionAlias>();
  // What is handed on is another where a definition of the other name may be: the rest stays as it is.
  const shapes = [...edited].flatMap(([old, now]) => [old.syntax?.config, now.syntax?.config]);
  for (const [old, alias] of list.aliases) {
    const isSame = !shapes.some((shape) => touches(shape, alias.from));
    const module = isSame ? old : aliasModule(alias, old.writtenIn, input);
    if (!isSame) edited.set(old, module);
    aliases.set(module, alias);
  }
  const modules = list.modules.map((module) => edited.get(module) ?? module);
  return { ...list, modules, aliases, made: { ...list.made, plain } };
}

/** Enters all modules but those that are left out, and notes which ones they disable. */
class Loader {
  modules: Module[] = [];
  /** Module files, whether they can be read or not. */
  readonly tried = new Set<FilePath>();
  /** Those that can, and the files that inline modules are written in. */
  readonly files = new Set<FilePath>();
  /** By key, whether a module is disabled. */
  readonly disabled = new Map<string, Applies>();
  readonly unresolved: Unresolved[] = [];
  /** Modules that hand definitions of one option on to another. */
  readonly aliases = new Map<Module, OptionAlias>();
  readonly made: ModuleMemory = { plain: new Map(), sets: new Map(), calls: new Map(), functionFiles: new Set() };
  readonly #queue: Listed[] = [];
  /** By key, whether a module that was entered counts. */
  readonly #entered = new Map<string, Applies>();
  /** Keys of modules that may count at an earlier place. */
  readonly #displaced = new Set<string>();
  /** By key, modules that may count. */
  readonly #possible = new Map<string, Module>();

  constructor(
    readonly input: ModuleListInput,
    readonly leftOut: ReadonlyMap<string, Applies>,
  ) {}

  run(): void {
    const { roots, writtenIn } = this.input;
    this.#add(roots, { key: "", writtenIn, applies: "yes", calls: 0, importers: [] });
    for (let i = 0; i < this.#queue.length; i++) {
      const next = this.#queue[i];
      if (next === undefined) continue;
      if (i === MAX_MODULES) {
        this.unresolved.push({ reason: "more modules than are followed", outside: false });
        return;
      }
      this.#listed(next);
    }
  }

  /** Modules of a list; `importer` is how the module that has it was reached. */
  #add(thunks: readonly Thunk[], importer: Pending): void {
    for (const [place, thunk] of thunks.entries()) this.#queue.push({ thunk, importer, place });
  }

  #listed({ thunk, importer, place }: Listed): void {
    const value = thunk.force();
    // What is no path is told from others by its place.
    if (value.kind === "path") this.#path(value, importer);
    else {
      const pending = { ...importer, key: `${importer.key}:anon-${place + 1}`, calls: 0 };
      this.#module(value, pending, undefined, inlineSyntax(thunk));
    }
  }

  /**
   * How a module of this key is entered; undefined if it was before, or is disabled. One that counts for certain takes the place of
   * one that may.
   */
  #entering(key: string, pending: Pending): Pending | undefined {
    const disabled = this.leftOut.get(key);
    const applies = disabled === "maybe" ? both(pending.applies, disabled) : pending.applies;
    const before = this.#entered.get(key);
    if (disabled === "yes" || before === "yes" || (before !== undefined && applies !== "yes")) return undefined;
    const possible = this.#possible.get(key);
    if (possible !== undefined) this.modules = this.modules.filter((module) => module !== possible);
    if (before !== undefined) this.#displaced.add(key);
    this.#entered.set(key, applies);
    return applies === pending.applies ? pending : { ...pending, applies };
  }

  #push(module: Module, key: string): void {
    const placed = this.#displaced.has(key) ? { ...module, displaced: true } : module;
    if (module.applies !== "yes") this.#possible.set(key, placed);
    this.modules.push(placed);
  }

  #module(value: Value, pending: Pending, file: FilePath | undefined, syntax?: ModuleSyntax): void {
    switch (value.kind) {
      case "path":
        this.#path(value, pending);
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

  #path({ path, inside }: PathValue, pending: Pending): void {
    if (inside) this.#file(path, pending);
    else this.unresolved.push({ reason: `${path} lies outside the workspace`, outside: true, file: path });
  }

  #file(path: FilePath, given: Pending): void {
    const file = path.endsWith(".nix") ? path : path === "" ? "default.nix" : `${path}/default.nix`;
    this.tried.add(file);
    const { access, owner } = this.input;
    const source = access.source(file, owner);
    if ("missing" in source) {
      if (this.#entering(path, given))
        this.unresolved.push({ reason: source.reason, outside: source.missing !== "needs", file });
      return;
    }
    const syntax = moduleSyntax(source.root);
    const pending = syntax.keyed ? given : this.#entering(path, given);
    if (pending === undefined) return;
    this.files.add(file);
    if (!syntax.structural) {
      this.#push(this.#plain(file, syntax, pending.applies), path);
      this.#add(importsOf(file, syntax, this.input.evaluator), { ...pending, key: path, writtenIn: file });
      return;
    }
    const value = this.input.evaluator.importFile(path);
    if (value.kind !== "path") this.#module(value, { ...pending, key: path, writtenIn: file, calls: 0 }, file, syntax);
  }

  #plain(file: FilePath, syntax: ModuleSyntax, applies: Applies): Module {
    const { before } = this.input;
    const old = before?.stale.has(file) ? undefined : before?.list.made.plain.get(file);
    const known = this.made.plain.get(file) ?? old;
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
    if (importers.length > MAX_IMPORTERS || importers.includes(value)) {
      this.unresolved.push({ reason: "a module that imports itself", outside: false });
      return;
    }
    const within = { ...pending, calls: pending.calls + 1, importers: [...importers, value] };
    this.#module(this.#called(value), within, file, syntax ?? inlineSyntax(value.definition));
  }

  #set(value: AttrsValue, given: Pending, file: FilePath | undefined, syntax: ModuleSyntax | undefined): void {
    const { importers } = given;
    if (importers.length > MAX_IMPORTERS || importers.includes(value)) {
      this.unresolved.push({ reason: "a module that imports itself", outside: false });
      return;
    }
    const mark = property(value);
    if (mark?.kind === "if") {
      // Not allowed in `imports` by nixpkgs, but found in lists that helpers filter.
      this.#module(mark.content.force(), { ...given, applies: mark.applies }, file);
      return;
    }
    if (value.entries.has("__functor") && !value.entries.has("imports") && !value.entries.has("config")) {
      const called = this.input.evaluator.call(value, this.input.argumentsFor([]));
      this.#module(called, { ...given, calls: given.calls + 1 }, file);
      return;
    }
    const key = keyOf(value) ?? given.key;
    const isEntered = file !== undefined && key === given.key && !syntax?.keyed;
    const pending = isEntered ? given : this.#entering(key, given);
    if (pending === undefined) return;
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
            freeformType: value.entries.get("freeformType")?.thunk,
            applies,
            syntax,
          };
    this.made.sets.set(value, module);
    this.#push(module, key);
    const imports = value.entries.get("imports")?.thunk.force();
    if (imports !== undefined) this.#imports(imports, { ...pending, key, writtenIn, importers: [...importers, value] });
  }

  #imports(value: Value, pending: Pending): void {
    if (value.kind === "list") {
      this.#add(value.items, pending);
      for (const rest of value.rest ?? []) this.#imports(rest, oneOf(pending, this.#queue.length));
      if (value.openTail !== undefined && value.rest === undefined)
        this.unresolved.push({ reason: value.openTail, outside: false });
    } else if (value.kind === "unknown") {
      for (const one of value.alternatives ?? []) this.#imports(one, oneOf(pending, this.#queue.length));
      if (value.alternatives === undefined) this.unresolved.push(...unresolvedOf(value));
    }
  }

  #unknown(value: UnknownValue, pending: Pending, file: FilePath | undefined): void {
    if (value.path !== undefined) {
      this.#file(value.path, pending);
      return;
    }
    const alias = optionAlias(value);
    if (alias !== undefined && pending.applies === "yes") this.#alias(alias, pending);
    for (const [i, one] of (value.alternatives ?? []).entries()) this.#module(one, oneOf(pending, i), file);
    if (value.alternatives === undefined) this.unresolved.push(...unresolvedOf(value));
  }

  /** What nixpkgs' own options get by it is not told by its definitions: it stays unresolved as well. */
  #alias(alias: OptionAlias, { key, writtenIn }: Pending): void {
    const module = aliasModule(alias, writtenIn, this.input);
    this.#push(module, key);
    this.aliases.set(module, alias);
  }

  #disable(value: AttrsValue, pending: Pending): void {
    const list = value.entries.get("disabledModules")?.thunk.force();
    if (list !== undefined) this.#disableAll(list, pending.applies);
  }

  #disableAll(list: Value, applies: Applies): void {
    const parts = list.kind === "unknown" ? list.alternatives : list.kind === "list" ? list.rest : undefined;
    for (const part of parts ?? []) this.#disableAll(part, "maybe");
    for (const item of list.kind === "list" ? list.items : []) {
      const key = disabledKey(item.force());
      if (key !== undefined && this.disabled.get(key) !== "yes") this.disabled.set(key, applies);
    }
  }
}

/** One of the values that a module or a list of them may be. */
function oneOf(pending: Pending, which: number): Pending {
  return { ...pending, key: `${pending.key}:one-${which}`, applies: "maybe" };
}

/** What a module calls itself; undefined if it does not. */
function keyOf(value: AttrsValue): string | undefined {
  const key = value.entries.get("key")?.thunk.force();
  return key?.kind === "string" ? key.value : pathOf(key);
}

/** The key that an item of `disabledModules` names; undefined for nixpkgs' own modules. */
function disabledKey(item: Value): string | undefined {
  return item.kind === "attrs" ? keyOf(item) : pathOf(item);
}

/** The path of the workspace that a value is or, as text, spells. */
function pathOf(value: Value | undefined): string | undefined {
  if (value?.kind === "path") return value.inside ? value.path : undefined;
  return value?.kind === "unknown" && !value.stored ? value.path : undefined;
}
