// `lib` of nixpkgs, re-implemented by theme. What is not here is unknown, by name.
import { primitive, type Primitives } from "./functions.js";
import { ATTRSETS } from "./libAttrsets.js";
import { FILESYSTEM, PATHS, SOURCES } from "./libFilesystem.js";
import { FIXED_POINTS } from "./libFixedPoints.js";
import { GENERATORS } from "./libGenerators.js";
import { LISTS } from "./libLists.js";
import { MODULE_CONSTANTS, MODULES } from "./libModules.js";
import { STRINGS, VERSIONS } from "./libStrings.js";
import { TRIVIAL } from "./libTrivial.js";
import type { Run } from "./run.js";
import { lazy } from "./thunk.js";
import type { Attr, AttrsValue, Thunk, Value } from "./value.js";
import { attr, listOfValues, ready, string, unknown } from "./values.js";

const REASON = "a function of lib that is not modelled";

/** Builtins that lib hands on under their own names, and the part of lib that they stand in too. */
const FROM_BUILTINS: Readonly<Record<string, readonly string[]>> = {
  trivial: [
    "add",
    "sub",
    "lessThan",
    "seq",
    "deepSeq",
    "genericClosure",
    "bitAnd",
    "bitOr",
    "bitXor",
    "pathExists",
    "readFile",
    "isBool",
    "isInt",
    "isFloat",
    "isPath",
    "functionArgs",
    "ceil",
    "floor",
  ],
  lists: [
    "all",
    "any",
    "concatLists",
    "concatMap",
    "elem",
    "elemAt",
    "filter",
    "foldl'",
    "genList",
    "groupBy",
    "head",
    "isList",
    "length",
    "map",
    "partition",
    "sort",
    "tail",
  ],
  attrsets: [
    "attrNames",
    "attrValues",
    "catAttrs",
    "getAttr",
    "hasAttr",
    "intersectAttrs",
    "isAttrs",
    "listToAttrs",
    "mapAttrs",
    "removeAttrs",
    "zipAttrsWith",
  ],
  strings: [
    "compareVersions",
    "concatStringsSep",
    "fromJSON",
    "isString",
    "match",
    "parseDrvName",
    "readFile",
    "replaceStrings",
    "split",
    "storeDir",
    "stringLength",
    "substring",
    "tail",
    "toJSON",
    "toString",
    "typeOf",
    "unsafeDiscardStringContext",
    "filter",
    "elem",
    "elemAt",
    "head",
    "isInt",
    "isList",
    "isAttrs",
    "isPath",
  ],
  other: ["addErrorContext", "concatMap", "unsafeGetAttrPos"],
};

/** Parts of lib whose functions are also found in lib itself. */
const FLAT: Readonly<Record<string, readonly Primitives[]>> = {
  trivial: [TRIVIAL],
  fixedPoints: [FIXED_POINTS],
  lists: [LISTS],
  attrsets: [ATTRSETS],
  strings: [STRINGS],
  modules: [MODULES],
  options: [MODULES],
  sources: [SOURCES],
  filesystem: [FILESYSTEM],
  customisation: [{}],
  asserts: [TRIVIAL],
  debug: [TRIVIAL],
};
/** Parts of lib whose functions are only found there. */
const NESTED: Readonly<Record<string, readonly Primitives[]>> = {
  versions: [VERSIONS],
  generators: [GENERATORS],
  path: [PATHS],
};
/** Names of filesystem and sources that lib itself has too. */
const EXPORTED_FILES: ReadonlySet<string> = new Set([
  "pathType",
  "pathIsDirectory",
  "pathIsRegularFile",
  ...Object.keys(SOURCES),
]);

/** Parts that are known by name alone: what they give stays unknown, but can be told apart. */
const OPAQUE = [
  "types",
  "licenses",
  "maintainers",
  "teams",
  "platforms",
  "systems",
  "fileset",
  "sourceTypes",
  "kernel",
  "gvariant",
  "cli",
  "meta",
  "getExe",
  "getExe'",
  "network",
  "fetchers",
  "derivations",
  "nixosSystem",
  "nixos",
  "evalModules",
  "makeOverridable",
  "callPackageWith",
  "callPackagesWith",
  "makeScope",
  "makeScopeWithSplicing'",
  "overrideDerivation",
  "extendDerivation",
  "hydraJob",
  "extendMkDerivation",
  "packagesFromDirectoryRecursive",
  "mkPackageOption",
  "mkRenamedOptionModule",
  "mkRenamedOptionModuleWith",
  "mkRemovedOptionModule",
  "mkAliasOptionModule",
  "mkChangedOptionModule",
  "mkMergedOptionModule",
  "mkAliasDefinitions",
  "mkAliasAndWrapDefinitions",
  "mkAliasIfDef",
  "mkOptionType",
  "doRename",
  "runTests",
  "version",
  "versionSuffix",
  "inNixShell",
];

export function libSet(run: Run, builtins: ReadonlyMap<string, Thunk>): AttrsValue {
  const top = new Map<string, Attr>();
  for (const name of OPAQUE) top.set(name, attr(ready(named(name))));
  for (const [theme, tables] of Object.entries(FLAT)) {
    const part = partOf(run, builtins, theme, tables);
    for (const [name, entry] of part.entries)
      if ((theme !== "filesystem" && theme !== "sources") || EXPORTED_FILES.has(name)) top.set(name, entry);
  }
  for (const name of FROM_BUILTINS.other ?? []) addBuiltin(top, builtins, name);
  for (const [name, value] of MODULE_CONSTANTS) top.set(name, attr(ready(value)));
  for (const [theme, tables] of Object.entries({ ...FLAT, ...NESTED })) {
    const part = partOf(run, builtins, theme, tables);
    const shared = new Map(
      [...part.entries].map(([name, entry]) => [name, theme in NESTED ? entry : (top.get(name) ?? entry)]),
    );
    if (theme === "modules") for (const [name, value] of MODULE_CONSTANTS) shared.set(name, attr(ready(value)));
    top.set(theme, attr(ready({ ...part, entries: shared })));
  }
  top.set("fakeHash", attr(ready(string("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))));
  top.set("fakeSha256", attr(ready(string("0".repeat(64)))));
  top.set("fakeSha512", attr(ready(string("0".repeat(128)))));
  top.set("lowerChars", attr(lazy(run, () => characters("abcdefghijklmnopqrstuvwxyz"))));
  top.set("upperChars", attr(lazy(run, () => characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))));
  const lib: AttrsValue = { kind: "attrs", entries: top, open: REASON, rest: [unknown(REASON, { name: ["lib"] })] };
  top.set("lib", attr(ready(lib)));
  top.set("extend", attr(lazy(run, () => primitive(run, "extend", (r, overlay) => extended(r, lib, overlay)))));
  return lib;
}

/** `lib.extend (final: prev: …)`: lib is a fixed point too, but its own functions do not read it through that. */
function extended(run: Run, lib: AttrsValue, overlay: Thunk): Value {
  const extend = FIXED_POINTS.extends as Primitives[string];
  const makeExtensible = FIXED_POINTS.makeExtensible as Primitives[string];
  const base = primitive(run, "lib", (_run, _final) => lib);
  return makeExtensible(run, ready(extend(run, overlay, ready(base))));
}

function named(name: string): Value {
  return unknown(REASON, { name: ["lib", name] });
}

function characters(text: string): Value {
  return listOfValues([...text].map(string));
}

function addBuiltin(entries: Map<string, Attr>, builtins: ReadonlyMap<string, Thunk>, name: string): void {
  const thunk = builtins.get(name);
  if (thunk) entries.set(name, attr(thunk));
}

function partOf(
  run: Run,
  builtins: ReadonlyMap<string, Thunk>,
  theme: string,
  tables: readonly Primitives[],
): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const name of FROM_BUILTINS[theme] ?? []) addBuiltin(entries, builtins, name);
  for (const table of tables)
    for (const [name, implementation] of Object.entries(table))
      entries.set(name, attr(lazy(run, () => primitive(run, name, implementation))));
  return { kind: "attrs", entries, open: REASON, rest: [unknown(REASON, { name: ["lib", theme] })] };
}
