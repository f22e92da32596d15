// Functions of lib, one by one, on generated arguments, against the real lib of nixpkgs at NIXPKGS_LIB.
import assert from "node:assert/strict";
import type { NixParser } from "../../server/src/core/syntax/parser.js";
import { loadParser } from "../support/evaluate.js";
import { ArgumentGenerator, type Kind } from "../support/nixArguments.js";
import { hasNix } from "../support/nix.js";
import { type Answer, answersOfNix, ourAnswer, REAL_LIB } from "../support/nixExpressions.js";

/** Calls of each function. */
const CALLS = 24;

/** Kinds of arguments in order; a function result is applied to the rest. */
const SIGNATURES: Readonly<Record<string, string>> = {
  // trivial
  id: "any",
  const: "any any",
  pipe: "int intFunctions",
  concat: "list list",
  and: "bool bool",
  or: "bool bool",
  xor: "bool bool",
  bitNot: "int",
  boolToString: "bool",
  boolToYesNo: "bool",
  mergeAttrs: "attrs attrs",
  flip: "function2 any any",
  mapNullable: "function any",
  defaultTo: "any any",
  isFunction: "any",
  mod: "int int",
  max: "number number",
  min: "number number",
  compare: "int int",
  throwIf: "bool string any",
  throwIfNot: "bool string any",
  warnIf: "bool string any",
  toHexString: "int",
  fromHexString: "hex",
  toBaseDigits: "base int",
  assertMsg: "bool string",
  assertOneOf: "string scalar scalars",
  checkListOfEnum: "string strings strings any",
  // lists
  singleton: "any",
  forEach: "list function",
  foldr: "function2 any list",
  foldl: "function2 any list",
  imap0: "function2 list",
  imap1: "function2 list",
  flatten: "list",
  remove: "any list",
  findSingle: "predicate any any list",
  findFirst: "predicate any list",
  "lists.findFirstIndex": "predicate any list",
  count: "predicate list",
  optional: "bool any",
  optionals: "bool list",
  toList: "any",
  range: "int int",
  replicate: "small any",
  zipListsWith: "function2 list list",
  zipLists: "list list",
  reverseList: "list",
  sortOn: "intFunction ints",
  compareLists: "compare ints ints",
  naturalSort: "strings",
  take: "small list",
  takeEnd: "small list",
  drop: "small list",
  dropEnd: "small list",
  sublist: "small small list",
  last: "list",
  init: "list",
  crossLists: "function2 pair",
  unique: "list",
  uniqueStrings: "strings",
  allUnique: "list",
  intersectLists: "list list",
  subtractLists: "list list",
  mutuallyExclusive: "list list",
  replaceElemAt: "list small any",
  "groupBy'": "sum int intKey ints",
  "lists.commonPrefix": "list list",
  "lists.hasPrefix": "list list",
  "lists.removePrefix": "list list",
  concatAttrValues: "attrsOfLists",
  // attrsets
  attrByPath: "path any attrs",
  hasAttrByPath: "path attrs",
  getAttrFromPath: "path attrs",
  setAttrByPath: "path any",
  concatMapAttrs: "attrsFunction2 attrs",
  attrVals: "names attrs",
  getAttrs: "names attrs",
  filterAttrs: "predicate2 attrs",
  filterAttrsRecursive: "predicate2 attrs",
  foldlAttrs: "function3 any attrs",
  foldAttrs: "function2 any listOfAttrs",
  collect: "predicate attrs",
  cartesianProduct: "attrsOfLists",
  mapCartesianProduct: "function attrsOfLists",
  nameValuePair: "string any",
  "mapAttrs'": "pairFunction2 attrs",
  mapAttrsToList: "function2 attrs",
  attrsToList: "attrs",
  mapAttrsRecursive: "function2 attrs",
  mapAttrsRecursiveCond: "predicate function2 attrs",
  mapAttrsToListRecursive: "function2 attrs",
  genAttrs: "names function",
  "genAttrs'": "names pairFunction",
  isDerivation: "any",
  optionalAttrs: "bool attrs",
  zipAttrsWithNames: "names function2 listOfAttrs",
  zipAttrs: "listOfAttrs",
  zipAttrsWith: "function2 listOfAttrs",
  mergeAttrsList: "listOfAttrs",
  recursiveUpdate: "attrs attrs",
  recursiveUpdateUntil: "predicate3 attrs attrs",
  matchAttrs: "attrs attrs",
  overrideExisting: "attrs attrs",
  showAttrPath: "path",
  "attrsets.unionOfDisjoint": "attrs attrs",
  "attrsets.longestValidPathPrefix": "path attrs",
  getOutput: "string attrs",
  getBin: "attrs",
  getDev: "attrs",
  recurseIntoAttrs: "attrs",
  // strings
  concatStrings: "strings",
  concatMapStrings: "stringFunction strings",
  concatImapStrings: "stringFunction2 strings",
  concatMapStringsSep: "string stringFunction strings",
  concatImapStringsSep: "string stringFunction2 strings",
  concatMapAttrsStringSep: "string stringFunction2 attrs",
  concatLines: "strings",
  join: "string strings",
  intersperse: "any list",
  replaceString: "string string string",
  trim: "text",
  trimWith: "trims text",
  optionalString: "bool string",
  hasPrefix: "string string",
  hasSuffix: "string string",
  hasInfix: "string string",
  removePrefix: "string string",
  removeSuffix: "string string",
  stringToCharacters: "string",
  stringAsChars: "stringFunction string",
  escape: "strings text",
  escapeShellArg: "text",
  escapeShellArgs: "strings",
  "strings.escapeNixString": "text",
  "strings.escapeNixIdentifier": "string",
  escapeRegex: "text",
  escapeURL: "text",
  escapeXML: "text",
  toLower: "text",
  toUpper: "text",
  toSentenceCase: "text",
  toCamelCase: "string",
  splitString: "separator string",
  splitStringBy: "splitter bool string",
  versionOlder: "version version",
  versionAtLeast: "version version",
  getName: "version",
  getVersion: "version",
  nameFromURL: "string separator",
  makeSearchPath: "string strings",
  makeBinPath: "strings",
  makeLibraryPath: "strings",
  enableFeature: "bool string",
  enableFeatureAs: "bool string string",
  withFeature: "bool string",
  withFeatureAs: "bool string string",
  cmakeBool: "string bool",
  cmakeFeature: "string string",
  mesonOption: "string string",
  mesonBool: "string bool",
  mesonEnable: "string bool",
  fixedWidthString: "small filler string",
  fixedWidthNumber: "small int",
  isStringLike: "any",
  toInt: "number-text",
  toIntBase10: "number-text",
  toShellVar: "string any",
  isValidPosixName: "string",
  isStorePath: "string",
  "strings.sanitizeDerivationName": "text",
  "strings.replicate": "small string",
  "strings.normalizePath": "string",
  "strings.charToInt": "char",
  // versions
  "versions.major": "version",
  "versions.minor": "version",
  "versions.patch": "version",
  "versions.majorMinor": "version",
  "versions.splitVersion": "version",
  "versions.pad": "small version",
  // modules and options
  mkIf: "bool any",
  mkAssert: "bool string any",
  mkMerge: "list",
  mkOverride: "int any",
  mkOptionDefault: "any",
  mkDefault: "any",
  mkForce: "any",
  mkImageMediaOverride: "any",
  mkVMOverride: "any",
  mkOrder: "int any",
  mkBefore: "any",
  mkAfter: "any",
  mkOption: "optionFields",
  literalExpression: "string",
  isOption: "any",
  showOption: "path",
  isType: "string any",
  setType: "string attrs",
  // fixed points
  fix: "attrsFunction",
  converge: "shrink int",
  // others
  stringAfter: "strings string",
  noDepEntry: "string",
  fullDepEntry: "string strings",
  "generators.toKeyValue": "empty flat",
  "generators.toINI": "empty sections",
  "generators.toJSON": "empty any",
  "generators.mkKeyValueDefault": "empty separator string scalar",
};

function callsOf(name: string): string[] {
  const generator = new ArgumentGenerator(name);
  const kinds = (SIGNATURES[name] ?? "").split(" ") as Kind[];
  const call = () => `(lib.${name} ${kinds.map((kind) => generator.next(kind)).join(" ")})`;
  return [...new Set(Array.from({ length: CALLS }, call))];
}

describe("lib against the real lib", function () {
  this.timeout(600_000);
  let parser: NixParser;
  const theirs = new Map<string, Answer>();

  before(async function () {
    if (!(await hasNix())) this.skip();
    if (REAL_LIB === undefined) {
      console.log("      NIXPKGS_LIB names no folder with real nixpkgs lib: skipped");
      this.skip();
    }
    parser = await loadParser();
    const calls = Object.keys(SIGNATURES).flatMap(callsOf);
    const answers = await answersOfNix(calls);
    for (const [i, call] of calls.entries()) theirs.set(call, answers[i]);
  });

  it("has only names that the real lib has, in the same parts", async () => {
    const ours = ourAnswer(parser, "builtins.mapAttrs (name: value: builtins.isFunction value) lib").value;
    assert.equal(ours.kind, "attrs");
    const parts = [
      "strings",
      "lists",
      "attrsets",
      "trivial",
      "fixedPoints",
      "modules",
      "options",
      "versions",
      "generators",
    ];
    const names = (set: string) =>
      `builtins.listToAttrs (map (name: { inherit name; value = true; }) (builtins.attrNames ${set}))`;
    const [top, ...inParts] = await answersOfNix([names("lib"), ...parts.map((part) => names(`lib.${part}`))]);
    const check = (set: unknown, real: string | undefined, where: string, older: readonly string[]) => {
      const known = new Set(Object.keys(JSON.parse(real ?? "{}") as object));
      const extra = [...(set as Map<string, unknown>).keys()].filter(
        (name) => !known.has(name) && !older.includes(name),
      );
      assert.deepEqual(extra, [], where);
    };
    const value = ourAnswer(parser, "lib").value;
    assert.ok(value.kind === "attrs");
    // Of older releases, or of the flake's own lib.
    const older = ["nixosSystem", "nixos", "cartesianProductOfSets", "literalExample", "imap", "defaultPriority"];
    check(value.entries, top, "lib", older);
    for (const [i, part] of parts.entries()) {
      const set = value.entries.get(part)?.thunk.force();
      assert.ok(set?.kind === "attrs", part);
      check(set.entries, inParts[i], `lib.${part}`, older);
    }
  });

  for (const name of Object.keys(SIGNATURES)) {
    it(name, () => {
      const calls = callsOf(name);
      let known = 0;
      for (const expression of calls) {
        const { answer, value } = ourAnswer(parser, expression);
        if (answer !== undefined) {
          known++;
          assert.equal(answer, theirs.get(expression), expression);
        } else if (theirs.get(expression) !== undefined)
          assert.ok(!(value.kind === "unknown" && value.error), `called an error: ${expression}`);
      }
      const evaluated = calls.filter((expression) => theirs.get(expression) !== undefined).length;
      assert.ok(evaluated > 0, `no call has a value: ${calls[0]}`);
      assert.ok(known >= 0.6 * evaluated, `${known} of ${evaluated} known`);
    });
  }
});
