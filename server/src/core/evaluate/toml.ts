// `builtins.fromTOML`: tables, arrays of tables, dotted keys, all strings and numbers; dates are not known to Nix either.
import type { Attr, Thunk, Value } from "./value.js";
import { attr, bool, fail, float, giveUp, int, list, ready, string } from "./values.js";

/** A table while it is being read. */
type Table = Map<string, Table | Table[] | Value>;

export function parseToml(text: string): Value {
  return new TomlReader(text.replaceAll("\r\n", "\n")).read();
}

function isTable(value: Table | Table[] | Value | undefined): value is Table {
  return value instanceof Map;
}

function finish(table: Table): Value {
  const entries = new Map<string, Attr>();
  for (const [name, value] of table) {
    const done = isTable(value)
      ? finish(value)
      : Array.isArray(value)
        ? list(value.map((one) => ready(finish(one))))
        : value;
    entries.set(name, attr(ready(done)));
  }
  return { kind: "attrs", entries };
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\x1b",
  '"': '"',
  "\\": "\\",
};

class TomlReader {
  #at = 0;
  #depth = 0;
  constructor(readonly text: string) {}

  read(): Value {
    const root: Table = new Map();
    let current = root;
    for (this.#blank(); this.#at < this.text.length; this.#blank()) {
      if (this.#take("[[")) {
        current = this.#appended(root, this.#key());
        this.#need("]]");
      } else if (this.#take("[")) {
        current = this.#within(root, this.#key());
        this.#need("]");
      } else this.#assign(current);
      this.#lineEnd();
    }
    return finish(root);
  }

  #bad(): never {
    return fail("the text is no TOML");
  }
  #space(): void {
    while (/[ \t]/.test(this.text.charAt(this.#at))) this.#at++;
  }
  /** White space, line ends and comments. */
  #blank(): void {
    for (;;) {
      while (/[ \t\n]/.test(this.text.charAt(this.#at))) this.#at++;
      if (this.text.charAt(this.#at) !== "#") return;
      while (this.#at < this.text.length && this.text.charAt(this.#at) !== "\n") this.#at++;
    }
  }
  #lineEnd(): void {
    this.#space();
    const c = this.text.charAt(this.#at);
    if (c !== "" && c !== "\n" && c !== "#") this.#bad();
  }
  #take(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.#at)) return false;
    this.#at += wanted.length;
    return true;
  }
  #need(wanted: string): void {
    this.#space();
    if (!this.#take(wanted)) this.#bad();
  }
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #key(): string[] {
    const keys: string[] = [];
    do {
      this.#space();
      const bare = this.#match(/[A-Za-z0-9_-]+/y);
      keys.push(bare ?? this.#quotedLine());
      this.#space();
    } while (this.#take("."));
    return keys;
  }

  #within(start: Table, keys: readonly string[]): Table {
    let table = start;
    for (const key of keys) {
      const found = table.get(key);
      if (found === undefined) {
        const made: Table = new Map();
        table.set(key, made);
        table = made;
      } else if (isTable(found)) table = found;
      else if (Array.isArray(found)) table = found.at(-1) ?? this.#bad();
      else this.#bad();
    }
    return table;
  }

  #appended(root: Table, keys: readonly string[]): Table {
    const table = this.#within(root, keys.slice(0, -1));
    const key = keys.at(-1) ?? this.#bad();
    const made: Table = new Map();
    const found = table.get(key);
    if (found === undefined) table.set(key, [made]);
    else if (Array.isArray(found)) found.push(made);
    else this.#bad();
    return made;
  }

  #assign(table: Table): void {
    const keys = this.#key();
    this.#need("=");
    this.#space();
    const target = this.#within(table, keys.slice(0, -1));
    const key = keys.at(-1) ?? this.#bad();
    if (target.has(key)) this.#bad();
    target.set(key, this.#value());
  }

  #value(): Value | Table {
    if (this.#depth++ > 200) return giveUp("too deep");
    const value = this.#any();
    this.#depth--;
    return value;
  }

  #any(): Value | Table {
    const c = this.text.charAt(this.#at);
    if (c === '"' || c === "'") return string(this.#string());
    if (c === "[") return this.#array();
    if (c === "{") return this.#inlineTable();
    const word = this.#match(/[A-Za-z0-9_+\-.:]+/y) ?? this.#bad();
    if (word === "true" || word === "false") return bool(word === "true");
    const plain = word.replaceAll("_", "");
    if (/^[+-]?(0|[1-9]\d*)$/.test(plain)) return int(BigInt(plain.replace(/^\+/, "")));
    if (/^0(x[0-9a-f]+|o[0-7]+|b[01]+)$/i.test(plain)) return int(BigInt(plain.toLowerCase()));
    if (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain)) return float(Number(plain));
    return giveUp(`the TOML value ${word}`);
  }

  #array(): Value {
    const items: Thunk[] = [];
    this.#take("[");
    for (this.#blank(); !this.#take("]"); this.#blank()) {
      const value = this.#value();
      items.push(ready(isTable(value) ? finish(value) : value));
      this.#blank();
      if (this.#take(",")) continue;
      this.#need("]");
      break;
    }
    return list(items);
  }

  #inlineTable(): Table {
    const table: Table = new Map();
    this.#take("{");
    this.#blank();
    if (this.#take("}")) return table;
    do {
      this.#blank();
      this.#assign(table);
      this.#blank();
    } while (this.#take(","));
    this.#need("}");
    return table;
  }

  #quotedLine(): string {
    if (this.text.startsWith('"""', this.#at) || this.text.startsWith("'''", this.#at)) return this.#bad();
    return this.#string();
  }

  #string(): string {
    if (this.#take("'''")) return this.#until("'''").replace(/^\n/, "");
    if (this.#take("'")) return this.#until("'");
    if (this.#take('"""'))
      return this.#unescape(this.#untilQuotes(/(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}/y, 3).replace(/^\n/, ""));
    if (this.#take('"')) return this.#unescape(this.#untilQuotes(/(?:[^"\\\n]|\\.)*"/y, 1));
    return this.#bad();
  }

  #until(end: string): string {
    const stop = this.text.indexOf(end, this.#at);
    if (stop < 0) return this.#bad();
    const found = this.text.slice(this.#at, stop);
    this.#at = stop + end.length;
    return found;
  }
  #untilQuotes(pattern: RegExp, quotes: number): string {
    const found = this.#match(pattern) ?? this.#bad();
    return found.slice(0, -quotes);
  }
  #unescape(text: string): string {
    return text.replace(/\\(\n\s*|[ \t]+\n\s*|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g, (_all, code: string) => {
      if (/^\s*\n/.test(code)) return "";
      if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      return ESCAPES[code] ?? this.#bad();
    });
  }
}
