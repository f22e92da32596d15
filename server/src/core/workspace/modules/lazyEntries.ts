// The attributes of a large set, each made when it is asked for: `config` has hundreds, of which a module reads a few.
import type { Attr } from "../../evaluate/value.js";

export class LazyEntries implements ReadonlyMap<string, Attr> {
  readonly #made = new Map<string, Attr | undefined>();
  #names: readonly string[] | undefined;

  /** `make` gives undefined for names that the set has not; `asked` hears of them, and of `has`; `listed` of all at once. */
  constructor(
    readonly listNames: () => Iterable<string>,
    readonly make: (name: string) => Attr | undefined,
    readonly asked: (name: string, isThere: boolean) => void,
    readonly listed: (names: readonly string[]) => void,
  ) {}

  get(name: string): Attr | undefined {
    const attr = this.#find(name);
    if (attr === undefined) this.asked(name, false);
    return attr;
  }

  has(name: string): boolean {
    const isThere = this.#find(name) !== undefined;
    this.asked(name, isThere);
    return isThere;
  }

  #find(name: string): Attr | undefined {
    if (this.#made.has(name)) return this.#made.get(name);
    const attr = this.make(name);
    this.#made.set(name, attr);
    return attr;
  }

  get size(): number {
    return this.#all.length;
  }

  get #all(): readonly string[] {
    this.#names ??= [...new Set(this.listNames())].filter((name) => this.#find(name) !== undefined);
    this.listed(this.#names);
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
