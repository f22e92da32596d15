// `builtins.fromTOML`: smol-toml reads the text, and its plain data become values.
import { parse, TomlDate, type TomlValue } from "smol-toml";
import type { Attr, Value } from "./value.js";
import { attr, bool, float, giveUp, int, listOfValues, ready, string } from "./values.js";

/** Tables within tables; smol-toml bounds inline ones, headers can nest as deep as the text is long. */
const DEEPEST = 500;

/** @throws Unknowable for text that is no TOML, and for dates, which Nix takes in some versions only. */
export function parseToml(text: string): Value {
  let table: TomlValue;
  try {
    table = parse(text, { integersAsBigInt: true, maxDepth: DEEPEST });
  } catch {
    return giveUp("not the TOML that can be read");
  }
  return valueOf(table, 0);
}

function valueOf(data: TomlValue, depth: number): Value {
  if (depth > DEEPEST) return giveUp("tables nested too deep");
  if (typeof data === "string") return string(data);
  if (typeof data === "bigint") return int(data);
  if (typeof data === "number") return float(data);
  if (typeof data === "boolean") return bool(data);
  if (data instanceof TomlDate) return giveUp("a date in TOML");
  if (Array.isArray(data)) return listOfValues(data.map((item) => valueOf(item, depth + 1)));
  const entries = new Map<string, Attr>();
  for (const [name, item] of Object.entries(data)) entries.set(name, attr(ready(valueOf(item, depth + 1))));
  return { kind: "attrs", entries };
}
