// Text as the shell, Nix and lib quote it.

const KEYWORDS: ReadonlySet<string> = new Set([
  "assert",
  "else",
  "if",
  "in",
  "inherit",
  "let",
  "or",
  "rec",
  "then",
  "with",
]);

/** `lib.escapeShellArg`: as it is where that is safe, in single quotes else. */
export function shellQuoted(text: string): string {
  return /^[A-Za-z0-9,._+:@%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A string literal of Nix. */
export function nixQuoted(text: string): string {
  return JSON.stringify(text).replaceAll("$", "\\$");
}

/** An attribute's name as Nix source. */
export function nixName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_'-]*$/.test(name) && !KEYWORDS.has(name) ? name : nixQuoted(name);
}

/** Letters of ASCII only, as lib does it. */
export function upper(text: string): string {
  return text.replace(/[a-z]/g, (c) => c.toUpperCase());
}
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}
