// JSON in and out: `builtins.toJSON`, `builtins.fromJSON`, and plain data for callers.
import { call } from "./functions.js";
import { type Run, Unknowable } from "./run.js";
import { coerce, INTERPOLATED, PLAIN } from "./strings.js";
import { recover } from "./thunk.js";
import type { Attr, AttrsValue, Json, Thunk, Value } from "./value.js";
import { attr, fail, float, giveUp, int, list, mismatch, NULL, bool, ready, sortedNames, string } from "./values.js";

/** @throws Unknowable if anything in it is not known. */
export function toJson(run: Run, value: Value): string {
  run.enter();
  const text = write(run, value);
  run.depth--;
  return text;
}

function write(run: Run, value: Value): string {
  switch (value.kind) {
    case "null":
      return "null";
    case "bool":
      return String(value.value);
    case "int":
      return value.value.toString();
    case "float":
      return floatJson(value.value);
    case "string":
      return quote(value.value);
    case "path":
      return quote(coerce(run, value, INTERPOLATED));
    case "list":
      if (value.openTail !== undefined) return giveUp(value.openTail);
      return `[${value.items.map((item) => toJson(run, item.force())).join(",")}]`;
    case "attrs":
      return setJson(run, value);
    case "function":
      return fail("a function cannot be converted to JSON");
    case "unknown":
      throw new Unknowable(value);
  }
}

function setJson(run: Run, value: AttrsValue): string {
  if (value.entries.has("__toString")) return quote(coerce(run, value, PLAIN));
  if (value.open !== undefined) return giveUp(value.open);
  const out = value.entries.get("outPath");
  if (out) return toJson(run, out.thunk.force());
  const fields = sortedNames(value).map((name) => {
    const thunk = value.entries.get(name)?.thunk as Thunk;
    return `${quote(name)}:${toJson(run, thunk.force())}`;
  });
  return `{${fields.join(",")}}`;
}

/** Versions of Nix write floats differently; known where all agree. */
function floatJson(value: number): string {
  const text = String(value);
  return /^-?\d+\.\d+$/.test(text) && text.replace(/^-?0?\.?0*|\./g, "").length <= 6 && Math.abs(value) >= 1e-4
    ? text
    : giveUp("a float whose text differs between versions of Nix");
}

function quote(text: string): string {
  return /[\b\f]/.test(text) ? giveUp("a character that versions of Nix write differently") : JSON.stringify(text);
}

/** `builtins.fromJSON`. @throws Unknowable for text that is no JSON. */
export function parseJson(text: string): Value {
  return new JsonReader(text).read();
}

/** Own reader, since JSON.parse loses the digits of large integers and the difference between 1 and 1.0. */
class JsonReader {
  #at = 0;
  #depth = 0;
  constructor(readonly text: string) {}

  read(): Value {
    const value = this.#value();
    this.#space();
    return this.#at === this.text.length ? value : this.#bad();
  }

  #bad(): never {
    return fail("the text is no JSON");
  }
  #space(): void {
    while (/[ \t\r\n]/.test(this.text.charAt(this.#at))) this.#at++;
  }
  #take(wanted: string): boolean {
    this.#space();
    if (!this.text.startsWith(wanted, this.#at)) return false;
    this.#at += wanted.length;
    return true;
  }

  #value(): Value {
    if (this.#depth++ > 500) return giveUp("too deep");
    const value = this.#any();
    this.#depth--;
    return value;
  }

  #any(): Value {
    this.#space();
    const c = this.text.charAt(this.#at);
    if (c === "{") return this.#object();
    if (c === "[") return this.#array();
    if (c === '"') return string(this.#string());
    if (this.#take("true")) return bool(true);
    if (this.#take("false")) return bool(false);
    if (this.#take("null")) return NULL;
    return this.#number();
  }

  #object(): Value {
    const entries = new Map<string, Attr>();
    this.#take("{");
    if (this.#take("}")) return { kind: "attrs", entries };
    do {
      this.#space();
      const name = this.#string();
      if (!this.#take(":")) this.#bad();
      entries.set(name, attr(ready(this.#value())));
    } while (this.#take(","));
    return this.#take("}") ? { kind: "attrs", entries } : this.#bad();
  }

  #array(): Value {
    const items: Thunk[] = [];
    this.#take("[");
    if (this.#take("]")) return list(items);
    do items.push(ready(this.#value()));
    while (this.#take(","));
    return this.#take("]") ? list(items) : this.#bad();
  }

  #string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/sy;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return this.#bad();
    this.#at += found[0].length;
    try {
      return JSON.parse(found[0]) as string;
    } catch {
      return this.#bad();
    }
  }

  #number(): Value {
    const pattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return this.#bad();
    this.#at += found[0].length;
    if (found[1] !== undefined || found[2] !== undefined) return float(Number(found[0]));
    return int(BigInt(found[0]));
  }
}

/** Plain data; undefined if anything in it is not known. Paths are `{_path}`. */
export function plainData(run: Run, value: Value): Json | undefined {
  const { depth } = run;
  try {
    return plain(run, value);
  } catch (error) {
    recover(run, error, depth);
    return undefined;
  }
}

function plain(run: Run, value: Value): Json {
  run.enter();
  const data = plainOf(run, value);
  run.depth--;
  return data;
}

function plainOf(run: Run, value: Value): Json {
  switch (value.kind) {
    case "null":
      return null;
    case "float":
      return Number.isFinite(value.value) ? value.value : giveUp("a number that JSON cannot hold");
    case "bool":
    case "int":
    case "string":
      return value.value;
    case "path":
      return { _path: value.path };
    case "list":
      if (value.openTail !== undefined) return giveUp(value.openTail);
      return value.items.map((item) => plain(run, item.force()));
    case "attrs": {
      if (value.open !== undefined) return giveUp(value.open);
      const custom = value.entries.get("__toString");
      if (custom) return coerce(run, call(run, custom.thunk, ready(value)), PLAIN);
      const out = value.entries.get("outPath");
      if (out) return plain(run, out.thunk.force());
      const data: Record<string, Json> = Object.create(null) as Record<string, Json>;
      for (const name of sortedNames(value)) data[name] = plain(run, value.entries.get(name)?.thunk.force() ?? NULL);
      return data;
    }
    default:
      return mismatch(value, "plain data");
  }
}
