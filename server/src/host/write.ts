// Writing fixed files: whole or not at all, and only over the text that the fix was made for.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, hasBom } from "./disk.js";

const BOM = "\ufeff";

/** What stands in a file now, byte order mark included; undefined if there is no such file or it can't be read. */
export function rawText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** `text` as the file at `path` keeps it: with a byte order mark where there was one. */
export function withBomOf(raw: string | undefined, text: string): string {
  return raw?.startsWith(BOM) ? BOM + text : text;
}

/**
 * Replaces a file's text (or makes the file, where `before` is undefined), through a temporary file beside it.
 * `before` is the text as it was read, without byte order mark. Returns why it was not written, or undefined.
 */
export function writeText(path: string, before: string | undefined, after: string): string | undefined {
  try {
    if (before === undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, after, { flag: "wx" });
      return undefined;
    }
    const target = realpathSync(path);
    const bytes = readFileSync(target);
    const mark = hasBom(bytes) ? BOM : "";
    if (bytes.toString("utf8") !== mark + before) return "changed since it was read";
    const temporary = join(dirname(target), `.${randomBytes(6).toString("hex")}.tmp`);
    try {
      writeFileSync(temporary, mark + after, { flag: "wx" });
      chmodSync(temporary, statSync(target).mode);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EEXIST" ? "exists already" : errorCode(error);
  }
}
