// flake.lock: which input is what, at which version.
import type { FilePath } from "../text/range.js";

/** Where an input comes from, as written (`original`) or as locked. */
export interface LockedReference {
  readonly type?: string;
  readonly owner?: string;
  readonly repo?: string;
  readonly id?: string;
  readonly ref?: string;
  readonly rev?: string;
  readonly url?: string;
  /** Seconds since 1970. */
  readonly lastModified?: number;
}

export interface LockNode {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly original?: LockedReference;
  readonly locked?: LockedReference;
}

interface Lock {
  readonly nodes?: Readonly<Record<string, LockNode | undefined>>;
  readonly root?: string;
}

/** How often a `follows` is followed. */
const MAX_STEPS = 20;

export class FlakeLock {
  private constructor(private readonly lock: Lock) {}

  /** Undefined for a text that is no lock. */
  static of(text: string): FlakeLock | undefined {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null ? new FlakeLock(value) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The flake's own inputs by name, as locked: a node's name, or the path that it follows. */
  get inputs(): Readonly<Record<string, unknown>> {
    return this.lock.nodes?.[this.#root]?.inputs ?? {};
  }

  /** The name of the node that an input of an input … of the flake is; undefined if there is none. */
  nodeName(path: readonly string[]): string | undefined {
    let steps = MAX_STEPS;
    const resolve = (from: readonly string[]): string | undefined => {
      let name = this.#root;
      for (const input of from) {
        const target = this.lock.nodes?.[name]?.inputs?.[input];
        const next = typeof target === "string" ? target : isPath(target) && steps-- > 0 ? resolve(target) : undefined;
        if (next === undefined) return undefined;
        name = next;
      }
      return name;
    };
    return resolve(path);
  }

  node(path: readonly string[]): LockNode | undefined {
    const name = this.nodeName(path);
    return name === undefined ? undefined : this.lock.nodes?.[name];
  }

  get #root(): string {
    return this.lock.root ?? "root";
  }
}

function isPath(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

const LOCKS = new WeakMap<ReadonlyMap<FilePath, string>, ReadonlyMap<FilePath, FlakeLock | undefined>>();

/** The locks of some flakes, read once: these files are large. `texts`: by the flake's path. */
export function locksOf(texts: ReadonlyMap<FilePath, string>): ReadonlyMap<FilePath, FlakeLock | undefined> {
  const known = LOCKS.get(texts);
  if (known !== undefined) return known;
  const locks = new Map([...texts].map(([flake, text]) => [flake, FlakeLock.of(text)]));
  LOCKS.set(texts, locks);
  return locks;
}
