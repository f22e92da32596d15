// Where the terminal command writes: results to stdout, everything else to stderr.
import { createStyle, type Style } from "../report/terminal.js";

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
}

/** A line on stderr that is not part of the result. */
export function warn(message: string): void {
  process.stderr.write(`nix-build-budget: ${message}\n`);
}

/** NO_COLOR and FORCE_COLOR count if they are not empty; FORCE_COLOR wins. */
export function colorWanted(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  const force = environment["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  if (environment["NO_COLOR"] || environment["TERM"] === "dumb") return false;
  return stream.isTTY === true;
}

export function outputStyle(stream: NodeJS.WriteStream = process.stdout): Style {
  return createStyle(colorWanted(stream, process.env));
}

/** Milliseconds before a run counts as long enough to show its progress. */
const PATIENCE = 700;

/** A line on a terminal's stderr that says what a long run is at; `done` wipes it. Silent elsewhere. */
export function createProgress(): { report(text: string): void; done(): void } {
  const started = performance.now();
  let shown = false;
  return {
    report(text) {
      if (!process.stderr.isTTY || performance.now() - started < PATIENCE) return;
      process.stderr.write(`\r\u001b[K${text}`);
      shown = true;
    },
    done() {
      if (shown) process.stderr.write("\r\u001b[K");
    },
  };
}
