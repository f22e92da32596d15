// Options as data, written as a module in every way people write modules: shapes of the sets, of the values, of what
// stands around them, of comments and blanks. The module of each style means the same.

export type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

/** One option and its value. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: Data;
}

export interface OptionStyle {
  readonly name: string;
  /** The module's text; undefined where these options cannot be written so. */
  readonly write: (options: Data) => string | undefined;
}

const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);
const isSet = (value: Data): value is { readonly [name: string]: Data } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPlainName = (name: string): boolean => /^[a-zA-Z_][\w'-]*$/.test(name) && !KEYWORDS.has(name);
const attrName = (name: string): string => (isPlainName(name) ? name : JSON.stringify(name).replace(/\$\{/g, "\\${"));
const attrPath = (path: readonly string[]): string => path.map(attrName).join(".");

function leavesOf(value: Data, path: readonly string[] = []): Leaf[] {
  if (!isSet(value) || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

/** A value as Nix text on one line; texts of several lines as `'' ''`. */
function literal(value: Data): string {
  if (typeof value === "string")
    return value.includes("\n") && /^(\S.*)?\n(.|\n)*\n$|^\S.*\n$/.test(value) ? textLines(value) : quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "[ ]" : `[ ${value.map(element).join(" ")} ]`;
  if (isSet(value)) {
    const inner = Object.entries(value).map(([name, each]) => `${attrName(name)} = ${literal(each)};`);
    return inner.length === 0 ? "{ }" : `{ ${inner.join(" ")} }`;
  }
  return String(value);
}

function element(value: Data): string {
  const text = literal(value);
  return text.startsWith("-") ? `(${text})` : text;
}

function quoted(value: string): string {
  const escaped = value.replace(/[\\"]|\$\{/g, "\\$&");
  return `"${escaped.replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")}"`;
}

function textLines(value: string): string {
  const lines = value.replace(/''/g, "'''").replace(/\$\{/g, "''${").split("\n");
  return `''\n${lines.map((line) => (line ? `  ${line}` : "")).join("\n")}''`;
}

/** How one value is written; `declare` adds a `let` in front of the module. */
type ValueShape = (text: string, leaf: Leaf, declare: (name: string, text: string) => string) => string;

const VALUES: Readonly<Record<string, ValueShape>> = {
  plain: (text) => text,
  parenthesised: (text) => `(${text})`,
  mkDefault: (text) => `lib.mkDefault ${argument(text)}`,
  mkForce: (text) => `lib.mkForce (${text})`,
  "mkIf true": (text) => `lib.mkIf true ${argument(text)}`,
  mkOverride: (text) => `lib.mkOverride 90 ${argument(text)}`,
  "mkMerge of one": (text) => `lib.mkMerge [ ${argument(text)} ]`,
  "value from a let": (text, { path }, declare) => declare(path.at(-1) ?? "", text),
  "comments around": (text) => `/* { = ; */ ${text} /* } " */`,
  conditional: (text) => `if true then ${text} else null`,
};

const argument = (text: string): string => (/^(\d|"|''|\[|\{|\w+$)/.test(text) ? text : `(${text})`);

type Written = Leaf & { readonly text: string };
interface Block {
  /** Bindings, each a whole statement; inner lines are indented by two blanks a level. */
  readonly bindings: readonly string[];
}
type Shape = (leaves: readonly Written[]) => Block;

const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");
const nest = (name: string, bindings: readonly string[]): string => `${name} = {\n${indent(bindings.join("\n"))}\n};`;
const dotted = ({ path, text }: Pick<Written, "path" | "text">): string => `${attrPath(path)} = ${text};`;

function groups<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found.values()];
}
const below = (leaf: Written, levels: number): Written => ({ ...leaf, path: leaf.path.slice(levels) });
const parent = ({ path }: Leaf): string => JSON.stringify(path.slice(0, -1));

function nested(leaves: readonly Written[]): string[] {
  return groups(leaves, ({ path }) => path[0] ?? "").map((group) => {
    const [first] = group;
    if (!first) return "";
    if (first.path.length === 1) return dotted(first);
    return nest(attrName(first.path[0] ?? ""), nested(group.map((leaf) => below(leaf, 1))));
  });
}

/** `nix.settings = { … }` for all options of one set. */
function halfDotted(leaves: readonly Written[]): string[] {
  return groups(leaves, parent).map((group) => {
    const [first] = group;
    if (!first || first.path.length === 1) return group.map(dotted).join("\n");
    const depth = first.path.length - 1;
    return nest(
      attrPath(first.path.slice(0, depth)),
      group.map((leaf) => dotted(below(leaf, depth))),
    );
  });
}

const SHAPES: Readonly<Record<string, Shape>> = {
  dotted: (leaves) => ({ bindings: leaves.map(dotted) }),
  nested: (leaves) => ({ bindings: nested(leaves) }),
  "half dotted": (leaves) => ({ bindings: halfDotted(leaves) }),
  "dotted inside sets": (leaves) => ({
    bindings: groups(leaves, ({ path }) => path[0] ?? "").map((group) => {
      const [first] = group;
      if (!first || first.path.length === 1) return group.map(dotted).join("\n");
      return nest(
        attrName(first.path[0] ?? ""),
        group.map((leaf) => dotted(below(leaf, 1))),
      );
    }),
  }),
  mixed: (leaves) => ({
    bindings: groups(leaves, parent).flatMap(([first, ...others]) => [
      ...halfDotted(others),
      ...(first ? [dotted(first)] : []),
    ]),
  }),
  "quoted names": (leaves) => ({
    bindings: leaves.map(({ path, text }) => `${path.map(quoted).join(".")} = ${text};`),
  }),
  "two bindings a line": (leaves) => ({ bindings: [leaves.map(dotted).join(" ")] }),
  "neighbours of other kinds": (leaves) => ({
    bindings: ['networking.hostName = "a"; # { one', ...nested(leaves), 'environment.variables.NOTE = "} ; # no";'],
  }),
};

/** What stands around the bindings: a module's text from the set that holds them. */
interface Wrap {
  readonly write: (bindings: readonly string[]) => string;
  /** In the `lib.` of values. */
  readonly withLib?: boolean;
}
const set = (bindings: readonly string[]): string => `{\n${indent(bindings.join("\n"))}\n}`;

const WRAPS: Readonly<Record<string, Wrap>> = {
  "function of lib": { write: (b) => `{ lib, ... }:\n${set(b)}\n` },
  "function on one line": { write: (b) => `{ config, lib, pkgs, ... }: ${set(b)}` },
  "with lib": { write: (b) => `{ lib, ... }:\n\nwith lib;\n\n${set(b)}\n`, withLib: true },
  config: { write: (b) => `{ lib, ... }:\n{\n  options = { };\n\n  config = ${indent(set(b)).trimStart()};\n}\n` },
  "config of mkIf": { write: (b) => `{ lib, ... }: {\n  config = lib.mkIf true ${indent(set(b)).trimStart()};\n}\n` },
  mkMerge: { write: (b) => `{ lib, ... }:\nlib.mkMerge [\n${b.map((one) => indent(set([one]))).join("\n")}\n]\n` },
  imports: { write: (b) => `{ lib, ... }: {\n  imports = [\n    ({ lib, ... }: ${set(b)})\n  ];\n}\n` },
  "update of nothing": { write: (b) => `{ lib, ... }:\n${set(b)} // { }\n` },
  "updated nothing": { write: (b) => `{ lib, ... }:\n{ } // ${set(b)}\n` },
  assertion: { write: (b) => `{ lib, ... }:\nassert true; # always\n${set(b)}\n` },
  "rec and parentheses": { write: (b) => `{ lib, ... }:\n(rec ${set(b)})\n` },
};

const LAYOUTS: Readonly<Record<string, (text: string) => string>> = {
  "two blanks": (text) => text,
  CRLF: (text) => text.replace(/\n/g, "\r\n"),
  tabs: (text) => text.replace(/^( {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2)),
  "four blanks": (text) => text.replace(/^ +/gm, (blanks) => blanks + blanks),
  "no newline at the end": (text) => text.trimEnd(),
  "comments behind": (text) => text.replace(/;$/gm, '; # { "').replace(/\{$/gm, "{ # '' }"),
  "comments between": (text) => text.replace(/^( *)(?=[\w"].* = )/gm, "$1# why; because }\n$1/* and\n$1   more */\n$1"),
  "comments before braces": (text) => text.replace(/^( *)\}/gm, "$1  # that is all {\n$1}"),
  "blank lines": (text) => text.replace(/;$/gm, ";\n"),
  "one line": (text) => (/''|#/.test(text) ? text : `${text.trim().replace(/\s*\n\s*/g, " ")}\n`),
  "no blanks": (text) => text.replace(/ = \{/g, "={").replace(/^(\s*[\w.-]+) = (?=[\d"[])/gm, "$1="),
};

interface Parts {
  readonly shape: string;
  readonly value: string;
  readonly wrap: string;
  readonly layout: string;
}

function write(parts: Parts, options: Data): string | undefined {
  const [shape, value, wrap, layout] = [
    SHAPES[parts.shape],
    VALUES[parts.value],
    WRAPS[parts.wrap],
    LAYOUTS[parts.layout],
  ];
  if (!shape || !value || !wrap || !layout || !isSet(options)) return undefined;
  const declared: string[] = [];
  const leaves = leavesOf(options).map((leaf) => {
    const text = value(literal(leaf.value), leaf, (name, bound) => {
      const variable = `${/^[a-zA-Z_]/.test(name) ? name.replace(/\W/g, "-") : "it"}-${declared.length}`;
      declared.push(`${variable} = ${bound};`);
      return variable;
    });
    return { ...leaf, text: wrap.withLib ? text.replace(/^lib\./, "") : text };
  });
  const { bindings } = shape(leaves);
  let text = wrap.write(bindings);
  if (declared.length > 0) {
    const body = /^\{[^\n]*\.\.\. \}:\s*/.exec(text)?.[0] ?? "";
    text = `${body.trimEnd()}\nlet\n${indent(declared.join("\n"))}\nin\n${text.slice(body.length)}`;
  }
  return layout(text);
}

/** Every shape with every kind of value and every wrap with every layout, the other two going round. */
function styles(): OptionStyle[] {
  const [shapes, values, wraps, layouts] = [SHAPES, VALUES, WRAPS, LAYOUTS].map((table) => Object.keys(table));
  if (!shapes || !values || !wraps || !layouts) return [];
  const at = (names: readonly string[], i: number): string => names[i % names.length] ?? "";
  const all: Parts[] = [];
  for (const [i, shape] of shapes.entries())
    for (const [k, value] of values.entries())
      all.push({ shape, value, wrap: at(wraps, i + k), layout: at(layouts, 3 * i + k) });
  for (const [i, wrap] of wraps.entries())
    for (const [k, layout] of layouts.entries())
      all.push({ shape: at(shapes, i + k), value: at(values, i + 2 * k), wrap, layout });
  return all.map((parts) => ({ name: Object.values(parts).join(", "), write: (options) => write(parts, options) }));
}

export const OPTION_STYLES: readonly OptionStyle[] = styles();
