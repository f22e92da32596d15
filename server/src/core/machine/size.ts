// Sizes and rates as people write them, and as messages print them. Bytes and bits per second inside.

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
const POWER: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes of a size: `16GiB`, `16 GiB`, `16Gi` and nix.conf's bare `16G` count in powers of 1024;
 * `16GB` in powers of 1000, as the unit says; a bare number is bytes. Case does not matter, fractions are allowed.
 * Undefined where the text is no size, is negative, or is past what a double holds exactly.
 */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:([kmgtp])(i?)(b?)|b|bytes?)?\s*$/i.exec(text);
  if (!match) return undefined;
  const [, digits, prefix, binary, unit] = match;
  const base = prefix && !binary && unit ? 1000 : 1024;
  const bytes = Math.round(Number(digits) * base ** (prefix ? (POWER[prefix.toLowerCase()] ?? 0) : 0));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bits per second of `1Gbit/s`, `100Mbps`, `2.5 Gbit`: powers of 1000, as networks count. Undefined where it is no rate. */
export function parseRate(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:bit\/s|bits\/s|bit|bps)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, digits, prefix] = match;
  const bits = Math.round(Number(digits) * 1000 ** (prefix ? (POWER[prefix.toLowerCase()] ?? 0) : 0));
  return Number.isSafeInteger(bits) ? bits : undefined;
}

/** At most `digits` decimals, none that say nothing: 16, 16.5. */
export function formatNumber(value: number, digits = 1): string {
  return String(Number(value.toFixed(digits)));
}

/** `16 GiB`, `16.5 GiB`, `512 MiB`: one decimal at most. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  // The rounded number decides the unit, so that nothing prints as "1024 MiB".
  while (power < units.length - 1 && Number((Math.abs(bytes) / 1024 ** power).toFixed(1)) >= 1024) power++;
  return `${formatNumber(bytes / 1024 ** power, power === 0 ? 0 : 1)} ${units[power]}`;
}
