// Paths inside a root and as they are printed: relative to the working folder, `/`-separated.
import { relative, resolve, sep } from "node:path";
import type { Finding } from "../core/findings/finding.js";
import type { FilePath } from "../core/text/range.js";
import type { Snapshot } from "../core/workspace/snapshot.js";

export interface Names {
  /** `path` of the root as it is printed. */
  readonly printed: (path: FilePath) => string;
  readonly absolute: (path: FilePath) => string;
}

export function createNames(root: string): Names {
  const cache = new Map<FilePath, string>();
  const absolute = (path: FilePath) => resolve(root, path);
  return {
    absolute,
    printed(path) {
      let name = cache.get(path);
      if (name === undefined) {
        name = relative(process.cwd(), absolute(path)) || ".";
        if (sep !== "/") name = name.split(sep).join("/");
        cache.set(path, name);
      }
      return name;
    },
  };
}

/** A finding with all its file names as they are printed. */
export function withPrintedNames(finding: Finding, { printed }: Names): Finding {
  return {
    ...finding,
    file: printed(finding.file),
    related: finding.related.map((related) => ({ ...related, file: printed(related.file) })),
    fixes: finding.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ ...edit, file: printed(edit.file) })),
    })),
  };
}

/** Looks texts up by printed name over several roots. */
export function createTextLookup(roots: readonly { readonly names: Names; readonly snapshot: Snapshot }[]) {
  const texts = new Map<string, string>();
  for (const { names, snapshot } of roots)
    for (const [path, file] of snapshot.files) if ("text" in file) texts.set(names.printed(path), file.text);
  return (name: string): string | undefined => texts.get(name);
}
