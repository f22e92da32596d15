// Random expressions around texts that builtins read: regular expressions, JSON, TOML, versions, strings as Nix writes them.
import { pickers } from "./random.js";

export type Theme =
  | "match"
  | "split"
  | "json"
  | "toml"
  | "versions"
  | "substrings"
  | "strings"
  | "comparisons"
  | "bindings";

/** A string literal of Nix. */
function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("${", "\\${")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

export function textExpressions(theme: Theme, seed: number, count: number): string[] {
  const { pick, below, some } = pickers(seed);

  const regexAtom = (depth: number): string => {
    if (depth > 0 && below(4) === 0) return `(${regex(depth - 1)})`;
    if (below(3) === 0)
      return `[${pick(["", "^"])}${pick(["abc", "a-z", "0-9", "[:digit:]", "[:alpha:]_", "a.b-", "]a", "[:space:]"])}]`;
    return pick(["a", "b", "c", "0", "1", "-", "_", "\\.", ".", "\\\\", "\\+", "\\("]);
  };
  const regex = (depth: number): string => {
    const sequence = () => some(3, () => regexAtom(depth) + pick(["", "", "", "*", "+", "?", "{2}", "{1,2}"])) || "a";
    return below(5) === 0 ? `${sequence()}|${sequence()}` : sequence();
  };
  const subject = () => some(6, () => pick(["a", "b", "c", "0", "1", "-", "_", ".", "\\", "+", " ", "aa", "ab", "("]));

  const json = (depth: number): string => {
    const kinds = [
      () =>
        pick(["0", "-1", "12", "1.5", "-0.25", "1e3", "1E-2", "9223372036854775807", "123456789012", "01", "+1", "1."]),
      () => pick(['""', '"a"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\/"', '"é😀"', '"\\n\\t"', '"\\x"']),
      () => pick(["true", "false", "null", "nul"]),
    ];
    if (depth > 0) {
      kinds.push(() => `[${Array.from({ length: below(3) }, () => json(depth - 1)).join(pick([",", ", "]))}]`);
      kinds.push(() => `{${Array.from({ length: below(3) }, (_, i) => `"k${i}":${json(depth - 1)}`).join(",")}}`);
    }
    return pick(kinds)();
  };

  const tomlValue = () =>
    pick([
      "1",
      "-2",
      "+3",
      "1_000",
      "0xff",
      "0o17",
      "0b101",
      "1.5",
      "1e3",
      "true",
      "false",
      '"s"',
      "'lit'",
      '"\\t\\u00e9"',
      '"""\nab\n  c"""',
      "'''\nx'''",
      "[1, 2]",
      '["a", ["b"]]',
      "{ x = 1, y.z = 2 }",
      "[\n 1,\n # c\n 2,\n]",
      "00",
      "1__0",
    ]);
  const toml = () =>
    some(4, () =>
      below(3) === 0
        ? `${pick(["[t]", "[t.u]", "[[arr]]", "[[arr.sub]]", '["x y".z]', "# comment"])}\n`
        : `${pick(["a", "b", "c.d", '"q k"', "a.b"])} = ${tomlValue()}\n`,
    );

  const version = () => some(5, () => pick(["1", "2", "10", "02", ".", "-", "a", "pre", "rc", "_"]));
  const operand = () =>
    pick([
      "1",
      "1.0",
      "2",
      '"a"',
      '"b"',
      "[ 1 ]",
      "[ 1 2 ]",
      "[ ]",
      "null",
      "true",
      "{ }",
      "{ a = 1; }",
      "{ a = 1.0; }",
    ]);

  const makers: Readonly<Record<Theme, () => string>> = {
    match: () => `(builtins.match ${quoted(regex(2))} ${quoted(subject())})`,
    split: () => `(builtins.split ${quoted(regex(1))} ${quoted(subject())})`,
    json: () => {
      const read = `(builtins.fromJSON ${quoted(json(2))})`;
      return pick([read, `(builtins.toJSON ${read})`]);
    },
    toml: () => `(builtins.fromTOML ${quoted(toml())})`,
    versions: () =>
      `[ (builtins.compareVersions ${quoted(version())} ${quoted(version())}) (builtins.splitVersion ${quoted(version())}) (builtins.parseDrvName ${quoted(version())}) ]`,
    substrings: () =>
      pick([
        () => `(builtins.substring ${below(8)} ${below(9) - 1} ${quoted(pick(["abc", "äöü", "a€b", "😀x", ""]))})`,
        () =>
          `(builtins.replaceStrings [ ${quoted(pick(["a", "ab", "", "b", "ä"]))} "b" ] [ "x" "" ] ${quoted(pick(["abab", "", "ba", "äab"]))})`,
        () =>
          `[ (baseNameOf ${quoted(pick(["/a/b", "a/b/", "/", "", "a//", "/x/.."]))}) (dirOf ${quoted(pick(["/a", "a/b/", "/", "", "a//b"]))}) ]`,
      ])(),
    strings: () =>
      pick([
        () =>
          `''${some(5, () => pick(["\n", "  ", "    ", "\t", "a", "b c", "''${", "''\\n", "$$", '${"i"}', "${toString 1}", "\\", "\n  \n"]))}''`,
        () =>
          `"${some(5, () => pick(["a", "\\n", "\\t", "\\\\", '\\"', "\\${", "$$", '${"i"}', "$", "\n", "é", "\\q"]))}"`,
      ])(),
    comparisons: () => `(${operand()} ${pick(["==", "!=", "<", "<=", ">"])} ${operand()})`,
    bindings: () =>
      `{ ${some(4, () => pick(["a.b = 1;", "a.c = 2;", "a = { d = 3; };", "b = 1;", "a.e.f = 1;", "c = rec { x = 1; y = x; };", "c.z = 1;", '${"a"}.h = 1;', '"q r" = 1;', "inherit ({ k = 1; }) k;", "${null} = 1;", 'a.${"b" + ""} = 5;', '${"dyn" + "1"}.p = 1;']))} }`,
  };
  return [...new Set(Array.from({ length: count }, () => makers[theme]()))];
}
