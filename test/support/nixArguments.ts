// Random arguments for functions, by kind. The same name gives the same arguments.

import { type Pickers, pickers } from "./random.js";

const STRINGS = [
  "",
  "a",
  "foo",
  "foo-bar",
  "x86_64-linux",
  "a-b.c",
  "foo.bar.baz",
  "/nix/store",
  "a b",
  "or",
  "x'y",
  "12",
  "fooBar_baz",
];
const TEXTS = [
  ...STRINGS,
  "$HOME",
  'say \\"hi\\"',
  "it's",
  "<a & b>",
  " a  b ",
  "\\t x \\n",
  "[x](y)*+?",
  "\\${x}",
  "ä€😀",
];
const VERSIONS = [
  "1",
  "1.2",
  "1.2.3",
  "2.0pre1",
  "hello-1.2.3",
  "1.10",
  "1.9",
  "0.5-rc1",
  "youtube-dl-2016.01.01",
  "3.0a",
];
const SCALARS = ["0", "1", "42", "true", "false", "null", '"s"', '"t u"'];
const LISTS = [
  "[ ]",
  "[ 1 ]",
  "[ 1 2 3 ]",
  '[ "a" "b" "a" ]',
  "[ null true 1 ]",
  "[ [ 1 ] [ 2 [ 3 ] ] ]",
  "[ { a = 1; } { } ]",
  "[ 3 1 2 1 ]",
];
const SETS = [
  "{ }",
  "{ a = 1; }",
  "{ a = 1; b = 2; c = 3; }",
  '{ a = { b = { c = 1; }; d = "x"; }; }',
  "{ foo = [ 1 2 ]; bar = null; }",
  '{ _type = "option"; default = 1; }',
  '{ type = "derivation"; name = "n"; outPath = "/o"; }',
  '{ out = "o"; bin = "b"; dev = "d"; outputSpecified = false; }',
  "{ a.b = 2; b.c = 3; }",
];

const CHOICES = {
  string: STRINGS.map((text) => `"${text}"`),
  text: TEXTS.map((text) => `"${text}"`),
  version: VERSIONS.map((text) => `"${text}"`),
  separator: ['"-"', '"."', '" "', '"/"', '", "'],
  filler: ['"0"', '" "', '"-"'],
  hex: ['"ff"', '"0x10"', '"0"', '"CAFE"', '"xyz"'],
  "number-text": ['"12"', '" 7 "', '"-3"', '"007"', '"x"', '""', '"1.5"', '"0"', '"-05"', '"000"'],
  int: ["0", "1", "2", "7", "10", "255", "(-3)", "4096"],
  number: ["0", "1", "1.0", "2.5", "(-3)", "7"],
  small: ["0", "1", "2", "3", "5", "8"],
  base: ["2", "8", "10", "16"],
  bool: ["true", "false"],
  scalar: SCALARS,
  list: LISTS,
  scalars: ["[ 0 1 42 ]", '[ "s" null true ]', "[ false ]"],
  char: ['"a"', '"Z"', '"~"', '" "', '"ab"'],
  optionFields: ["{ }", "{ default = 1; }", '{ description = "d"; type = "t"; example = [ ]; }'],
  ints: ["[ ]", "[ 1 ]", "[ 3 1 2 ]", "[ 5 5 0 ]", "[ 1 2 ]"],
  strings: ["[ ]", '[ "a" ]', '[ "a" "b" "a" ]', '[ "foo bar" "x1" "x10" "x9" ]', '[ "$" "\'" ]'],
  names: ["[ ]", '[ "a" ]', '[ "a" "b" ]', '[ "c" "a" "c" ]'],
  path: ["[ ]", '[ "a" ]', '[ "a" "b" ]', '[ "a" "b" "c" ]', '[ "x y" "<name>" "or" ]', '[ "foo" "*" ]'],
  pair: ["[ [ 1 2 ] [ 3 4 ] ]", "[ [ ] [ 1 ] ]", '[ [ "a" ] [ "b" "c" ] ]'],
  attrs: SETS,
  flat: ["{ }", "{ a = 1; b = true; }", '{ "x=y" = "z"; n = null; f = "a b"; }'],
  sections: ["{ }", "{ s.a = 1; t = { b = false; }; }", '{ "x[y]" = { k = "v"; }; empty = { }; }'],
  empty: ["{ }"],
  attrsOfLists: ["{ }", "{ a = [ 1 2 ]; }", "{ a = [ 1 2 ]; b = [ 3 4 ]; }", "{ a = [ ]; b = [ 1 ]; }"],
  listOfAttrs: [
    "[ ]",
    "[ { a = 1; } ]",
    "[ { a = 1; } { b = 2; a = 3; } ]",
    "[ { a.x = 1; } { a.y = 2; } { c = 1; } ]",
  ],
  trims: ["{ }", "{ start = true; }", "{ end = true; }", "{ start = true; end = true; }"],
  function: ["(x: x)", "(x: [ x ])", "(x: { v = x; })", "(x: builtins.typeOf x)", "(x: 1)"],
  function2: ["(x: y: [ x y ])", "(x: y: x)", "(x: y: y)", "(x: y: { inherit x y; })"],
  function3: ["(x: y: z: [ x y z ])", "(x: y: z: x)", "(acc: name: value: acc)"],
  predicate: ["(x: true)", "(x: false)", "(x: builtins.isInt x)", "(x: builtins.isAttrs x)", "(x: x == 1)"],
  predicate2: ["(n: v: true)", "(n: v: builtins.isInt v)", '(n: v: n != "a")'],
  predicate3: ["(p: l: r: true)", "(p: l: r: false)", "(p: l: r: builtins.length p == 2)"],
  intFunction: ["(x: x)", "(x: 0 - x)"],
  intFunctions: ["[ ]", "[ (x: x + 1) ]", "[ (x: x + 1) (x: x * 2) toString ]"],
  intKey: ["toString", '(x: if x > 1 then "big" else "small")'],
  sum: ["(a: b: a + b)"],
  compare: ["(a: b: if a < b then -1 else if b < a then 1 else 0)"],
  shrink: ["(x: x / 2)", "(x: x)"],
  attrsFunction: ["(self: { a = 1; b = self.a + 1; })", "(self: { })"],
  attrsFunction2: ["(n: v: { ${n} = v; })", '(n: v: { ${n + "x"} = n; same = v; })'],
  pairFunction: ['(n: { name = "k" + n; value = n; })'],
  pairFunction2: ['(n: v: { name = "k" + n; value = v; })', '(n: v: { name = "same"; value = n; })'],
  stringFunction: ["(x: x)", '(x: x + "!")', '(x: "<${x}>")'],
  stringFunction2: ['(x: y: "${toString x}=${builtins.typeOf y}")'],
  splitter: ['(p: c: c == "-")', '(p: c: p == "o")', "(p: c: false)"],
} as const;

export type Kind = keyof typeof CHOICES | "any";

export class ArgumentGenerator {
  readonly #random: Pickers;

  constructor(name: string) {
    this.#random = pickers([...name].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) | 0, 7));
  }

  next(kind: Kind): string {
    if (kind === "any") return this.#random.pick([...SCALARS, ...LISTS, ...SETS, ...CHOICES.string]);
    return this.#random.pick<string>(CHOICES[kind]);
  }
}
