// nix-community/haumea: `inputs.haumea.lib.load { src = ./src; inputs = args; }` makes a tree of sets out of a folder of Nix files.
// Source: its src/load.nix, src/__parsePath.nix, src/loaders, src/transformers/liftDefault.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { AttrsValue, Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Entries, Layout } from "./layout.js";
import { outsideValue } from "../outside.js";
import { joinPath } from "../paths.js";

const MAX_DEPTH = 16;

/** A file or folder as haumea names it; `_` before a name hides it outside the tree, `__` from all but its own folder. */
interface Entry {
  readonly name: string;
  readonly path: FilePath;
  readonly isFolder: boolean;
  readonly visibility: "public" | "root" | "super";
}

/** What reads a file: the values that it is given, then its path. */
type Loader = (given: Thunk, path: FilePath) => Value;

export function haumea(layout: Layout): Entries {
  const { evaluator } = layout;
  const loaderOf = (load: Loader): Thunk =>
    layout.function((given) => ({
      kind: "function",
      call: (path) => {
        const file = workspacePath(path.force());
        return file === undefined ? outsideValue(["haumea"]) : load(given, file);
      },
    }));
  const usual: Loader = (given, path) => {
    const value = layout.importFile(path);
    if (value.kind !== "function") return value;
    const names = value.definition?.expr.formals?.entries.map(({ name }) => name) ?? [];
    const taken = names.map((name): [string, Thunk] => [
      name,
      evaluator.lazy(() => evaluator.select(given.force(), [name])),
    ]);
    return evaluator.call(value, layout.set(taken));
  };
  const loaders = layout.set(
    [
      ["default", loaderOf(usual)],
      ["verbatim", loaderOf((_given, path) => layout.importFile(path))],
      ["path", loaderOf((_given, path) => layout.path(path).force())],
    ],
    outsideValue(["haumea", "lib", "loaders"]).reason,
  );
  const transformers = layout.set(
    [["liftDefault", layout.function(() => ({ kind: "function", call: (mod) => liftDefault(mod.force(), layout) }))]],
    outsideValue(["haumea", "lib", "transformers"]).reason,
  );
  const load = (argument: Thunk): Value => {
    const given = argument.force();
    const source = layout.given(given, "src")?.force();
    const src = source && workspacePath(source);
    const loader = layout.given(given, "loader");
    if (src === undefined || (loader !== undefined && loader.force().kind !== "function"))
      return outsideValue(["haumea"]);
    const read: Loader = (values, path) =>
      loader === undefined
        ? usual(values, path)
        : evaluator.call(evaluator.call(loader.force(), values), layout.path(path));
    return treeOf({
      layout,
      src,
      read,
      inputs: layout.given(given, "inputs"),
      transform: transformOf(layout.given(given, "transformer"), layout),
    });
  };
  const library: Entries = [
    ["load", layout.function(load)],
    ["loaders", loaders],
    ["transformers", transformers],
  ];
  return [["lib", layout.set(library, outsideValue(["haumea", "lib"]).reason)]];
}

interface Tree {
  readonly layout: Layout;
  readonly src: FilePath;
  readonly read: Loader;
  readonly inputs: Thunk | undefined;
  readonly transform: (cursor: readonly string[], set: Value) => Value;
}

/** The tree as it is seen from outside. */
function treeOf({ layout, src, read, inputs, transform }: Tree): Value {
  const { evaluator } = layout;
  const contents = new Map<FilePath, Thunk>();
  /** `pov`: the place of who looks, undefined from outside. */
  const view = (folder: FilePath, cursor: readonly string[], pov: readonly string[] | undefined): Value => {
    if (cursor.length > MAX_DEPTH) return outsideValue(["haumea"]);
    const isWithin = pov !== undefined && cursor.every((name, i) => pov[i] === name);
    const seen = { public: true, root: pov !== undefined, super: isWithin };
    const made = entriesOf(layout, folder)
      .filter(({ visibility }) => seen[visibility])
      .map(({ name, path, isFolder }): [string, Thunk] => [
        name,
        isFolder ? evaluator.lazy(() => view(path, [...cursor, name], pov)) : content(path, cursor),
      ]);
    return transform(cursor, layout.set(made).force());
  };
  const content = (path: FilePath, cursor: readonly string[]): Thunk => {
    let known = contents.get(path);
    if (known === undefined) {
      const self: Thunk = evaluator.lazy(() => read(values, path));
      const root = evaluator.lazy(() => view(src, [], cursor));
      const given = inputs?.force();
      const own: Entries = [
        ["self", { force: () => self.force() }],
        ["root", root],
        ["super", evaluator.lazy(() => evaluator.select(root.force(), cursor))],
      ];
      const base = given?.kind === "attrs" ? [...given.entries].map(([name, { thunk }]) => [name, thunk] as const) : [];
      const values = layout.set([...base, ...own], given?.kind === "attrs" ? given.open : given && "inputs of haumea");
      known = self;
      contents.set(path, known);
    }
    return known;
  };
  return view(src, [], undefined);
}

function entriesOf(layout: Layout, folder: FilePath): Entry[] {
  return layout.folder(folder).flatMap(([entry, kind]): Entry[] => {
    const stripped = entry.replace(/^__?/, "");
    const isFolder = kind === "directory";
    if (stripped === "" || !(isFolder || stripped.endsWith(".nix"))) return [];
    const visibility = entry.startsWith("__") ? "super" : entry.startsWith("_") ? "root" : "public";
    return [
      {
        name: isFolder ? stripped : stripped.slice(0, -4),
        path: joinPath(folder, entry) ?? entry,
        isFolder,
        visibility,
      },
    ];
  });
}

/** `transformer`: a function of the place and the set there, or a list of such. */
function transformOf(given: Thunk | undefined, layout: Layout): Tree["transform"] {
  const { evaluator } = layout;
  const functions = (value: Value): Value[] =>
    value.kind === "list" ? value.items.flatMap((item) => functions(item.force())) : [value];
  const all = given === undefined ? [] : functions(given.force());
  return (cursor, set) => {
    const place = layout.items(cursor.map((name) => layout.text(name)));
    return all.reduce((value, one) => evaluator.call(evaluator.call(one, place), evaluator.of(value)), set);
  };
}

/** What `default.nix` holds counts for its folder. */
function liftDefault(value: Value, layout: Layout): Value {
  const lifted = value.kind === "attrs" ? value.entries.get("default")?.thunk.force() : undefined;
  if (value.kind !== "attrs" || lifted === undefined) return value;
  if (lifted.kind !== "attrs") return layout.evaluator.unknown("a default.nix that holds no set");
  const { rest, open } = lifted;
  const entries = new Map([...value.entries].filter(([name]) => name !== "default"));
  const merged: AttrsValue = { kind: "attrs", entries: new Map([...lifted.entries, ...entries]) };
  return { ...merged, ...(open !== undefined && { open }), ...(rest && { rest }) };
}
