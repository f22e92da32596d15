// Text as part of a regular expression.

/** An expression that matches nothing but the text. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
