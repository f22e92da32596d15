// The attributes of a large set, each made when it is asked for: `config` has hundreds, of which a module reads a few.
import type { Attr } from "../../evaluate/value.js";

/** Where the attributes come from. */
export interface LazySource {
  names(): Iterable<string>;
  /** Undefined for names that the set has not. */
  make(name: string): Attr | undefined;
  /** Hears of names that are looked for and not there, and of all that are tested. */
  asked(name: string, isThere: boolean): void;
  /** Hears of all names at once. */
  listed(names: readonly string[]): void;
}

export class LazyEntries implements ReadonlyMap<string, Attr> {
  readonly #made = new Map<string, Attr | undefined>();
  #names: readonly string[] | undefined;

  constructor(readonly source: LazySource) {}

  get(name: string): Attr | undefined {
    const attr = this.#find(name);
    if (attr === undefined) this.source.asked(name, false);
    return attr;
  }

  has(name: string): boolean {
    const isThere = this.#find(name) !== undefined;
    this.source.asked(name, isThere);
    return isThere;
  }

  #find(name: string): Attr | undefined {
    if (this.#made.has(name)) return this.#made.get(name);
    const attr = this.source.make(name);
    this.#made.set(name, attr);
    return attr;
  }

  get size(): number {
    return this.#all.length;
  }

  get #all(): readonly string[] {
    this.#names ??= [...new Set(this.source.names())].filter((name) => this.#find(name) !== undefined);
    this.source.listed(this.#names);
    return this.#names;
  }

  keys(): MapIterator<string> {
    return this.#all.values();
  }

  values(): MapIterator<Attr> {
    return this.#pairs()
      .map(([, attr]) => attr)
      .values();
  }

  entries(): MapIterator<[string, Attr]> {
    return this.#pairs().values();
  }

  [Symbol.iterator](): MapIterator<[string, Attr]> {
    return this.entries();
  }

  forEach(visit: (attr: Attr, name: string, entries: ReadonlyMap<string, Attr>) => void): void {
    for (const [name, attr] of this.#pairs()) visit(attr, name, this);
  }

  #pairs(): [string, Attr][] {
    return this.#all.flatMap((name): [string, Attr][] => {
      const attr = this.#find(name);
      return attr === undefined ? [] : [[name, attr]];
    });
  }
}
