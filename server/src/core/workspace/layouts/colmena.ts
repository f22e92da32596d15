// colmena: a hive, `{ meta = …; defaults = module; <node> = module; }`, is a flake's output `colmena` or goes through
// `colmena.lib.makeHive`. Source: its src/nix/hive/eval.nix.
import type { Thunk, Value } from "../../evaluate/value.js";
import type { Entries, Layout } from "./layout.js";
import { outsideValue } from "../outside.js";

const RESERVED = new Set(["meta", "network", "defaults"]);

export function colmena(layout: Layout): Entries {
  const makeHive = layout.function((hive) =>
    layout.set([["nodes", hiveNodes(layout, hive)]], "what colmena makes besides nodes").force(),
  );
  return [["lib", layout.set([["makeHive", makeHive]], outsideValue(["colmena", "lib"]).reason)]];
}

/** The hosts of a hive by name, as `nixosSystem` would give them. */
export function hiveNodes(layout: Layout, hive: Thunk): Thunk {
  const { evaluator } = layout;
  return evaluator.lazy(() => {
    const given = hive.force();
    const raw = given.kind === "function" ? evaluator.call(given, layout.set([])) : given;
    if (raw.kind !== "attrs") return raw;
    const meta = (...path: readonly string[]) =>
      layout.given(raw, "meta", ...path) ?? layout.given(raw, "network", ...path);
    const nodes: Thunk = evaluator.lazy(() => made);
    const nodeOf = (name: string, node: Thunk): Value => {
      const modules = [layout.given(raw, "defaults"), ...layout.list(node)].filter((module) => module !== undefined);
      const args = [meta("specialArgs"), meta("nodeSpecialArgs", name)].flatMap((set) => layout.entries(set?.force()));
      const pkgs = meta("nodeNixpkgs", name) ?? meta("nixpkgs");
      const special: Entries = [["name", layout.text(name)], ["nodes", nodes], ...args];
      return layout.system(modules, special, pkgs ? [["pkgs", pkgs]] : []).force();
    };
    const named = layout.entries(raw).filter(([name]) => !RESERVED.has(name));
    const made = evaluator.attrs(
      named.map(([name, node]) => [name, evaluator.lazy(() => nodeOf(name, node))]),
      raw.open,
    );
    return made;
  });
}
