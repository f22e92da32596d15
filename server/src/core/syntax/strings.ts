// What string literals mean: escapes and the stripping of indentation, step by step as Nix's lexer and parser do it
// (src/libexpr/lexer.l, `stripIndentation` in parser.y).
import type { TextRange } from "../text/range.js";
import type { Expr, StringPart } from "./ast.js";

export type Interpolation = TextRange & { readonly expr: Expr };

/** A literal's inside in source order: spans of source text, and the interpolations between them. */
export type Segment = TextRange | Interpolation;

/** Cuts `from`..`to` at the interpolations. */
export function segmentsBetween(from: number, to: number, interpolations: readonly Interpolation[] = []): Segment[] {
  const segments: Segment[] = [];
  let position = from;
  for (const interpolation of interpolations) {
    if (interpolation.start > position) segments.push({ start: position, end: interpolation.start });
    segments.push(interpolation);
    position = interpolation.end;
  }
  if (to > position) segments.push({ start: position, end: to });
  return segments;
}

function isInterpolation(segment: Segment): segment is Interpolation {
  return "expr" in segment;
}

/** Resolves `\n`, `\r`, `\t` and `\c`; CR and CRLF become LF. */
function unescape(raw: string): string {
  if (!raw.includes("\\") && !raw.includes("\r")) return raw;
  return raw.replace(/\\([^])|\r\n?/g, (_, escaped: string | undefined) => {
    if (escaped === undefined) return "\n";
    return escaped === "n" ? "\n" : escaped === "r" ? "\r" : escaped === "t" ? "\t" : escaped;
  });
}

/** The parts of a `"…"` literal. */
export function quotedParts(source: string, segments: readonly Segment[]): StringPart[] {
  const parts: StringPart[] = [];
  for (const segment of segments) {
    const { start, end } = segment;
    if (isInterpolation(segment)) parts.push({ kind: "interpolation", start, end, expr: segment.expr });
    else if (end > start) parts.push({ kind: "text", start, end, text: unescape(source.slice(start, end)) });
  }
  return parts;
}

/** A token of Nix's lexer inside `''…''`. Only plain text has indentation; an escape ends a line's leading blanks. */
interface Token {
  text: string;
  readonly plain: boolean;
}
/** A run of tokens between two interpolations. */
interface Run extends TextRange {
  readonly tokens: Token[];
}
type Piece = Run | Interpolation;

const INDENTED_TOKEN = /(?:[^$']|\$[^{']|'[^'$])+|''\$|'''|''\\[^]|\$|'/gy;

function indentedTokens(raw: string): Token[] {
  const tokens: Token[] = [];
  INDENTED_TOKEN.lastIndex = 0;
  for (let match = INDENTED_TOKEN.exec(raw); match; match = INDENTED_TOKEN.exec(raw)) {
    const token = match[0];
    if (token === "''$") tokens.push({ text: "$", plain: false });
    else if (token === "'''") tokens.push({ text: "''", plain: false });
    else if (token === "$" || token === "'") tokens.push({ text: token, plain: false });
    else if (token.startsWith("''\\")) tokens.push({ text: unescape(token.slice(2)), plain: false });
    else tokens.push({ text: token, plain: true });
  }
  return tokens;
}

function smallestIndent(pieces: readonly Piece[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  let indent = 0;
  let atStart = true;
  const endBlanks = () => {
    if (atStart) smallest = Math.min(smallest, indent);
    atStart = false;
  };
  for (const piece of pieces) {
    if ("expr" in piece) {
      endBlanks();
      continue;
    }
    for (const token of piece.tokens) {
      if (!token.plain) {
        endBlanks();
        continue;
      }
      for (let i = 0; i < token.text.length; i++) {
        const c = token.text.charCodeAt(i);
        if (c === 10) {
          atStart = true;
          indent = 0;
        } else if (c !== 32) endBlanks();
        else if (atStart) indent++;
      }
    }
  }
  return smallest;
}

/**
 * The parts of a `''…''` literal. A first line of blanks only is dropped, then the smallest indentation of all lines
 * with content, then the blanks of a last line that has nothing else.
 */
export function indentedParts(source: string, segments: readonly Segment[]): StringPart[] {
  const pieces: Piece[] = segments.map((segment, i) => {
    if (isInterpolation(segment)) return segment;
    let raw = source.slice(segment.start, segment.end);
    if (i === 0) raw = raw.replace(/^ *\n/, "");
    return { start: segment.start, end: segment.end, tokens: indentedTokens(raw) };
  });
  const indent = smallestIndent(pieces);
  const parts: StringPart[] = [];
  let atStart = true;
  let dropped = 0;

  const strip = (text: string): string => {
    let kept = "";
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10) {
        atStart = true;
        dropped = 0;
      } else if (c !== 32) {
        atStart = false;
        dropped = 0;
      } else if (atStart && dropped++ < indent) {
        kept += text.slice(from, i);
        from = i + 1;
      }
    }
    return kept + text.slice(from);
  };

  for (const [i, piece] of pieces.entries()) {
    const { start, end } = piece;
    if ("expr" in piece) {
      atStart = false;
      dropped = 0;
      parts.push({ kind: "interpolation", start, end, expr: piece.expr });
      continue;
    }
    const texts = piece.tokens.map((token) => strip(token.text));
    if (i === pieces.length - 1 && texts.length > 0) texts.push((texts.pop() ?? "").replace(/\n *$/, "\n"));
    const text = texts.join("");
    if (text !== "") parts.push({ kind: "text", start, end, text });
  }
  return parts;
}
