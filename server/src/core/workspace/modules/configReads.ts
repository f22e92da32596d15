// Who saw what of a host's `config`: after an edit it tells which modules hang on what is another now.
import type { Value } from "../../evaluate/value.js";
import type { FilePath } from "../../text/range.js";
import { sameItems } from "../../text/sameItems.js";
import { type Shape, touches } from "./moduleSyntax.js";
import { sameSeen } from "./sameSeen.js";

/** What was looked at: the value at a path, or of a set of the tree that it is one, its names, whether it has one, whether it is open. */
export interface Sight {
  readonly value?: Value | undefined;
  readonly isSet?: boolean;
  readonly names?: readonly string[] | undefined;
  readonly isThere?: boolean;
  readonly open?: string | undefined;
}

/** What a module may set or declare, as sets of attributes; undefined: anything. */
export type Touched = readonly (Shape | undefined)[];

interface Read {
  readonly path: readonly string[];
  readonly readers: Set<FilePath | undefined>;
  sight: Sight;
}

export class ConfigReads {
  readonly #reads = new Map<string, Read>();
  #looking = false;

  note(path: readonly string[], sight: Sight, reader: FilePath | undefined): void {
    // What is looked at again below is seen by nobody.
    if (this.#looking && reader === undefined) return;
    const key = path.join("\0");
    const known = this.#reads.get(key);
    if (known === undefined) {
      this.#reads.set(key, { path, readers: new Set([reader]), sight });
      return;
    }
    known.readers.add(reader);
    if (FACETS.every((facet) => !(facet in sight) || sight[facet] === known.sight[facet])) return;
    // What was seen while it was being computed (infinite recursion) no longer counts.
    const { value: _, ...others } = known.sight;
    known.sight = { ...(sight.isSet ? others : known.sight), ...sight };
  }

  /** These files' modules are evaluated anew: what they saw no longer counts. */
  forget(files: ReadonlySet<FilePath>): void {
    for (const [key, { readers }] of this.#reads) {
      for (const reader of readers) if (reader !== undefined && files.has(reader)) readers.delete(reader);
      if (readers.size === 0) this.#reads.delete(key);
    }
  }

  /** Who saw what is another now, where `touched` may have made it so. `look` sees the same facets as it is now. */
  readersOfChanged(
    touched: Touched,
    look: (path: readonly string[], facets: Sight) => Sight,
  ): ReadonlySet<FilePath | undefined> {
    const found = new Set<FilePath | undefined>();
    const before = [...this.#reads.values()].map((read) => ({ ...read, readers: [...read.readers], read }));
    this.#looking = true;
    for (const { path, readers, sight, read } of before) {
      if (!touched.some((shape) => touches(shape, path))) continue;
      const now = look(path, sight);
      if (isSame(sight, now)) read.sight = now;
      else for (const reader of readers) found.add(reader);
    }
    this.#looking = false;
    return found;
  }
}

const FACETS = ["value", "isSet", "names", "isThere", "open"] as const;

/** `now` has the facets of `before`. */
function isSame(before: Sight, now: Sight): boolean {
  if (before.isSet !== now.isSet || before.isThere !== now.isThere || before.open !== now.open) return false;
  if (before.names && (now.names === undefined || !sameItems(before.names, now.names))) return false;
  return before.value === undefined || (now.value !== undefined && sameSeen(before.value, now.value));
}
