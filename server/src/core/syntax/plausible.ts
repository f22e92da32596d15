// Whether a row of tokens can be an expression, where brackets, strings and `let … in` count as one token each. Exact
// enough to find the values that would drag their surroundings along when the grammar meets them.
import type { Token } from "./lexer.js";

const INFIX = new Set(["++", "//", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->", "|>", "<|", "+", "-", "*", "/"]);

/** What a token stands for in `Token.text` once a bracket or string is closed. */
export const GROUP = {
  set: "{}",
  formals: "{",
  parens: "(",
  list: "[",
  dynamic: "${",
  string: '""',
  let: "let",
} as const;

const OPERAND_GROUPS = new Set<string>([GROUP.set, GROUP.parens, GROUP.list, GROUP.string]);

export const KEYWORDS = new Set(["if", "then", "else", "let", "inherit", "in", "rec", "with", "assert"]);

/** A closed group that is an operand by itself. */
export function isOperandGroup(token: Token): boolean {
  return token.kind === "group" && OPERAND_GROUPS.has(token.text);
}

function isOperand(token: Token): boolean {
  return isOperandGroup(token) || token.kind === "literal" || (token.kind === "word" && !KEYWORDS.has(token.text));
}

/** A `${…}` counts as a name here: `a.${b}`. */
function isNameAfterDot(token: Token | undefined): boolean {
  return token !== undefined && (token.kind === "word" || token.text === GROUP.string || token.text === GROUP.dynamic);
}

/** Whether the tokens form one expression. */
export function isExpressionLike(tokens: readonly Token[]): boolean {
  /** What the open `if`, `with` and `assert` wait for, innermost last. */
  const waiting: string[] = [];
  let complete = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const { text } = token;
    const next = tokens[i + 1];
    if (!complete) {
      const colon = parameterLength(tokens, i);
      if (colon > 0) i += colon;
      else if (isOperand(token)) complete = true;
      else if (text === "rec" && next?.text === GROUP.set) continue;
      else if (text === "let" && (token.kind === "group" || next?.text === GROUP.set)) continue;
      else if (text === "if") waiting.push("then");
      else if (text === "with" || text === "assert") waiting.push(";");
      else if (text !== "-" && text !== "!") return false;
    } else if (text === waiting.at(-1)) {
      waiting.pop();
      if (text === "then") waiting.push("else");
      complete = false;
    } else if (text === "." || text === "?") {
      if (!isNameAfterDot(next)) return false;
      i++;
    } else if (INFIX.has(text)) complete = false;
    else if (!isOperand(token) && !(text === "rec" && next?.text === GROUP.set)) return false;
  }
  return complete && waiting.length === 0;
}

/** How many tokens after `at` end the head of a function that begins there (`x:`, `{ … }@x:`, `x@{ … }:`); else 0. */
function parameterLength(tokens: readonly Token[], at: number): number {
  const isName = (i: number) => tokens[i]?.kind === "word";
  const isFormals = (i: number) => tokens[i]?.text === GROUP.formals && tokens[i]?.kind === "group";
  if (!isName(at) && !isFormals(at)) return 0;
  if (tokens[at + 1]?.text === ":") return 1;
  const pair = tokens[at + 1]?.text === "@" && isName(at) !== isName(at + 2) && isFormals(at) !== isFormals(at + 2);
  return pair && tokens[at + 3]?.text === ":" ? 3 : 0;
}

/** Whether the tokens can stand in a list: operands, perhaps with `.a` and `or`. */
export function isListLike(tokens: readonly Token[]): boolean {
  return tokens.every((token, i) => {
    const before = tokens[i - 1];
    if (token.text === ".") return before !== undefined && isOperand(before) && isNameAfterDot(tokens[i + 1]);
    if (token.text === "rec") return tokens[i + 1]?.text === GROUP.set;
    return isOperand(token) || before?.text === ".";
  });
}
