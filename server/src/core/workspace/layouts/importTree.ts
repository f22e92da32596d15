// vic/import-tree: `inputs.import-tree ./modules` is a module that imports all Nix files of a folder, which `filter`, `match` and
// their opposites narrow down before. Source: its default.nix.
import { workspacePath } from "../../evaluate/paths.js";
import type { Thunk, Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import type { Entries, Layout } from "./layout.js";
import { outsideValue } from "../outside.js";

/** Whether a file counts, by its path below the root (`/a/b.nix`); undefined if that can't be told. */
type Filter = (path: string) => boolean | undefined;

const MAX_DEPTH = 32;

/** Whatever lies below a name that begins with `_` is left out. */
export function importTree(layout: Layout): Entries {
  return treeWith(layout, [(path) => path.endsWith(".nix") && !path.includes("/_")]);
}

function treeWith(layout: Layout, filters: readonly Filter[]): Entries {
  const { evaluator } = layout;
  const narrowed = (test: (given: Value, path: string) => boolean | undefined, wanted: boolean) =>
    layout.function((given) => {
      const filter: Filter = (path) => {
        const answer = test(given.force(), path);
        return answer === undefined ? undefined : answer === wanted;
      };
      return layout.set(treeWith(layout, [...filters, filter]), outsideValue(["import-tree"]).reason).force();
    });
  const accepts = (predicate: Value, path: string) => {
    const answer = evaluator.call(predicate, layout.text(path));
    return answer.kind === "bool" ? answer.value : undefined;
  };
  const matches = (regex: Value, path: string) => {
    const match = evaluator.select(evaluator.lib, ["strings", "match"]);
    const found = evaluator.call(evaluator.call(match, evaluator.of(regex)), layout.text(path));
    return found.kind === "unknown" ? undefined : found.kind !== "null";
  };
  const call = layout.function((roots) => moduleOf(layout, roots, filters));
  return [
    ["__functor", layout.function(() => call.force())],
    ["filter", narrowed(accepts, true)],
    ["filterNot", narrowed(accepts, false)],
    ["match", narrowed(matches, true)],
    ["matchNot", narrowed(matches, false)],
  ];
}

/** `{ imports = [ … ]; }` of all files below a folder or a list of such; a file stands for itself. */
function moduleOf(layout: Layout, roots: Thunk, filters: readonly Filter[]): Value {
  const modules = layout.list(roots).flatMap((root): Thunk[] => {
    const path = workspacePath(root.force());
    if (path === undefined) return [root];
    return filesBelow(layout, path).flatMap((file) => {
      const answers = filters.map((filter) => filter(file.slice(path.length).replace(/^(?!\/)/, "/")));
      if (answers.includes(false)) return [];
      const isKnown = !answers.includes(undefined);
      return [
        isKnown ? layout.path(file) : layout.evaluator.of(layout.evaluator.unknown(`${file}, if a filter takes it`)),
      ];
    });
  });
  return layout.set([["imports", layout.items(modules)]]).force();
}

function filesBelow(layout: Layout, path: FilePath, depth = 0): FilePath[] {
  if (path.endsWith(".nix") || depth > MAX_DEPTH) return [path];
  return layout.folder(path).flatMap(([name, kind]) => {
    const entry = path === "" ? name : `${path}/${name}`;
    return kind === "directory" ? filesBelow(layout, entry, depth + 1) : [entry];
  });
}
