// JSON with every digit: Nix integers have 64 bits, more than JSON.stringify can carry.

/** What can be printed: plain data and bigints. Undefined members are left out. */
export type JsonData =
  | null
  | boolean
  | number
  | bigint
  | string
  | undefined
  | readonly JsonData[]
  | { readonly [key: string]: JsonData };

/** Indented by two spaces, without a final newline. */
export function jsonText(data: JsonData, indent = ""): string {
  if (data === undefined || data === null) return "null";
  if (typeof data === "bigint") return data.toString();
  if (typeof data !== "object") return JSON.stringify(data);
  const inner = `${indent}  `;
  if (isArray(data))
    return bracket(
      "[",
      "]",
      indent,
      data.map((item) => jsonText(item, inner)),
    );
  const members = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${JSON.stringify(key)}: ${jsonText(value, inner)}`);
  return bracket("{", "}", indent, members);
}

function isArray(data: object): data is readonly JsonData[] {
  return Array.isArray(data);
}

function bracket(open: string, close: string, indent: string, parts: readonly string[]): string {
  if (parts.length === 0) return open + close;
  const flat = `${open}${parts.join(", ")}${close}`;
  if (flat.length <= 80 && !parts.some((part) => part.startsWith("{") || part.includes("\n"))) return flat;
  return `${open}\n${indent}  ${parts.join(`,\n${indent}  `)}\n${indent}${close}`;
}
