// What each character may be part of, for all that reads a text character by character.

/** Of a word, beyond its first character. */
export const WORD_PART = 1;
/** Of a path's segment. */
export const PATH_PART = 2;
export const BLANK = 4;
/** A word may begin with it. */
export const LETTER = 8;
/** Punctuation that nothing longer begins with. */
export const SINGLE = 16;
export const DIGIT = 32;

/** Codes of characters that several readers look for. */
export const [QUOTE, BACKSLASH, DOLLAR, SLASH, DOT, EQUALS] = [0x22, 0x5c, 0x24, 0x2f, 0x2e, 0x3d] as const;

const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  const flag = (of: RegExp, bit: number) => (of.test(character) ? bit : 0);
  return (
    flag(/[a-zA-Z0-9_'-]/, WORD_PART) |
    flag(/[a-zA-Z0-9._\-+]/, PATH_PART) |
    flag(/[ \t\r\n]/, BLANK) |
    flag(/[a-zA-Z_]/, LETTER) |
    flag(/[;{}()[\],:?@]/, SINGLE) |
    flag(/[0-9]/, DIGIT)
  );
});

/** The classes of a character, as bits; none at the end of a text, where its code is NaN. */
export function classesOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : 0;
}

/** The end of the characters of some class from an offset on. */
export function endOf(text: string, classes: number, from: number): number {
  let end = from;
  while ((classesOf(text.charCodeAt(end)) & classes) !== 0) end++;
  return end;
}
