// `check --diff`: a unified diff that `git apply` and `patch -p1` take, in the working folder or anywhere below it.
import { structuredPatch } from "diff";

export interface FileChange {
  /** Relative to the working folder, `/`-separated. */
  readonly file: string;
  /** Whole texts, byte order mark included; `before` is undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Without the `diff --git` line, so that the names count from the folder in which `git apply` runs. */
export function unifiedDiff(changes: readonly FileChange[]): string {
  return changes
    .filter(({ before, after }) => before !== after)
    .map(({ file, before, after }) => {
      const { hunks } = structuredPatch(file, file, before ?? "", after, undefined, undefined, { context: 3 });
      const body = hunks.map((hunk) => {
        const lines = hunk.lines.map((line) => `${line}\n`).join("");
        return `@@ -${span(hunk.oldStart, hunk.oldLines)} +${span(hunk.newStart, hunk.newLines)} @@\n${lines}`;
      });
      const from = before === undefined ? "/dev/null" : fileName(`a/${file}`);
      return `--- ${from}\n+++ ${fileName(`b/${file}`)}\n${body.join("")}`;
    })
    .join("");
}

/** A side without lines is numbered by the line before it. */
function span(start: number, lines: number): string {
  return `${start},${lines}`;
}

/** As git writes names: quoted where they hold special characters, ended by a tab where they hold a space. */
function fileName(name: string): string {
  if (/["\\]|\p{Cc}/u.test(name)) {
    const escaped = name.replace(/["\\]|\p{Cc}/gu, (c) => {
      if (c === '"' || c === "\\") return `\\${c}`;
      return `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`;
    });
    return `"${escaped}"`;
  }
  return name.includes(" ") ? `${name}\t` : name;
}
