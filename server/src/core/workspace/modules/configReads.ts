// Who read what of a host's `config`: after an edit of one module it tells whether any other hangs on it.
import type { FilePath } from "../../text/range.js";
import type { Shape } from "./moduleSyntax.js";

/** What one file's module may set or declare. */
export interface Touched {
  readonly file: FilePath;
  readonly shapes: readonly (Shape | undefined)[];
}

/** The reads of all trees of one host. */
export class ConfigReads {
  readonly #readers = new Map<
    string,
    { readonly path: readonly string[]; readonly files: Set<FilePath | undefined> }
  >();
  /** True once an outdated tree was read at a place that a newer module touches. */
  violated = false;

  /** `outdated`: modules that were replaced since the tree was made that is read. */
  note(path: readonly string[], reader: FilePath | undefined, outdated: readonly Touched[]): void {
    const key = path.join("\0");
    const known = this.#readers.get(key);
    if (known === undefined) this.#readers.set(key, { path, files: new Set([reader]) });
    else known.files.add(reader);
    if (outdated.some((touched) => touches(touched, path))) this.violated = true;
  }

  /** True if a file other than the module's own read something that the module may set. */
  anyoneElseReads(touched: Touched): boolean {
    for (const { path, files } of this.#readers.values()) {
      if (files.size === 1 && files.has(touched.file)) continue;
      if (touches(touched, path)) return true;
    }
    return false;
  }
}

function touches({ shapes }: Touched, path: readonly string[]): boolean {
  return shapes.some((shape) => {
    let at: Shape | undefined = shape;
    for (const name of path) {
      if (at === undefined) return true;
      if (!at.has(name)) return false;
      at = at.child(name);
    }
    return true;
  });
}
