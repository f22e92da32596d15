// Texts of any kind with other line ends, blanks and comments. A style may change what a text means (comments within
// strings): the caller drops those that do.

export interface TextStyle {
  readonly name: string;
  readonly change: (text: string) => string;
}

export const TEXT_STYLES: readonly TextStyle[] = [
  { name: "CRLF", change: (text) => text.replace(/\n/g, "\r\n") },
  {
    name: "tabs",
    change: (text) => text.replace(/^( {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2)),
  },
  { name: "four blanks", change: (text) => text.replace(/^ +/gm, (blanks) => blanks + blanks) },
  { name: "no newline at the end", change: (text) => text.trimEnd() },
  { name: "head and foot", change: (text) => `# { head\n/* of\n   two */\n\n${text}\n# foot }\n` },
  { name: "comments behind", change: (text) => text.replace(/([;{[(])$/gm, '$1 # { " why') },
  { name: "comments behind, CRLF", change: (text) => text.replace(/([;{[(])$/gm, "$1 /* = */").replace(/\n/g, "\r\n") },
  { name: "comments around equals signs", change: (text) => text.replace(/ = /g, " /* { */ = /* ; */ ") },
  { name: "comments before bindings", change: (text) => text.replace(/^( +)(?=[\w"].* = )/gm, "$1# why; {\n$1") },
  {
    name: "comments before closing brackets",
    change: (text) => text.replace(/^( *)(?=[}\])])/gm, "$1  # that is all\n$1"),
  },
  {
    name: "values on lines of their own",
    change: (text) => text.replace(/^( *)(.*\w) = (?=[\w"'[{].*;$)/gm, "$1$2 =\n$1  "),
  },
  {
    name: "one line",
    change: (text) => (/#|''|\/\//.test(text) ? text : `${text.trim().replace(/\s*\n\s*/g, " ")}\n`),
  },
  { name: "parenthesised body", change: (text) => text.replace(/^(\{[^\n{}]*\}:\s*)?(\{[^]*\})\s*$/, "$1($2)\n") },
  {
    name: "let in front of the body",
    change: (text) => text.replace(/^(\{[^\n{}]*\}:\s*)?(\{[^]*\})\s*$/, "$1let unrelated = 1; in\n$2\n"),
  },
];
