// What the models of layouts (layouts.ts) are written with: sets, functions and modules as values, and folders of the workspace.
import type { Evaluator, FileAccess } from "../../evaluate/evaluator.js";
import { workspacePath } from "../../evaluate/paths.js";
import type { FunctionValue, Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { evaluateModules, type ModuleSystem, type ModuleSystemInput } from "../modules/moduleSystem.js";
import { folderOf, joinPath } from "../paths.js";

export interface LayoutContext {
  readonly flake: FilePath;
  readonly evaluator: Evaluator;
  readonly access: FileAccess;
  /** The unit that asks. */
  readonly owner: string;
  readonly self: Thunk;
}

/** Attributes of a set. */
export type Entries = readonly (readonly [string, Thunk])[];

/** What layouts may ask of the evaluator. Files they import through `Layout`, so that it is known who hangs on them. */
export type LayoutEvaluator = Pick<Evaluator, "attrs" | "call" | "lazy" | "lib" | "of" | "select" | "text" | "unknown">;

export class Layout {
  readonly root: FilePath;
  readonly evaluator: LayoutEvaluator;
  readonly #context: LayoutContext;

  constructor(context: LayoutContext) {
    this.root = folderOf(context.flake);
    this.evaluator = context.evaluator;
    this.#context = context;
  }
  /** The flake's outputs, and what Nix adds to them. */
  get self(): Thunk {
    return this.#context.self;
  }

  set(entries: Entries, open?: string): Thunk {
    return this.evaluator.of(this.evaluator.attrs(entries, open));
  }
  /** A set that is read off folders, once something asks for it. */
  lazySet(entries: () => Entries): Thunk {
    return this.evaluator.lazy(() => this.evaluator.attrs(entries()));
  }
  function(call: FunctionValue["call"]): Thunk {
    return this.evaluator.of({ kind: "function", call });
  }
  text(text: string): Thunk {
    return this.evaluator.of(this.evaluator.text(text));
  }
  path(path: FilePath): Thunk {
    return this.evaluator.of({ kind: "path", path, inside: true });
  }
  /** A set with these attributes over its own. */
  with(base: Value, entries: Entries): Thunk {
    if (base.kind !== "attrs") return this.set(entries, base.kind === "unknown" ? base.reason : undefined);
    const own = entries.map(([name, thunk]) => [name, { thunk, sites: [] }] as const);
    return this.evaluator.of({ ...base, entries: new Map([...base.entries, ...own]) });
  }
  /** An attribute of a set; undefined if there is none. */
  given(value: Value, ...path: readonly string[]): Thunk | undefined {
    const found = this.evaluator.select(value, path);
    return found.kind === "unknown" && found.error ? undefined : this.evaluator.of(found);
  }
  /** An attribute that is there for certain. */
  known(value: Value, ...path: readonly string[]): Thunk | undefined {
    let found: Thunk | undefined = this.evaluator.of(value);
    for (const name of path) {
      const set: Value | undefined = found?.force();
      found = set?.kind === "attrs" ? set.entries.get(name)?.thunk : undefined;
    }
    return found;
  }
  /** A list of modules, one after the other; an unknown part stays a module that can't be followed. */
  list(...parts: readonly (Thunk | undefined)[]): Thunk[] {
    return parts.flatMap((part) => {
      const value = part?.force();
      if (part === undefined || value === undefined) return [];
      return value.kind === "list" && value.openTail === undefined ? [...value.items] : [part];
    });
  }
  items(items: readonly Thunk[]): Thunk {
    return this.evaluator.of({ kind: "list", items });
  }
  /** What `nixosSystem` and the like are called with: enough to find the host again. */
  system(modules: readonly Thunk[], specialArgs: Entries, others: Entries = []): Thunk {
    return this.set(
      [["modules", this.items(modules)], ["specialArgs", this.set(specialArgs)], ...others],
      "a host's configuration",
    );
  }
  /** A module system of the flake's own. */
  modules(input: Pick<ModuleSystemInput, "roots" | "args" | "handlingOf">): ModuleSystem {
    const { evaluator, access, owner, flake } = this.#context;
    return evaluateModules({ evaluator, access, owner, writtenIn: flake, ...input });
  }
  /** What is imported lives as long as the flake's outputs, whichever host first looks at it. */
  importFile(path: FilePath): Value {
    const { evaluator, owner } = this.#context;
    return evaluator.importFile(path, owner);
  }
  /** The attributes that are known of a set. */
  entries(value: Value | undefined): Entries {
    return value?.kind === "attrs" ? [...value.entries].map(([name, { thunk }]) => [name, thunk] as const) : [];
  }
  /** An option that takes anything; sets are merged. */
  option(fallback?: Thunk): Thunk {
    const { evaluator } = this;
    return evaluator.lazy(() => {
      const type = evaluator.lazy(() => evaluator.select(evaluator.lib, ["types", "anything"]));
      const given: Entries = [["type", type], ...(fallback ? [["default", fallback] as const] : [])];
      return evaluator.call(evaluator.select(evaluator.lib, ["mkOption"]), this.set(given));
    });
  }
  /** `{ networking.hostName = lib.mkDefault name; }` */
  named(name: string): Thunk {
    const { evaluator } = this;
    const byDefault = evaluator.lazy(() =>
      evaluator.call(evaluator.select(evaluator.lib, ["mkDefault"]), this.text(name)),
    );
    return this.set([["networking", this.set([["hostName", byDefault]])]]);
  }
  folder(path: FilePath): readonly (readonly [string, string])[] {
    const { access, owner } = this.#context;
    const entries = access.folder(path, owner) ?? [];
    return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
  has(folder: FilePath, name: string): boolean {
    return this.folder(folder).some(([entry]) => entry === name);
  }
  /** Folders and Nix files of a folder, by name without extension. A file hides a folder of its name. */
  modulesIn(folder: FilePath): Map<string, FilePath> {
    const found = new Map<string, FilePath>();
    for (const [name, kind] of this.folder(folder)) if (kind === "directory") found.set(name, `${folder}/${name}`);
    for (const [name, kind] of this.folder(folder))
      if (kind !== "directory" && name.endsWith(".nix")) found.set(name.slice(0, -4), `${folder}/${name}`);
    return found;
  }
  /** The folders with a default.nix, at any depth, by path below `folder`. */
  modulesBelow(folder: FilePath, prefix = "", depth = 0): readonly (readonly [string, FilePath])[] {
    if (depth > 16) return [];
    return this.folder(folder).flatMap(([name, kind]): readonly (readonly [string, FilePath])[] => {
      if (kind === "directory") return this.modulesBelow(`${folder}/${name}`, `${prefix}${name}/`, depth + 1);
      return name === "default.nix" ? [[prefix.slice(0, -1), folder]] : [];
    });
  }
}

/** The folder that a layout begins in; undefined if it is not known. */
export function rootOf(layout: Layout, given: Thunk | undefined): FilePath | undefined {
  const value = given?.force();
  if (value === undefined || value.kind === "null") return layout.root;
  return value.kind === "string" ? joinPath(layout.root, value.value) : workspacePath(value);
}
