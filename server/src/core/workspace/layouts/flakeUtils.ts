// numtide/flake-utils: outputs that are made for each system. Source: its lib.nix.
import type { Thunk, Value } from "../../evaluate/value.js";
import type { Entries, Layout } from "./layout.js";
import { outsideValue } from "../outside.js";
import { textsIn } from "../settings/textsIn.js";

const DEFAULT_SYSTEMS = ["aarch64-linux", "aarch64-darwin", "x86_64-darwin", "x86_64-linux"];

/** `eachSystem systems (system: { packages = …; })` gives `{ packages.<system> = …; }`. */
export function flakeUtils(layout: Layout): Entries {
  const { evaluator } = layout;
  const defaults = layout.items(DEFAULT_SYSTEMS.map((system) => layout.text(system)));
  const ofEach = (make: (systems: Value, f: Value) => Value) => (systems: Thunk) =>
    layout.function((f) => make(systems.force(), f.force()));
  const each = ofEach((systems, f) => eachSystem(layout, systems, f));
  const mapped = ofEach((systems, f) => {
    const names = textsIn(systems);
    if (names === undefined) return outsideValue(["flake-utils"]);
    return layout.set(names.map((name) => [name, evaluator.lazy(() => evaluator.call(f, layout.text(name)))])).force();
  });
  const passed = ofEach((systems, f) => passThrough(layout, systems, f));
  const library: Entries = [
    ["defaultSystems", defaults],
    ["eachSystem", layout.function((systems) => each(systems).force())],
    ["eachDefaultSystem", each(defaults)],
    ["eachSystemMap", layout.function((systems) => mapped(systems).force())],
    ["eachDefaultSystemMap", mapped(defaults)],
    ["eachSystemPassThrough", layout.function((systems) => passed(systems).force())],
    ["eachDefaultSystemPassThrough", passed(defaults)],
    [
      "system",
      layout.set(
        DEFAULT_SYSTEMS.map((system) => [system, layout.text(system)]),
        outsideValue(["flake-utils", "lib", "system"]).reason,
      ),
    ],
  ];
  return [["lib", layout.set(library, outsideValue(["flake-utils", "lib"]).reason)]];
}

/** The outputs that `f` gives for each system; for systems that are not known, what it gives for any. */
function madeFor(layout: Layout, systems: Value, f: Value): readonly (readonly [string | undefined, Value])[] {
  const { evaluator } = layout;
  const names = textsIn(systems);
  if (names === undefined) return [[undefined, evaluator.call(f, evaluator.of(evaluator.unknown("any system")))]];
  return names.map((name) => [name, evaluator.call(f, layout.text(name))] as const);
}

function eachSystem(layout: Layout, systems: Value, f: Value): Value {
  const made = madeFor(layout, systems, f);
  const outputs = new Map<string, [string, Thunk][]>();
  let open: string | undefined;
  for (const [system, value] of made) {
    if (value.kind !== "attrs") return outsideValue(["flake-utils"]);
    open ??= value.open;
    for (const [name, { thunk }] of value.entries)
      outputs.set(name, [
        ...(outputs.get(name) ?? []),
        ...(system === undefined ? [] : [[system, thunk] as [string, Thunk]]),
      ]);
  }
  const isOpen = open !== undefined || textsIn(systems) === undefined ? "outputs for each system" : undefined;
  return layout
    .set(
      [...outputs].map(([name, perSystem]) => [name, layout.set(perSystem, isOpen)]),
      open,
    )
    .force();
}

/** The outputs of all systems one over the other. */
function passThrough(layout: Layout, systems: Value, f: Value): Value {
  const made = madeFor(layout, systems, f).map(([, value]) => value);
  if (textsIn(systems) === undefined || !made.every((value) => value.kind === "attrs"))
    return outsideValue(["flake-utils"]);
  const open = made.find((value) => value.open !== undefined)?.open;
  return layout.set([...new Map(made.flatMap((value) => layout.entries(value)))], open).force();
}
