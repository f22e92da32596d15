// `lib` of nixpkgs, re-implemented by theme. What is not here is unknown, by name.
import type { FunctionValue } from "./value.js";
import { callUnknown, primitive, type Primitives } from "./functions.js";
import { ATTRSETS, ATTRSETS_ONLY } from "./lib/attrsets.js";
import { ATTRSETS_DEEP } from "./lib/attrsetsDeep.js";
import { FILESETS, FILESYSTEM, PATHS, SOURCES } from "./lib/filesystem.js";
import { FIXED_POINTS } from "./lib/fixedPoints.js";
import { GENERATORS } from "./lib/generators.js";
import { LISTS, LISTS_ONLY } from "./lib/lists.js";
import { LISTS_ORDER } from "./lib/listsOrder.js";
import { STRINGS_FLAGS } from "./lib/stringsFlags.js";
import { CUSTOMISATION, MARKS, META } from "./lib/meta.js";
import { MODULE_CONSTANTS, MODULES, OPTIONS } from "./lib/modules.js";
import { isOtherLibName } from "./lib/names.js";
import { STRINGS, STRINGS_ONLY, VERSIONS } from "./lib/strings.js";
import { ASSERTS, DEBUG, TRIVIAL } from "./lib/trivial.js";
import type { Run } from "./run.js";
import { update } from "./select.js";
import { lazy } from "./thunk.js";
import type { Attr, AttrsValue, Thunk, Value } from "./value.js";
import { attr, attrs, listOfValues, ready, string, unknown } from "./values.js";

const REASON = "a function of lib that is not modelled";
const OTHERS = unknown(REASON, { name: ["lib"], mayHave: isOtherLibName });

/** A part of lib (`lib.strings`): what lib itself hands on too, what only the part has, and builtins among the former. */
interface Part {
  readonly shared?: readonly Primitives[];
  readonly own?: readonly Primitives[];
  readonly builtins?: string;
}

const PARTS: Readonly<Record<string, Part>> = {
  trivial: {
    shared: [TRIVIAL],
    builtins:
      "add sub mul div lessThan seq deepSeq genericClosure bitAnd bitOr bitXor ceil floor pathExists readFile isBool isInt isFloat",
  },
  fixedPoints: { shared: [FIXED_POINTS] },
  lists: {
    shared: [LISTS, LISTS_ORDER],
    own: [LISTS_ONLY],
    builtins:
      "all any concatLists concatMap elem elemAt filter foldl' genList groupBy head isList length map partition sort tail",
  },
  attrsets: {
    shared: [ATTRSETS, ATTRSETS_DEEP],
    own: [ATTRSETS_ONLY],
    builtins:
      "attrNames attrValues catAttrs getAttr hasAttr intersectAttrs isAttrs listToAttrs mapAttrs removeAttrs zipAttrsWith",
  },
  strings: {
    shared: [STRINGS, STRINGS_FLAGS],
    own: [STRINGS_ONLY],
    builtins:
      "compareVersions concatStringsSep elem elemAt filter fromJSON head isAttrs isInt isList isPath isString match parseDrvName readFile replaceStrings split stringLength substring tail toJSON typeOf unsafeDiscardStringContext",
  },
  modules: { shared: [MODULES] },
  options: { shared: [OPTIONS] },
  meta: { shared: [META] },
  customisation: { shared: [CUSTOMISATION] },
  asserts: { shared: [ASSERTS] },
  debug: { shared: [DEBUG] },
  sources: { shared: [SOURCES] },
  filesystem: { shared: [FILESYSTEM], builtins: "baseNameOf dirOf isPath readDir readFileType hashFile" },
  versions: { own: [VERSIONS] },
  generators: { own: [GENERATORS] },
  path: { own: [PATHS] },
  fileset: { own: [FILESETS] },
};
/** What parts share but lib itself does not hand on. */
const HIDDEN: ReadonlySet<string> = new Set([
  "importApply",
  "locateDominatingFile",
  "haskellPathsInDir",
  "listFilesRecursive",
]);
/** Builtins that lib hands on outside its parts. */
const MORE_BUILTINS =
  "addErrorContext dirOf functionArgs getContext hasContext placeholder readDir splitVersion toFile toString toXML trace tryEval unsafeGetAttrPos";

/** Parts and functions that are known by name alone: what they give stays unknown, but can be told apart. */
const OPAQUE =
  "types licenses maintainers teams platforms sourceTypes kernel gvariant cli network fetchers derivations " +
  "nixosSystem nixos callPackagesWith makeScopeWithSplicing' overrideDerivation " +
  "extendDerivation hydraJob extendMkDerivation mkPackageOption mkRenamedOptionModule mkRenamedOptionModuleWith mkRemovedOptionModule " +
  "mkAliasOptionModule mkChangedOptionModule mkMergedOptionModule mkAliasDefinitions mkAliasAndWrapDefinitions mkOptionType doRename " +
  "runTests version inNixShell getExe getExe'";

export function libSet(run: Run, builtins: ReadonlyMap<string, Thunk>): AttrsValue {
  const top = new Map<string, Attr>();
  for (const name of OPAQUE.split(" ")) top.set(name, attr(ready(named(name))));
  addBuiltins(top, builtins, MORE_BUILTINS);
  for (const [theme, part] of Object.entries(PARTS)) {
    const shared = new Map<string, Attr>();
    addBuiltins(shared, builtins, part.builtins ?? "");
    for (const table of part.shared ?? []) addFunctions(run, shared, table);
    for (const [name, entry] of shared) if (!HIDDEN.has(name)) top.set(name, entry);
    for (const table of part.own ?? []) addFunctions(run, shared, table);
    if (theme === "modules") for (const [name, value] of MODULE_CONSTANTS) shared.set(name, attr(ready(value)));
    const rest = [unknown(REASON, { name: ["lib", theme] })];
    top.set(theme, attr(ready({ kind: "attrs", entries: shared, open: REASON, rest })));
  }
  for (const [name, make] of Object.entries(CONSTANTS)) top.set(name, attr(lazy(run, make)));
  addFunctions(run, top, MARKS);
  const lib: AttrsValue = { kind: "attrs", entries: top, open: REASON, rest: [OTHERS] };
  top.set("extend", attr(lazy(run, () => extender(run, lib))));
  return lib;
}

/** The same lib, whose `nixosSystem` is called by the name of the flake input that it comes from. */
export function libOfInput(run: Run, base: AttrsValue, input: readonly string[]): AttrsValue {
  const entries = new Map(base.entries);
  const lib: AttrsValue = { ...base, entries };
  entries.set("nixosSystem", attr(ready(unknown(REASON, { name: [...input, "lib", "nixosSystem"] }))));
  entries.set("extend", attr(lazy(run, () => extender(run, lib))));
  return lib;
}

function withSystemOf(run: Run, lib: AttrsValue, final: Thunk): AttrsValue {
  const made = lib.entries.get("nixosSystem")?.thunk.force();
  if (made?.kind !== "unknown") return lib;
  const nixosSystem = primitive(run, "nixosSystem", (_run, argument) =>
    callUnknown(
      run,
      made,
      lazy(run, () => update(run, attrs([["lib", final]]), argument.force())),
    ),
  );
  return { ...lib, entries: new Map(lib.entries).set("nixosSystem", attr(ready(nixosSystem))) };
}

const CONSTANTS: Readonly<Record<string, () => Value>> = {
  systems,
  fakeHash: () => string(`sha256-${"A".repeat(43)}=`),
  fakeSha256: () => string("0".repeat(64)),
  fakeSha512: () => string("0".repeat(128)),
  lowerChars: () => characters("abcdefghijklmnopqrstuvwxyz"),
  upperChars: () => characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
};

/**
 * `lib.extend (final: prev: …)`: lib is a fixed point too, but of its own functions only `nixosSystem` reads it through that:
 * it hands the extended lib to modules. Source: nixpkgs flake.nix.
 */
function extender(run: Run, lib: AttrsValue): FunctionValue {
  const { extends: extendsWith, makeExtensible } = FIXED_POINTS;
  return primitive(run, "extend", (_run, overlay) => {
    const base = ready(primitive(run, "lib", (_r, final) => withSystemOf(run, lib, final)));
    const extended = extendsWith?.(run, overlay, base) ?? lib;
    return makeExtensible?.(run, ready(extended)) ?? lib;
  });
}

/** The first of `systems.flakeExposed` have been the same in every release. */
function systems(): AttrsValue {
  const flakeExposed: Value = {
    kind: "list",
    items: ["x86_64-linux", "aarch64-linux"].map((system) => ready(string(system))),
    openTail: "the systems that nixpkgs exposes differ between releases",
  };
  const rest = [unknown(REASON, { name: ["lib", "systems"] })];
  return { kind: "attrs", entries: new Map([["flakeExposed", attr(ready(flakeExposed))]]), open: REASON, rest };
}

function named(name: string): Value {
  return unknown(REASON, { name: ["lib", name] });
}

function characters(text: string): Value {
  return listOfValues([...text].map(string));
}

function addBuiltins(entries: Map<string, Attr>, builtins: ReadonlyMap<string, Thunk>, names: string): void {
  for (const name of names.split(" ")) {
    const thunk = builtins.get(name);
    if (thunk) entries.set(name, attr(thunk));
  }
}

function addFunctions(run: Run, entries: Map<string, Attr>, table: Primitives): void {
  for (const [name, implementation] of Object.entries(table))
    entries.set(name, attr(lazy(run, () => primitive(run, name, implementation))));
}
