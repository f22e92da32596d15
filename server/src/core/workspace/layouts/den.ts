// den, a module of flake-parts: hosts and users in tables, and aspects that hold a module for each class of system and include one
// another. Source: denful/den modules/{options,aspects,context,outputs}, nix/lib/{types,aspects}.
import type { Thunk, Value } from "../../evaluate/value.js";
import type { Entries, Layout } from "./layout.js";
import type { Handling } from "../modules/moduleConfig.js";
import { outsideValue } from "../outside.js";

/** The keys of an aspect that are modules. */
const CLASSES: ReadonlySet<string> = new Set(["nixos", "darwin", "homeManager", "os", "user", "hjem", "maid"]);
const MAX_DEPTH = 64;

/** `den.aspects` is a tree of values down to the modules. */
export function denHandling(path: readonly string[]): Handling {
  return path.length > 2 && path[1] !== "hosts" && CLASSES.has(path.at(-1) ?? "") ? "module" : "tree";
}

export function den(layout: Layout): Entries {
  const module = layout.function((args) => denModule(layout, args.force()));
  const modules: Entries = ["default", "dendritic"].map((name) => [name, module]);
  return [
    ["flakeModule", module],
    ["flakeModules", layout.set(modules)],
  ];
}

function denModule(layout: Layout, args: Value): Value {
  const { evaluator } = layout;
  const tree = evaluator.lazy(() => evaluator.select(args, ["config", "den"]));
  const outside = (...name: string[]) => evaluator.of(outsideValue(["inputs", "den", ...name]));
  const own: Entries = ["lib", "provides", "_", "ctx"].map((name) => [name, outside(name)]);
  const given = evaluator.lazy(() => layout.with(tree.force(), own).force());
  const flake: Entries = (["nixos", "darwin"] as const).map((platform) => [
    `${platform}Configurations`,
    layout.lazySet(() => hostsOf(layout, tree.force(), platform)),
  ]);
  return layout
    .set([
      [
        "config",
        layout.set([
          ["_module", layout.set([["args", layout.set([["den", given]])]])],
          ["flake", layout.set(flake)],
        ]),
      ],
    ])
    .force();
}

/** What an aspect is asked for. */
interface Context {
  readonly classes: readonly string[];
  readonly entities: ReadonlyMap<string, Thunk>;
}

function hostsOf(layout: Layout, tree: Value, platform: "nixos" | "darwin"): Entries {
  const { evaluator } = layout;
  const kernel = platform === "nixos" ? "-linux" : "-darwin";
  return layout.entries(layout.known(tree, "hosts")?.force()).flatMap(([system, hosts]): Entries => {
    if (!system.endsWith(kernel)) return [];
    return layout.entries(hosts.force()).map(([name, table]) => {
      const host = evaluator.lazy(() =>
        entity(layout, table.force(), name, [
          ["system", layout.text(system)],
          ["class", layout.text(platform)],
        ]),
      );
      return [name, evaluator.lazy(() => hostOf(layout, tree, host.force(), platform))];
    });
  });
}

/** A host or user with the names that it has by default. */
function entity(layout: Layout, table: Value, name: string, more: Entries): Value {
  const names: Entries = ["name", "hostName", "userName"].map((key) => [key, layout.text(name)]);
  const given = layout.entries(table);
  return layout.set([...names, ...more, ...given], "options of den's schema").force();
}

function hostOf(layout: Layout, tree: Value, host: Value, platform: "nixos" | "darwin"): Value {
  const { evaluator } = layout;
  const aspectOf = (one: Value): Thunk | undefined => {
    const name = layout.known(one, "name")?.force();
    return (
      layout.known(one, "aspect") ?? (name?.kind === "string" ? layout.known(tree, "aspects", name.value) : undefined)
    );
  };
  const ofHost = new Map([["host", evaluator.of(host)]]);
  const classes = [platform, "os"];
  const own = aspectOf(host);
  const everywhere = layout.known(tree, "default");
  const users = layout
    .entries(layout.known(host, "users")?.force())
    .map(([name, table]) => entity(layout, table.force(), name, []));
  const asked: (readonly [Thunk | undefined, Context])[] = [own, everywhere].map((aspect) => [
    aspect,
    { classes, entities: ofHost },
  ]);
  const homes: [string, Thunk][] = [];
  for (const user of users) {
    const name = layout.known(user, "name")?.force();
    const text = name?.kind === "string" ? name.value : "";
    const entities = new Map([...ofHost, ["user", evaluator.of(user)] as const]);
    const ofUser = own && ["to-users", text].map((to) => layout.known(own.force(), "provides", to));
    const aspects = [aspectOf(user), everywhere, ...(ofUser ?? [])];
    asked.push(...aspects.map((aspect) => [aspect, { classes, entities }] as const));
    const home = aspects.flatMap((aspect) => modulesOf(layout, aspect, { classes: ["homeManager"], entities }));
    homes.push([text, layout.set([["imports", layout.items(home)]])]);
  }
  // What contexts, policies and schemas pass on between hosts and users is for den to tell.
  const passes = ["ctx", "policies", "schema"].some(
    (key) => layout.entries(layout.known(tree, key)?.force()).length > 0,
  );
  const modules = [
    ...asked.flatMap(([aspect, context]) => modulesOf(layout, aspect, context)),
    layout.set([["home-manager", layout.set([["users", layout.set(homes)]])]]),
    evaluator.of(
      passes
        ? evaluator.unknown("what den passes on by contexts, policies or schemas")
        : outsideValue(["inputs", "den"]),
    ),
  ];
  const instantiate = layout.known(host, "instantiate")?.force();
  const argument = layout.set([["modules", layout.items(modules)]]);
  if (instantiate?.kind === "function") return evaluator.call(instantiate, argument);
  return layout.system(modules, [], [["system", layout.known(host, "system") ?? layout.text("")]]).force();
}

/** The modules of an aspect and all that it includes; what can't be followed stays a module that can't. */
function modulesOf(layout: Layout, aspect: Thunk | undefined, context: Context, depth = 0): Thunk[] {
  const { evaluator } = layout;
  if (aspect === undefined) return [];
  const value = aspect.force();
  if (depth > MAX_DEPTH) return [evaluator.of(evaluator.unknown("aspects that include each other"))];
  if (value.kind === "function") {
    const formals = value.definition?.expr.formals?.entries ?? [];
    const offered = new Map([...context.entities, ["lib", evaluator.of(evaluator.lib)] as const]);
    const missing = formals.filter(({ name, fallback }) => !offered.has(name) && fallback === undefined);
    // One that asks for a user is for users only.
    if (missing.some(({ name }) => name === "user" || name === "home")) return [];
    if (missing.length > 0 || formals.length === 0)
      return [evaluator.of(evaluator.unknown("an aspect that is a function"))];
    const given = layout.set([...offered].filter(([name]) => formals.some((formal) => formal.name === name)));
    return modulesOf(
      layout,
      evaluator.lazy(() => evaluator.call(value, given)),
      context,
      depth + 1,
    );
  }
  if (value.kind !== "attrs") return [aspect];
  if (["excludes", "adapter", "handleWith"].some((key) => layout.known(value, "meta", key) ?? value.entries.get(key)))
    return [evaluator.of(evaluator.unknown("an aspect that leaves others out"))];
  const own = context.classes.flatMap((name) => value.entries.get(name)?.thunk ?? []);
  const included = layout.list(value.entries.get("includes")?.thunk);
  return [...own, ...included.flatMap((one) => modulesOf(layout, one, context, depth + 1))];
}
