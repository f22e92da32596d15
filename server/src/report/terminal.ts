// Colours for the terminal, and text from elsewhere made safe to print there.

export type Paint = (text: string) => string;
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
}

function sgr(code: number, enabled: boolean): Paint {
  return enabled ? (text) => (text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`) : (text) => text;
}

export function createStyle(color: boolean): Style {
  return {
    bold: sgr(1, color),
    dim: sgr(2, color),
    red: sgr(31, color),
    green: sgr(32, color),
    yellow: sgr(33, color),
    blue: sgr(34, color),
    cyan: sgr(36, color),
  };
}

/** One line of a file as one line on the screen: tabs as four columns, control characters (escape sequences!) made visible. */
export function printable(line: string): string {
  return (
    line
      .replaceAll("\t", "    ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
  );
}
