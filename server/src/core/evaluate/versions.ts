// Version strings as Nix takes them apart and orders them.

function isDigit(c: string): boolean {
  return c >= "0" && c <= "9";
}

/** Components: runs of digits, runs of other characters; `.` and `-` separate. */
export function splitVersion(version: string): string[] {
  const parts: string[] = [];
  let i = 0;
  while (i < version.length) {
    const c = version.charAt(i);
    if (c === "." || c === "-") {
      i++;
      continue;
    }
    let end = i + 1;
    const digits = isDigit(c);
    while (end < version.length) {
      const next = version.charAt(end);
      if (next === "." || next === "-" || isDigit(next) !== digits) break;
      end++;
    }
    parts.push(version.slice(i, end));
    i = end;
  }
  return parts;
}

function componentLess(a: string, b: string): boolean {
  const digits = /^\d+$/;
  const x = digits.test(a) ? BigInt(a) : undefined;
  const y = digits.test(b) ? BigInt(b) : undefined;
  if (x !== undefined && y !== undefined) return x < y;
  if (a === "" && y !== undefined) return true;
  if (a === "pre" && b !== "pre") return true;
  if (b === "pre") return false;
  if (y !== undefined) return true;
  if (x !== undefined) return false;
  return a < b;
}

/** -1, 0 or 1. */
export function compareVersions(a: string, b: string): number {
  const left = splitVersion(a);
  const right = splitVersion(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? "";
    const y = right[i] ?? "";
    if (componentLess(x, y)) return -1;
    if (componentLess(y, x)) return 1;
  }
  return 0;
}

/** The version begins at the first `-` that no letter follows. */
export function parseDrvName(text: string): { readonly name: string; readonly version: string } {
  for (let i = 0; i < text.length - 1; i++) {
    if (text.charAt(i) === "-" && !/[a-zA-Z]/.test(text.charAt(i + 1)))
      return { name: text.slice(0, i), version: text.slice(i + 1) };
  }
  return { name: text, version: "" };
}
